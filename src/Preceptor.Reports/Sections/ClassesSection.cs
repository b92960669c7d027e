using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Sections;

/// <summary>Precision, recall and F1 of every class, and which classes are taken for which.</summary>
internal static class ClassesSection
{
    private const int Open = 30, Pairs = 5;

    public static Html Of(ReportData data)
    {
        var baseline = data.PerClass("baseline");
        Html[] rows = [.. data.PerClass("method").OrderBy(m => m.F1 ?? 2).Select(m => Row(data, m, baseline[m.Class]))];
        var head = Head(data, "class");
        return Html.Of(
            $"""
            <section aria-labelledby="classes"><h2 id="classes">Classes</h2>
            {Html.Table($"Per cent, lowest F1 first{data.OverSeeds}", head, rows.Take(Open))}{(rows.Length > Open ? Html.Folded($"{rows.Length - Open} more classes", Html.Table("Per cent, the other classes", head, rows.Skip(Open))) : Html.None)}
            {Confusions(data)}</section>

            """);
    }

    /// <summary>The head of a table by class or label.</summary>
    internal static Html Head(ReportData data, string thing) => Html.Of($"""<tr><th scope="col" rowspan="2">{thing}</th><th scope="col" rowspan="2">rows</th><th scope="colgroup" colspan="3" class="wide edge">{data.Result.Method}</th><th scope="colgroup" colspan="3" class="wide edge">baseline</th></tr><tr>{Columns}{Columns}</tr>""");

    private static Html Columns => Html.Of($"<th scope=\"col\" class=\"edge\">precision</th><th scope=\"col\">recall</th><th scope=\"col\">F1</th>");

    internal static Html Row(ReportData data, ClassScore method, ClassScore baseline) => Html.Of(
        $"""
        <tr><th scope="row" title="{data.Classes[method.Class]}">{data.Classes[method.Class]}</th><td>{ResultText.Number(method.Support, "#,0")}</td>{Cells(method)}{Cells(baseline)}</tr>

        """);

    private static Html Cells(ClassScore score) => Html.Of($"<td class=\"edge\">{Share(score.Precision)}</td><td>{Share(score.Recall)}</td><td>{Share(score.F1)}</td>");

    private static string Share(double? share) => share is { } value ? ResultText.Percent(value) : "–";

    private static Html Confusions(ReportData data)
    {
        var baseline = data.Confusions("baseline").ToDictionary(c => (c.Label, c.Predicted), c => c.Count);
        Html[] rows = [.. data.Confusions("method").Take(Pairs).Select(c => Html.Row(Html.Of($"{data.Classes[c.Label]} → {data.Classes[c.Predicted]}"),
            Html.Of($"{ResultText.Number(c.Count, "#,0")}"), Html.Of($"{ResultText.Number(baseline.GetValueOrDefault((c.Label, c.Predicted)), "#,0")}")))];
        return rows.Length == 0 ? Html.None : Html.Table($"Most frequent confusions{data.OverSeeds}", Html.Heads("label → taken for", data.Result.Method, "baseline"), rows);
    }
}
