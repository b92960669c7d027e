using System.Runtime.InteropServices;
using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Reports.Charts;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>Renders a comparison as one self-contained HTML file, like <see cref="HtmlReport"/>.</summary>
public static class ComparisonReport
{
    /// <summary>Renders the report.</summary>
    /// <param name="comparison">What was found.</param>
    /// <returns>The file's text.</returns>
    public static string Render(MethodComparison comparison)
    {
        var rows = comparison.Rows;
        return Page.Render($"{comparison.Baseline.Problem} · comparison", Html.Join([Header(comparison), Scores(comparison, rows), Cost(comparison, rows), AnswerCost(comparison, rows), Numbers(comparison, rows), LeftOut(comparison), Provenance(comparison)]));
    }

    private static Html Header(MethodComparison comparison)
    {
        var caution = ResultText.Caution(comparison.Baseline.ScoredOn) is { } words
            ? Html.Of($"<p class=\"caution\" role=\"note\"><strong>{HeaderSection.Capital(words)}.</strong></p>\n") : Html.None;
        string?[] notes = [ComparisonText.Optimism(comparison), ComparisonText.FewerSeeds(comparison) is { } fewer ? $"{HeaderSection.Capital(fewer)}." : null];
        return Html.Of(
            $"""
            <header>
            {caution}<p class="kicker">{comparison.Baseline.Problem} · {ResultText.Count(comparison.Methods.Count, "method")}</p>
            <h1>{ComparisonText.Sentence(comparison)}</h1>
            {notes.OfType<string>().Select(n => Html.Of($"<p>{n}</p>\n"))}<p class="note">{HeaderSection.Capital(ComparisonText.Basis(comparison))}. Intervals are 95 %: {(comparison.Baseline.Seeds == 1 ? "how the scores move with the test rows (one seed says nothing about other seeds)" : "how the scores move with the seed; of differences, with the test rows too")}. They know nothing of the choice among several methods.</p>
            {HeaderSection.Notes(comparison.Baseline)}</header>

            """);
    }

    private static Html Scores(MethodComparison comparison, IReadOnlyList<ComparisonRow> rows)
    {
        var metric = comparison.Metric;
        return Html.Of(
            $"""
            <section aria-labelledby="scores"><h2 id="scores">Scores</h2>
            <figure><figcaption>{HeaderSection.Capital(metric.Name)}{(metric.IsShare ? " in per cent" : "")}: {metric.Description}; {(metric.Better == Better.Higher ? "more" : "less")} is better. Line: 95 % interval{(comparison.Baseline.Seeds > 1 ? "; small dots: seeds" : "")}; dashed: the baseline.</figcaption>
            {ForestPlot.Of([.. rows.Select(r => (new Arm(r.Arm, r.Name), r.Score))], metric)}</figure>
            </section>

            """);
    }

    private static Html Cost(MethodComparison comparison, IReadOnlyList<ComparisonRow> rows) => rows.All(r => r.Method?.TrainSeconds is null) ? Html.None : Html.Of(
        $"""
        <section aria-labelledby="cost"><h2 id="cost">{HeaderSection.Capital(comparison.Metric.Name)} against cost</h2>
        <figure><figcaption>Each method’s own training, the baseline’s left aside, as it went while other trainings had the other processors. Up and to the left is better.</figcaption>
        {CostChart.Of(rows, comparison.Metric, Charts.Cost.TrainingTime)}</figure>
        </section>

        """);

    // What answers cost counts again with each question, other than training.
    private static Html AnswerCost(MethodComparison comparison, IReadOnlyList<ComparisonRow> rows) => comparison.AnswerCost is not { } metric ? Html.None : Html.Of(
        $"""
        <section aria-labelledby="answer-cost"><h2 id="answer-cost">{HeaderSection.Capital(comparison.Metric.Name)} against {metric.Name}</h2>
        <figure><figcaption>{HeaderSection.Capital(metric.Name)}: {metric.Description}. Up and to the left is better.</figcaption>
        {CostChart.Of(rows, comparison.Metric, Charts.Cost.Answers(metric))}</figure>
        </section>

        """);

    private static Html Numbers(MethodComparison comparison, IReadOnlyList<ComparisonRow> rows) => Html.Of(
        $"""
        <section aria-labelledby="numbers"><h2 id="numbers">The numbers</h2>
        {Html.Table("Scores, differences and cost", Html.Heads("method", comparison.Metric.Name, "95 %", "over the baseline", "seconds a seed", "model", "seeds"), rows.Select(r => Row(comparison, r)))}
        <p>Every method is a run of its own in the folder of this comparison: <code>{Path.Combine(comparison.Folder, comparison.Methods[0].Result.Method, "report.html")}</code> shows where it goes wrong, and its hardest rows.</p>
        </section>

        """);

    private static Html Row(MethodComparison comparison, ComparisonRow row) => Html.Row(
        Html.Of($"""<span class="swatch {row.Arm}"></span>{row.Name}{(row.Arm == "method" ? Html.None : Html.Of($"""<span class="note">{ResultText.Meaning(row.Arm, comparison.Baseline.Target)}</span>"""))}"""),
        Html.Of($"{ResultText.Value(comparison.Metric, row.Score.Mean)}"), Html.Of($"{ResultText.Ends(comparison.Metric, row.Score)}"),
        Html.Of($"{(row.Arm == "method" ? ResultText.Difference(comparison.Metric, row.Method!.Result.Difference) : "")}"),
        Html.Of($"{ComparisonText.Seconds(row.Method?.TrainSeconds)}"), Html.Of($"{ComparisonText.Size(row.Method?.ModelBytes)}"), Html.Of($"{row.Score.Values.Count}"));

    private static Html LeftOut(MethodComparison comparison) => comparison.LeftOut.Count == 0 ? Html.None : Html.Of(
        $"""
        <section aria-labelledby="left-out"><h2 id="left-out">Left out</h2>
        <dl>
        {comparison.LeftOut.Select(l => Html.Of($"<dt>{l.Method}</dt><dd>{l.Reason}</dd>\n"))}</dl>
        </section>

        """);

    private static Html Provenance(MethodComparison comparison) => Html.Of(
        $"""
        <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
        <details><summary>Command and versions</summary>
        <pre>{comparison.Command}</pre>
        <p>Preceptor {typeof(Run).Assembly.GetName().Version!.ToString(3)}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString()}; folder {comparison.Folder}. Each method’s folder holds its specification, defaults included.</p></details>
        </section>

        """);
}
