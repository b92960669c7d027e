using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;

namespace Preceptor.Measurement;

/// <summary>The report of <see cref="Reliability"/>.</summary>
/// <param name="subject">What was measured.</param>
/// <param name="options">How.</param>
/// <param name="scored">All scored rows.</param>
/// <param name="inside">Those that have a class, at every level.</param>
/// <param name="main">Those that the numbers are of.</param>
/// <param name="before">Their scores as they are.</param>
/// <param name="after">Their scores after mending.</param>
/// <param name="temperatures">T, one or one a class.</param>
/// <param name="score">Scores predictions after mending.</param>
/// <param name="notes">What a reader should know.</param>
internal sealed class ReliabilityReport(string subject, Reliability.Options options, ClassPredictions scored, ClassPredictions inside, ClassPredictions main,
    ClassificationScores before, ClassificationScores after, double[] temperatures, Func<ClassPredictions, ClassificationScores> score, List<string> notes)
{
    private static readonly double[] Coverages = [1, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3];

    private const int CurvePoints = 200;

    public MeasurementReport Create()
    {
        var classLevels = TemperatureScaling.ClassLevels(after.Labels, main.Classes.Count, after.Confidences, after.Right);
        List<MeasuredValue> values = [.. ReliabilityMetrics.All.Select(m => new MeasuredValue(m.Name, m.Description, Intervals.OverItems([m.Score(after)])) { IsShare = m.IsShare })];
        values.Add(MeasuredValue.Of("miscalibration-score", "the classes' levels, over- and under-confident classes weighed by how many there are", TemperatureScaling.MiscalibrationScore(classLevels)));
        if (options.Scaling != Reliability.Scaling.None)
        {
            values.Add(MeasuredValue.Of("temperature", temperatures.Length == 1 ? "what logits are divided by: above 1 the model was over-confident" : "what logits are divided by, the mean over classes", temperatures.Average()));
            values.Add(Share("ece-before", "the calibration error before the temperature", ReliabilityMetrics.CalibrationError.Value(before)));
            values.Add(MeasuredValue.Of("level-before", "mean confidence less accuracy before the temperature", ReliabilityMetrics.Level.Value(before)));
            values.Add(Share("changed-decisions", "share of rows whose class changes", before.Predictions.Zip(after.Predictions).Count(p => p.First != p.Second) / (double)after.Items));
        }
        values.AddRange(Failures());
        var (coverage, threshold) = LargestCoverage();
        values.Add(Share("coverage-at-target", $"largest share of the surest rows whose error is at most {Percent(options.TargetError)}", coverage));
        values.Add(Share("threshold-at-target", "the confidence from which on these are answered", threshold));
        List<Table> tables = [Bins(), Classes(classLevels), Selective()];
        List<Chart> charts = [Diagram(), RiskCoverage()];
        AddLevels(values, tables, charts);
        AddOutside(values, tables);
        return new(Sentence(), values) { Tables = tables, Charts = charts, Notes = notes };
    }

    private string Sentence()
    {
        var (level, error) = (ReliabilityMetrics.Level.Value(before), ReliabilityMetrics.CalibrationError.Value(before));
        var side = Math.Abs(level) < 0.005 ? "neither over- nor under-confident on average" : level > 0 ? $"over-confident by {Points(level)}" : $"under-confident by {Points(-level)}";
        var mended = options.Scaling == Reliability.Scaling.None ? "" : $"; {(temperatures.Length == 1 ? $"a temperature of {Number(temperatures[0])} brings" : "temperatures for each class bring")} the calibration error from {Percent(error)} to {Percent(ReliabilityMetrics.CalibrationError.Value(after))}";
        return $"{subject}: {Percent(after.Accuracy)} of {after.Items} rows are right, and the answers are {side}{mended}. On its surest {Percent(after.Accuracy)} it is right in {Percent(ReliabilityMetrics.TrustIndex.Value(after))} (Trust Index).";
    }

    private IEnumerable<MeasuredValue> Failures()
    {
        double[] right = [.. Enumerable.Range(0, after.Items).Where(i => after.Right[i] == 1).Select(i => (double)after.Confidences[i])];
        double[] wrong = [.. Enumerable.Range(0, after.Items).Where(i => after.Right[i] == 0).Select(i => (double)after.Confidences[i])];
        yield return Share("failure-auroc", "chance that a right answer is surer than a wrong one", Separation.AreaUnderRoc(right, wrong));
        yield return Share("failure-fpr95", "share of wrong answers that pass where 95 % of the right ones do", Separation.FalsePositiveRate(right, wrong));
    }

    private (double Coverage, double Threshold) LargestCoverage()
    {
        var risks = after.RisksByCoverage();
        var sorted = after.Confidences.OrderDescending().ToArray();
        for (var n = risks.Length; n > 0; n--)
            if (risks[n - 1] <= options.TargetError && (n == risks.Length || sorted[n - 1] > sorted[n])) return ((double)n / risks.Length, sorted[n - 1]);
        return (0, double.NaN);
    }

    private Table Bins()
    {
        var (old, mended) = (before.ReliabilityDiagram, after.ReliabilityDiagram);
        return new("reliability",
        [
            new NumberColumn("from", [.. mended.Select(b => b.Low)]), new NumberColumn("to", [.. mended.Select(b => b.High)]),
            new NumberColumn("rows_before", [.. old.Select(b => (double)b.Count)]), new NumberColumn("confidence_before", [.. old.Select(b => b.Confidence ?? double.NaN)]), new NumberColumn("accuracy_before", [.. old.Select(b => b.Accuracy ?? double.NaN)]),
            new NumberColumn("rows", [.. mended.Select(b => (double)b.Count)]), new NumberColumn("confidence", [.. mended.Select(b => b.Confidence ?? double.NaN)]), new NumberColumn("accuracy", [.. mended.Select(b => b.Accuracy ?? double.NaN)]),
        ]);
    }

    private Table Classes(double[] levels)
    {
        var old = TemperatureScaling.ClassLevels(before.Labels, main.Classes.Count, before.Confidences, before.Right);
        return new("classes",
        [
            new TextColumn("class", [.. main.Classes]), new NumberColumn("rows", [.. after.PerClass.Select(c => (double)c.Support)]), new NumberColumn("accuracy", [.. after.PerClass.Select(c => c.Recall ?? double.NaN)]),
            new NumberColumn("level_before", old), new NumberColumn("level", levels), new NumberColumn("temperature", [.. levels.Select((_, c) => temperatures[temperatures.Length == 1 ? 0 : c])]),
        ]);
    }

    private Table Selective()
    {
        var risks = after.RisksByCoverage();
        var sorted = after.Confidences.OrderDescending().ToArray();
        int[] counts = [.. Coverages.Select(c => Math.Max(1, (int)Math.Round(c * risks.Length)))];
        return new("selective", [new NumberColumn("coverage", [.. counts.Select(n => (double)n / risks.Length)]), new NumberColumn("threshold", [.. counts.Select(n => (double)sorted[n - 1])]), new NumberColumn("error", [.. counts.Select(n => risks[n - 1])])]);
    }

    private CurveChart Diagram()
    {
        ChartSeries Curve(string name, ClassificationScores scores) => scores.ReliabilityDiagram.Where(b => b.Count > 0).ToArray() is var bins
            ? new(name, [.. bins.Select(b => b.Confidence!.Value)], [.. bins.Select(b => b.Accuracy!.Value)]) : throw new InvalidOperationException();
        List<ChartSeries> series = [new("calibrated", [0, 1], [0, 1]), Curve(options.Scaling == Reliability.Scaling.None ? "as it is" : "before the temperature", before)];
        if (options.Scaling != Reliability.Scaling.None) series.Add(Curve("after", after));
        return new("Reliability diagram", "Below the diagonal answers are right less often than they are sure.", "confidence", "accuracy", series) { IsShare = true };
    }

    private CurveChart RiskCoverage()
    {
        var risks = after.RisksByCoverage();
        int[] places = [.. Enumerable.Range(1, Math.Min(CurvePoints, risks.Length)).Select(p => (int)((long)p * risks.Length / Math.Min(CurvePoints, risks.Length)) - 1)];
        double[] coverage = [.. places.Select(p => (p + 1.0) / risks.Length)];
        return new("Errors by how many rows are answered", "The surest rows are answered first. The best curve has the same accuracy and no error among as many rows as are right.", "share of rows answered", "error among them",
            [new("this confidence", coverage, [.. places.Select(p => risks[p])]), new("best possible", coverage, [.. coverage.Select(k => Math.Max(0, 1 - after.Accuracy / k))])])
        { IsShare = true };
    }

    private void AddLevels(List<MeasuredValue> values, List<Table> tables, List<Chart> charts)
    {
        if (inside.Levels.Length == 0) return;
        string[] names = [.. inside.Levels.Distinct()];
        var parts = names.Select(name => inside.Take([.. Enumerable.Range(0, inside.Labels.Length).Where(i => inside.Levels[i] == name)])).Select(score).ToArray();
        double[] accuracy = [.. parts.Select(p => p.Accuracy)], error = [.. parts.Select(ReliabilityMetrics.CalibrationError.Value)], level = [.. parts.Select(ReliabilityMetrics.Level.Value)];
        tables.Add(new("levels",
        [
            new TextColumn("level", names), new NumberColumn("rows", [.. parts.Select(p => (double)p.Items)]), new NumberColumn("accuracy", accuracy),
            new NumberColumn("ece", error), new NumberColumn("confidence_less_accuracy", level), new NumberColumn("aurc", [.. parts.Select(p => p.AreaUnderRiskCoverage)]),
        ]));
        values.Add(Share("accuracy-worst-level", "the least accuracy of a level", accuracy.Min()));
        values.Add(Share("ece-worst-level", "the largest calibration error of a level", error.Max()));
        double[] across = [.. names.Select((name, i) => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : i)];
        if (names.Length > 1) charts.Add(new CurveChart("Accuracy and calibration by level", options.Level is null ? "Levels are strengths of noise on the inputs." : $"Levels are those of column '{options.Level}'.", "level", "share",
            [Ascending("accuracy", accuracy), Ascending("calibration error", error)])
        { IsShare = true });

        ChartSeries Ascending(string name, double[] up)
        {
            int[] order = [.. Enumerable.Range(0, across.Length).OrderBy(i => across[i])];
            return new(name, [.. order.Select(i => across[i])], [.. order.Select(i => up[i])]);
        }
    }

    private void AddOutside(List<MeasuredValue> values, List<Table> tables)
    {
        var first = scored.Levels.Length > 0 && options.Level is null ? scored.Levels[0] : null;
        int[] At(Func<int, bool> which) => [.. Enumerable.Range(0, scored.Labels.Length).Where(i => which(scored.Labels[i]) && (first is null || scored.Levels[i] == first))];
        var (familiar, foreign) = (At(l => l >= 0), At(l => l < 0));
        if (foreign.Length == 0) return;
        ConfidenceScore[] kinds = scored.AreLogits ? [ConfidenceScore.MaxProbability, ConfidenceScore.Entropy, ConfidenceScore.Energy] : [ConfidenceScore.MaxProbability, ConfidenceScore.Entropy];
        var found = kinds.Select(kind =>
        {
            var scores = Confidence.Of(kind, scored.Logits, scored.Classes.Count);
            double[] high = [.. familiar.Select(i => scores[i])], low = [.. foreign.Select(i => scores[i])];
            return (Name: Foundation.Options.Key($"{kind}"), Area: Separation.AreaUnderRoc(high, low), Passed: Separation.FalsePositiveRate(high, low));
        }).ToArray();
        foreach (var (name, area, passed) in found)
        {
            values.Add(Share($"outside-auroc-{name}", $"chance that a row of a class scores above one of none ({name})", area));
            values.Add(Share($"outside-fpr95-{name}", $"share of rows of no class that pass where 95 % of the others do ({name})", passed));
        }
        tables.Add(new("outside", [new TextColumn("score", [.. found.Select(f => f.Name)]), new NumberColumn("auroc", [.. found.Select(f => f.Area)]), new NumberColumn("fpr95", [.. found.Select(f => f.Passed)])]));
        notes.Add($"{foreign.Length} rows of no class were told apart by confidence as it is, before any temperature{(scored.AreLogits ? "" : "; probabilities have no energy, which needs logits")}");
    }

    private static MeasuredValue Share(string name, string meaning, double value) => MeasuredValue.Of(name, meaning, value) with { IsShare = true };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} points");

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
