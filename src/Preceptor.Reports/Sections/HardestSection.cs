using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Prediction;

namespace Preceptor.Reports.Sections;

/// <summary>The test rows where the method most surely says something else than their label.</summary>
internal static class HardestSection
{
    public static Html Of(ReportData data)
    {
        var unverified = data.Result.ScoredOn == ScoredOn.Unverified;
        var title = unverified ? "Most suspicious test rows" : "Hardest test rows";
        var disagreements = data.First.Disagreements("method");
        var which = data.Outcomes.Count == 1 ? "" : $" of seed {data.First.Seed}, whose model is kept,";
        var reading = unverified
            ? "Nobody checked these labels: look first whether the label is wrong."
            : "These labels are right: look for what the rows have in common.";
        return Html.Of(
            $"""
            <section aria-labelledby="hardest"><h2 id="hardest">{title}</h2>
            {(disagreements.Count == 0 ? Html.Of($"<p>The method agrees with every test label.</p>") : Html.Of($"<p>Where the method{which} is surest of another class than the label: {ResultText.Count(disagreements.Count, "row")} differ, the surest come first. {reading}</p>"))}
            {WordShades.Legend(data.First.Hardest)}{RowList.Of([.. disagreements.Take(SeedOutcome.ShownRows).Select(d => Item(data, d.Row, d.Predicted, d.Probability))])}
            </section>

            """);
    }

    private static (ShownRow, Html) Item(ReportData data, int row, int predicted, float probability)
    {
        var label = data.First.Labels[row];
        var shown = data.First.Hardest.FirstOrDefault(r => r.Row == row) ?? new ShownRow(row, null, "", null);
        return RowList.Item(data.Classes, shown, "test", label, "predicted", predicted, probability, Agreement(data, row, label));
    }

    // Seeds can be counted only where all of them sat the same exam.
    private static string Agreement(ReportData data, int row, int label)
    {
        if (data.Outcomes.Count == 1 || data.Outcomes.Cast<SeedOutcome>().Any(o => !o.Labels.AsSpan().SequenceEqual(data.First.Labels))) return "";
        return $", {data.Scores["method"].Count(s => s.Predictions[row] != label)} of {data.Outcomes.Count} seeds differ";
    }
}
