using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

public sealed class RecoveredGapTests
{
    [Fact]
    public void The_share_of_means_is_the_mean_of_the_values()
    {
        var share = RecoveredGap.Of(Scores(0.75, 0.8, 0.7), Scores(0.6, 0.6, 0.6), Scores(0.8, 0.9, 0.85))!;
        // Gains 0.15, 0.2, 0.1 over gaps 0.2, 0.3, 0.25.
        Assert.Equal(0.15 / 0.25, share.Mean, 1e-12);
        Assert.Equal([0.6, 0.8, 0.4], share.Values.Select(v => Math.Round(v, 12)));
        // The extreme resamples draw one seed three times: 1/27 of all each, so the 2.5 % points reach them.
        Assert.Equal(0.1 / 0.25, share.Low, 1e-12);
        Assert.Equal(0.15 / 0.2, share.High, 1e-12);
        Assert.Equal(IntervalSource.Seeds, share.Source);
    }

    [Fact]
    public void Floor_and_ceiling_recover_nothing_and_everything()
    {
        var (floor, ceiling) = (Scores(0.5, 0.55), Scores(0.7, 0.9));
        var none = RecoveredGap.Of(floor, floor, ceiling)!;
        var all = RecoveredGap.Of(ceiling, floor, ceiling)!;
        Assert.Equal((0, 0, 0), (none.Mean, none.Low, none.High));
        foreach (var end in new[] { all.Mean, all.Low, all.High }) Assert.Equal(1, end, 1e-12);
    }

    [Theory]
    [InlineData(0.8, 0.9, true)]
    [InlineData(0.8, 0.8999, false)]
    [InlineData(0.8, 0.7, false)]
    public void A_gap_of_less_than_ten_points_has_no_share(double floor, double ceiling, bool given) =>
        Assert.Equal(given, RecoveredGap.Of(Scores(0.85, 0.85), Scores(floor, floor), Scores(ceiling, ceiling)) is not null);

    [Fact]
    public void Where_lower_is_better_the_signs_turn()
    {
        var share = RecoveredGap.Of(Scores(0.5, 0.7), Scores(1.0, 1.2), Scores(0.2, 0.4), Better.Lower)!;
        Assert.Equal(0.5 / 0.8, share.Mean, 1e-12);
        Assert.Null(RecoveredGap.Of(Scores(0.5, 0.7), Scores(1.0, 1.2), Scores(0.2, 0.4)));
    }

    [Fact]
    public void A_gap_that_resampling_may_turn_round_has_no_share() =>
        Assert.Null(RecoveredGap.Of(Scores(0.6, 0.7, 0.8), Scores(0.5, 0.5, 0.5), Scores(0.4, 0.9, 0.9)));

    [Fact]
    public void One_seed_resamples_its_test_items()
    {
        var random = RandomStream.Of(3, "items");
        TestScore Arm(double accuracy) => TestScore.Mean([.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() < accuracy ? 1.0 : 0)]);
        var share = RecoveredGap.Of([Arm(0.75)], [Arm(0.6)], [Arm(0.9)])!;
        Assert.Equal(IntervalSource.TestItems, share.Source);
        Assert.InRange(share.Mean, 0.4, 0.6);
        // Delta method for independent arms: about ± 0.09.
        Assert.InRange(share.Width, 0.12, 0.24);
    }

    [Fact]
    public void Arms_of_different_seeds_or_items_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RecoveredGap.Of(Scores(0.6, 0.7), Scores(0.5), Scores(0.9, 0.9)));
        Assert.Throws<ArgumentException>(() => RecoveredGap.Of([TestScore.Mean([1, 0])], [TestScore.Mean([0])], [TestScore.Mean([1, 1])]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RecoveredGap.Of(Scores(0.6), Scores(0.5), Scores(0.9), smallestGap: 0));
    }

    private static TestScore[] Scores(params double[] values) => [.. values.Select(v => TestScore.Mean([v]))];
}
