using System.Diagnostics;
using CsCheck;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

public sealed class IntervalsTests(ITestOutputHelper output)
{
    // Student's t, two-sided, from printed tables.
    [Theory]
    [InlineData(2, 0.95, 12.7062047)]
    [InlineData(3, 0.95, 4.3026527)]
    [InlineData(5, 0.95, 2.7764451)]
    [InlineData(10, 0.99, 3.2498355)]
    [InlineData(20, 0.9, 1.7291328)]
    public void The_half_width_over_seeds_is_t_times_the_standard_error(int seeds, double level, double t)
    {
        var values = Enumerable.Range(0, seeds).Select(s => (double)(s * s)).ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (seeds - 1) / seeds);
        var interval = Intervals.OverSeeds(values, level);
        Assert.Equal(mean, interval.Mean, 1e-12);
        Assert.Equal(t * error, interval.Mean - interval.Low, 1e-6 * error);
        Assert.Equal(t * error, interval.High - interval.Mean, 1e-6 * error);
        Assert.Equal(values, interval.Values);
        Assert.Equal(IntervalSource.Seeds, interval.Source);
    }

    [Fact]
    public void The_paired_interval_is_that_of_the_differences_signed_for_the_better()
    {
        double[] method = [0.8, 0.9, 0.7];
        double[] reference = [0.7, 0.85, 0.55];
        var higher = Intervals.PairedOverSeeds(method, reference);
        // Differences 0.1, 0.05, 0.15: mean 0.1, deviation 0.05.
        Assert.Equal(0.1, higher.Mean, 1e-12);
        Assert.Equal(0.1 - 4.3026527 * 0.05 / Math.Sqrt(3), higher.Low, 1e-8);
        var lower = Intervals.PairedOverSeeds(method, reference, Better.Lower);
        Assert.Equal((-higher.Mean, -higher.High, -higher.Low), (lower.Mean, lower.Low, lower.High));
    }

    [Fact]
    public void The_interval_over_seeds_covers_the_truth_as_often_as_it_says()
    {
        var random = RandomStream.Of(11, "coverage");
        const int simulations = 10_000;
        foreach (var level in new[] { 0.95, Verdicts.Level(1) })
        {
            var covered = 0;
            for (var i = 0; i < simulations; i++)
                if (Intervals.OverSeeds([.. Enumerable.Range(0, 5).Select(_ => 3 + 2 * random.NextGaussian())], level).Contains(3)) covered++;
            output.WriteLine($"level {level:F4}: covered {covered / (double)simulations:P2}");
            Assert.InRange(covered / (double)simulations, level - 0.01, level + 0.01);
        }
    }

    [Fact]
    public void The_bootstrap_of_a_mean_has_the_spread_that_theory_gives()
    {
        // 400 of 1,000 right: the resampled mean is Binomial(1000, 0.4) / 1000, whose 2.5 % and 97.5 % points are 0.370 and 0.430.
        var interval = Intervals.OverItems([TestScore.Mean([.. Enumerable.Range(0, 1000).Select(i => i % 5 < 2 ? 1.0 : 0)])]);
        Assert.Equal(0.4, interval.Mean, 1e-12);
        Assert.Equal(0.370, interval.Low, 0.003);
        Assert.Equal(0.430, interval.High, 0.003);
        Assert.Equal(IntervalSource.TestItems, interval.Source);
    }

    [Fact]
    public void The_bootstrap_over_items_covers_the_truth_nearly_as_often_as_it_says()
    {
        var random = RandomStream.Of(12, "coverage");
        var covered = 0;
        const int simulations = 300;
        for (var i = 0; i < simulations; i++)
            if (Intervals.OverItems([TestScore.Mean([.. Enumerable.Range(0, 50).Select(_ => random.NextGaussian())])], (ulong)i).Contains(0)) covered++;
        output.WriteLine($"covered {covered / (double)simulations:P1}");
        // 0.95 less the known shortfall at 50 items, ± three standard deviations of the simulation.
        Assert.InRange(covered / (double)simulations, 0.90, 0.98);
    }

    [Fact]
    public void Pairing_removes_what_both_arms_share()
    {
        var random = RandomStream.Of(13, "items");
        double[] hard = [.. Enumerable.Range(0, 500).Select(_ => random.NextGaussian())];
        var method = TestScore.Mean([.. hard.Select(h => h + 0.1 + 0.01 * random.NextGaussian())]);
        var reference = TestScore.Mean(hard);
        var paired = Intervals.PairedOverItems([method], [reference]);
        Assert.InRange(paired.Low, 0.09, 0.1);
        Assert.InRange(paired.High, 0.1, 0.11);
        Assert.True(paired.Width < 0.05 * Intervals.OverItems([method]).Width);
        Assert.Equal(-paired.Mean, Intervals.PairedOverItems([method], [reference], Better.Lower).Mean, 1e-12);
    }

    [Fact]
    public void Equal_arms_differ_by_exactly_nothing()
    {
        var scores = ClassificationScores.Of([0.75f, 0.25f, 0.5f, 0.5f, 0.125f, 0.875f], [0, 1, 1]);
        foreach (var metric in Metrics.All)
        {
            var difference = Intervals.Difference([metric.Score(scores)], [metric.Score(scores)], metric.Better);
            Assert.Equal((0, 0, 0), (difference.Mean, difference.Low, difference.High));
        }
    }

    [Fact]
    public void A_difference_takes_the_wider_of_seeds_and_items()
    {
        // The seeds agree, the items do not; then the other way round.
        double[] items = [.. Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? 1.0 : -0.8)];
        var none = TestScore.Mean(new double[50]);
        var byItems = Intervals.Difference([TestScore.Mean(items), TestScore.Mean(items)], [none, none]);
        Assert.Equal(IntervalSource.TestItems, byItems.Source);
        Assert.Equal(Intervals.PairedOverItems([TestScore.Mean(items), TestScore.Mean(items)], [none, none]).Low, byItems.Low);
        TestScore[] seeds = [TestScore.Mean([.. Enumerable.Repeat(0.0, 50)]), TestScore.Mean([.. Enumerable.Repeat(1.0, 50)])];
        var bySeeds = Intervals.Difference(seeds, [none, none]);
        Assert.Equal(IntervalSource.Seeds, bySeeds.Source);
        Assert.Equal(Intervals.OverSeeds([0, 1]).Low, bySeeds.Low);
        Assert.Equal(0.1, byItems.Mean, 1e-12);
        Assert.Equal(0.5, bySeeds.Mean);
    }

    [Fact]
    public void One_seed_takes_its_interval_from_the_items()
    {
        var score = TestScore.Mean([0, 1, 1, 0, 1, 1, 1, 0]);
        Assert.Equal(IntervalSource.TestItems, Intervals.Of([score]).Source);
        Assert.Equal(IntervalSource.TestItems, Intervals.Difference([score], [TestScore.Mean(new double[8])]).Source);
        Assert.Equal(IntervalSource.Seeds, Intervals.Of([score, score]).Source);
        Assert.Equal([score.Value], Intervals.Of([score]).Values);
    }

    [Fact]
    public void Test_sets_of_one_size_share_their_draws_and_others_are_resampled_apart()
    {
        var random = RandomStream.Of(14, "items");
        double[] Items(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextGaussian())];
        var first = TestScore.Mean(Items(2000));
        // The same items twice say no more than once.
        Assert.Equal(Intervals.OverItems([first]).Width, Intervals.OverItems([first, first]).Width, 1e-12);
        // Independent items say √2 more, whether their number is the same or not.
        var expected = Intervals.OverItems([first]).Width / Math.Sqrt(2);
        Assert.Equal(expected, Intervals.OverItems([first, TestScore.Mean(Items(2000))]).Width, 0.1 * expected);
        Assert.Equal(expected, Intervals.OverItems([first, TestScore.Mean(Items(2001))]).Width, 0.1 * expected);
    }

    [Fact]
    public void Resampling_repeats_exactly_for_a_seed_and_differs_for_another()
    {
        double[] items = [.. Enumerable.Range(0, 300).Select(i => Math.Sin(i))];
        var mean = TestScore.Mean(items).Resampled;
        Assert.Equal(Bootstrap.Distribution([300], mean, 5, 100), Bootstrap.Distribution([300], mean, 5, 100));
        Assert.NotEqual(Bootstrap.Distribution([300], mean, 5, 100), Bootstrap.Distribution([300], mean, 6, 100));
        // The stream of a resample depends on its number alone, so more of them begin alike.
        Assert.Equal(Bootstrap.Distribution([300], mean, 5, 100), Bootstrap.Distribution([300], mean, 5, 400)[..100]);
    }

    [Fact]
    public void Percentiles_are_the_order_statistics_of_the_textbook()
    {
        double[] distribution = [.. Enumerable.Range(1, 1999).Select(i => (double)i)];
        Assert.Equal((50, 1950), Bootstrap.Percentiles(distribution, 0.95));
        Assert.Equal((100, 1900), Bootstrap.Percentiles(distribution, 0.9));
        Assert.Equal((1, 1999), Bootstrap.Percentiles(distribution, 0.9999));
        Assert.Equal((7, 7), Bootstrap.Percentiles([7], 0.95));
    }

    [Fact]
    public void Intervals_hold_their_mean_and_grow_with_the_level() =>
        Gen.Select(Gen.Double[-5, 5].Array[1, 20], Gen.Int[1, 3], Gen.ULong).Sample((items, seeds, seed) =>
        {
            TestScore[] scores = [.. Enumerable.Range(0, seeds).Select(s => TestScore.Mean([.. items.Select(i => i * (s + 1))]))];
            var low = Intervals.OverItems(scores, seed, 0.8);
            var high = Intervals.OverItems(scores, seed, 0.99);
            Assert.True(low.Contains(low.Mean));
            Assert.True(high.Low <= low.Low && low.High <= high.High);
            Assert.Equal(low.Mean, low.Values.Average(), 1e-12);
        }, iter: 30);

    [Fact]
    public void Every_metric_has_an_interval_over_items_that_holds_it()
    {
        var random = RandomStream.Of(15, "items");
        int[] labels = [.. Enumerable.Range(0, 200).Select(_ => random.Next(3))];
        float[] probabilities = [.. labels.SelectMany(label =>
        {
            var weights = Enumerable.Range(0, 3).Select(c => random.NextDouble() + (c == label ? 0.5 : 0)).ToArray();
            return weights.Select(w => (float)(w / weights.Sum()));
        })];
        var scores = ClassificationScores.Of(probabilities, labels);
        foreach (var metric in Metrics.All)
        {
            var interval = Intervals.Of([metric.Score(scores)]);
            Assert.Equal(metric.Value(scores), interval.Mean);
            Assert.True(interval.Low <= interval.Mean && interval.Mean <= interval.High && interval.Width > 0, metric.Name);
        }
    }

    [Fact]
    public void What_cannot_be_paired_or_measured_is_refused()
    {
        var two = TestScore.Mean([0, 1]);
        var three = TestScore.Mean([0, 1, 1]);
        Assert.Throws<ArgumentException>(() => Intervals.OverSeeds([1]));
        Assert.Throws<ArgumentException>(() => Intervals.OverSeeds([1, double.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Intervals.OverSeeds([1, 2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Intervals.OverItems([two], 0, 95));
        Assert.Throws<ArgumentException>(() => Intervals.PairedOverSeeds([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Intervals.PairedOverItems([two], [three]));
        Assert.Throws<ArgumentException>(() => Intervals.Difference([two, two], [two]));
        Assert.Throws<ArgumentException>(() => Intervals.Of([]));
        Assert.Throws<ArgumentException>(() => TestScore.Mean([]));
    }

    [Fact]
    public void Two_thousand_resamples_of_ten_thousand_items_take_a_moment()
    {
        double[] right = [.. Enumerable.Range(0, 10_000).Select(i => i % 3 == 0 ? 0.0 : 1)];
        var score = TestScore.Mean(right);
        Intervals.OverItems([TestScore.Mean([1, 0])]);
        var watch = Stopwatch.StartNew();
        var interval = Intervals.OverItems([score]);
        output.WriteLine($"2,000 resamples of 10,000 items: {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.InRange(interval.Width, 0.015, 0.022);
    }
}
