using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>
/// Renders a run as one self-contained HTML file: no link to the outside, no script, light and dark by the reader's preference,
/// readable on a phone and on paper. All text of the user is escaped.
/// </summary>
public static class HtmlReport
{
    /// <summary>Renders the report of a run.</summary>
    /// <param name="result">The scores of its arms.</param>
    /// <param name="outcomes">The seeds' outcomes that <paramref name="result"/> sums up, in order of seed.</param>
    /// <param name="specificationYaml">The complete specification, shown as it is.</param>
    /// <returns>The file's text; it stays under 3 MB for problems of up to several thousand classes.</returns>
    public static string Render(RunResult result, IReadOnlyList<ISeedOutcome> outcomes, string specificationYaml)
    {
        var data = new ReportData(result, outcomes, specificationYaml);
        return Page.Render($"{result.Problem} · {result.Method}", Html.Of(
            $"""
            {HeaderSection.Of(data)}{ScoresSection.Of(data)}{AdviceSection.Of(data)}{Details(data)}{LearningSection.Of(data)}{CostSection.Of(data)}{ProvenanceSection.Of(data)}
            """));
    }

    private static Html Details(ReportData data) => data.Result.Target switch
    {
        null => Html.Join([MetricsSection.Of(data), PartsSection.Of(((ExamOutcome)data.Outcomes[0]).Shown)]),
        TargetKind.Many => Html.Join([LabelsSection.Of(data), MetricsSection.Of(data)]),
        TargetKind.Number => Html.Join([NumbersSection.Of(data), MetricsSection.Of(data)]),
        _ => Html.Join([DoubtedSection.Of(data), HardestSection.Of(data), RightSection.Of(data), TeacherSection.Of(data), ClassesSection.Of(data), CalibrationSection.Of(data)]),
    };
}
