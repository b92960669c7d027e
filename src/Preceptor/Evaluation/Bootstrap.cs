using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>
/// The bootstrap (Efron 1979): draw N of N units with replacement, compute the statistic again, and take the spread of many such values
/// for the spread of the statistic. Resample r uses the random stream (seed, "bootstrap", r), so the result is the same however many
/// threads share the work.
/// </summary>
public static class Bootstrap
{
    /// <summary>How many resamples are drawn.</summary>
    public const int Resamples = 2000;

    /// <summary>The values of a statistic under resampling [resamples], in order of the resample's number.</summary>
    /// <param name="strata">How many units each independent group holds; each is resampled within itself. Usually one group: [N].</param>
    /// <param name="statistic">The statistic when unit i is counted counts[i] times; the groups' counts follow each other.</param>
    /// <param name="seed">The seed of the random streams.</param>
    /// <param name="resamples">How many resamples to draw.</param>
    public static double[] Distribution(IReadOnlyList<int> strata, ResampledScore statistic, ulong seed = 0, int resamples = Resamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        if (strata.Count == 0 || strata.Any(n => n <= 0)) throw new ArgumentException("every group must hold a unit", nameof(strata));
        var units = strata.Sum();
        var values = new double[resamples];
        // Below a few milliseconds of work, waking other threads costs more than it saves.
        var threads = (long)units * resamples < 1_000_000 ? 1 : Environment.ProcessorCount;
        Parallel.For(0, resamples, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new double[units], (resample, _, counts) =>
        {
            Draw(RandomStream.Of(seed, "bootstrap", resample), strata, counts);
            values[resample] = statistic(counts);
            return counts;
        }, _ => { });
        return values;
    }

    /// <summary>
    /// The percentile interval of a distribution: of B sorted values the k-th from either end, k = ⌊(B + 1) · (1 − level) / 2⌋, at least 1
    /// (Efron and Tibshirani 1993, 12.5 and 13.3).
    /// </summary>
    public static (double Low, double High) Percentiles(ReadOnlySpan<double> distribution, double level = Intervals.DefaultLevel)
    {
        if (distribution.IsEmpty) throw new ArgumentException("the distribution is empty", nameof(distribution));
        Intervals.RequireLevel(level);
        var sorted = distribution.ToArray();
        Array.Sort(sorted);
        // The small term keeps 2001 · 0.025 and its like from falling below a whole number by rounding.
        var k = Math.Max(1, (int)Math.Floor((sorted.Length + 1) * (1 - level) / 2 + 1e-9));
        return (sorted[k - 1], sorted[^k]);
    }

    private static void Draw(RandomStream random, IReadOnlyList<int> strata, double[] counts)
    {
        Array.Clear(counts);
        var start = 0;
        foreach (var size in strata)
        {
            var stratum = counts.AsSpan(start, size);
            for (var draw = 0; draw < size; draw++) stratum[random.Next(size)]++;
            start += size;
        }
    }
}
