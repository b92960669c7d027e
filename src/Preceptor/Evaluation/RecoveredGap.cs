namespace Preceptor.Evaluation;

/// <summary>
/// The performance gap recovered (PGR): which part of the way from the floor, what the offered supervision itself scores, to the
/// ceiling, the same model on true labels, a method has gone.
/// </summary>
public static class RecoveredGap
{
    /// <summary>The least ceiling − floor for which a share is worth giving: 10 points of accuracy.</summary>
    public const double SmallestGap = 0.10;

    /// <summary>
    /// PGR = (method − floor) / (ceiling − floor) of the means over seeds, signed by <paramref name="better"/>, with the percentiles of
    /// the same ratio when whole seeds are resampled for all three arms alike, or when test items are resampled, if that is wider: few
    /// seeds resample too narrowly. With one seed, test items alone.
    /// </summary>
    /// <param name="method">The method's scores, one a seed.</param>
    /// <param name="floor">The floor's scores for the same seeds; the baseline's where the supervision makes no predictions.</param>
    /// <param name="ceiling">The ceiling's scores for the same seeds.</param>
    /// <param name="better">Which way the metric improves.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    /// <param name="smallestGap">The least ceiling − floor, in units of the metric, for which the share is given; positive.</param>
    /// <returns>
    /// The share, 1 being the whole gap, with the seeds' (method − floor) / (mean gap) as values; null where the mean gap is smaller than
    /// <paramref name="smallestGap"/>, or so unsure that the interval has no finite end.
    /// </returns>
    public static Interval? Of(IReadOnlyList<TestScore> method, IReadOnlyList<TestScore> floor, IReadOnlyList<TestScore> ceiling,
        Better better = Better.Higher, ulong seed = 0, double level = Intervals.DefaultLevel, double smallestGap = SmallestGap)
    {
        Intervals.RequireLevel(level);
        if (!(smallestGap > 0)) throw new ArgumentOutOfRangeException(nameof(smallestGap), smallestGap, "the smallest gap must be positive");
        var gains = better.Advantages(Intervals.Values(method), Intervals.Values(floor));
        var gaps = better.Advantages(Intervals.Values(ceiling), Intervals.Values(floor));
        var gap = gaps.Average();
        // 0.9 − 0.8 falls just below 0.1.
        if (gap < smallestGap - 1e-9) return null;

        var items = Percentiles(gains, gap, OverItems(method, floor, ceiling, better, seed), level, IntervalSource.TestItems);
        if (method.Count == 1) return items;
        var seeds = Percentiles(gains, gap, Bootstrap.Distribution([method.Count], counts => Share(ItemSums.Dot(gains, counts), ItemSums.Dot(gaps, counts)), seed), level, IntervalSource.Seeds);
        return items is null || seeds is null ? null : items.Width > seeds.Width ? items : seeds;
    }

    private static Interval? Percentiles(double[] gains, double gap, double[] distribution, double level, IntervalSource source)
    {
        var (low, high) = Bootstrap.Percentiles(distribution, level);
        if (!double.IsFinite(low) || !double.IsFinite(high)) return null;
        var mean = gains.Average() / gap;
        return new(mean, Math.Min(low, mean), Math.Max(high, mean), [.. gains.Select(g => g / gap)]) { Source = source };
    }

    private static double[] OverItems(IReadOnlyList<TestScore> method, IReadOnlyList<TestScore> floor, IReadOnlyList<TestScore> ceiling, Better better, ulong seed)
    {
        Intervals.RequireSameItems(method, floor);
        Intervals.RequireSameItems(method, ceiling);
        var strata = Intervals.Strata(method);
        return Bootstrap.Distribution(strata, counts =>
        {
            double gain = 0, gap = 0;
            var start = 0;
            for (var s = 0; s < method.Count; s++)
            {
                var drawn = counts.Slice(start, method[s].Items);
                if (strata.Length > 1) start += method[s].Items;
                var bottom = floor[s].Resampled(drawn);
                gain += better.Advantage(method[s].Resampled(drawn), bottom);
                gap += better.Advantage(ceiling[s].Resampled(drawn), bottom);
            }
            return Share(gain, gap);
        }, seed);
    }

    /// <summary>A resample without a gap lies beyond every finite share, on the side of its gain.</summary>
    private static double Share(double gain, double gap) => gap > 0 ? gain / gap : gain < 0 ? double.NegativeInfinity : double.PositiveInfinity;
}
