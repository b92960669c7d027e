using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction.Audit;

/// <summary>A row that somebody is to check.</summary>
/// <param name="Row">The row.</param>
/// <param name="Stratum">What it was drawn from.</param>
/// <param name="Weight">How many rows it stands for: one over its probability of being drawn.</param>
public sealed record SampledRow(int Row, string Stratum, double Weight);

/// <summary>
/// A sample of labelled rows to check: strata by suspicion (found by confident learning; not found, but another class is more probable; the others), and by
/// given class where there are rows enough; more of the strata whose labels are doubtful. Within a stratum every row is equally likely, so that the
/// probability of being drawn is known: n_h / N_h.
/// </summary>
public static class ReviewSample
{
    // Strata of fewer drawn rows on average than these say little of their own spread.
    private const int RowsAStratum = 8;

    private static readonly string[] Tiers = ["rest", "doubtful", "found"];

    /// <summary>Draws the sample, the rows in the order of the data.</summary>
    /// <param name="labels">The given classes [N]; −1 for none.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="tiers">How suspicious each row is, 0 to 2 [N].</param>
    /// <param name="expected">How likely each row's label is wrong, by out-of-fold probabilities [N].</param>
    /// <param name="count">How many rows.</param>
    /// <param name="seed">Decides which.</param>
    public static IReadOnlyList<SampledRow> Draw(int[] labels, IReadOnlyList<string> classes, byte[] tiers, float[] expected, int count, ulong seed)
    {
        int[] labelled = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] >= 0)];
        var byClass = labelled.GroupBy(row => (Class: labels[row], Tier: tiers[row])).OrderBy(g => g.Key).Select(g => (Name: $"{Tiers[g.Key.Tier]} · {classes[g.Key.Class]}", Rows: g.ToArray())).ToArray();
        var strata = count >= RowsAStratum * byClass.Length ? byClass
            : [.. labelled.GroupBy(row => tiers[row]).OrderBy(g => g.Key).Select(g => (Tiers[g.Key], g.ToArray()))];
        // A share of a twentieth at least, because who expects no mistakes looks for none.
        double[] deviations = [.. strata.Select(s => Math.Clamp(s.Rows.Average(row => expected[row]), 0.05, 0.95)).Select(p => Math.Sqrt(p * (1 - p)))];
        var counts = StratifiedSample.Allocate([.. strata.Select(s => s.Rows.Length)], deviations, count);
        return [.. strata.Select((s, h) => (s.Name, s.Rows, Count: counts[h])).SelectMany((s, h) => Splits.Sample(s.Rows, s.Count, RandomStream.Of(seed, "review", h))
            .Select(row => new SampledRow(row, s.Name, (double)s.Rows.Length / s.Count))).OrderBy(s => s.Row)];
    }

    /// <summary>How suspicious each row is and how likely its label is wrong, by what an audit found.</summary>
    public static (byte[] Tiers, float[] Expected) Suspicion(AuditFindings findings)
    {
        var (tiers, expected) = (new byte[findings.Labels.Length], new float[findings.Labels.Length]);
        for (var row = 0; row < tiers.Length; row++)
        {
            if (findings.Labels[row] < 0) continue;
            var given = findings.Probability(row, findings.Labels[row]);
            expected[row] = 1 - given;
            if (findings.Probability(row, findings.Suggested(row)) > given) tiers[row] = 1;
        }
        foreach (var row in findings.Wrong) tiers[row] = 2;
        return (tiers, expected);
    }
}
