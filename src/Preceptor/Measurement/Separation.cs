namespace Preceptor.Measurement;

/// <summary>How well a score tells two groups apart, whatever threshold is chosen.</summary>
public static class Separation
{
    /// <summary>The area under the ROC curve: the chance that a positive scores above a negative, ties counting half; no number where a group is empty.</summary>
    /// <param name="positives">Scores of those that should score high.</param>
    /// <param name="negatives">Scores of those that should score low.</param>
    public static double AreaUnderRoc(ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives)
    {
        if (positives.IsEmpty || negatives.IsEmpty) return double.NaN;
        double[] high = positives.ToArray(), low = negatives.ToArray();
        Array.Sort(high);
        Array.Sort(low);
        double wins = 0;
        int below = 0, upTo = 0;
        foreach (var score in high)
        {
            while (below < low.Length && low[below] < score) below++;
            upTo = Math.Max(upTo, below);
            while (upTo < low.Length && low[upTo] <= score) upTo++;
            wins += 0.5 * (below + upTo);
        }
        return wins / high.Length / low.Length;
    }

    /// <summary>The share of negatives at or above the highest threshold that keeps a share of the positives (FPR at that TPR); no number where a group is empty.</summary>
    /// <param name="positives">Scores of those that should score high.</param>
    /// <param name="negatives">Scores of those that should score low.</param>
    /// <param name="kept">The share of positives to keep, in (0, 1].</param>
    public static double FalsePositiveRate(ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives, double kept = 0.95)
    {
        if (!(kept > 0 && kept <= 1)) throw new ArgumentOutOfRangeException(nameof(kept), kept, "expected a share above 0");
        if (positives.IsEmpty || negatives.IsEmpty) return double.NaN;
        var sorted = positives.ToArray();
        Array.Sort(sorted);
        var threshold = sorted[^(int)Math.Ceiling(kept * sorted.Length - 1e-9)];
        var passed = 0;
        foreach (var score in negatives)
            if (score >= threshold) passed++;
        return (double)passed / negatives.Length;
    }
}
