using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;

namespace Preceptor.Measurement;

/// <summary>How accurate solvers are on items of each quantile bin of difficulty.</summary>
internal sealed class DifficultyProfile
{
    private const int MostCurves = 5;

    private readonly Responses responses;
    private readonly int bins;
    private readonly double[,] right, tries; // [S, bins]

    /// <summary>Counts answers by solver and bin.</summary>
    /// <param name="responses">The answers.</param>
    /// <param name="bin">Each item's bin, 0 for the easiest [I].</param>
    /// <param name="bins">How many bins.</param>
    public DifficultyProfile(Responses responses, int[] bin, int bins)
    {
        (this.responses, this.bins) = (responses, bins);
        (right, tries) = (new double[responses.Solvers.Length, bins], new double[responses.Solvers.Length, bins]);
        for (var n = 0; n < responses.Count; n++)
        {
            tries[responses.Solver[n], bin[responses.Item[n]]]++;
            right[responses.Solver[n], bin[responses.Item[n]]] += responses.Correct[n];
        }
    }

    /// <summary>The mean over solvers of their accuracy in each bin; NaN where nobody tried [bins].</summary>
    public double[] Mean => [.. Enumerable.Range(0, bins).Select(b => Solvers(b).Select(s => Accuracy(s, b)).DefaultIfEmpty(double.NaN).Average())];

    /// <summary>A row for each solver and bin.</summary>
    public Table ToTable()
    {
        var cells = Enumerable.Range(0, responses.Solvers.Length).SelectMany(s => Enumerable.Range(0, bins), (s, b) => (s, b)).Where(c => tries[c.s, c.b] > 0).ToArray();
        return new("profile",
        [
            new TextColumn("solver", [.. cells.Select(c => responses.Solvers[c.s])]), new NumberColumn("bin", [.. cells.Select(c => c.b + 1.0)]), new NumberColumn("attempts", [.. cells.Select(c => tries[c.s, c.b])]),
            new NumberColumn("accuracy", [.. cells.Select(c => Accuracy(c.s, c.b))]),
            new NumberColumn("low", [.. cells.Select(c => Wilson(right[c.s, c.b], tries[c.s, c.b]).Low)]), new NumberColumn("high", [.. cells.Select(c => Wilson(right[c.s, c.b], tries[c.s, c.b]).High)]),
        ]);
    }

    /// <summary>Curves of some solvers, and of the mean.</summary>
    /// <param name="named">The solvers to show; none for some from the weakest to the strongest.</param>
    /// <param name="abilities">The solvers' ratings [S].</param>
    public CurveChart ToChart(int[] named, double[] abilities)
    {
        if (named.Length == 0)
        {
            int[] order = [.. Enumerable.Range(0, abilities.Length).OrderBy(s => abilities[s])];
            named = order.Length <= MostCurves ? order : [.. Enumerable.Range(0, MostCurves).Select(k => order[k * (order.Length - 1) / (MostCurves - 1)])];
        }
        double[] places = [.. Enumerable.Range(1, bins).Select(b => (double)b)];
        var mean = new ChartSeries("mean of all solvers", places, Mean);
        return new("Accuracy by difficulty", string.Create(CultureInfo.InvariantCulture, $"Items in {bins} bins of equal size, from the easiest to the hardest; bands are 95 % intervals of a solver's accuracy."), "bin of difficulty", "accuracy",
            [mean, .. named.Select(s => Curve(s, places))])
        { IsShare = true };
    }

    /// <summary>Wilson's interval of a share.</summary>
    internal static (double Low, double High) Wilson(double right, double tries)
    {
        if (tries == 0) return (double.NaN, double.NaN);
        const double z = 1.959963984540054;
        var (p, adjusted) = (right / tries, 1 + z * z / tries);
        var (centre, half) = ((p + z * z / (2 * tries)) / adjusted, z * Math.Sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries)) / adjusted);
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    private ChartSeries Curve(int solver, double[] places) => new(responses.Solvers[solver], places, [.. Enumerable.Range(0, bins).Select(b => Accuracy(solver, b))])
    {
        Low = [.. Enumerable.Range(0, bins).Select(b => Wilson(right[solver, b], tries[solver, b]).Low)],
        High = [.. Enumerable.Range(0, bins).Select(b => Wilson(right[solver, b], tries[solver, b]).High)],
    };

    private IEnumerable<int> Solvers(int bin) => Enumerable.Range(0, responses.Solvers.Length).Where(s => tries[s, bin] > 0);

    private double Accuracy(int solver, int bin) => tries[solver, bin] == 0 ? double.NaN : right[solver, bin] / tries[solver, bin];
}
