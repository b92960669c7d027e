using MathNet.Numerics.Distributions;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Models;

namespace Preceptor.Reports.Sections;

/// <summary>What the numbers of a run say one should do next, the weightiest first; each piece of advice names the numbers that it rests on.</summary>
internal static class Advice
{
    private const int FewestRows = 5;
    private const double SmallGain = 0.01, LittleGap = 0.02, LeastCoverage = 0.2, MostRowsFactor = 20;
    private static readonly int[] SeedCounts = [3, 5, 10, 20, 40];

    public static IEnumerable<Html> Of(ReportData data)
    {
        IEnumerable<Html>[] advice = data.Result.Target is null ? [Check(data), Verdict(data)] : [Check(data), Verdict(data), Supervision(data), Labels(data), .. data.Result.Target == TargetKind.One ? [Classes(data), Abstain(data)] : Array.Empty<IEnumerable<Html>>(), Epochs(data)];
        return advice.SelectMany(a => a);
    }

    private static IEnumerable<Html> Check(ReportData data)
    {
        if (data.Result.ScoredOn == ScoredOn.Unverified)
            yield return Html.Of($"<strong>Check a sample of the test rows</strong> and name it with <code>problem.trusted</code>: until then the scores count agreement with labels that may be wrong. Begin with the most suspicious ones, listed below.");
    }

    private static IEnumerable<Html> Verdict(ReportData data)
    {
        var (result, difference) = (data.Result, data.Result.Difference);
        if (result.IsBaseline) yield return Html.Of($"<strong>Try a method</strong>: this run is the baseline itself; <code>--method</code> names one.");
        else if (difference.High < 0) yield return Html.Of($"<strong>Prefer the baseline here</strong> (<code>--method {result.BaselineMethod}</code>), or try another method: the loss is larger than chance explains.");
        else if (difference.Low > 0 && result.Seeds > 1) yield return Html.Of($"<strong>Use the method</strong>: the gain is larger than chance explains.");
        else if (result.Seeds == 1) yield return Html.Of($"<strong>Run more seeds</strong> (<code>--seeds 5</code>): one seed does not show how far another would land.");
        else yield return (difference.Source == IntervalSource.TestItems ? MoreRows(data) : MoreSeeds(difference))
            ?? Html.Of($"<strong>Take the cheaper of method and baseline</strong>: the difference is so small beside what chance changes that no run of a reasonable size would make it clear.");
    }

    private static Html? MoreSeeds(Interval difference)
    {
        var (count, mean) = (difference.Values.Count, Math.Abs(difference.Mean));
        var deviation = Math.Sqrt(difference.Values.Sum(v => (v - difference.Mean) * (v - difference.Mean)) / (count - 1));
        var enough = SeedCounts.FirstOrDefault(n => n > count && StudentT.InvCDF(0, 1, n - 1, 0.975) * deviation / Math.Sqrt(n) < mean);
        return enough == 0 ? null : Html.Of($"<strong>Run more seeds</strong>: if the difference stays as it is, <code>--seeds {enough}</code> makes it clear.");
    }

