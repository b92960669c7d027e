using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Reports.Charts;

namespace Preceptor.Reports.Sections;

/// <summary>The charts and tables that a measure, or a kind's exam, wants to be shown.</summary>
internal static class PartsSection
{
    private const int MostRows = 30;

    /// <param name="parts">What is shown.</param>
    /// <param name="file">The file that holds all rows of a table; null where none does.</param>
    public static Html Of(ReportParts parts, Func<Table, string>? file = null) => Html.Join([parts.Charts.Count == 0 ? Html.None : Charts(parts), .. parts.Tables.Select(t => Table(t, file?.Invoke(t)))]);

    private static Html Charts(ReportParts parts) => Html.Of(
        $"""
        <section aria-labelledby="charts"><h2 id="charts">Charts</h2>
        {parts.Charts.Select(c => c switch { CurveChart curve => SeriesChart.Of(curve), PictureChart pictures => PictureRows.Of(pictures), _ => ShadedGrid.Of((GridChart)c) })}
        </section>

        """);

    private static Html Table(Table table, string? file) => Html.Of(
        $"""
        <section><h2>{HeaderSection.Capital(table.Name)}</h2>
        {Html.Table($"{(table.Rows > MostRows ? $"The first {MostRows} of {ResultText.Count(table.Rows, "row")}" : ResultText.Count(table.Rows, "row"))}{(file is null ? "" : $"; all in {file}")}",
            Html.Heads([.. table.Columns.Select(c => c.Name)]), Enumerable.Range(0, Math.Min(table.Rows, MostRows)).Select(row => Html.Row(Cell(table.Columns[0], row), [.. table.Columns.Skip(1).Select(c => Cell(c, row))])))}
        </section>

        """);

    private static Html Cell(Column column, int row) => Html.Of($"{(column is NumberColumn numbers ? MeasurementResult.Text(numbers.Values[row], isShare: false) : ((TextColumn)column)[row].ToString())}");
}
