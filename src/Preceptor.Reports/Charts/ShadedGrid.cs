using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>A table whose cells are shaded by their values, the largest most.</summary>
internal static class ShadedGrid
{
    private const int Shades = 4;

    public static Html Of(GridChart chart)
    {
        double[] finite = [.. chart.Values.Where(double.IsFinite)];
        if (finite.Length == 0) return Html.None;
        var (low, high) = (finite.Min(), finite.Max());
        Html Cell(double value)
        {
            if (!double.IsFinite(value)) return Html.Of($"–");
            var shade = high > low ? (int)Math.Round((value - low) / (high - low) * Shades) : 0;
            var text = MeasurementResult.Text(value, chart.IsShare);
            return shade == 0 ? Html.Of($"{text}") : Html.Of($"""<mark class="hue0 shade{shade}">{text}</mark>""");
        }
        var columns = chart.Columns.Length;
        return Html.Of(
            $"""
            <figure><figcaption><strong>{chart.Title}</strong>. {chart.Caption} Down: {chart.Down}; across: {chart.Across}. The darkest is {MeasurementResult.Text(high, chart.IsShare)}.</figcaption>
            {Html.Table(chart.Title, Html.Heads([chart.Down, .. chart.Columns]), chart.Rows.Select((name, row) => Html.Row(Html.Of($"{name}"), [.. Enumerable.Range(0, columns).Select(c => Cell(chart.Values[row * columns + c]))])))}
            </figure>

            """);
    }
}
