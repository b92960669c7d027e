using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>k-means (Lloyd 1982) from centres drawn far from each other (k-means++; Arthur and Vassilvitskii 2007).</summary>
public static class Clusters
{
    private const int MostRounds = 100;

    /// <summary>Finds clusters.</summary>
    /// <param name="points">The points [N × D].</param>
    /// <param name="width">D.</param>
    /// <param name="count">K, at most N.</param>
    /// <param name="random">Draws the first centres.</param>
    /// <returns>The cluster of each point [N], and the centres [K × D].</returns>
    public static (int[] Clusters, float[] Centres) Find(float[] points, int width, int count, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(random);
        var rows = points.Length / width;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, rows);
        var centres = FirstCentres(points, width, count, random);
        var clusters = Assign(points, width, centres);
        for (var round = 0; round < MostRounds; round++)
        {
            var (sums, sizes) = (new double[count * width], new int[count]);
            for (var i = 0; i < rows; i++)
            {
                sizes[clusters[i]]++;
                for (var d = 0; d < width; d++) sums[clusters[i] * width + d] += points[i * width + d];
            }
            // A centre that nothing is nearest to stays where it is.
            for (var c = 0; c < count * width; c++)
                if (sizes[c / width] > 0) centres[c] = (float)(sums[c] / sizes[c / width]);
            var next = Assign(points, width, centres);
            if (next.AsSpan().SequenceEqual(clusters)) break;
            clusters = next;
        }
        return (clusters, centres);
    }

    /// <summary>The nearest centre of each point [N]; the first of equals.</summary>
    /// <param name="points">The points [N × D].</param>
    /// <param name="width">D.</param>
    /// <param name="centres">The centres [K × D].</param>
    public static int[] Assign(float[] points, int width, float[] centres)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(centres);
        var nearest = new int[points.Length / width];
        Parallel.For(0, nearest.Length, i =>
        {
            var best = double.PositiveInfinity;
            for (var c = 0; c < centres.Length / width; c++)
                if (Distance(points, i, centres, c, width) is var distance && distance < best) (best, nearest[i]) = (distance, c);
        });
        return nearest;
    }

    private static float[] FirstCentres(float[] points, int width, int count, RandomStream random)
    {
        var (centres, distances) = (new float[count * width], Enumerable.Repeat(double.PositiveInfinity, points.Length / width).ToArray());
        for (var c = 0; c < count; c++)
        {
            var chosen = c == 0 || distances.Sum() <= 0 ? random.Next(distances.Length) : random.NextIndex(distances);
            points.AsSpan(chosen * width, width).CopyTo(centres.AsSpan(c * width));
            for (var i = 0; i < distances.Length; i++) distances[i] = Math.Min(distances[i], Distance(points, i, centres, c, width));
        }
        return centres;
    }

    /// <summary>The squared distance of a point from a centre.</summary>
    internal static double Distance(float[] points, int point, float[] centres, int centre, int width)
    {
        var sum = 0.0;
        for (var d = 0; d < width; d++)
        {
            var difference = (double)points[point * width + d] - centres[centre * width + d];
            sum += difference * difference;
        }
        return sum;
    }
}
