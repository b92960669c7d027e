using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>Predicted against true numbers; on the diagonal both agree.</summary>
internal static class ScatterChart
{
    private const int Size = 250, Left = 64, Top = 8, MostPoints = 1500;

    /// <summary>Draws an arm's answers; of many rows, evenly many of them.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="scores">Its answers to one test set.</param>
    /// <param name="axis">The axis of both, so that arms can be compared.</param>
    public static Html Of(Arm arm, NumberScores scores, Axis axis)
    {
        var step = Math.Max(1, (scores.Items + MostPoints - 1) / MostPoints);
        var rows = Enumerable.Range(0, scores.Items).Where(row => row % step == 0).ToArray();
        double At(double value) => Size * Math.Clamp(axis.Position(value), 0, 1);
        Html X(double value) => Html.Of($"{Left + At(value):0.0}");
        Html Y(double value) => Html.Of($"{Top + Size - At(value):0.0}");
        return Html.Of(
            $"""
            <figure class="{arm.Key}"><figcaption><strong>{arm.Name}</strong>{(step > 1 ? $", {ResultText.Number(rows.Length, "#,0")} of {ResultText.Number(scores.Items, "#,0")} test rows" : "")}</figcaption>
            <svg viewBox="0 0 {Left + Size + 14} {Top + Size + 34}" width="100%" role="img" aria-label="Predicted against true numbers of {arm.Name}: R² {ResultText.Value(Metrics.Determination, Metrics.Determination.Value(scores))}">
            {axis.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{Left}" x2="{Left + Size}" y1="{Y(t)}" y2="{Y(t)}"/><text class="soft" x="{Left - 5}" y="{Y(t)}" dy="4" text-anchor="end">{Short(t)}</text><text class="soft" x="{X(t)}" y="{Top + Size + 15}" text-anchor="middle">{Short(t)}</text>"""))}
            <text class="soft" x="{Left + Size / 2}" y="{Top + Size + 30}" text-anchor="middle">true (up: predicted)</text>
            <line class="diagonal" x1="{X(axis.Low)}" y1="{Y(axis.Low)}" x2="{X(axis.High)}" y2="{Y(axis.High)}"/>
            {rows.Select(row => Html.Of($"""<circle class="seed" cx="{X(scores.Truth[row])}" cy="{Y(scores.Predictions[row])}" r="2"/>"""))}
            </svg></figure>

            """);
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e6 => ResultText.Number(value / 1e6, "0.##") + " M",
        >= 1e4 => ResultText.Number(value / 1e3, "0.#") + " k",
        _ => ResultText.Number(value, "0.###"),
    };
}