    private static Html? MoreRows(ReportData data)
    {
        var difference = data.Result.Difference;
        var factor = Math.Pow(difference.Width / 2 / Math.Max(Math.Abs(difference.Mean), 1e-9), 2);
        var rows = Math.Ceiling(data.Result.TestItems * factor / 100) * 100;
        return factor > MostRowsFactor ? null : Html.Of($"<strong>Score on more test rows</strong>: a difference of this size needs about {ResultText.Number(rows, "#,0")} to be clear.");
    }

    private static IEnumerable<Html> Supervision(ReportData data)
    {
        var (scores, metric) = (data.Result.Scores, data.Result.Metric);
        if (scores.TryGetValue("floor", out var floor) && metric.Advantage(floor.Mean, scores["method"].Mean) > 0)
            yield return Html.Of($"<strong>Use the supervision itself where you can</strong>: its own answers score {ResultText.Value(metric, floor.Mean)}, the trained model {ResultText.Value(metric, scores["method"].Mean)}.");
    }

    private static IEnumerable<Html> Labels(ReportData data)
    {
        var (scores, metric) = (data.Result.Scores, data.Result.Metric);
        if (!scores.TryGetValue("ceiling", out var ceiling) || metric is not { IsShare: true, Better: Better.Higher }) yield break;
        var gap = ceiling.Mean - Math.Max(scores["method"].Mean, scores["baseline"].Mean);
        if (gap >= LittleGap) yield return Html.Of($"<strong>Buy better labels</strong>: perfect ones would bring this network up to {ResultText.Percent(gap)} points more.");
        else yield return Html.Of($"<strong>Leave the labels as they are</strong>: perfect ones would bring {(gap > 0 ? $"only {ResultText.Percent(gap)} points more" : "nothing")}. More rows or another network would have to do it.");
    }

    private static IEnumerable<Html> Classes(ReportData data)
    {
        var worst = data.PerClass("method").Where(c => c.Support >= FewestRows && c.Recall < 1).OrderBy(c => c.Recall).FirstOrDefault();
        if (worst is null) yield break;
        var baseline = data.PerClass("baseline")[worst.Class].Recall!.Value;
        var (_, predicted, count) = data.Confusions("method").First(c => c.Label == worst.Class);
        yield return Html.Of($"<strong>Look at class {data.Classes[worst.Class]}</strong>: the method finds {ResultText.Whole(worst.Recall!.Value)} of its rows, the baseline {ResultText.Whole(baseline)}. Of the {ResultText.Number(worst.Support - worst.Right, "#,0")} missed, {ResultText.Number(count, "#,0")} are taken for {data.Classes[predicted]}.");
    }

    // A threshold looks better on the rows that chose it than on others: every other test row chooses, the rest says what it brings.
    private static IEnumerable<Html> Abstain(ReportData data)
    {
        (double Coverage, double Accuracy) Choosing(double threshold) => data.Answering("method", threshold, 0, 2);
        (double Coverage, double Accuracy) Measured(double threshold) => data.Answering("method", threshold, 1, 2);
        var threshold = ReportData.Thresholds.FirstOrDefault(t => Choosing(t).Coverage is >= LeastCoverage and < 1 && 1 - Choosing(t).Accuracy <= (1 - Choosing(0).Accuracy) / 2);
        var (answers, all) = (Measured(threshold), Measured(0).Accuracy);
        if (threshold > 0 && answers.Accuracy > all)
            yield return Html.Of($"<strong>Let people answer the unsure rows</strong>: where the probability is at least {ResultText.Whole(threshold)}, the method answers {ResultText.Percent(answers.Coverage)} % of the rows, {ResultText.Percent(answers.Accuracy)} % of them right (all rows: {ResultText.Percent(all)} %). Every other test row chose this threshold, the rest gave these figures. On data of your own, <code>problem.abstain-below: {ResultText.Number(threshold, "0.##")}</code> marks the others.");
    }

    // Only where every seed says so: one validation curve wobbles.
    private static IEnumerable<Html> Epochs(ReportData data)
    {
        TrainingSummary[] trainings = data.Trainings("method");
        if (trainings.Length == 0 || trainings.Any(t => t.Epochs.Count < 2 || t.Epochs[^1].ValidationAccuracy is null)) yield break;
        double Validation(TrainingSummary t, int epoch) => t.Epochs.First(e => e.Epoch == epoch).ValidationAccuracy ?? 0;
        var last = trainings.Max(t => t.Epochs.Count);
        var middle = Math.Max(1, last * 3 / 4);
        if (trainings.All(t => t.BestEpoch >= t.Epochs.Count - 1 && t.Epochs.Count == last && Validation(t, last) - Validation(t, middle) > SmallGain))
            yield return Html.Of($"<strong>Train longer</strong> (<code>--set training.epochs={last * 2}</code>): {Validated(data)} still rose over the last epochs.");
        else if (trainings.All(t => t.ReturnedEpoch > t.BestEpoch && Validation(t, t.BestEpoch) - Validation(t, t.ReturnedEpoch) > SmallGain))
            yield return Html.Of($"<strong>Stop earlier</strong> (<code>--set training.patience=3</code>): {Validated(data)} was highest at epoch {trainings[0].BestEpoch} and fell by {ResultText.Percent(trainings.Average(t => Validation(t, t.BestEpoch) - Validation(t, t.ReturnedEpoch)))} points after it.");
    }

    private static string Validated(ReportData data) => $"validation {(data.Result.Target == TargetKind.One ? "accuracy" : data.Result.Metric.Name)}";
}
