using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Prediction;

namespace Preceptor.Reports.Sections;

/// <summary>Where a row may have many labels: precision, recall and F1 of each, and the rows whose labels are farthest from the truth.</summary>
internal static class LabelsSection
{
    private const int Open = 30;

    public static Html Of(ReportData data)
    {
        var baseline = PerLabel(data, "baseline");
        Html[] rows = [.. PerLabel(data, "method").OrderBy(m => m.F1 ?? 2).Select(m => ClassesSection.Row(data, m, baseline[m.Class]))];
        return Html.Of(
            $"""
            <section aria-labelledby="labels"><h2 id="labels">Labels</h2>
            {Html.Table($"Per cent, lowest F1 first{data.OverSeeds}; a label is predicted from a probability of 50 % on", ClassesSection.Head(data, "label"), rows.Take(Open))}{(rows.Length > Open ? Html.Folded($"{rows.Length - Open} more labels", Html.Table("Per cent, the other labels", ClassesSection.Head(data, "label"), rows.Skip(Open))) : Html.None)}
            </section>
            <section aria-labelledby="hardest"><h2 id="hardest">{(data.Result.ScoredOn == ScoredOn.Unverified ? "Most suspicious test rows" : "Hardest test rows")}</h2>
            {Hardest(data)}
            </section>

            """);
    }

    private static ClassScore[] PerLabel(ReportData data, string arm)
    {
        LabelSetScores[] seeds = [.. data.Outcomes.Select(o => Scores(o, arm))];
        return [.. Enumerable.Range(0, data.Classes.Count).Select(c => new ClassScore(c, seeds.Sum(s => s.PerLabel[c].Support), seeds.Sum(s => s.PerLabel[c].Predicted), seeds.Sum(s => s.PerLabel[c].Right)))];
    }

    private static LabelSetScores Scores(ISeedOutcome outcome, string arm) =>
        outcome.Score(arm) as LabelSetScores ?? throw new InvalidOperationException("no label sets were predicted");

    private static Html Hardest(ReportData data)
    {
        var (worst, scores) = (data.First.Worst("method"), Scores(data.First, "method"));
        if (worst.Count == 0) return Html.Of($"<p>The method predicts every test row’s labels.</p>");
        var seed = data.Outcomes.Count == 1 ? "" : $" (seed {data.First.Seed}, whose model is kept)";
        return Html.Of($"<p>Of {ResultText.Count(scores.Items, "test row")}{seed}, {ResultText.Number(worst.Count, "#,0")} have a label too many or too few; those that the method is surest about come first.</p>\n{RowList.Of([.. worst.Take(SeedOutcome.ShownRows).Select(row => Item(data, scores, row))])}");
    }

    private static (ShownRow, Html) Item(ReportData data, LabelSetScores scores, int row)
    {
        var shown = data.First.Hardest.FirstOrDefault(r => r.Row == row) ?? new ShownRow(row, null, "", null);
        var truth = TargetColumn.Write(scores.Truth[row].Select(c => data.Classes[c]));
        return RowList.Item(shown, "test", truth, Html.Of($"predicted <strong>{TargetColumn.Write(scores.Predictions[row].Select(c => data.Classes[c]))}</strong>"));
    }
}
