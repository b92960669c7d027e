using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Reports.Charts;

namespace Preceptor.Reports.Sections;

/// <summary>The forest plot of all arms, and its numbers as a table.</summary>
internal static class ScoresSection
{
    public static Html Of(ReportData data)
    {
        var (result, metric) = (data.Result, data.Result.Metric);
        return Html.Of(
            $"""
            <section aria-labelledby="scores"><h2 id="scores">Scores</h2>
            <figure><figcaption>{HeaderSection.Capital(metric.Name)}{(metric.IsShare ? " in per cent" : "")}: {metric.Description}; {(metric.Better == Better.Higher ? "more" : "less")} is better. Line: 95 % interval{(result.Seeds > 1 ? "; small dots: seeds" : "")}; dashed: the baseline.</figcaption>
            {ForestPlot.Of(data)}</figure>
            {Html.Table("The same numbers", Html.Heads("arm", metric.Name, "95 %", "seeds"), data.Arms.Select(a => Row(data, a)))}
            {Html.Of($"<p>Method over baseline: {ResultText.Difference(metric, result.Difference)}.{Gap(result)}{Absent(data)}</p>")}
            </section>

            """);
    }

    private static Html Row(ReportData data, Arm arm)
    {
        var (metric, score) = (data.Result.Metric, data.Result.Scores[arm.Key]);
        return Html.Row(Html.Of($"""{arm.Heading}<span class="note">{ResultText.Meaning(arm.Key, data.Result.Target)}</span>"""),
            Html.Of($"{ResultText.Value(metric, score.Mean)}"), Html.Of($"{ResultText.Ends(metric, score)}"),
            Html.Of($"<span class=\"seeds\">{string.Join(" · ", score.Values.Select(v => ResultText.Bare(metric, v)))}</span>"));
    }

    private static string Gap(RunResult result) => result.RecoveredGap is { } gap
        ? $" Share of the gap recovered: {ResultText.Whole(gap)}." : "";

    private static string Absent(ReportData data)
    {
        var scores = data.Result.Scores;
        if (!scores.ContainsKey("ceiling")) return " There is no ceiling: nobody knows the true labels of the training rows.";
        return data.Result.RecoveredGap is null && data.Result.Target == TargetKind.One ? $" No share of the gap is given: {(scores.ContainsKey("floor") ? "floor" : "baseline")} and ceiling are less than ten points apart, or too unsure." : "";
    }
}
