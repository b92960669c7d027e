using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>
/// A forest plot: a line an arm with its mean, its interval and its seeds' values on a common axis. Places across are given in per cent
/// and sizes in pixels, so the plot fills any width without its letters shrinking.
/// </summary>
internal static class ForestPlot
{
    private const int RowHeight = 54;
    private const double Left = 1, Right = 99;

    public static Html Of(ReportData data) => Of([.. data.Arms.Select(a => (a, data.Result.Scores[a.Key]))], data.Result.Metric);

    /// <summary>Draws the plot; the baseline is among the arms.</summary>
    public static Html Of(IReadOnlyList<(Arm Arm, Interval Score)> arms, Metric metric)
    {
        // An interval over two seeds may be wider than the metric's whole range: the axis shows what is possible.
        double Shown(double value) => Math.Clamp(value, metric.Lowest, metric.Highest);
        var axis = Axis.Around(Shown(arms.Min(a => Math.Min(a.Score.Low, a.Score.Values.Min()))), Shown(arms.Max(a => Math.Max(a.Score.High, a.Score.Values.Max()))));
        var baseline = arms.First(a => a.Arm.Key == "baseline").Score.Mean;
        Html At(double value) => Html.Of($"{Left + (Right - Left) * axis.Position(Shown(value)):0.00}%");
        var bottom = arms.Count * RowHeight;
        var description = string.Join("; ", arms.Select(a => $"{a.Arm.Name} {ResultText.Value(metric, a.Score.Mean)} {ResultText.Ends(metric, a.Score)}"));
        var decimals = axis.Ticks[1] - axis.Ticks[0] < 0.01 ? "0.0" : "0";
        string Label(double tick) => metric.IsShare ? ResultText.Number(tick * 100, decimals) : ResultText.Number(tick, "0.###");
        return Html.Of(
            $"""
            <svg width="100%" height="{bottom + 24}" role="img" aria-label="Forest plot of {metric.Name}: {description}">
            {axis.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{At(t)}" x2="{At(t)}" y1="4" y2="{bottom}"/><text class="soft" x="{At(t)}" y="{bottom + 17}" text-anchor="{Anchor(axis, t)}">{Label(t)}</text>"""))}
            <line class="reference" x1="{At(baseline)}" x2="{At(baseline)}" y1="4" y2="{bottom}"/>
            {arms.Select((a, i) => Row(a.Arm, a.Score, metric, i * RowHeight, At))}
            </svg>

            """);
    }

    private static Html Row(Arm arm, Interval score, Metric metric, int top, Func<double, Html> at) => Html.Of(
        $"""
        <g class="{arm.Key}"><text class="name" x="0" y="{top + 18}">{Shorten(arm.Name)}</text><text class="value" x="100%" y="{top + 18}" text-anchor="end">{ResultText.Value(metric, score.Mean)} <tspan class="soft">{ResultText.Ends(metric, score)}</tspan></text>
        <line class="whisker" x1="{at(score.Low)}" x2="{at(score.High)}" y1="{top + 36}" y2="{top + 36}"/>{(score.Values.Count > 1 ? Html.Join(score.Values.Select(v => Html.Of($"""<circle class="seed" cx="{at(v)}" cy="{top + 45}" r="2.5"/>"""))) : Html.None)}<circle class="mark" cx="{at(score.Mean)}" cy="{top + 36}" r="6"/></g>

        """);

    private static string Anchor(Axis axis, double tick) => tick == axis.Low ? "start" : tick == axis.High ? "end" : "middle";

    // Name and numbers share a line, 345 pixels wide on a phone.
    private static string Shorten(string name) => name.Length <= 24 ? name : name[..23] + "…";
}
