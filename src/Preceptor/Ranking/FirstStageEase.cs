namespace Preceptor.Ranking;

/// <summary>How strongly a first stage believes in each of its candidates, from 0 to 1.</summary>
public enum EaseHeuristic
{
    /// <summary>None: all samples count alike.</summary>
    None,

    /// <summary>1 / rank.</summary>
    ReciprocalRank,

    /// <summary>The score, from the lowest of the query's list, 0, to the highest, 1.</summary>
    NormalisedScore,

    /// <summary>The cumulative distribution at the score, by a Gaussian kernel density over the query's list.</summary>
    Density,
}

/// <summary>The heuristics of MacAvaney et al. 2020, section 3.1.</summary>
public static class FirstStageEase
{
    /// <summary>The rank of a document that the first stage did not return.</summary>
    public const int NotReturned = 1000;

    /// <summary>A list's heuristic values [n].</summary>
    /// <param name="scores">The first stage's scores [n]; not a number for what it did not return, which is of the least ease.</param>
    /// <param name="heuristic">Which.</param>
    public static double[] Of(double[] scores, EaseHeuristic heuristic)
    {
        double[] returned = [.. scores.Where(s => !double.IsNaN(s))];
        return heuristic switch
        {
            EaseHeuristic.ReciprocalRank => [.. Ranks(scores).Select(r => 1.0 / r)],
            EaseHeuristic.NormalisedScore => [.. scores.Select(s => double.IsNaN(s) ? 0 : Normalised(returned, s))],
            EaseHeuristic.Density => [.. scores.Select(s => double.IsNaN(s) ? 0 : Density(returned, s))],
            _ => [.. scores.Select(_ => 1.0)],
        };
    }

    /// <summary>Ranks from 1; equal scores in the list's order, and what was not returned at <see cref="NotReturned"/>.</summary>
    public static int[] Ranks(double[] scores)
    {
        var ranks = new int[scores.Length];
        Array.Fill(ranks, NotReturned);
        foreach (var (rank, i) in Enumerable.Range(0, scores.Length).Where(i => !double.IsNaN(scores[i])).OrderByDescending(i => scores[i]).ThenBy(i => i).Index()) ranks[i] = rank + 1;
        return ranks;
    }

    /// <summary>The distribution's value at a score: the mean of Φ((s − s_j) / h), with Scott's bandwidth h = n^(−1/5) · deviation.</summary>
    /// <param name="scores">The list's scores [n].</param>
    /// <param name="at">The score.</param>
    public static double Density(double[] scores, double at)
    {
        var bandwidth = Bandwidth(scores);
        return bandwidth == 0 ? 0.5 : scores.Average(s => MathNet.Numerics.Distributions.Normal.CDF(0, 1, (at - s) / bandwidth));
    }

    /// <summary>Scott's bandwidth; 0 where all scores are the same.</summary>
    public static double Bandwidth(double[] scores)
    {
        if (scores.Length < 2) return 0;
        var mean = scores.Average();
        return Math.Pow(scores.Length, -0.2) * Math.Sqrt(scores.Sum(s => (s - mean) * (s - mean)) / (scores.Length - 1));
    }

    // A list of equal scores says nothing of any.
    private static double Normalised(double[] scores, double at)
    {
        var (low, high) = (scores.Min(), scores.Max());
        return high > low ? (at - low) / (high - low) : 0.5;
    }
}
