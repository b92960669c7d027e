using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction.Audit;

/// <summary>
/// How unlike the others each row is, whatever its label; more is more unlike. Of texts: the mean surprise of their words, −log of the share of rows that
/// have the word. Of numbers and images: the mean distance to the nearest of a sample of rows.
/// </summary>
public static class Outliers
{
    /// <summary>At most this share of the rows is called outlying.</summary>
    public const double MostShare = 0.01;

    private const int Sample = 1000, Nearest = 10;
    private const double Deviations = 5;

    /// <summary>The surprise of rows of words [N]; NaN for a row without any.</summary>
    /// <param name="blocks">All rows, in blocks; read twice.</param>
    /// <param name="buckets">Buckets of words.</param>
    /// <param name="rows">N.</param>
    public static float[] OfWords(Func<IEnumerable<SparseRows>> blocks, int buckets, int rows)
    {
        var having = new int[buckets];
        foreach (var block in blocks())
            foreach (var word in block.Words) having[word >> 8]++;
        var scores = new float[rows];
        foreach (var block in blocks())
            for (var place = 0; place < block.Count; place++)
            {
                var words = block.WordsOf(place);
                var sum = 0.0;
                foreach (var word in words) sum += Math.Log((double)rows / having[word >> 8]);
                scores[block.Rows[place]] = words.Length == 0 ? float.NaN : (float)(sum / words.Length);
            }
        return scores;
    }

    /// <summary>The mean distance of each row's dense numbers to the nearest ten of a sample of a thousand [N], on all processors.</summary>
    public static float[] OfNumbers(SparseRows rows, RandomStream random)
    {
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        var sample = Splits.Sample(all, Sample, random);
        var scores = new float[rows.Count];
        Parallel.For(0, rows.Count, () => new float[Nearest], (row, _, nearest) =>
        {
            Array.Fill(nearest, float.PositiveInfinity);
            var own = rows.NumbersOf(row);
            foreach (var other in sample)
            {
                if (other == row) continue;
                var distance = Distance(own, rows.NumbersOf(other), nearest[^1]);
                if (distance >= nearest[^1]) continue;
                var at = Nearest - 1;
                for (; at > 0 && nearest[at - 1] > distance; at--) nearest[at] = nearest[at - 1];
                nearest[at] = distance;
            }
            var known = nearest.Where(float.IsFinite).ToArray();
            scores[row] = known.Length == 0 ? 0 : known.Average(d => MathF.Sqrt(d));
            return nearest;
        }, _ => { });
        return scores;
    }

    /// <summary>The rows that lie five robust standard deviations above the median, at most <see cref="MostShare"/> of all, the farthest first.</summary>
    public static int[] Find(float[] scores)
    {
        float[] known = [.. scores.Where(s => !float.IsNaN(s)).Order()];
        if (known.Length < 10) return [];
        var median = known[known.Length / 2];
        var spread = known.Select(s => Math.Abs(s - median)).Order().ElementAt(known.Length / 2) * 1.4826;
        if (spread == 0) return [];
        return [.. Enumerable.Range(0, scores.Length).Where(row => scores[row] > median + Deviations * spread).OrderByDescending(row => scores[row]).ThenBy(row => row).Take((int)Math.Ceiling(MostShare * known.Length))];
    }

    // Squared; given up once it is beyond what could matter.
    private static float Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second, float most)
    {
        var sum = 0f;
        for (var d = 0; d < first.Length; d++)
        {
            var difference = first[d] - second[d];
            sum += difference * difference;
            if ((d & 31) == 31 && sum >= most) return sum;
        }
        return sum;
    }
}
