using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Reports.Charts;

namespace Preceptor.Reports.Sections;

/// <summary>Whether probabilities mean what they say, and what abstaining below one buys.</summary>
internal static class CalibrationSection
{
    private static readonly Metric[] Shown = [Metrics.Accuracy, Metrics.MacroF1, Metrics.NegativeLogLikelihood, Metrics.BrierScore, Metrics.ExpectedCalibrationError, Metrics.AreaUnderRiskCoverage];

    public static Html Of(ReportData data) => Html.Of(
        $"""
        <section aria-labelledby="calibration"><h2 id="calibration">Calibration</h2>
        <p>Of the answers given with a confidence of 80 %, 80 % should be right: points on the diagonal. Below it the model is too sure, above it not sure enough. Larger dots stand for more rows.</p>
        <div class="small charts">
        {data.Arms.Select(a => ReliabilityChart.Of(data, a))}</div>
        {Html.Table("Means over seeds; NLL, Brier score, ECE and AURC: less is better", Html.Heads("arm", "accuracy", "macro F1", "NLL", "Brier", "ECE", "AURC"), data.Arms.Select(a => Row(data, a)))}
        {Html.Table($"If the method answers only where it is sure enough{data.OverSeeds}", Html.Heads("at least", "rows answered", "of these right"), ReportData.Thresholds.Select(t => Answering(data, t)))}
        {Html.Folded("What the letters mean", Html.Of($"<ul>{Shown.Skip(1).Select(m => Html.Of($"<li>{m.Name}: {m.Description}</li>"))}</ul>"))}
        </section>

        """);

    private static Html Row(ReportData data, Arm arm)
    {
        var metrics = data.Result.AllMetrics[arm.Key];
        return Html.Row(arm.Heading, [.. Shown.Select(m => Html.Of($"{ResultText.Value(m, metrics[m.Name])}"))]);
    }

    private static Html Answering(ReportData data, double threshold)
    {
        var (coverage, accuracy) = data.Answering("method", threshold);
        return Html.Row(Html.Of($"{ResultText.Whole(threshold)}"), Html.Of($"{ResultText.Percent(coverage)} %"), Html.Of($"{(coverage == 0 ? "–" : $"{ResultText.Percent(accuracy)} %")}"));
    }
}
