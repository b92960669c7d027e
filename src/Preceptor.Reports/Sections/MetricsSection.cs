using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Sections;

/// <summary>Every metric of every arm, where not one class a row is predicted.</summary>
internal static class MetricsSection
{
    public static Html Of(ReportData data)
    {
        var metrics = data.Result.Metrics;
        return Html.Of(
            $"""
            <section aria-labelledby="metrics"><h2 id="metrics">All metrics</h2>
            {Html.Table("Means over seeds", Html.Heads(["arm", .. metrics.Select(m => m.Name)]), data.Arms.Select(a => Html.Row(a.Heading, [.. metrics.Select(m => data.Result.AllMetrics[a.Key].TryGetValue(m.Name, out var value) ? Html.Of($"{ResultText.Value(m, value)}") : Html.None)])))}
            {Html.Folded("What the letters mean", Html.Of($"<ul>{metrics.Select(m => Html.Of($"<li>{m.Name}: {m.Description}; {(m.Better == Better.Higher ? "more" : "less")} is better</li>"))}</ul>"))}
            </section>

            """);
    }
}
