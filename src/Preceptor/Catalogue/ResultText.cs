using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;

namespace Preceptor.Catalogue;

/// <summary>The words and numbers in which a run's result is told, the same in the terminal and in the report.</summary>
public static class ResultText
{
    /// <summary>The arms in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Arms { get; } = ["floor", "baseline", "method", "ceiling"];

    /// <summary>What the run found, in one sentence.</summary>
    public static string Sentence(RunResult result)
    {
        var (method, difference) = (result.Method, result.Difference);
        if (result.IsBaseline) return $"{method} is the baseline: same network, same training, same supervision.";
        if (difference is { Mean: 0, Low: 0, High: 0 }) return $"{method} scores exactly as the baseline.";
        var verdict = difference.Low > 0 ? $"{method} is better than the baseline by {Difference(result.Metric, difference)}"
            : difference.High < 0 ? $"{method} is worse than the baseline by {Difference(result.Metric, Negated(difference))}"
            : $"{method} differs from the baseline by {Difference(result.Metric, difference)}: no clear difference";
        if (result.RecoveredGap is not { } gap) return verdict + ".";
        var from = result.Scores.ContainsKey("floor") ? "the supervision alone" : "the baseline";
        return gap.Mean < 0
            ? $"{verdict}, and fell below {from}: {Whole(gap)} of the gap up to perfect labels."
            : $"{verdict}, and kept {Whole(gap)} of the gap between {from} and perfect labels.";
    }

    /// <summary>The method by the other metrics of its form of targets, in one sentence; null where one class is predicted, whose report has them.</summary>
    public static string? Others(RunResult result) => result.Target == TargetKind.One ? null
        : $"{result.Method}: {string.Join(", ", result.Metrics.Where(m => m != result.Metric && result.AllMetrics["method"].ContainsKey(m.Name)).Select(m => $"{m.Name} {Value(m, result.AllMetrics["method"][m.Name])}"))}.";

    /// <summary>What test labels that nobody checked mean for the scores; null where they were checked.</summary>
    public static string? Caution(ScoredOn scoredOn) => scoredOn == ScoredOn.Unverified
        ? "scored on unverified labels: they may be as wrong as those trained on; problem.trusted names checked ones"
        : null;

    /// <summary>What is compared, on how much.</summary>
    public static string Basis(RunResult result) =>
        $"{result.Metric.Name} on {Count(result.TestItems, result.Target is null ? "test item" : "test row")}, {Count(result.Seeds, "seed")}";

    /// <summary>How an arm is called: by its role, or the method by its name.</summary>
    public static string Name(RunResult result, string arm) => arm == "method" ? result.Method : arm;

    /// <summary>What an arm is.</summary>
    public static string Meaning(string arm, TargetKind? target = TargetKind.One) => arm switch
    {
        "floor" when target == TargetKind.Number => "the mean of the training rows, whatever the row",
        "floor" when target == TargetKind.Many => "each label's frequency, whatever the row",
        "floor" => "the supervision's own answers",
        "baseline" => "same network and supervision, nothing added",
        "ceiling" => "same network, perfect labels",
        _ => "the method under test",
    };

    /// <summary>A value of a metric: shares in percent to one decimal, others to three decimals, less of numbers without bound that are large.</summary>
    public static string Value(Metric metric, double value) => Bare(metric, value) + (metric.IsShare ? " %" : "");

    /// <summary>The ends of a score's interval, in the unit of <see cref="Value"/>; Student's t knows no bounds, so that ends beyond what the metric can be are drawn in.</summary>
    public static string Ends(Metric metric, Interval interval) =>
        Bare(metric, Math.Max(interval.Low, metric.Lowest), Math.Min(interval.High, metric.Highest));

    /// <summary>A difference with its interval: of shares in points.</summary>
    public static string Difference(Metric metric, Interval difference) =>
        $"{DifferenceMean(metric, difference)}{(metric.IsShare ? " points" : $" {metric.Name}")} {DifferenceEnds(metric, difference)}";

    /// <summary>A difference alone, without its unit.</summary>
    public static string DifferenceMean(Metric metric, Interval difference) => Bare(metric, difference.Mean);

    /// <summary>The ends of a difference's interval, in the unit of <see cref="DifferenceMean"/>.</summary>
    public static string DifferenceEnds(Metric metric, Interval difference) => Bare(metric, difference.Low, difference.High);

    /// <summary>A share in hundredths, to one decimal and without a sign.</summary>
    public static string Percent(double share) => Number(share * 100, "0.0");

    /// <summary>A share in whole per cent.</summary>
    public static string Whole(double share) => $"{Number(share * 100, "0")} %";

    /// <summary>A share with its interval, in whole per cent.</summary>
    public static string Whole(Interval share) => $"{Whole(share.Mean)} [{Number(share.Low * 100, "0")}, {Number(share.High * 100, "0")}]";

    /// <summary>A value in the unit of <see cref="Value"/>, without it.</summary>
    public static string Bare(Metric metric, double value) => metric.IsShare ? Percent(value) : Number(value, double.IsPositiveInfinity(metric.Highest) ? Decimals(value) : "0.000");

    /// <summary>A number with a true minus, and no minus before a zero.</summary>
    public static string Number(double value, string format)
    {
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        if (!text.StartsWith('-')) return text;
        return text.AsSpan(1).ContainsAnyInRange('1', '9') ? "−" + text[1..] : text[1..];
    }

    /// <summary>A number of things, in the plural where it is not one.</summary>
    public static string Count(int count, string thing) => $"{count.ToString("#,0", CultureInfo.InvariantCulture)} {thing}{(count == 1 ? "" : "s")}";

    private static string Bare(Metric metric, double low, double high) =>
        $"[{Bare(metric, low)}, {Bare(metric, high)}]";

    private static string Decimals(double value) => Math.Abs(value) switch { >= 1000 => "#,0", >= 10 => "#,0.0", _ => "0.000" };

    private static Interval Negated(Interval interval) => interval with { Mean = -interval.Mean, Low = -interval.High, High = -interval.Low };
}
