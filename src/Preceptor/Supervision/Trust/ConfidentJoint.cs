using System.Numerics;

namespace Preceptor.Supervision.Trust;

/// <summary>
/// Confident learning's estimate of how given and true labels go together (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in
/// dataset labels", JAIR 70): a row counts as truly of a class if its out-of-fold probability of it reaches the mean that rows given that class have.
/// </summary>
/// <param name="ClassRows">How many labelled rows each class was given [C].</param>
/// <param name="Thresholds">The mean probability of class j over the rows given it [C] (eq. 2); infinite for a class with fewer than <see cref="LeastRows"/> rows, which nothing is confident of.</param>
/// <param name="Counts">How many rows given i (row) are confidently j (column) [C × C] (eq. 1).</param>
/// <param name="Joint">The joint distribution of given (row) and true class (column) [C × C]: counts scaled to the classes' rows, adding up to 1 (eq. 3).</param>
public sealed record ConfidentJoint(int[] ClassRows, double[] Thresholds, int[] Counts, double[] Joint)
{
    /// <summary>A class with fewer rows than these has no threshold: the one row it has was never learned from when it was judged.</summary>
    public const int LeastRows = 2;

    // Rows of probabilities may miss a threshold by rounding alone.
    private const float Tolerance = 1e-6f;

    // Rows are worked through in blocks on all processors.
    private const int Blocks = 32;

    /// <summary>How many classes, C.</summary>
    public int Classes => ClassRows.Length;

    /// <summary>How many labelled rows, n.</summary>
    public int Rows => ClassRows.Sum();

    /// <summary>The estimated share of wrong labels: what of the joint distribution lies off the diagonal.</summary>
    public double NoiseRate => 1 - Enumerable.Range(0, Classes).Sum(c => Joint[c * Classes + c]);

    /// <summary>
    /// How many standard errors of sampling the noise rate has to each side at a level: given classes as strata, each a binomial share of its confident
    /// rows. It says nothing of how far the probabilities themselves lead astray.
    /// </summary>
    /// <param name="z">Standard errors: 1.96 for 95 %.</param>
    public (double Low, double High) NoiseInterval(double z = 1.959964)
    {
        double variance = 0, n = Math.Max(1, Rows);
        for (var i = 0; i < Classes; i++)
        {
            var confident = 0.0;
            for (var j = 0; j < Classes; j++) confident += Counts[i * Classes + j];
            if (confident == 0) continue;
            var wrong = (confident - Counts[i * Classes + i] + 0.5) / (confident + 1); // half a row more, so that none wrong is not beyond doubt
            variance += ClassRows[i] / n * (ClassRows[i] / n) * wrong * (1 - wrong) / confident;
        }
        var (rate, half) = (NoiseRate, z * Math.Sqrt(variance));
        return (Math.Max(0, rate - half), Math.Min(1, rate + half));
    }

    /// <summary>The noise matrix: how often a row truly of j (column) is given i (row) [C × C]; columns add up to 1, those of classes that no row truly has are zeros.</summary>
    public double[] NoiseMatrix()
    {
        var matrix = new double[Joint.Length];
        for (var j = 0; j < Classes; j++)
        {
            var column = 0.0;
            for (var i = 0; i < Classes; i++) column += Joint[i * Classes + j];
            for (var i = 0; column > 0 && i < Classes; i++) matrix[i * Classes + j] = Joint[i * Classes + j] / column;
        }
        return matrix;
    }

    /// <summary>Pairs of classes that the noise joins: the share of rows given one and truly the other, both ways together, the largest first.</summary>
    public IReadOnlyList<(int First, int Second, double Share)> Overlaps() =>
        [.. from i in Enumerable.Range(0, Classes)
            from j in Enumerable.Range(i + 1, Classes - i - 1)
            let share = Joint[i * Classes + j] + Joint[j * Classes + i]
            where share > 0
            orderby share descending, i, j
            select (i, j, share)];

