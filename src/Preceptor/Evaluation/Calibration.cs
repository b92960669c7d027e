namespace Preceptor.Evaluation;

/// <summary>One bin of a reliability diagram: the items whose confidence lies in (<see cref="Low"/>, <see cref="High"/>].</summary>
/// <param name="Low">Lower end, not in the bin.</param>
/// <param name="High">Upper end, in the bin.</param>
/// <param name="Count">How many items the bin holds.</param>
/// <param name="Confidence">Their mean confidence in [0, 1]; null for an empty bin.</param>
/// <param name="Accuracy">The share of them that is right, in [0, 1]; null for an empty bin.</param>
public sealed record ReliabilityBin(double Low, double High, int Count, double? Confidence, double? Accuracy);

/// <summary>Expected calibration error with equal bins of confidence.</summary>
internal static class Calibration
{
    /// <summary>How many bins of equal width divide [0, 1].</summary>
    public const int Bins = 10;

    // Compared in single precision, so that a confidence stored as 0.9f counts as exactly 0.9 and stays in (0.8, 0.9].
    private static readonly float[] Ends = [.. Enumerable.Range(0, Bins + 1).Select(b => (float)((double)b / Bins))];

    /// <summary>The bin of a confidence; rounding may have carried it a little past 1, which is the last bin.</summary>
    public static int BinOf(float confidence) => BinOf(confidence, Ends);

    /// <summary>The ends of bins of equal width, from 0 to 1 [bins + 1].</summary>
    public static float[] EndsOf(int bins) => bins == Bins ? Ends : [.. Enumerable.Range(0, bins + 1).Select(b => (float)((double)b / bins))];

    /// <summary>
    /// The expected calibration error, Σ_b n_b/N · |accuracy_b − confidence_b|, which is Σ_b |Σ_{i in b} (right_i − confidence_i)| / N,
    /// with every item counted as often as it was drawn.
    /// </summary>
    public static double Error(ReadOnlySpan<float> confidences, ReadOnlySpan<double> right, ReadOnlySpan<double> counts) => Error(confidences, right, counts, Ends);

    /// <summary>The expected calibration error over other bins than the usual ten.</summary>
    /// <param name="confidences">Each item's confidence [N].</param>
    /// <param name="right">1 for a right item, 0 for a wrong one [N].</param>
    /// <param name="counts">How often each item was drawn [N].</param>
    /// <param name="ends">The bins: <see cref="EndsOf"/>.</param>
    public static double Error(ReadOnlySpan<float> confidences, ReadOnlySpan<double> right, ReadOnlySpan<double> counts, float[] ends)
    {
        Span<double> gaps = ends.Length <= 128 ? stackalloc double[ends.Length - 1] : new double[ends.Length - 1];
        gaps.Clear();
        for (var i = 0; i < confidences.Length; i++) gaps[BinOf(confidences[i], ends)] += counts[i] * (right[i] - confidences[i]);
        var sum = 0.0;
        foreach (var gap in gaps) sum += Math.Abs(gap);
        return sum / ItemSums.Sum(counts);
    }

    /// <summary>The reliability diagram.</summary>
    public static ReliabilityBin[] Diagram(ReadOnlySpan<float> confidences, ReadOnlySpan<double> right)
    {
        var counts = new int[Bins];
        var confidence = new double[Bins];
        var hits = new double[Bins];
        for (var i = 0; i < confidences.Length; i++)
        {
            var bin = BinOf(confidences[i]);
            counts[bin]++;
            confidence[bin] += confidences[i];
            hits[bin] += right[i];
        }
        return [.. Enumerable.Range(0, Bins).Select(b => new ReliabilityBin((double)b / Bins, (b + 1.0) / Bins, counts[b],
            counts[b] == 0 ? null : confidence[b] / counts[b], counts[b] == 0 ? null : hits[b] / counts[b]))];
    }

    private static int BinOf(float confidence, float[] ends)
    {
        var last = ends.Length - 2;
        var bin = Math.Clamp((int)(confidence * (last + 1)), 0, last);
        if (confidence <= ends[bin]) return Math.Max(bin - 1, 0);
        return confidence > ends[bin + 1] ? Math.Min(bin + 1, last) : bin;
    }
}
