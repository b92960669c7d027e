using Preceptor.Catalogue;
using Preceptor.Prediction;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>
/// Renders a run as one self-contained HTML file: no link to the outside, no script, light and dark by the reader's preference,
/// readable on a phone and on paper. All text of the user is escaped.
/// </summary>
public static class HtmlReport
{
    /// <summary>Renders the report of a prediction run.</summary>
    /// <param name="result">The scores of its arms.</param>
    /// <param name="outcomes">The seeds' outcomes that <paramref name="result"/> sums up, in order of seed.</param>
    /// <param name="specificationYaml">The complete specification, shown as it is.</param>
    /// <returns>The file's text; it stays under 3 MB for problems of up to several thousand classes.</returns>
    public static string Render(RunResult result, IReadOnlyList<SeedOutcome> outcomes, string specificationYaml)
    {
        var data = new ReportData(result, outcomes, specificationYaml);
        return Html.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{result.Problem} · {result.Method} · Preceptor</title>
            <style>{new Html(Style.Sheet)}</style>
            </head>
            <body>
            <main>
            {HeaderSection.Of(data)}{ScoresSection.Of(data)}{AdviceSection.Of(data)}{DoubtedSection.Of(data)}{HardestSection.Of(data)}{ClassesSection.Of(data)}{CalibrationSection.Of(data)}{LearningSection.Of(data)}{CostSection.Of(data)}{ProvenanceSection.Of(data)}</main>
            </body>
            </html>

            """).Markup;
    }
}
