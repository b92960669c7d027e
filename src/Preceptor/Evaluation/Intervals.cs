using MathNet.Numerics.Distributions;

namespace Preceptor.Evaluation;

/// <summary>
/// Confidence intervals of scores and of differences of scores. Two things are uncertain: another seed would train another model, and
/// another test set would score it otherwise. <see cref="OverSeeds"/> sees the first, <see cref="OverItems"/> the second;
/// <see cref="Difference"/>, on which claims rest, takes the wider of the two.
/// </summary>
public static class Intervals
{
    /// <summary>The confidence level where none is given.</summary>
    public const double DefaultLevel = 0.95;

    /// <summary>Student's t interval: mean ± t(1 − (1 − level)/2; S − 1) · s / √S, where s is the standard deviation (S − 1 in the denominator) of the S values.</summary>
    /// <param name="values">One value a seed, at least two.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval OverSeeds(IReadOnlyList<double> values, double level = DefaultLevel)
    {
        RequireLevel(level);
        if (values.Count < 2) throw new ArgumentException($"an interval over seeds needs at least 2 values, found {values.Count}", nameof(values));
        RequireNumbers(values);
        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
        var half = StudentT.InvCDF(0, 1, values.Count - 1, 1 - (1 - level) / 2) * Math.Sqrt(variance / values.Count);
        return new(mean, mean - half, mean + half, [.. values]);
    }

    /// <summary>Student's t interval of the paired differences of two arms that share their seeds; positive values mean that the method is better.</summary>
    /// <param name="method">The method's values, one a seed.</param>
    /// <param name="reference">The other arm's values for the same seeds, in the same order.</param>
    /// <param name="better">Which way the metric improves.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval PairedOverSeeds(IReadOnlyList<double> method, IReadOnlyList<double> reference, Better better = Better.Higher, double level = DefaultLevel) =>
        OverSeeds(better.Advantages(method, reference), level);

    /// <summary>
    /// The bootstrap interval of a mean score over seeds when the items of the test set are resampled, seeds held fixed: percentiles of
    /// (1/S) Σ_s score_s(resample), widened to hold the mean itself where a score that is not a mean over items resamples with a bias.
    /// </summary>
    /// <param name="scores">One score a seed.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    /// <remarks>
    /// Test sets of one size are resampled with the same draws, which is right both when they are the same items (the seeds' errors on an
    /// item go together) and when they are independent ones. Test sets of different sizes are resampled apart.
    /// </remarks>
    public static Interval OverItems(IReadOnlyList<TestScore> scores, ulong seed = 0, double level = DefaultLevel)
    {
        RequireLevel(level);
        var values = Values(scores);
        return FromItems(values, Strata(scores), (s, counts) => scores[s].Resampled(counts), seed, level);
    }

    /// <summary>The bootstrap interval of the paired difference of two arms when the items of the test set are resampled for both arms alike; positive means that the method is better.</summary>
    /// <param name="method">The method's scores, one a seed.</param>
    /// <param name="reference">The other arm's scores for the same seeds on the same items, in the same order.</param>
    /// <param name="better">Which way the metric improves.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval PairedOverItems(IReadOnlyList<TestScore> method, IReadOnlyList<TestScore> reference, Better better = Better.Higher, ulong seed = 0, double level = DefaultLevel)
    {
        RequireLevel(level);
        var values = better.Advantages(Values(method), Values(reference));
        RequireSameItems(method, reference);
        return FromItems(values, Strata(method), (s, counts) => better.Advantage(method[s].Resampled(counts), reference[s].Resampled(counts)), seed, level);
    }

    /// <summary>The interval of one arm: over seeds, or over test items where there is only one seed.</summary>
    /// <param name="scores">One score a seed.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval Of(IReadOnlyList<TestScore> scores, ulong seed = 0, double level = DefaultLevel) =>
        scores.Count == 1 ? OverItems(scores, seed, level) : OverSeeds(Values(scores), level);

    /// <summary>
    /// The interval that claims rest on: paired t over seeds, or the paired bootstrap over test items if that is wider; with one seed the
    /// bootstrap alone. Positive values mean that the method is better.
    /// </summary>
    /// <param name="method">The method's scores, one a seed.</param>
    /// <param name="reference">The other arm's scores for the same seeds on the same items, in the same order.</param>
    /// <param name="better">Which way the metric improves.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval Difference(IReadOnlyList<TestScore> method, IReadOnlyList<TestScore> reference, Better better = Better.Higher, ulong seed = 0, double level = DefaultLevel)
    {
        var overItems = PairedOverItems(method, reference, better, seed, level);
        if (method.Count == 1) return overItems;
        var overSeeds = PairedOverSeeds(Values(method), Values(reference), better, level);
        return overItems.Width > overSeeds.Width ? overItems : overSeeds;
    }

    internal static double[] Values(IReadOnlyList<TestScore> scores)
    {
        if (scores.Count == 0) throw new ArgumentException("there is no score", nameof(scores));
        double[] values = [.. scores.Select(s => s.Value)];
        RequireNumbers(values);
        return values;
    }

    internal static void RequireLevel(double level)
    {
        if (!(level > 0 && level < 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "a confidence level lies between 0 and 1");
    }

    internal static void RequireSameItems(IReadOnlyList<TestScore> method, IReadOnlyList<TestScore> reference)
    {
        for (var s = 0; s < method.Count; s++)
            if (method[s].Items != reference[s].Items)
                throw new ArgumentException($"seed {s} was scored on {method[s].Items} items in one arm and {reference[s].Items} in the other", nameof(reference));
    }

    private delegate double SeedScore(int seed, ReadOnlySpan<double> counts);

    private static Interval FromItems(double[] values, int[] strata, SeedScore score, ulong seed, double level)
    {
        var distribution = Bootstrap.Distribution(strata, counts =>
        {
            double sum = 0;
            var start = 0;
            for (var s = 0; s < values.Length; s++)
            {
                var size = strata.Length == 1 ? strata[0] : strata[s];
                sum += score(s, counts.Slice(start, size));
                if (strata.Length > 1) start += size;
            }
            return sum / values.Length;
        }, seed);
        var (low, high) = Bootstrap.Percentiles(distribution, level);
        var mean = values.Average();
        return new(mean, Math.Min(low, mean), Math.Max(high, mean), values) { Source = IntervalSource.TestItems };
    }

    internal static int[] Strata(IReadOnlyList<TestScore> scores) =>
        scores.All(s => s.Items == scores[0].Items) ? [scores[0].Items] : [.. scores.Select(s => s.Items)];

    private static void RequireNumbers(IReadOnlyList<double> values)
    {
        for (var s = 0; s < values.Count; s++)
            if (!double.IsFinite(values[s])) throw new ArgumentException($"the score of seed {s} is {values[s]}, expected a number", nameof(values));
    }
}
