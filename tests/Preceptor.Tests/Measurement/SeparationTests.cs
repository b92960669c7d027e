using CsCheck;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class SeparationTests
{
    [Fact]
    public void The_area_is_the_chance_of_a_positive_above_a_negative() => Gen.Select(Gen.Int[0, 9].Array[1, 30], Gen.Int[0, 9].Array[1, 30]).Sample((positives, negatives) =>
    {
        var wins = positives.Sum(p => negatives.Sum(n => p > n ? 1 : p == n ? 0.5 : 0)) / positives.Length / negatives.Length;
        return Math.Abs(wins - Separation.AreaUnderRoc(Doubles(positives), Doubles(negatives))) < 1e-12;
    });

    [Fact]
    public void Swapping_the_groups_mirrors_the_area() => Gen.Select(Gen.Double[0, 1].Array[1, 30], Gen.Double[0, 1].Array[1, 30]).Sample((positives, negatives) =>
        Math.Abs(Separation.AreaUnderRoc(positives, negatives) + Separation.AreaUnderRoc(negatives, positives) - 1) < 1e-12);

    [Fact]
    public void Constant_scores_tell_nothing_apart()
    {
        Assert.Equal(0.5, Separation.AreaUnderRoc([1, 1, 1], [1, 1]));
        Assert.Equal(1, Separation.FalsePositiveRate([1, 1, 1], [1, 1]));
    }

    [Fact]
    public void An_empty_group_gives_no_number()
    {
        Assert.Equal(double.NaN, Separation.AreaUnderRoc([], [1]));
        Assert.Equal(double.NaN, Separation.FalsePositiveRate([1], []));
    }

    [Fact]
    public void The_threshold_keeps_the_share_that_is_asked_for()
    {
        double[] positives = [.. Enumerable.Range(1, 20).Select(i => (double)i)];
        Assert.Equal(0.5, Separation.FalsePositiveRate(positives, [1, 2])); // 19 of 20 lie at 2 or above
        Assert.Equal(1, Separation.FalsePositiveRate(positives, [1, 2], 1));
    }

    [Fact]
    public void Scores_of_confidence_are_what_they_say()
    {
        float[] logits = [0, 0, MathF.Log(3), 0];
        Assert.Equal([0.5, 0.75], Confidence.Of(ConfidenceScore.MaxProbability, logits, 2), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([-Math.Log(2), 0.75 * Math.Log(0.75) + 0.25 * Math.Log(0.25)], Confidence.Of(ConfidenceScore.Entropy, logits, 2), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([Math.Log(2), Math.Log(4)], Confidence.Of(ConfidenceScore.Energy, logits, 2), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    private static double[] Doubles(int[] values) => [.. values.Select(v => (double)v)];
}
