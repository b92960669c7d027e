using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Accuracies over budgets and fractions, and what follows from them.</summary>
/// <param name="options">Prices and seeds.</param>
/// <param name="budgets">The budgets, ascending.</param>
/// <param name="fractions">The fractions, ascending.</param>
/// <param name="cells">What each pair buys, budget by budget.</param>
/// <param name="accuracies">Each cell's accuracies, one a seed; NaN where it could not be trained.</param>
internal sealed class LabelBudgetSurface(LabelBudgetOptions options, int[] budgets, double[] fractions, LabelPurchase[] cells, double[][] accuracies)
{
    /// <summary>How many cells there are.</summary>
    public int Cells => cells.Length;

    /// <summary>How many of them could not be trained.</summary>
    public int LeftOut => accuracies.Count(a => a.Any(double.IsNaN));

    /// <summary>The report.</summary>
    /// <param name="weakAccuracy">The share of weak labels that are right.</param>
    /// <param name="teacherAccuracy">The weak teacher's accuracy on test rows; NaN where there is none.</param>
    /// <param name="notes">What a reader should know.</param>
    /// <exception cref="RequestException">No cell could be trained.</exception>
    public MeasurementReport Report(double weakAccuracy, double teacherAccuracy, string[] notes)
    {
        int?[] best = [.. budgets.Select((_, b) => Best(b, _ => true))];
        if (best.All(b => b is null)) throw new RequestException($"method.budgets: every one of {string.Join(", ", budgets)} buys more labels than there are rows; lower them, or raise the prices");
        List<MeasuredValue> values = [MeasuredValue.Of("weak-label-accuracy", "share of the weak labels that are right", weakAccuracy) with { IsShare = true }];
        if (!double.IsNaN(teacherAccuracy)) values.Add(MeasuredValue.Of("weak-teacher-accuracy", "accuracy on test rows of what gives the weak labels", teacherAccuracy) with { IsShare = true });
        for (var b = 0; b < budgets.Length; b++)
        {
            if (best[b] is not { } cell) continue;
            values.Add(new($"best-accuracy-{budgets[b]}", $"test accuracy of the best split of a budget of {budgets[b]}", Interval(cell)) { IsShare = true });
            values.Add(MeasuredValue.Of($"best-fraction-{budgets[b]}", $"share of a budget of {budgets[b]} that the best split spends on clean labels", cells[cell].Fraction));
            foreach (var (name, meaning, regime) in new[] { ("weak-only", "all for weak labels", BudgetRegime.Quantity), ("clean-only", "all for clean labels", BudgetRegime.Quality) })
                if (Best(b, r => r == regime) is { } pure) values.Add(new($"{name}-{budgets[b]}", $"test accuracy of a budget of {budgets[b]}, {meaning}", Interval(pure)) { IsShare = true });
            if (Gain(b) is { } gain) values.Add(new($"mixture-gain-{budgets[b]}", $"accuracy of the best mixture less that of the better pure split, budget {budgets[b]}, a difference of shares; the best of several is chosen, which flatters it", gain));
        }
        return new(Sentence(best), values) { Tables = [Surface(), Frontier(best)], Charts = [Grid(), Curves(best)], Notes = notes };
    }

    private int? Best(int budget, Func<BudgetRegime, bool> allowed)
    {
        int[] candidates = [.. Enumerable.Range(budget * fractions.Length, fractions.Length).Where(k => allowed(cells[k].Regime) && !accuracies[k].Any(double.IsNaN))];
        return candidates.Length == 0 ? null : candidates.MaxBy(k => accuracies[k].Average());
    }

    private Interval Interval(int cell) => options.Seeds > 1 ? Intervals.OverSeeds(accuracies[cell]) : new(accuracies[cell][0], accuracies[cell][0], accuracies[cell][0], accuracies[cell]);

    private Interval? Gain(int budget)
    {
        if (Best(budget, r => r == BudgetRegime.Mixture) is not { } mixture || Best(budget, r => r != BudgetRegime.Mixture) is not { } pure) return null;
        double[] differences = [.. accuracies[mixture].Zip(accuracies[pure], (m, p) => m - p)];
        return options.Seeds > 1 ? Intervals.OverSeeds(differences) : new(differences[0], differences[0], differences[0], differences);
    }

