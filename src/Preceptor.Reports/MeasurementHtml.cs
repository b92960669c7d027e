using System.Runtime.InteropServices;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Reports.Charts;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>Renders what a measure found as one self-contained HTML file, like <see cref="HtmlReport"/>.</summary>
public static class MeasurementHtml
{
    private const int MostRows = 30;

    /// <summary>Renders the report.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="method">The measure.</param>
    /// <param name="specificationYaml">The complete specification, shown as it is.</param>
    /// <returns>The file's text.</returns>
    public static string Render(MeasurementResult result, MethodInfo method, string specificationYaml) => Page.Render($"{result.Problem} · {result.Method}", Html.Join(
        [Header(result, method), Numbers(result), .. result.Report.Charts.Count == 0 ? [] : new[] { Charts(result) }, .. result.Report.Tables.Select(t => Table(result, t)), Provenance(result, method, specificationYaml)]));

    private static Html Header(MeasurementResult result, MethodInfo method) => Html.Of(
        $"""
        <header>
        <p class="kicker">{result.Problem} · {method.Declaration.Title}</p>
        <h1>{result.Report.Sentence}</h1>
        <p class="note">{method.Declaration.Summary} Intervals are 95 %.</p>
        {result.Report.Notes.Select(note => Html.Of($"<p class=\"note\">{HeaderSection.Capital(note)}.</p>\n"))}</header>

        """);

    private static Html Numbers(MeasurementResult result) => Html.Of(
        $"""
        <section aria-labelledby="numbers"><h2 id="numbers">The numbers</h2>
        {Html.Table("What was measured", Html.Heads("number", "value", "95 %", "meaning"), result.Report.Values.Select(v => Html.Row(Html.Of($"{v.Name}"),
            Html.Of($"{MeasurementResult.Text(v.Value.Mean, v.IsShare)}"), Html.Of($"{MeasurementResult.Ends(v)}"), Html.Of($"""<span class="seeds">{v.Meaning}</span>"""))))}
        </section>

        """);

    private static Html Charts(MeasurementResult result) => Html.Of(
        $"""
        <section aria-labelledby="charts"><h2 id="charts">Charts</h2>
        {result.Report.Charts.Select(c => c is CurveChart curve ? SeriesChart.Of(curve) : ShadedGrid.Of((GridChart)c))}
        </section>

        """);

    private static Html Table(MeasurementResult result, Table table) => Html.Of(
        $"""
        <section><h2>{HeaderSection.Capital(table.Name)}</h2>
        {Html.Table($"{(table.Rows > MostRows ? $"The first {MostRows} of {ResultText.Count(table.Rows, "row")}" : ResultText.Count(table.Rows, "row"))}; all in {Path.GetFileName(result.TableFile(table.Name))}",
            Html.Heads([.. table.Columns.Select(c => c.Name)]), Enumerable.Range(0, Math.Min(table.Rows, MostRows)).Select(row => Html.Row(Cell(table.Columns[0], row), [.. table.Columns.Skip(1).Select(c => Cell(c, row))])))}
        </section>

        """);

    private static Html Cell(Column column, int row) => Html.Of($"{(column is NumberColumn numbers ? MeasurementResult.Text(numbers.Values[row], isShare: false) : ((TextColumn)column)[row].ToString())}");

    private static Html Provenance(MeasurementResult result, MethodInfo method, string specification) => Html.Of(
        $"""
        <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
        {Html.Folded("Command, specification and versions", Html.Of(
            $"""

            <h3>Command</h3>
            <pre>{result.Command}</pre>
            <h3>Specification, defaults included</h3>
            <pre>{specification}</pre>
            <p>{method.Declaration.Citation}. Preceptor {typeof(Run).Assembly.GetName().Version!.ToString(3)}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString()}; folder {result.Folder}.</p>
            """))}
        </section>

        """);
}
