using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>A reliability diagram: in each bin of confidence the share of answers that is right; on the diagonal both agree.</summary>
internal static class ReliabilityChart
{
    private const int Size = 150, Left = 30, Top = 6;

    public static Html Of(ReportData data, Arm arm)
    {
        var bins = Pool(data.Scores[arm.Key]);
        double most = bins.Max(b => b.Count);
        var error = ResultText.Percent(data.Result.AllMetrics[arm.Key][Metrics.ExpectedCalibrationError.Name]);
        var spoken = string.Join("; ", bins.Select(b => $"confidence {ResultText.Percent(b.Confidence)} %, right {ResultText.Percent(b.Accuracy)} % of {ResultText.Count(b.Count, "row")}"));
        return Html.Of(
            $"""
            <figure class="{arm.Key}"><figcaption><strong>{arm.Name}</strong><br>error {error} points</figcaption>
            <svg viewBox="0 0 {Left + Size + 14} {Top + Size + 34}" width="100%" role="img" aria-label="Reliability of {arm.Name}: {spoken}">
            {new[] { 0, 50, 100 }.Select(t => Html.Of($"""<line class="grid" x1="{Left}" x2="{Left + Size}" y1="{Y(t / 100.0):0.0}" y2="{Y(t / 100.0):0.0}"/><text class="soft" x="{Left - 5}" y="{Y(t / 100.0) + 4:0.0}" text-anchor="end">{t}</text><text class="soft" x="{X(t / 100.0):0.0}" y="{Top + Size + 15}" text-anchor="middle">{t}</text>"""))}
            <text class="soft" x="{Left + Size / 2}" y="{Top + Size + 30}" text-anchor="middle">confidence, %</text>
            <line class="diagonal" x1="{X(0):0.0}" y1="{Y(0):0.0}" x2="{X(1):0.0}" y2="{Y(1):0.0}"/>
            <polyline class="curve" points="{bins.Select(b => Html.Of($"{X(b.Confidence):0.0},{Y(b.Accuracy):0.0} "))}"/>
            {bins.Select(b => Html.Of($"""<circle class="mark" cx="{X(b.Confidence):0.0}" cy="{Y(b.Accuracy):0.0}" r="{1.5 + 4.5 * Math.Sqrt(b.Count / most):0.0}"/>"""))}
            </svg></figure>

            """);
    }

    private static double X(double share) => Left + Size * share;

    private static double Y(double share) => Top + Size * (1 - share);

    /// <summary>The bins that hold rows, all seeds together.</summary>
    private static (int Count, double Confidence, double Accuracy)[] Pool(ClassificationScores[] seeds) =>
        [.. Enumerable.Range(0, seeds[0].ReliabilityDiagram.Count).Select(b => seeds.Select(s => s.ReliabilityDiagram[b]).Where(bin => bin.Count > 0).ToArray())
            .Where(bins => bins.Length > 0)
            .Select(bins => (Count: bins.Sum(b => b.Count), bins))
            .Select(b => (b.Count, b.bins.Sum(bin => bin.Count * bin.Confidence!.Value) / b.Count, b.bins.Sum(bin => bin.Count * bin.Accuracy!.Value) / b.Count))];
}
