using System.Numerics;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Points in space, and what their distances say: the radius of the data, its intrinsic dimension, the resolution at which classes differ.</summary>
/// <param name="values">Coordinates [N × d], row after row.</param>
/// <param name="dimensions">d.</param>
public sealed class DataGeometry(float[] values, int dimensions)
{
    private const int Together = 32; // queries whose coordinates stay in the processor's cache

    /// <summary>How many points (N).</summary>
    public int Count { get; } = dimensions > 0 && values.Length % dimensions == 0 ? values.Length / dimensions
        : throw new ArgumentException($"{values.Length} coordinates do not divide into points of {dimensions}", nameof(dimensions));

    /// <summary>The coordinates of a point [d].</summary>
    public ReadOnlySpan<float> Point(int index) => values.AsSpan(index * dimensions, dimensions);

    /// <summary>The distance of two points.</summary>
    public double Distance(int first, int second) => Math.Sqrt(SquaredDistance(Point(first), Point(second)));

    /// <summary>R, the largest norm of a point; the points are not centred.</summary>
    public double Radius()
    {
        Span<float> origin = new float[dimensions];
        var largest = 0.0;
        for (var i = 0; i < Count; i++) largest = Math.Max(largest, SquaredDistance(Point(i), origin));
        return Math.Sqrt(largest);
    }

