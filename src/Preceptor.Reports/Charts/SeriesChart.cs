using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>Curves and points of a measurement over a common axis, with bands for their intervals.</summary>
internal static class SeriesChart
{
    private const int Width = 720, Height = 340, Left = 56, Top = 10, Right = 710, Bottom = 290, Hues = 6, MostPoints = 2000;

    public static Html Of(CurveChart chart)
    {
        var scale = chart.IsShare ? 100.0 : 1.0;
        double[] places = [.. chart.Series.SelectMany(s => s.Across).Where(double.IsFinite)];
        double[] values = [.. chart.Series.SelectMany(s => s.Up.Concat(s.Low).Concat(s.High)).Where(double.IsFinite).Select(v => v * scale)];
        if (places.Length == 0 || values.Length == 0) return Html.None;
        var across = chart.IsLogarithmic ? Axis.Decades(places.Min(), places.Max()) : Axis.Around(places.Min(), places.Max(), 8);
        var up = Axis.Around(values.Min(), values.Max());
        Html X(double place) => Html.Of($"{Left + (Right - Left) * across.Position(chart.IsLogarithmic ? Math.Log10(place) : place):0.0}");
        Html Y(double value) => Html.Of($"{Bottom - (Bottom - Top) * up.Position(value * scale):0.0}");
        Html Tick(double tick) => Html.Of($"{Left + (Right - Left) * across.Position(tick):0.0}");
        var spoken = string.Join("; ", chart.Series.Where(s => s.Up.Any(double.IsFinite)).Select(s => $"{s.Name} from {MeasurementResult.Text(s.Up.First(double.IsFinite), chart.IsShare)} to {MeasurementResult.Text(s.Up.Last(double.IsFinite), chart.IsShare)}"));
        return Html.Of(
            $"""
            <figure><figcaption><strong>{chart.Title}</strong>. {chart.Caption}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" width="100%" role="img" aria-label="{chart.Title}: {spoken}">
            {up.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{Left}" x2="{Right}" y1="{Y(t / scale)}" y2="{Y(t / scale)}"/><text class="soft" x="{Left - 6}" y="{Y(t / scale)}" dy="4" text-anchor="end">{Short(t)}</text>"""))}
            {across.Ticks.Select(t => Html.Of($"""<text class="soft" x="{Tick(t)}" y="{Bottom + 18}" text-anchor="middle">{Short(chart.IsLogarithmic ? Math.Pow(10, t) : t)}</text>"""))}
            <text class="soft" x="{(Left + Right) / 2}" y="{Bottom + 38}" text-anchor="middle">{chart.Across} (up: {chart.Up}{(chart.IsShare ? ", %" : "")})</text>
            {chart.Series.Select((s, i) => Draw(s, $"hue{i % Hues}", X, Y))}
            </svg>
            {(chart.Series.Count > 1 ? Html.Of($"""<ul class="legend">{chart.Series.Select((s, i) => Html.Of($"<li><span class=\"hue hue{i % Hues}\"></span>{s.Name}</li>"))}</ul>""") : Html.None)}</figure>

            """);
    }

    private static Html Draw(ChartSeries series, string hue, Func<double, Html> x, Func<double, Html> y)
    {
        int[] points = [.. Enumerable.Range(0, series.Up.Length).Where(i => double.IsFinite(series.Up[i]) && double.IsFinite(series.Across[i]))];
        var step = Math.Max(1, (points.Length + MostPoints - 1) / MostPoints);
        if (step > 1) points = [.. points.Where((_, i) => i % step == 0)];
        if (series.IsPoints) return Html.Of($"""<g class="{hue} series">{points.Select(i => Html.Of($"""<circle class="seed" cx="{x(series.Across[i])}" cy="{y(series.Up[i])}" r="2.5"/>"""))}</g>""");
        int[] banded = series.Low.Length == 0 ? [] : [.. points.Where(i => double.IsFinite(series.Low[i]) && double.IsFinite(series.High[i]))];
        var band = banded.Length < 2 ? Html.None : Html.Of($"""<polygon class="band" points="{banded.Select(i => Html.Of($"{x(series.Across[i])},{y(series.Low[i])} "))}{banded.Reverse().Select(i => Html.Of($"{x(series.Across[i])},{y(series.High[i])} "))}"/>""");
        return Html.Of($"""<g class="{hue} series">{band}<polyline points="{points.Select(i => Html.Of($"{x(series.Across[i])},{y(series.Up[i])} "))}"/>{(points.Length <= 40 ? Html.Join(points.Select(i => Html.Of($"""<circle cx="{x(series.Across[i])}" cy="{y(series.Up[i])}" r="3"/>"""))) : Html.None)}</g>""");
    }

    private static string Short(double value) => Math.Abs(value) >= 10_000 ? ResultText.Number(value, "#,0") : ResultText.Number(value, "0.###");
}
