using CsCheck;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

/// <summary>Scores of label sets and of numbers, against values computed by hand.</summary>
public sealed class TargetScoresTests
{
    // Predicted: {0, 2}, {}, {0, 2}, {0, 1}.
    private static readonly float[] Probabilities = [0.9f, 0.4f, 0.6f, 0.1f, 0.2f, 0.3f, 0.5f, 0.1f, 0.5f, 0.8f, 0.7f, 0.2f];
    private static readonly int[][] Sets = [[0, 1], [], [2], [0, 1, 2]];

    [Fact]
    public void Label_sets_score_as_computed_by_hand()
    {
        var scores = LabelSetScores.Of(Probabilities, Sets, 3);
        Assert.Equal([[0, 2], [], [0, 2], [0, 1]], scores.Predictions);
        Assert.Equal(2 * 4 / 12.0, Metrics.MicroF1.Value(scores), 1e-12);                              // 4 hits of 6 true and 6 predicted
        Assert.Equal((4 / 5.0 + 2 / 3.0 + 2 / 4.0) / 3, Metrics.LabelMacroF1.Value(scores), 1e-12);
        Assert.Equal(1 / 4.0, Metrics.SubsetAccuracy.Value(scores), 1e-12);
        Assert.Equal(4 / 12.0, Metrics.HammingLoss.Value(scores), 1e-12);
        // Item 1: label 0 is first, label 1 third of which 2 are true; item 3: two labels tie for the first place.
        Assert.Equal(((1 + 2 / 3.0) / 2 + 1 + 1 / 2.0 + 1) / 4, Metrics.LabelRankingAveragePrecision.Value(scores), 1e-12);
        Assert.Equal(-(Math.Log(0.9f) + Math.Log(0.4f) + Math.Log(1 - (double)0.6f)) / 3, scores.LogLosses[0], 1e-12);
        Assert.Equal([new ClassScore(0, 2, 3, 2), new ClassScore(1, 2, 1, 1), new ClassScore(2, 2, 2, 1)], scores.PerLabel);
    }

    [Fact]
    public void Where_no_label_is_true_or_predicted_F1_is_0_and_the_rest_perfect()
    {
        var scores = LabelSetScores.Of([0.1f, 0.2f], [[]], 2);
        Assert.Equal([0, 0, 1, 0, 1], Metrics.Of(TargetKind.Many).Select(m => m.Value(scores)));
    }

