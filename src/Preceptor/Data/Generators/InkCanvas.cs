using System.Numerics;

namespace Preceptor.Data.Generators;

/// <summary>A square sheet on which pen strokes leave ink: each pixel holds the largest coverage in [0, 1] of any stroke.</summary>
internal sealed class InkCanvas(int side)
{
    private const int PiecesPerCurve = 4;

    /// <summary>The coverage of each pixel, row by row [side × side].</summary>
    internal float[] Coverage { get; } = new float[side * side];

    /// <summary>Takes all ink away.</summary>
    internal void Clear() => Array.Clear(Coverage);

    /// <summary>Draws a smooth curve (Catmull and Rom) through the points with a round pen.</summary>
    internal void Curve(ReadOnlySpan<Vector2> points, float width)
    {
        if (points.Length == 2)
        {
            Segment(points[0], points[1], width / 2);
            return;
        }
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var from = points[i];
            var to = points[i + 1];
            var enter = (to - points[Math.Max(i - 1, 0)]) / 2;
            var leave = (points[Math.Min(i + 2, points.Length - 1)] - from) / 2;
            var last = from;
            for (var k = 1; k <= PiecesPerCurve; k++)
            {
                var t = k / (float)PiecesPerCurve;
                var next = Hermite(from, enter, to, leave, t);
                Segment(last, next, width / 2);
                last = next;
            }
        }
    }

    private static Vector2 Hermite(Vector2 from, Vector2 enter, Vector2 to, Vector2 leave, float t)
    {
        var t2 = t * t;
        var t3 = t2 * t;
        return (2 * t3 - 3 * t2 + 1) * from + (t3 - 2 * t2 + t) * enter + (3 * t2 - 2 * t3) * to + (t3 - t2) * leave;
    }

    private void Segment(Vector2 from, Vector2 to, float radius)
    {
        // Half a pixel of soft edge on either side of the pen's border.
        var reach = radius + 0.5f;
        var left = Math.Max((int)(Math.Min(from.X, to.X) - reach), 0);
        var right = Math.Min((int)(Math.Max(from.X, to.X) + reach), side - 1);
        var top = Math.Max((int)(Math.Min(from.Y, to.Y) - reach), 0);
        var bottom = Math.Min((int)(Math.Max(from.Y, to.Y) + reach), side - 1);
        var along = to - from;
        var inverse = 1 / Math.Max(along.X * along.X + along.Y * along.Y, 1e-6f);
        for (var y = top; y <= bottom; y++)
        {
            var dy = y + 0.5f - from.Y;
            for (var x = left; x <= right; x++)
            {
                var dx = x + 0.5f - from.X;
                var t = Math.Clamp((dx * along.X + dy * along.Y) * inverse, 0, 1);
                var ex = dx - t * along.X;
                var ey = dy - t * along.Y;
                var squared = ex * ex + ey * ey;
                if (squared >= reach * reach) continue;
                ref var pixel = ref Coverage[y * side + x];
                var covered = Math.Min(reach - MathF.Sqrt(squared), 1);
                if (covered > pixel) pixel = covered;
            }
        }
    }
}
