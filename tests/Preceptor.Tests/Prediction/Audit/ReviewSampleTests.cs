using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction.Audit;
using Preceptor.Supervision.Trust;
using Preceptor.Tests.Supervision.Trust;

namespace Preceptor.Tests.Prediction.Audit;

public sealed class ReviewSampleTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.05)]
    public void The_interval_holds_the_true_share_as_often_as_it_says(double rate)
    {
        const int Draws = 300;
        var (probabilities, labels, truth) = ConfidentLearningTests.Noisy(5000, 4, rate, seed: 11);
        var joint = ConfidentJoint.Of(probabilities, labels, 4);
        var found = LabelPruning.Find(joint, probabilities, labels);
        var tiers = new byte[labels.Length];
        var expected = new float[labels.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            var own = probabilities.AsSpan(row * 4, 4);
            expected[row] = 1 - own[labels[row]];
            tiers[row] = found[row] ? (byte)2 : LabelPruning.Best(own) != labels[row] ? (byte)1 : (byte)0;
        }
        var share = labels.Where((l, row) => l != truth[row]).Count() / (double)labels.Length;
        var (inside, sum, width) = (0, 0.0, 0.0);
        for (ulong seed = 0; seed < Draws; seed++)
        {
            var drawn = ReviewSample.Draw(labels, ["a", "b", "c", "d"], tiers, expected, 200, seed);
            Assert.Equal(200, drawn.Count);
            Assert.Equal(5000, drawn.Sum(d => d.Weight), 6);
            var estimate = StratifiedSample.Share([.. drawn.GroupBy(d => d.Stratum).Select(g => new SampledStratum((int)Math.Round(g.Sum(d => d.Weight)), [.. g.Select(d => labels[d.Row] != truth[d.Row] ? 1.0 : 0)]))]);
            if (estimate.Contains(share)) inside++;
            sum += estimate.Mean;
            width += estimate.Width / Draws;
        }
        Assert.True(inside >= 0.93 * Draws, $"{inside} of {Draws} intervals hold the share {share}");
        Assert.Equal(share, sum / Draws, 0.006); // unbiased
        Assert.True(width < 0.8 * 2 * 1.96 * Math.Sqrt(share * (1 - share) / 200), $"width {width}: no better than a plain sample");
    }

    [Fact]
    public void Few_rows_are_not_spread_over_many_classes()
    {
        var random = RandomStream.Of(1, "labels");
        int[] labels = [.. Enumerable.Range(0, 3000).Select(_ => random.Next(100))];
        byte[] tiers = [.. labels.Select(_ => (byte)(random.NextDouble() < 0.2 ? 2 : 0))];
        var drawn = ReviewSample.Draw(labels, [.. Enumerable.Range(0, 100).Select(c => $"{c}")], tiers, new float[3000], 200, 1);
        Assert.Equal(["found", "rest"], drawn.Select(d => d.Stratum).Distinct().Order(StringComparer.Ordinal));
    }
}
