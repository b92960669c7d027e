using Preceptor.Catalogue;
using Preceptor.Prediction;

namespace Preceptor.Reports.Sections;

/// <summary>The test rows where the method most surely says something else than their label.</summary>
internal static class HardestSection
{
    private const int Open = 8;

    public static Html Of(ReportData data)
    {
        var unverified = data.Result.ScoredOn == ScoredOn.Unverified;
        var title = unverified ? "Most suspicious test rows" : "Hardest test rows";
        var disagreements = data.First.Disagreements("method");
        Html[] rows = [.. disagreements.Take(SeedOutcome.ShownRows).Select(r => Row(data, r.Row, r.Predicted, r.Probability))];
        var which = data.Outcomes.Count == 1 ? "" : $" of seed {data.First.Seed}, whose model is kept,";
        var reading = unverified
            ? "Nobody checked these labels: look first whether the label is wrong."
            : "These labels are right: look for what the rows have in common.";
        return Html.Of(
            $"""
            <section aria-labelledby="hardest"><h2 id="hardest">{title}</h2>
            {(rows.Length == 0 ? Html.Of($"<p>The method agrees with every test label.</p>") : Html.Of($"<p>Where the method{which} is surest of another class than the label: {ResultText.Count(disagreements.Count, "row")} differ, the surest come first. {reading}</p>"))}
            {List(data, rows.Take(Open))}{(rows.Length > Open ? Html.Of($"<details><summary>{rows.Length - Open} more</summary>{List(data, rows.Skip(Open))}</details>") : Html.None)}
            </section>

            """);
    }

    private static Html List(ReportData data, IEnumerable<Html> rows) => rows.Any() ? Html.Of($"<ul class=\"rows{(data.First.Hardest.Any(r => r.Text.Length > 0) ? "" : " tiles")}\">\n{rows}</ul>\n") : Html.None;

    private static Html Row(ReportData data, int row, int predicted, float probability)
    {
        var label = data.First.Labels[row];
        var shown = data.First.Hardest.FirstOrDefault(r => r.Row == row);
        return Html.Of(
            $"""
            <li>{Picture(shown?.Image, row, data.Classes[label])}<div><p>Label <strong>{data.Classes[label]}</strong>, predicted <strong>{data.Classes[predicted]}</strong> at {ResultText.Percent(probability)}&nbsp;% <span class="note">{(shown?.Key is { } key ? $"{key}, " : "")}test row {ResultText.Number(row + 1, "#,0")}{Agreement(data, row, label)}</span></p>{(shown?.Text is { Length: > 0 } text ? Html.Of($"<p class=\"cell\">{text}</p>") : Html.None)}</div></li>

            """);
    }

    private static Html Picture(RowImage? image, int row, string label) =>
        image is null ? Html.None : Html.Of($"<img src=\"{Png.DataUri(image)}\" alt=\"Test row {row + 1}, label {label}\">");

    // Seeds can be counted only where all of them sat the same exam.
    private static string Agreement(ReportData data, int row, int label)
    {
        if (data.Outcomes.Count == 1 || data.Outcomes.Any(o => !o.Labels.AsSpan().SequenceEqual(data.First.Labels))) return "";
        return $", {data.Scores["method"].Count(s => s.Predictions[row] != label)} of {data.Outcomes.Count} seeds differ";
    }
}
