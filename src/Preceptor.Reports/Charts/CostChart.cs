using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>What methods cost.</summary>
/// <param name="Of">What one costs, in the unit; null where that is not known.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Unit">The unit, as the axis has it.</param>
/// <param name="Text">An amount and its unit, in words.</param>
/// <param name="Least">What costs less is drawn as this much.</param>
internal sealed record Cost(Func<ComparisonRow, double?> Of, string Name, string Unit, Func<double, string> Text, double Least)
{
    /// <summary>The time of a method's own training.</summary>
    public static Cost TrainingTime { get; } = new(r => r.Method?.TrainSeconds, "training time", "seconds of training a seed", s => $"in {ComparisonText.Seconds(s)} seconds", 0.01);

    /// <summary>What a method's answers cost, by a number that is scored beside them.</summary>
    public static Cost Answers(Metric metric) => new(r => r.Method?.Result.AllMetrics["method"].TryGetValue(metric.Name, out var cost) == true ? cost : null, metric.Name, $"{metric.Name} a question", c => $"with {ResultText.Number(c, "#,0")} {metric.Name}", 1);
}

/// <summary>
/// Methods by score, with its interval, against what they cost on a logarithmic axis; floor, baseline and ceiling as lines across. Places
/// across are given in per cent and sizes in pixels, so the chart fills any width without its letters shrinking.
/// </summary>
internal static class CostChart
{
    private const int Top = 20, Bottom = 320, LineOfLetters = 15;
    private const double Left = 8, Right = 96, Turn = 0.6;

    /// <summary>Draws the chart of the rows whose cost is known, at least one.</summary>
    public static Html Of(IReadOnlyList<ComparisonRow> rows, Metric metric, Cost cost)
    {
        ComparisonRow[] known = [.. rows.Where(r => cost.Of(r) is not null)];
        double Spent(ComparisonRow row) => Math.Max(cost.Of(row)!.Value, cost.Least);
        double Shown(double value) => Math.Clamp(value, metric.Lowest, metric.Highest);
        var across = Axis.Decades(known.Min(Spent) * 0.8, known.Max(Spent) * 1.25);
        var up = Axis.Around(Shown(rows.Min(r => r.Method is null ? r.Score.Mean : r.Score.Low)), Shown(rows.Max(r => r.Method is null ? r.Score.Mean : r.Score.High)));
        double Share(ComparisonRow row) => across.Position(Math.Log10(Spent(row)));
        Html X(double share) => Html.Of($"{Left + (Right - Left) * share:0.00}%");
        double Y(double value) => Bottom - (Bottom - Top) * up.Position(Shown(value));
        var decimals = up.Ticks[1] - up.Ticks[0] < 0.01 ? "0.0" : "0";
        string Label(double tick) => metric.IsShare ? ResultText.Number(tick * 100, decimals) : ResultText.Number(tick, "0.###");
        var spoken = string.Join("; ", known.Select(r => $"{r.Name} {ResultText.Value(metric, r.Score.Mean)} {cost.Text(Spent(r))}"));
        // Names on each side of their marks stand at least a line apart.
        var heights = known.GroupBy(r => Share(r) < Turn).SelectMany(side => Apart([.. side.Select(r => (r, Y(r.Score.Mean)))])).ToDictionary();
        return Html.Of(
            $"""
            <svg width="100%" height="{Bottom + 40}" role="img" aria-label="{metric.Name} against {cost.Name}: {spoken}">
            {up.Ticks.Select(t => Html.Of($"""<line class="grid" x1="0" x2="100%" y1="{Y(t):0.0}" y2="{Y(t):0.0}"/><text class="soft" x="0" y="{Y(t) - 4:0.0}">{Label(t)}</text>"""))}
            {across.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{X(across.Position(t))}" x2="{X(across.Position(t))}" y1="{Bottom}" y2="{Bottom + 5}"/><text class="soft" x="{X(across.Position(t))}" y="{Bottom + 19}" text-anchor="middle">{ResultText.Number(Math.Pow(10, t), "#,0.##")}</text>"""))}
            <text class="soft" x="{X(0.5)}" y="{Bottom + 36}" text-anchor="middle">{cost.Unit} (logarithmic)</text>
            {rows.Where(r => r.Arm != "method").Select(r => Html.Of($"""<g class="{r.Arm}"><line class="across" x1="0" x2="100%" y1="{Y(r.Score.Mean):0.0}" y2="{Y(r.Score.Mean):0.0}"/>{(r.Method is null ? Html.Of($"""<text class="soft" x="100%" y="{Y(r.Score.Mean) - 4:0.0}" text-anchor="end">{r.Name}</text>""") : Html.None)}</g>"""))}
            {known.Select(r => Html.Of(
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