    /// <summary>
    /// The intrinsic dimension by maximum likelihood (Levina and Bickel 2004), the inverse of one mean over points and neighbours (MacKay and
    /// Ghahramani 2005): 1 / mean over i and j = 1 … k − 1 of ln T_k(i) − ln T_j(i), with T_j(i) the distance from point i to its j-th neighbour.
    /// </summary>
    /// <param name="neighbours">k, at least 2.</param>
    /// <param name="queries">The points i that are looked at; their neighbours are looked for among all.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The dimension and how many pairs of equal points were left out, which have no logarithm; no number where no neighbours differ.</returns>
    public (double Dimension, int Duplicates) IntrinsicDimension(int neighbours, int[] queries, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 2);
        if (Count <= neighbours) throw new ArgumentException($"{Count} points have no {neighbours} neighbours each", nameof(neighbours));
        var sums = new double[queries.Length];
        var terms = new int[queries.Length];
        var duplicates = new int[queries.Length];
        Parallel.For(0, (queries.Length + Together - 1) / Together, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            var start = block * Together;
            var nearest = Nearest(queries.AsSpan(start, Math.Min(Together, queries.Length - start)), neighbours);
            for (var q = 0; q < nearest.Length; q++)
                for (var j = 0; j < neighbours - 1; j++)
                {
                    if (nearest[q][j] == 0) duplicates[start + q]++;
                    else
                    {
                        sums[start + q] += 0.5 * Math.Log(nearest[q][^1] / nearest[q][j]);
                        terms[start + q]++;
                    }
                }
        });
        var sum = sums.Sum();
        return (sum > 0 ? terms.Sum() / sum : double.NaN, duplicates.Sum());
    }

    /// <summary>δ, the least distance of two points of different classes among the given ones.</summary>
    /// <param name="labels">The class of every point [N].</param>
    /// <param name="points">The points that are compared with each other.</param>
    /// <param name="ignoreBelow">Distances below it do not count: pairs so near are duplicates with two labels. 0 leaves out equal points alone.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The distance and how many pairs of different classes were left out; no number where no pair is left.</returns>
    public (double Resolution, int Ignored) LeastClassDistance(int[] labels, int[] points, double ignoreBelow, CancellationToken cancellation = default)
    {
        var (nearest, ignored) = (new double[points.Length], new int[points.Length]);
        Parallel.For(0, points.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            nearest[i] = double.PositiveInfinity;
            var point = Point(points[i]);
            for (var j = i + 1; j < points.Length; j++)
            {
                if (labels[points[i]] == labels[points[j]]) continue;
                var distance = SquaredDistance(point, Point(points[j]), nearest[i]);
                if (distance == 0 || distance < ignoreBelow * ignoreBelow) ignored[i]++;
                else nearest[i] = Math.Min(nearest[i], distance);
            }
        });
        var least = points.Length == 0 ? double.PositiveInfinity : nearest.Min();
        return (double.IsFinite(least) ? Math.Sqrt(least) : double.NaN, ignored.Sum());
    }

    /// <summary>
    /// δ by extreme value theory: inverse distances of random pairs of different classes have a tail, and the tail says where the largest of all
    /// pairs lies, of which most were never looked at (the moment estimator of Dekkers, Einmahl and de Haan 1989).
    /// </summary>
    /// <param name="labels">The class of every point [N].</param>
    /// <param name="classes">c, how many classes there are.</param>
    /// <param name="pairs">Pairs to look at; those of one class, or of equal points, are passed over.</param>
    /// <param name="count">S, how many pairs of different classes are enough.</param>
    /// <param name="tail">k, the nearest pairs that make the tail; below S.</param>
    /// <returns>δ, at most the least distance that was seen.</returns>
    public double ExtremeClassDistance(int[] labels, int classes, IEnumerable<(int First, int Second)> pairs, int count, int tail)
    {
        if (tail < 1 || tail >= count) throw new ArgumentOutOfRangeException(nameof(tail), tail, $"expected 1 to {count - 1}");
        var inverse = new double[count];
        var found = 0;
        foreach (var (first, second) in pairs)
        {
            if (labels[first] == labels[second] || Distance(first, second) is not (> 0 and var distance)) continue;
            inverse[found] = 1 / distance;
            if (++found == count) break;
        }
        if (found < count) throw new WorkException($"only {found} of {count} pairs of different classes could be compared");
        Array.Sort(inverse);
        var threshold = inverse[count - tail - 1];
        double firstMoment = 0, secondMoment = 0;
        foreach (var value in inverse.AsSpan(count - tail))
        {
            var excess = Math.Log(value / threshold);
            firstMoment += excess / tail;
            secondMoment += excess * excess / tail;
        }
        var seen = 1 / inverse[^1];
        if (firstMoment == 0) return seen;
        var index = firstMoment + 1 - 0.5 / (1 - firstMoment * firstMoment / secondMoment);
        var all = (double)tail / count * Count * Count * (1 - 1.0 / classes);
        var growth = Math.Abs(index) < 1e-9 ? Math.Log(all) : (Math.Pow(all, index) - 1) / index;
        var extreme = 1 / (growth * threshold * firstMoment + threshold);
        // A tail of few values can point the wrong way; what was seen is then all that is known.
        return extreme > 0 && extreme < seen ? extreme : seen;
    }

    /// <summary>The squared distances to the nearest other points of each query, ascending. Every point is fetched once for all of them.</summary>
    private double[][] Nearest(ReadOnlySpan<int> queries, int neighbours)
    {
        var nearest = new double[queries.Length][];
        for (var q = 0; q < nearest.Length; q++) Array.Fill(nearest[q] = new double[neighbours], double.PositiveInfinity);
        for (var i = 0; i < Count; i++)
            for (var q = 0; q < nearest.Length; q++)
            {
                var best = nearest[q];
                if (i == queries[q]) continue;
                var distance = SquaredDistance(Point(queries[q]), Point(i), best[^1]);
                if (distance >= best[^1]) continue;
                var place = neighbours - 1;
                for (; place > 0 && best[place - 1] > distance; place--) best[place] = best[place - 1];
                best[place] = distance;
            }
        return nearest;
    }

    /// <summary>The squared distance; where it is beyond a limit, any number beyond it, since most points are seen to be far after a few coordinates.</summary>
    private static double SquaredDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right, double limit = double.PositiveInfinity)
    {
        const int Look = 16; // vectors between two looks at the limit
        var a = MemoryMarshal.Cast<float, Vector<float>>(left);
        var b = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = a[i] - b[i];
            sums += difference * difference;
            if (i % Look == Look - 1 && Vector.Sum(sums) > limit) return double.PositiveInfinity;
        }
        double sum = Vector.Sum(sums);
        for (var i = a.Length * Vector<float>.Count; i < left.Length; i++)
        {
            double difference = left[i] - right[i];
            sum += difference * difference;
        }
        return sum;
    }
}
