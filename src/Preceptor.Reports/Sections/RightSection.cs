using Preceptor.Models;
using Preceptor.Prediction;

namespace Preceptor.Reports.Sections;

/// <summary>A few test rows that the method gets right, with the words that decided; nothing where the model can't say.</summary>
internal static class RightSection
{
    public static Html Of(ReportData data)
    {
        if (data.First.Right.Count == 0) return Html.None;
        var predictions = new Predictions(data.Classes, data.First.Arms["method"].Probabilities);
        (ShownRow, Html) Item(ShownRow row)
        {
            var label = data.First.Labels[row.Row];
            return RowList.Item(data.Classes, row, "test", label, "predicted", label, predictions.Row(row.Row)[label]);
        }
        return Html.Of(
            $"""
            <section aria-labelledby="right"><h2 id="right">Right answers, word by word</h2>
            <p>The surest right answer of {(data.First.Right.Count < data.Classes.Count ? "some classes" : "each class")}: do the words that decided belong to the class, or are they a quirk of these data?</p>
            {WordShades.Legend(data.First.Right)}{RowList.Of([.. data.First.Right.Select(Item)])}
            </section>

            """);
    }
}
