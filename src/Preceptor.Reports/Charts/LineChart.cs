namespace Preceptor.Reports.Charts;

/// <summary>A curve of a line chart.</summary>
/// <param name="Arm">Whose it is.</param>
/// <param name="Values">Its value at 1, 2, …; null where there is none.</param>
internal sealed record Curve(Arm Arm, IReadOnlyList<double?> Values);

/// <summary>Curves over epochs.</summary>
internal static class LineChart
{
    private const int Width = 360, Height = 210, Left = 40, Top = 8, Right = 350, Bottom = 178;
    private const double LogarithmFrom = 20;

    /// <summary>Draws a chart; its vertical axis is logarithmic where the curves span more than a factor of 20.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="curves">The curves, at least one.</param>
    /// <param name="scale">What values are multiplied by to be shown: 100 for per cent.</param>
    public static Html Of(string title, IReadOnlyList<Curve> curves, double scale = 1)
    {
        double[] values = [.. curves.SelectMany(c => c.Values).OfType<double>().Select(v => v * scale)];
        var logarithmic = values.Min() > 0 && values.Max() / values.Min() > LogarithmFrom;
        double Height01(double value) => logarithmic ? Math.Log10(value) : value;
        var across = Axis.Epochs(curves.Max(c => c.Values.Count));
        var up = logarithmic ? Axis.Decades(values.Min(), values.Max()) : Axis.Around(values.Min(), values.Max(), 4);
        double X(double epoch) => Left + (Right - Left) * across.Position(epoch);
        double Y(double value) => Bottom - (Bottom - Top) * up.Position(Height01(value));
        string Label(double tick) => Short(logarithmic ? Math.Pow(10, tick) : tick);
        var spoken = string.Join("; ", curves.Select(c => $"{c.Arm.Name} from {Short(First(c) * scale)} to {Short(Last(c) * scale)}"));
        return Html.Of(
            $"""
            <figure><figcaption><strong>{title}</strong>{(logarithmic ? " (logarithmic)" : "")}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" width="100%" role="img" aria-label="{title} by epoch: {spoken}">
            {up.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{Left}" x2="{Right}" y1="{YTick(t):0.0}" y2="{YTick(t):0.0}"/><text class="soft" x="{Left - 6}" y="{YTick(t) + 4:0.0}" text-anchor="end">{Label(t)}</text>"""))}
            {across.Ticks.Select(t => Html.Of($"""<text class="soft" x="{X(t):0.0}" y="{Bottom + 17}" text-anchor="middle">{t}</text>"""))}
            <text class="soft" x="{(Left + Right) / 2}" y="{Height - 1}" text-anchor="middle">epoch</text>
            {curves.Select(c => Draw(c, v => Y(v * scale), X))}
            </svg></figure>

            """);

        double YTick(double tick) => Bottom - (Bottom - Top) * up.Position(tick);
    }

    private static Html Draw(Curve curve, Func<double, double> y, Func<double, double> x)
    {
        var points = curve.Values.Select((value, i) => (value, Epoch: i + 1)).Where(p => p.value is not null).Select(p => (X: x(p.Epoch), Y: y(p.value!.Value))).ToArray();
        return Html.Of($"""<g class="{curve.Arm.Key}"><polyline class="{curve.Arm.Key} curve" points="{points.Select(p => Html.Of($"{p.X:0.0},{p.Y:0.0} "))}"/><circle class="mark" cx="{points[^1].X:0.0}" cy="{points[^1].Y:0.0}" r="3"/></g>""");
    }

    private static double First(Curve curve) => curve.Values.OfType<double>().First();

    private static double Last(Curve curve) => curve.Values.OfType<double>().Last();

    private static string Short(double value) => Catalogue.ResultText.Number(value, Math.Abs(value) < 0.1 ? "0.###" : Math.Abs(value) < 10 ? "0.##" : "0.#");
}
