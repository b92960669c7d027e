using MathNet.Numerics.Distributions;

namespace Preceptor.Evaluation;

/// <summary>Rows of a population of which some were drawn and looked at.</summary>
/// <param name="Rows">How many rows there are, N_h.</param>
/// <param name="Values">1 or 0 for each row that was drawn without replacement [n_h].</param>
public sealed record SampledStratum(int Rows, double[] Values);

/// <summary>Estimates a share of a finite population from a stratified sample (Cochran 1977, chapter 5).</summary>
public static class StratifiedSample
{
    /// <summary>
    /// The share, Σ N_h p_h / Σ N_h, which with weights N_h / n_h is the Horvitz–Thompson estimator and, as these add up to the population, Hájek's as well.
    /// Its variance is Σ W_h² (1 − n_h / N_h) q_h (1 − q_h) / n_h, where q_h is p_h drawn towards the share of all by two rows, so that a stratum of which none
    /// happened to be wrong is not beyond doubt; the interval is Student's t with n − H degrees of freedom. A stratum of which no row was drawn is left out.
    /// </summary>
    /// <param name="strata">The strata.</param>
    /// <param name="level">The confidence level in (0, 1).</param>
    public static Interval Share(IReadOnlyList<SampledStratum> strata, double level = Intervals.DefaultLevel)
    {
        var drawn = strata.Where(s => s.Values.Length > 0).ToArray();
        if (drawn.Length == 0) throw new ArgumentException("no row was drawn", nameof(strata));
        double population = drawn.Sum(s => (double)s.Rows), share = 0, variance = 0;
        var sample = drawn.Sum(s => s.Values.Length);
        foreach (var stratum in drawn) share += stratum.Rows / population * stratum.Values.Average();
        var prior = (share * sample + 0.5) / (sample + 1);
        foreach (var stratum in drawn)
        {
            double n = stratum.Values.Length, weight = stratum.Rows / population;
            var q = (stratum.Values.Sum() + 2 * prior) / (n + 2);
            variance += weight * weight * Math.Max(0, 1 - n / stratum.Rows) * q * (1 - q) / n;
        }
        var half = StudentT.InvCDF(0, 1, Math.Max(1, sample - drawn.Length), 1 - (1 - level) / 2) * Math.Sqrt(variance);
        return new(share, Math.Max(0, share - half), Math.Min(1, share + half), []) { Source = IntervalSource.TestItems };
    }

    /// <summary>How many rows to draw of each stratum: in proportion to N_h · s_h (Neyman), at least two where there are two, never more than there are.</summary>
    /// <param name="rows">N_h.</param>
    /// <param name="deviations">The expected standard deviation of a row, s_h.</param>
    /// <param name="total">How many in all.</param>
    public static int[] Allocate(IReadOnlyList<int> rows, IReadOnlyList<double> deviations, int total)
    {
        int[] counts = [.. rows.Select(n => Math.Min(2, n))];
        total = Math.Min(total, rows.Sum());
        double[] wanted = [.. rows.Select((n, h) => n * deviations[h])];
        var all = wanted.Sum();
        while (counts.Sum() < total)
        {
            // One row after the other to where most are missing still.
            var best = -1;
            double most = double.NegativeInfinity;
            for (var h = 0; h < counts.Length; h++)
            {
                if (counts[h] >= rows[h]) continue;
                var missing = (all > 0 ? wanted[h] / all * total : 0) - counts[h];
                if (missing > most) (best, most) = (h, missing);
            }
            counts[best]++;
        }
        return counts;
    }
}
