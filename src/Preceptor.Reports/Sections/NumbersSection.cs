using System.Globalization;
using Preceptor.Evaluation;
using Preceptor.Prediction;
using Preceptor.Reports.Charts;

namespace Preceptor.Reports.Sections;

/// <summary>Where a number is predicted: predicted against true ones, and the rows that are farthest off.</summary>
internal static class NumbersSection
{
    private const int Open = 10;

    public static Html Of(ReportData data)
    {
        Arm[] arms = [.. data.Arms.Where(a => a.Key is "baseline" or "method")];
        var scores = arms.ToDictionary(a => a, a => data.First.Targets is TestNumbers numbers ? numbers.Of(data.First.Arms[a.Key]) : throw new InvalidOperationException("no numbers were predicted"));
        // The axis holds the true numbers; what is predicted far beyond them lies on its edge.
        var truth = scores[arms[0]].Truth;
        var axis = Axis.Around(truth.Min(), truth.Max(), 4);
        var method = scores[arms.First(a => a.Key == "method")];
        Html[] rows = [.. data.First.Worst("method").Take(SeedOutcome.ShownRows).Select(row => Row(data, method, row))];
        return Html.Of(
            $"""
            <section aria-labelledby="numbers"><h2 id="numbers">Predicted and true numbers</h2>
            <p>{Which(data)}Points on the diagonal are met; above it the number is predicted too large, below it too small.</p>
            <div class="charts">
            {arms.Select(a => ScatterChart.Of(a, scores[a], axis))}</div>
            {Table("Test rows farthest off, the farthest first", rows.Take(Open))}{(rows.Length > Open ? Html.Folded($"{rows.Length - Open} more", Table("The next ones", rows.Skip(Open))) : Html.None)}
            </section>

            """);
    }

    private static string Which(ReportData data) => data.Outcomes.Count == 1 ? "" : $"Seed {data.First.Seed}, whose model is kept. ";

    private static Html Table(string caption, IEnumerable<Html> rows) => Html.Table(caption, Html.Heads("row", "true", "predicted", "true − predicted"), rows);

    private static Html Row(ReportData data, NumberScores scores, int row)
    {
        var shown = data.First.Hardest.FirstOrDefault(r => r.Row == row) ?? new ShownRow(row, null, "", null);
        return Html.Row(Html.Of($"""{RowList.Place(shown, "test")}<span class="note">{shown.Text}</span>"""), Number(scores.Truth[row]), Number(scores.Predictions[row]), Number(scores.Residuals[row]));
    }

    private static Html Number(double value) => Html.Of($"{value.ToString("G6", CultureInfo.InvariantCulture).Replace('-', '−')}");
}