    [Fact]
    public void Wrong_label_sets_are_refused()
    {
        Assert.Contains("item 1 has label 3, expected 0 to 2", Assert.Throws<ArgumentException>(() => LabelSetScores.Of(new float[6], [[0], [3]], 3)).Message, StringComparison.Ordinal);
        Assert.Contains("item 0 has the probability 1.5", Assert.Throws<ArgumentException>(() => LabelSetScores.Of([1.5f, 0], [[0]], 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LabelSetScores.Of(new float[5], [[0], [1]], 3));
        Assert.Throws<ArgumentException>(() => LabelSetScores.Of([], [], 3));
    }

    [Fact]
    public void Numbers_score_as_computed_by_hand()
    {
        var scores = NumberScores.Of([1, 2, 4, 3], [1, 2, 3, 4]);
        Assert.Equal(1 - 2 / 5.0, Metrics.Determination.Value(scores), 1e-12);
        Assert.Equal(Math.Sqrt(0.5), Metrics.RootMeanSquaredError.Value(scores), 1e-12);
        Assert.Equal(0.5, Metrics.MeanAbsoluteError.Value(scores), 1e-12);
        Assert.Equal([0, 0, -1, 1], scores.Residuals);
        // Far from 0 the squares would cancel.
        Assert.Equal(0.6, Metrics.Determination.Value(NumberScores.Of([1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 3], [1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4])), 1e-9);
    }

    [Fact]
    public void The_mean_explains_nothing_and_equal_numbers_are_met_or_not()
    {
        Assert.Equal(0, Metrics.Determination.Value(NumberScores.Of([2, 2, 2], [1, 2, 3])), 1e-12);
        Assert.Equal(1, Metrics.Determination.Value(NumberScores.Of([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])));
        Assert.Equal(0, Metrics.Determination.Value(NumberScores.Of([0.1, 0.1, 0.2], [0.1, 0.1, 0.1])));
        Assert.Equal(-3, Metrics.Determination.Value(NumberScores.Of([3, 1], [1, 3])), 1e-12);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        Assert.Contains("item 1 was predicted as NaN", Assert.Throws<WorkException>(() => NumberScores.Of([1, double.NaN], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NumberScores.Of([1], [double.NaN]));
        Assert.Throws<ArgumentException>(() => NumberScores.Of([1], [1, 2]));
    }

    [Fact]
    public void A_resample_scores_as_the_copied_items_would() => Gen.Select(Gen.Float[0, 1].Array[12], Gen.Int[0, 7].Array[4], Gen.Int[-40, 40].Array[4], Gen.Int[-40, 40].Array[4], Gen.Int[0, 3].Array[4]).Where(t => t.Item5.Sum() > 1).Sample(
        (probabilities, masks, quarters, trueQuarters, times) =>
        {
            double[] predictions = [.. quarters.Select(q => q / 4.0)], truth = [.. trueQuarters.Select(q => q / 4.0)];
            int[][] sets = [.. masks.Select(m => Enumerable.Range(0, 3).Where(c => (m >> c & 1) == 1).ToArray())];
            int[] copied = [.. Enumerable.Range(0, 4).SelectMany(i => Enumerable.Repeat(i, times[i]))];
            double[] counts = [.. times.Select(t => (double)t)];
            IScores all = LabelSetScores.Of(probabilities, sets, 3), some = LabelSetScores.Of([.. copied.SelectMany(i => probabilities.Skip(i * 3).Take(3))], [.. copied.Select(i => sets[i])], 3);
            foreach (var metric in Metrics.Of(TargetKind.Many)) Assert.Equal(metric.Value(some), metric.Resampled(all, counts), 1e-9);
            (all, some) = (NumberScores.Of(predictions, truth), NumberScores.Of([.. copied.Select(i => predictions[i])], [.. copied.Select(i => truth[i])]));
            foreach (var metric in Metrics.Of(TargetKind.Number)) Assert.Equal(metric.Value(some), metric.Resampled(all, counts), Math.Abs(metric.Value(some)) * 1e-6 + 1e-9);
        });

    [Fact]
    public void A_lower_error_is_an_advantage_with_an_interval_above_0()
    {
        double[] truth = [.. Enumerable.Range(0, 200).Select(i => Math.Sin(i) * 5)];
        var near = NumberScores.Of([.. truth.Select((t, i) => t + Math.Cos(i * 3))], truth);
        var far = NumberScores.Of([.. truth.Select((t, i) => t + 2 * Math.Cos(i * 5))], truth);
        foreach (var metric in Metrics.Of(TargetKind.Number))
        {
            var difference = Intervals.Difference([metric.Score(near)], [metric.Score(far)], metric.Better);
            Assert.InRange(difference.Low, 0.01, difference.Mean);
            Assert.Equal(metric.Advantage(metric.Value(near), metric.Value(far)), difference.Mean, 1e-12);
        }
    }

    [Fact]
    public void Every_form_of_targets_is_judged_by_its_first_metric_and_all_are_found_by_name()
    {
        Assert.Equal(["accuracy", "micro-f1", "r2"], Enum.GetValues<TargetKind>().Select(k => Metrics.Of(k)[0].Name));
        foreach (var metric in Enum.GetValues<TargetKind>().SelectMany(Metrics.Of)) Assert.Equal(metric.Name, Metrics.Find(metric.Name).Name);
        Assert.Contains("hamming-loss, lrap, r2, rmse, mae", Assert.Throws<RequestException>(() => Metrics.Find("r3")).Message, StringComparison.Ordinal);
    }
}
