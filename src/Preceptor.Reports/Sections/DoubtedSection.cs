using Preceptor.Catalogue;

namespace Preceptor.Reports.Sections;

/// <summary>The training rows whose label the model most surely contradicts.</summary>
internal static class DoubtedSection
{
    public static Html Of(ReportData data)
    {
        if (data.First.Doubts is not { } doubts) return Html.None;
        var share = (double)doubts.Rows / data.First.LabelledRows;
        var found = doubts.Rows == 0 ? "The model agrees with every training label."
            : $"Of {ResultText.Count(data.First.LabelledRows, "labelled training row")} the model gives {ResultText.Number(doubts.Rows, "#,0")} ({ResultText.Percent(share)} %) another class than their label; the surest come first.";
        return Html.Of(
            $"""
            <section aria-labelledby="doubted"><h2 id="doubted">Training labels the model doubts</h2>
            <p>{found} In-sample: the model has learned from these very labels, so it knows some wrong ones by heart and doubts too few; and what it doubts may be right and merely rare.</p>
            {WordShades.Legend(doubts.Surest.Select(d => d.Row))}{RowList.Of([.. doubts.Surest.Select(d => RowList.Item(data.Classes, d.Row, "training", d.Label, "suggested", d.Suggested, d.Probability))])}
            </section>

            """);
    }
}