    private string Sentence(int?[] best)
    {
        var words = best.Select((cell, b) => (cell, b)).Where(p => p.cell is not null).Select(p =>
        {
            var cell = cells[p.cell!.Value];
            return string.Create(CultureInfo.InvariantCulture, $"{budgets[p.b]}: {Options.Key(cell.Regime.ToString())} ({cell.Clean:#,0} clean, {cell.Weak:#,0} weak, {accuracies[p.cell.Value].Average():0.0 %})");
        });
        return $"The best split of each budget, {string.Join("; ", words)}.";
    }

    private Table Surface() => new("surface",
    [
        Numbers("budget", k => cells[k].Budget), Numbers("fraction", k => cells[k].Fraction), Numbers("clean", k => cells[k].Clean), Numbers("weak", k => cells[k].Weak), Numbers("cost", k => cells[k].Cost(options.CleanPrice, options.WeakPrice)),
        Numbers("accuracy", k => accuracies[k].Average()), Numbers("low", k => Known(k) ? Interval(k).Low : double.NaN), Numbers("high", k => Known(k) ? Interval(k).High : double.NaN),
    ]);

    private Table Frontier(int?[] best)
    {
        int[] rows = [.. Enumerable.Range(0, budgets.Length).Where(b => best[b] is not null)];
        var envelope = LabelBudgetPlan.Envelope([.. rows.Select(b => accuracies[best[b]!.Value].Average())]);
        NumberColumn Column(string name, Func<int, double> value) => new(name, [.. rows.Select(value)]);
        return new("frontier",
        [
            Column("budget", b => budgets[b]), Column("fraction", b => cells[best[b]!.Value].Fraction), Column("clean", b => cells[best[b]!.Value].Clean), Column("weak", b => cells[best[b]!.Value].Weak),
            Column("accuracy", b => accuracies[best[b]!.Value].Average()), Column("low", b => Interval(best[b]!.Value).Low), Column("high", b => Interval(best[b]!.Value).High), new NumberColumn("envelope", envelope),
            new TextColumn("regime", [.. rows.Select(b => Options.Key(cells[best[b]!.Value].Regime.ToString()))]),
        ]);
    }

    private GridChart Grid() => new("Accuracy by budget and split", "Mean test accuracy; a dash is a split that buys more labels than there are rows.", "budget", "share for clean labels",
        [.. budgets.Select(b => $"{b}")], [.. fractions.Select(f => f.ToString("0.##", CultureInfo.InvariantCulture))], [.. accuracies.Select(a => a.Average())])
    { IsShare = true };

    private CurveChart Curves(int?[] best)
    {
        List<ChartSeries> series = [Curve("best split", b => best[b])];
        if (fractions.Contains(0)) series.Add(Curve("weak labels only", b => Best(b, r => r == BudgetRegime.Quantity)));
        if (fractions.Contains(1)) series.Add(Curve("clean labels only", b => Best(b, r => r == BudgetRegime.Quality)));
        return new("Accuracy by budget", "Bands are 95 % intervals over seeds.", "budget", "test accuracy", series) { IsLogarithmic = true, IsShare = true };
    }

    private ChartSeries Curve(string name, Func<int, int?> cell)
    {
        Interval?[] intervals = [.. budgets.Select((_, b) => cell(b) is { } k ? Interval(k) : null)];
        return new(name, [.. budgets.Select(b => (double)b)], [.. intervals.Select(i => i?.Mean ?? double.NaN)])
        {
            Low = [.. intervals.Select(i => Math.Max(0, i?.Low ?? double.NaN))],
            High = [.. intervals.Select(i => Math.Min(1, i?.High ?? double.NaN))],
        };
    }

    private NumberColumn Numbers(string name, Func<int, double> value) => new(name, [.. Enumerable.Range(0, cells.Length).Select(value)]);

    private bool Known(int cell) => !accuracies[cell].Any(double.IsNaN);
}
