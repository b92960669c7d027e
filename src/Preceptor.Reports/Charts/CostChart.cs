using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>
/// Methods by score, with its interval, against training time on a logarithmic axis; floor, baseline and ceiling as lines across. Places
/// across are given in per cent and sizes in pixels, so the chart fills any width without its letters shrinking.
/// </summary>
internal static class CostChart
{
    private const int Top = 20, Bottom = 320, LineOfLetters = 15;
    private const double Left = 8, Right = 96, Turn = 0.6, ShortestTime = 0.01;

    /// <summary>Draws the chart of the rows whose time is known, at least one.</summary>
    public static Html Of(IReadOnlyList<ComparisonRow> rows, Metric metric)
    {
        ComparisonRow[] timed = [.. rows.Where(r => r.Method?.TrainSeconds is not null)];
        double Time(ComparisonRow row) => Math.Max(row.Method!.TrainSeconds!.Value, ShortestTime);
        double Shown(double value) => Math.Clamp(value, metric.Lowest, metric.Highest);
        var across = Axis.Decades(timed.Min(Time) * 0.8, timed.Max(Time) * 1.25);
        var up = Axis.Around(Shown(rows.Min(r => r.Method is null ? r.Score.Mean : r.Score.Low)), Shown(rows.Max(r => r.Method is null ? r.Score.Mean : r.Score.High)));
        double Share(ComparisonRow row) => across.Position(Math.Log10(Time(row)));
        Html X(double share) => Html.Of($"{Left + (Right - Left) * share:0.00}%");
        double Y(double value) => Bottom - (Bottom - Top) * up.Position(Shown(value));
        var decimals = up.Ticks[1] - up.Ticks[0] < 0.01 ? "0.0" : "0";
        string Label(double tick) => metric.IsShare ? ResultText.Number(tick * 100, decimals) : ResultText.Number(tick, "0.###");
        var spoken = string.Join("; ", timed.Select(r => $"{r.Name} {ResultText.Value(metric, r.Score.Mean)} in {ComparisonText.Seconds(Time(r))} seconds"));
        // Names on each side of their marks stand at least a line apart.
        var heights = timed.GroupBy(r => Share(r) < Turn).SelectMany(side => Apart([.. side.Select(r => (r, Y(r.Score.Mean)))])).ToDictionary();
        return Html.Of(
            $"""
            <svg width="100%" height="{Bottom + 40}" role="img" aria-label="{metric.Name} against training time: {spoken}">
            {up.Ticks.Select(t => Html.Of($"""<line class="grid" x1="0" x2="100%" y1="{Y(t):0.0}" y2="{Y(t):0.0}"/><text class="soft" x="0" y="{Y(t) - 4:0.0}">{Label(t)}</text>"""))}
            {across.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{X(across.Position(t))}" x2="{X(across.Position(t))}" y1="{Bottom}" y2="{Bottom + 5}"/><text class="soft" x="{X(across.Position(t))}" y="{Bottom + 19}" text-anchor="middle">{ResultText.Number(Math.Pow(10, t), "#,0.##")}</text>"""))}
            <text class="soft" x="{X(0.5)}" y="{Bottom + 36}" text-anchor="middle">seconds of training a seed (logarithmic)</text>
            {rows.Where(r => r.Arm != "method").Select(r => Html.Of($"""<g class="{r.Arm}"><line class="across" x1="0" x2="100%" y1="{Y(r.Score.Mean):0.0}" y2="{Y(r.Score.Mean):0.0}"/>{(r.Method is null ? Html.Of($"""<text class="soft" x="100%" y="{Y(r.Score.Mean) - 4:0.0}" text-anchor="end">{r.Name}</text>""") : Html.None)}</g>"""))}
            {timed.Select(r => Html.Of(
                $"""
                <g class="{r.Arm}"><line class="whisker" x1="{X(Share(r))}" x2="{X(Share(r))}" y1="{Y(r.Score.Low):0.0}" y2="{Y(r.Score.High):0.0}"/><circle class="mark" cx="{X(Share(r))}" cy="{Y(r.Score.Mean):0.0}" r="6"/><text class="label" x="{X(Share(r))}" dx="{(Share(r) < Turn ? 11 : -11)}" y="{heights[r] + 4:0.0}" text-anchor="{(Share(r) < Turn ? "start" : "end")}">{r.Name}</text></g>

                """))}
            </svg>

            """);
    }

    private static IEnumerable<(ComparisonRow, double)> Apart((ComparisonRow Row, double Height)[] names)
    {
        var last = double.NegativeInfinity;
        foreach (var (row, height) in names.OrderBy(n => n.Height))
        {
            last = Math.Max(height, last + LineOfLetters);
            yield return (row, last);
        }
    }
}