    /// <summary>Estimates the joint distribution, on all processors. Memory: a few arrays of C × C, nothing a row.</summary>
    /// <param name="probabilities">Out-of-fold probabilities [N × C].</param>
    /// <param name="labels">The given classes [N]; −1 for none.</param>
    /// <param name="classes">C.</param>
    public static ConfidentJoint Of(float[] probabilities, int[] labels, int classes)
    {
        if (classes < 2) throw new ArgumentException($"{classes} classes, expected at least 2", nameof(classes));
        if (probabilities.LongLength != (long)labels.Length * classes) throw new ArgumentException($"{probabilities.LongLength} probabilities, expected {labels.Length} × {classes}", nameof(probabilities));
        var (rows, thresholds) = MeanConfidences(probabilities, labels, classes);
        var floor = Array.ConvertAll(thresholds, t => (float)t - Tolerance);
        var counts = new int[classes * classes];
        Parallel.For(0, Blocks, block =>
        {
            var (from, to) = Block(labels.Length, block);
            for (var row = from; row < to; row++)
            {
                if (labels[row] < 0) continue;
                var confident = LargestReaching(probabilities.AsSpan(row * classes, classes), floor);
                if (confident >= 0) Interlocked.Increment(ref counts[labels[row] * classes + confident]);
            }
        });
        return new(rows, thresholds, counts, Calibrate(counts, rows));
    }

    /// <summary>Each row of counts scaled to its class's rows, all divided by the number of rows. A class of which nothing is confident keeps its rows on the diagonal.</summary>
    internal static double[] Calibrate(int[] counts, int[] rows)
    {
        var (classes, all) = (rows.Length, Math.Max(1.0, rows.Sum()));
        var joint = new double[counts.Length];
        for (var i = 0; i < classes; i++)
        {
            var confident = counts.AsSpan(i * classes, classes);
            double sum = 0;
            foreach (var count in confident) sum += count;
            if (sum == 0) joint[i * classes + i] = rows[i] / all;
            else for (var j = 0; j < classes; j++) joint[i * classes + j] = confident[j] / sum * (rows[i] / all);
        }
        return joint;
    }

    private static (int[] Rows, double[] Thresholds) MeanConfidences(float[] probabilities, int[] labels, int classes)
    {
        // Added block by block, so that the sums depend on no processor.
        var (rows, sums) = (new int[Blocks][], new double[Blocks][]);
        Parallel.For(0, Blocks, block =>
        {
            var (ownRows, ownSums) = (rows[block], sums[block]) = (new int[classes], new double[classes]);
            var (from, to) = Block(labels.Length, block);
            for (var row = from; row < to; row++)
            {
                var label = labels[row];
                if (label < 0) continue;
                ownRows[label]++;
                ownSums[label] += probabilities[row * classes + label];
            }
        });
        int[] all = [.. Enumerable.Range(0, classes).Select(c => rows.Sum(own => own[c]))];
        return (all, [.. all.Select((count, c) => count < LeastRows ? double.PositiveInfinity : sums.Sum(own => own[c]) / count)]);
    }

    /// <summary>The class with the largest probability among those that reach their threshold, the first of equals; −1 if none does.</summary>
    internal static int LargestReaching(ReadOnlySpan<float> row, ReadOnlySpan<float> thresholds)
    {
        var (at, best) = (0, -1f);
        // The largest value first, over whole vectors; then where it is.
        if (row.Length >= Vector<float>.Count)
        {
            var largest = new Vector<float>(-1f);
            for (; at <= row.Length - Vector<float>.Count; at += Vector<float>.Count)
            {
                var values = new Vector<float>(row[at..]);
                largest = Vector.Max(largest, Vector.ConditionalSelect(Vector.GreaterThanOrEqual(values, new Vector<float>(thresholds[at..])), values, new Vector<float>(-1f)));
            }
            for (var i = 0; i < Vector<float>.Count; i++) best = Math.Max(best, largest[i]);
        }
        for (; at < row.Length; at++)
            if (row[at] >= thresholds[at]) best = Math.Max(best, row[at]);
        if (best < 0) return -1;
        for (var c = 0; c < row.Length; c++)
            if (row[c] == best && row[c] >= thresholds[c]) return c;
        return -1;
    }

    private static (int From, int To) Block(int rows, int block) => ((int)((long)rows * block / Blocks), (int)((long)rows * (block + 1) / Blocks));
}
