using System.Runtime.InteropServices;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>Renders what a measure found as one self-contained HTML file, like <see cref="HtmlReport"/>.</summary>
public static class MeasurementHtml
{
    /// <summary>Renders the report.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="method">The measure.</param>
    /// <param name="specificationYaml">The complete specification, shown as it is.</param>
    /// <returns>The file's text.</returns>
    public static string Render(MeasurementResult result, MethodInfo method, string specificationYaml) => Page.Render($"{result.Problem} · {result.Method}", Html.Join(
        [Header(result, method), Numbers(result), PartsSection.Of(new() { Charts = result.Report.Charts, Tables = result.Report.Tables }, t => Path.GetFileName(result.TableFile(t.Name))), Provenance(result, method, specificationYaml)]));

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
