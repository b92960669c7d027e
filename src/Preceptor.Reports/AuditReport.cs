using System.Runtime.InteropServices;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>Renders an audit as one self-contained HTML file, like <see cref="HtmlReport"/>.</summary>
public static class AuditReport
{
    private const int MostClasses = 20, MostPairs = 15, MostRows = 20;

    /// <summary>Renders the report.</summary>
    /// <param name="audit">What was found.</param>
    /// <returns>The file's text.</returns>
    public static string Render(AuditSummary audit) => Page.Render($"{audit.Problem} · audit", Html.Join([Header(audit), Suspicious(audit), Matrix(audit), Overlaps(audit), Inputs(audit), Provenance(audit)]));

    private static Html Header(AuditSummary audit) => Html.Of(
        $"""
        <header>
        <p class="kicker">{audit.Problem} · audit</p>
        <h1>{HeaderSection.Capital(audit.Noise)}: {AuditSummary.Count(audit.Findings.Wrong.Length, "label")} of {AuditSummary.Count(audit.Findings.Labelled, "row")} {(audit.Findings.Wrong.Length == 1 ? "is" : "are")} probably wrong.</h1>
        {audit.Sentences.Skip(1).Select(s => Html.Of($"<p>{s}</p>\n"))}<p class="note">{(audit.Reviewed is null ? "The interval says how the estimate moves with the rows; it says nothing of how far the judge itself leads astray. Rows that somebody checked do: preceptor review draws them." : "The estimate is that of a stratified sample that somebody checked, unbiased whatever the judge.")} Out-of-fold: whoever judged a row never saw its label.</p>
        {audit.Notes.Select(n => Html.Of($"<p class=\"note\">{HeaderSection.Capital(n)}.</p>\n"))}</header>

        """);

    private static Html Suspicious(AuditSummary audit)
    {
        var findings = audit.Findings;
        return Html.Of(
            $"""
            <section aria-labelledby="suspicious"><h2 id="suspicious">Most suspicious labels</h2>
            <p>{(findings.Wrong.Length == 0 ? "No label is." : $"The {(findings.Wrong.Length > AuditSummary.ShownRows ? $"first {AuditSummary.ShownRows} of {ResultText.Number(findings.Wrong.Length, "#,0")}" : "rows found")}, the most suspicious first; all are in issues.csv. {(audit.Suspicious.Any(r => r.Image is not null) ? "Red parts speak for the suggested class, blue ones for the given." : "")}")}</p>
            {Legend(audit.Suspicious)}{RowList.Of([.. audit.Suspicious.Select(row => RowList.Item(findings.Classes, row, "training", findings.Labels[row.Row], "suggested", findings.Suggested(row.Row), findings.Probability(row.Row, findings.Suggested(row.Row))))])}
            </section>

            """);
    }

    private static Html Legend(IReadOnlyList<ShownRow> rows) => rows.All(r => r.Explanation is null) ? Html.None : Html.Of(
        $"""
        <p class="note">The darker a word, the more it speaks for the class of its colour; <span class="rival">dotted</span>: for the given class. Below each text its strongest words.</p>

        """);

    private static Html Matrix(AuditSummary audit)
    {
        var (findings, joint) = (audit.Findings, audit.Findings.Joint);
        int[] classes = [.. Enumerable.Range(0, joint.Classes).OrderByDescending(c => joint.ClassRows[c]).Take(MostClasses).Order()];
        var matrix = joint.NoiseMatrix();
        return Html.Of(
            $"""
            <section aria-labelledby="matrix"><h2 id="matrix">Noise matrix</h2>
            {Html.Table($"Of 100 rows truly of the class on the left, how many are given the class above{(classes.Length < joint.Classes ? $"; the {MostClasses} largest of {joint.Classes} classes" : "")}", Html.Heads(["true class", "rows given it", .. classes.Select(c => findings.Classes[c])]),
                classes.Select(j => Html.Row(Html.Of($"{findings.Classes[j]}"), [Html.Of($"{ResultText.Number(joint.ClassRows[j], "#,0")}"), .. classes.Select(i => Html.Of($"{(i == j ? Html.Of($"<strong>{ResultText.Percent(matrix[i * joint.Classes + j])}</strong>") : Html.Of($"{ResultText.Percent(matrix[i * joint.Classes + j])}"))}"))])))}
            </section>

            """);
    }

    private static Html Overlaps(AuditSummary audit)
    {
        var pairs = audit.Findings.Joint.Overlaps().Take(MostPairs).ToArray();
        return pairs.Length == 0 ? Html.None : Html.Of(
            $"""
            <section aria-labelledby="overlaps"><h2 id="overlaps">Classes that overlap</h2>
            <p>Pairs that the noise joins. Where many labels go to and fro between two classes, look whether the classes themselves are told apart clearly.</p>
            {Html.Table("Share of all labels", Html.Heads("classes", "% of all labels", "about rows"), pairs.Select(p => Html.Row(Html.Of($"{audit.Findings.Classes[p.First]} – {audit.Findings.Classes[p.Second]}"), Html.Of($"{ResultText.Number(p.Share * 100, "0.00")}"), Html.Of($"{ResultText.Number(p.Share * audit.Findings.Labelled, "#,0")}"))))}
            </section>

            """);
    }

    private static Html Inputs(AuditSummary audit)
    {
        var findings = audit.Findings;
        Html List(string title, IEnumerable<string> items, int count) => count == 0 ? Html.None : Html.Folded($"{title} ({ResultText.Number(count, "#,0")})", Html.Of($"<p>{string.Join(", ", items.Take(MostRows))}{(count > MostRows ? ", …" : "")}</p>"));
        string Pair(int row, int of) => $"line {findings.Lines[row]} of line {findings.Lines[of]}";
        return Html.Of(
            $"""
            <section aria-labelledby="inputs"><h2 id="inputs">Rows</h2>
            <p>Exact repeats have the same inputs, and stand in cleaned.csv once; near ones share four words in five, or differ by less than a fiftieth of a standard deviation, or by a tenth of an image’s contrast. Outliers are what no other row is like: texts of rare words, numbers or images far from the nearest ten of a sample; a judge says little about such rows.</p>
            {List("Repeats", Enumerable.Range(0, findings.ExactOf.Length).Where(r => findings.ExactOf[r] != r).Select(r => Pair(r, findings.ExactOf[r])), findings.ExactRepeats)}{List("Near-repeats", Enumerable.Range(0, findings.NearOf.Length).Where(r => findings.NearOf[r] != r && findings.ExactOf[r] == r).Select(r => Pair(r, findings.NearOf[r])), findings.NearRepeats)}{List("Outliers", findings.Outlying.Select(r => $"line {findings.Lines[r]}"), findings.Outlying.Length)}{List("Blank", findings.Blank.Select(r => $"line {findings.Lines[r]}"), findings.Blank.Length)}
            </section>

            """);
    }

    private static Html Provenance(AuditSummary audit) => Html.Of(
        $"""
        <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
        <details><summary>Command and versions</summary>
        <pre>{audit.Command}</pre>
        <p>Preceptor {typeof(Run).Assembly.GetName().Version!.ToString(3)}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}; {ResultText.Number(audit.Seconds, "0.0")} s; folder {audit.Folder}. Confident learning: Northcutt, Jiang and Chuang 2021.</p></details>
        </section>

        """);
}
