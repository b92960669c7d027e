using System.Numerics;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>Paints digits one after the other, reusing its buffers; one painter a thread.</summary>
internal sealed class DigitPainter(DigitOptions options)
{
    private const int Side = DigitImages.Side;
    private const int Knots = 3;

    private readonly InkCanvas digitInk = new(Side);
    private readonly InkCanvas clutterInk = new(Side);
    private readonly float[] paper = new float[Side * Side];
    private readonly Vector2[] bends = new Vector2[Knots * Knots];
    private readonly Vector2[] points = new Vector2[32];
    private readonly float[] corners = new float[Knots * Knots];

    /// <summary>Paints image <paramref name="index"/> of a seed and returns its digit.</summary>
    internal int Paint(ulong seed, int index, Span<byte> pixels)
    {
        var random = RandomStream.Of(seed, "digits", index);
        var digit = random.Next(10);
        var ink = (float)random.NextDouble(options.PalestInk, 1);
        PaintPaper(random);
        PaintClutter(random, ink);
        PaintDigit(random, digit);
        for (var i = 0; i < paper.Length; i++) paper[i] += (ink - paper[i]) * digitInk.Coverage[i];
        AddNoise(random);
        for (var i = 0; i < paper.Length; i++) pixels[i] = (byte)(Math.Clamp(paper[i], 0, 1) * 255 + 0.5f);
        return digit;
    }

    private void PaintDigit(RandomStream random, int digit)
    {
        var styles = DigitStyles.All[digit];
        var style = styles[random.Next(styles.Length)];
        var height = (float)random.NextDouble(options.SmallestHeight, options.LargestHeight);
        var width = height * (float)random.NextDouble(0.5, 0.85);
        var pen = (float)random.NextDouble(options.ThinnestStroke, options.ThickestStroke);
        var centre = new Vector2(Side / 2f) + Either(random, options.Shift);
        var shear = (float)random.NextDouble(-options.Shear, options.Shear);
        // The rotation whose half angle has this tangent: sine and cosine without a mathematical library.
        var tangent = random.NextDouble(-options.Rotation, options.Rotation) * (Math.PI / 360);
        var cosine = (float)((1 - tangent * tangent) / (1 + tangent * tangent));
        var sine = (float)(2 * tangent / (1 + tangent * tangent));
        for (var i = 0; i < bends.Length; i++) bends[i] = Either(random, options.Elastic);

        Vector2 Place(Vector2 at)
        {
            var y = (at.Y - 0.5f) * height;
            var x = (at.X - 0.5f) * width - shear * y;
            return centre + new Vector2(cosine * x - sine * y, sine * x + cosine * y) + Bend(at) + Either(random, options.Jitter);
        }

        digitInk.Clear();
        foreach (var stroke in style)
        {
            var joint = Place(stroke.Pieces[0][0]);
            foreach (var piece in stroke.Pieces)
            {
                points[0] = joint;
                for (var i = 1; i < piece.Length; i++) points[i] = Place(piece[i]);
                joint = points[piece.Length - 1];
                digitInk.Curve(points.AsSpan(0, piece.Length), pen);
            }
        }
    }

    /// <summary>The smooth displacement at a point of the unit box: knots blended with vanishing slope at each.</summary>
    private Vector2 Bend(Vector2 at)
    {
        var (column, x) = Cell(at.X);
        var (row, y) = Cell(at.Y);
        var upper = Vector2.Lerp(bends[row * Knots + column], bends[row * Knots + column + 1], x);
        var lower = Vector2.Lerp(bends[(row + 1) * Knots + column], bends[(row + 1) * Knots + column + 1], x);
        return Vector2.Lerp(upper, lower, y);
    }

    private static (int Knot, float Weight) Cell(float position)
    {
        var scaled = Math.Clamp(position, 0, 1) * (Knots - 1);
        var knot = Math.Min((int)scaled, Knots - 2);
        var t = scaled - knot;
        return (knot, t * t * (3 - 2 * t));
    }

    private void PaintPaper(RandomStream random)
    {
        for (var i = 0; i < corners.Length; i++) corners[i] = (float)random.NextDouble(0, options.Background);
        for (var y = 0; y < Side; y++)
        {
            var (row, v) = Cell(y / (Side - 1f));
            for (var x = 0; x < Side; x++)
            {
                var (column, u) = Cell(x / (Side - 1f));
                var k = row * Knots + column;
                var upper = corners[k] + u * (corners[k + 1] - corners[k]);
                var lower = corners[k + Knots] + u * (corners[k + Knots + 1] - corners[k + Knots]);
                paper[y * Side + x] = upper + v * (lower - upper);
            }
        }
    }

    private void PaintClutter(RandomStream random, float ink)
    {
        var strokes = random.Next(options.Clutter + 1);
        for (var s = 0; s < strokes; s++)
        {
            var from = new Vector2((float)random.NextDouble(0, Side), (float)random.NextDouble(0, Side));
            points[0] = from;
            points[1] = from + Either(random, Side / 4.0);
            points[2] = points[1] + Either(random, Side / 4.0);
            clutterInk.Clear();
            clutterInk.Curve(points.AsSpan(0, 3), (float)random.NextDouble(options.ThinnestStroke, options.ThickestStroke));
            var grey = ink * (float)(options.ClutterInk * random.NextDouble(0.4, 1));
            for (var i = 0; i < paper.Length; i++) paper[i] += (grey - paper[i]) * clutterInk.Coverage[i];
        }
    }

    private void AddNoise(RandomStream random)
    {
        // Two bytes of a draw, added up, have a standard deviation of 104.5: a triangular noise, four pixels a draw.
        var scale = (float)(options.Noise / 104.5);
        for (var i = 0; i < paper.Length; i += 4)
        {
            var bits = random.NextUInt64();
            for (var k = 0; k < 4; k++, bits >>= 16) paper[i + k] += scale * ((int)(bits & 255) + (int)((bits >> 8) & 255) - 255);
        }
    }

    private static Vector2 Either(RandomStream random, double largest) =>
        new((float)random.NextDouble(-largest, largest), (float)random.NextDouble(-largest, largest));
}
