namespace Preceptor.Data;

/// <summary>Rows that are the same as others or nearly so, in near-linear time: rows are sorted by hashes, and only neighbours are compared.</summary>
public static class Duplicates
{
    /// <summary>From this overlap of their words on two texts are near-duplicates.</summary>
    public const double LeastOverlap = 0.8;

    // How many rows that share a band are compared with each row, and how many neighbours along a projection.
    private const int Neighbours = 8, Projections = 4;

    /// <summary>For each row the first row with the same hash, which may be itself [N]; rows of hash 0 are blank and duplicate nothing.</summary>
    public static int[] Exact(ulong[] hashes)
    {
        var first = Itself(hashes.Length);
        var (keys, rows) = ((ulong[])hashes.Clone(), Itself(hashes.Length));
        Array.Sort(keys, rows);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (keys[start] == 0 || end == start + 1) continue;
            var least = rows.AsSpan(start, end - start).ToArray().Min();
            for (var i = start; i < end; i++) first[rows[i]] = least;
        }
        return first;
    }

    /// <summary>For each row the first row of its cluster of near-duplicate texts, which may be itself [N]: numbers equal once rounded, words that overlap by <see cref="LeastOverlap"/>.</summary>
    /// <param name="exact">The rows' exact duplicates, which are in the same cluster.</param>
    /// <param name="rounded">Hashes of rounded numbers [N].</param>
    /// <param name="sketches">Sketches of words [N × <see cref="RowSketch.Length"/>].</param>
    public static int[] Near(int[] exact, ulong[] rounded, byte[] sketches)
    {
        var (clusters, keys) = ((int[])exact.Clone(), new ulong[exact.Length]);
        // A band of four bytes: two rows that overlap by 0.8 share one of the eight at 98 %.
        for (var band = 0; band < RowSketch.Length; band += 4)
        {
            for (var row = 0; row < keys.Length; row++)
            {
                var key = rounded[row];
                for (var b = 0; b < 4; b++) key = (key ^ sketches[row * RowSketch.Length + band + b]) * 0x9E3779B97F4A7C15UL;
                keys[row] = key;
            }
            Join(clusters, keys, exact, (a, b) => RowSketch.Overlap(sketches.AsSpan(a * RowSketch.Length, RowSketch.Length), sketches.AsSpan(b * RowSketch.Length, RowSketch.Length)) >= LeastOverlap);
        }
        return Firsts(clusters);
    }

    /// <summary>The same of rows without words: equal once rounded.</summary>
    public static int[] NearNumbers(int[] exact, ulong[] rounded)
    {
        var clusters = (int[])exact.Clone();
        Join(clusters, (ulong[])rounded.Clone(), exact, (_, _) => true);
        return Firsts(clusters);
    }

    /// <summary>The same of images: the mean difference of pixels is at most a tenth of their mean distance from the image's own mean. Candidates are neighbours along random projections of small versions.</summary>
    /// <param name="exact">The rows' exact duplicates.</param>
    /// <param name="examples">The images.</param>
    public static int[] NearImages(int[] exact, Examples examples)
    {
        var clusters = (int[])exact.Clone();
        var small = SparseRows.Of(examples);
        for (var projection = 0; projection < Projections; projection++)
        {
            var random = Foundation.RandomStream.Of((ulong)projection, "image-projection");
            double[] direction = [.. Enumerable.Range(0, small.Dense).Select(_ => random.NextGaussian())];
            var along = new double[examples.Count];
            for (var row = 0; row < along.Length; row++)
            {
                var numbers = small.NumbersOf(row);
                for (var d = 0; d < numbers.Length; d++) along[row] += direction[d] * numbers[d];
            }
            var rows = Itself(along.Length);
            Array.Sort(along, rows);
            for (var i = 0; i < rows.Length; i++)
                for (var next = i + 1; next < Math.Min(rows.Length, i + 1 + Neighbours); next++)
                    if (exact[rows[i]] != exact[rows[next]] && IsNear(examples.Pixels(rows[i]), examples.Pixels(rows[next]))) Union(clusters, rows[i], rows[next]);
        }
        return Firsts(clusters);
    }

    private static bool IsNear(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        long sum = 0, difference = 0, spread = 0;
        foreach (var pixel in first) sum += pixel;
        var mean = (int)(sum / first.Length);
        for (var p = 0; p < first.Length; p++)
        {
            difference += Math.Abs(first[p] - second[p]);
            spread += Math.Abs(first[p] - mean);
        }
        return 10 * difference <= spread;
    }

    // Rows of one key, each compared with the next few that differ from it.
    private static void Join(int[] clusters, ulong[] keys, int[] exact, Func<int, int, bool> areNear)
    {
        var rows = Itself(keys.Length);
        Array.Sort(keys, rows);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            for (var i = start; i < end; i++)
            {
                if (exact[rows[i]] != rows[i]) continue; // its first stands for it
                for (int next = i + 1, compared = 0; next < end && compared < Neighbours; next++)
                {
                    if (exact[rows[next]] != rows[next]) continue;
                    compared++;
                    if (areNear(rows[i], rows[next])) Union(clusters, rows[i], rows[next]);
                }
            }
        }
    }

    private static int Find(int[] clusters, int row)
    {
        while (clusters[row] != row) row = clusters[row] = clusters[clusters[row]];
        return row;
    }

    private static void Union(int[] clusters, int first, int second)
    {
        (first, second) = (Find(clusters, first), Find(clusters, second));
        clusters[Math.Max(first, second)] = Math.Min(first, second);
    }

    private static int[] Firsts(int[] clusters)
    {
        for (var row = 0; row < clusters.Length; row++) clusters[row] = Find(clusters, row);
        return clusters;
    }

    private static int[] Itself(int count)
    {
        var rows = new int[count];
        for (var row = 0; row < count; row++) rows[row] = row;
        return rows;
    }
}
