using System.Numerics;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>
/// Colour images of four shapes in three textures each: classes at two granularities, in images that also differ by position, size, turn, colours and noise.
/// </summary>
/// <remarks>
/// Image i depends on the seed and i alone, so that a smaller set is a prefix of a larger one. All arithmetic is addition, multiplication, division and square root, hence equal on every system.
/// </remarks>
[Version(1)]
public static class TexturedShapes
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = 24;

    /// <summary>The textures of a shape.</summary>
    public const int Textures = 3;

    private const int Channels = 3, Pixels = Side * Side, Samples = 3;
    private const double Noise = 0.15;

    private static readonly string[] ShapeNames = ["disc", "square", "triangle", "cross"], TextureNames = ["plain", "striped", "checked"];

    /// <summary>Generates images with their classes, on all processors.</summary>
    /// <param name="count">How many images, from 0.</param>
    /// <param name="seed">Equal seeds give equal images.</param>
    /// <returns>
    /// A table with the columns "image" (3 × 24 × 24), "label" such as "striped disc" and "shape"; and the fine class of each image: 3 × shape + texture.
    /// </returns>
    public static (Table Table, int[] Classes) Generate(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / (Channels * Pixels));
        var (pixels, classes) = (new byte[count * Channels * Pixels], new int[count]);
        Parallel.For(0, count, i => classes[i] = Paint(RandomStream.Of(seed, "textured-shapes", i), pixels.AsSpan(i * Channels * Pixels, Channels * Pixels)));
        return (new Table("textured-shapes", [
            new ImageColumn("image", pixels, count, Channels, Side, Side),
            new TextColumn("label", [.. classes.Select(c => $"{TextureNames[c % Textures]} {ShapeNames[c / Textures]}")]),
            new TextColumn("shape", [.. classes.Select(c => ShapeNames[c / Textures])]),
        ]), classes);
    }

    private static int Paint(RandomStream random, Span<byte> pixels)
    {
        var (shape, texture) = (random.Next(ShapeNames.Length), random.Next(Textures));
        var hue = random.NextDouble();
        var (light, dark, ground) = (Colour(hue, 0.2, random.NextDouble(0.85, 1)), Colour(hue, 0.2, random.NextDouble(0.35, 0.45)), Colour(random.NextDouble(), 0.1, random.NextDouble(0.05, 0.2)));
        var radius = random.NextDouble(7, 10);
        var (centreX, centreY) = (Side / 2.0 + random.NextDouble(-2, 2), Side / 2.0 + random.NextDouble(-2, 2));
        // The turn whose half angle has this tangent, up to 20 degrees: sine and cosine without a mathematical library.
        var tangent = random.NextDouble(-0.176, 0.176);
        var (cosine, sine) = ((1 - tangent * tangent) / (1 + tangent * tangent), 2 * tangent / (1 + tangent * tangent));
        var (phaseX, phaseY) = (random.NextDouble(0, 5), random.NextDouble(0, 5));
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
            {
                var colour = Vector3.Zero;
                for (var s = 0; s < Samples * Samples; s++)
                {
                    var (dx, dy) = (x + (s % Samples + 0.5) / Samples - centreX, y + (s / Samples + 0.5) / Samples - centreY);
                    var (u, v) = (cosine * dx + sine * dy, cosine * dy - sine * dx);
                    colour += !IsInside(shape, u / radius, v / radius) ? ground : IsLight(texture, u + phaseX, v + phaseY) ? light : dark;
                }
                colour /= Samples * Samples;
                for (var c = 0; c < Channels; c++) pixels[c * Pixels + y * Side + x] = (byte)(Math.Clamp(colour[c] + Noise * (random.NextDouble() - random.NextDouble()), 0, 1) * 255 + 0.5);
            }
        return shape * Textures + texture;
    }

    private static bool IsInside(int shape, double u, double v) => shape switch
    {
        0 => u * u + v * v < 1,
        1 => Math.Max(Math.Abs(u), Math.Abs(v)) < 0.85,
        2 => v is > -0.9 and < 0.9 && Math.Abs(u) < (v + 0.9) / 1.8,
        _ => Math.Max(Math.Abs(u), Math.Abs(v)) < 0.95 && Math.Min(Math.Abs(u), Math.Abs(v)) < 0.32,
    };

    // Stripes and fields two and a half pixels wide.
    private static bool IsLight(int texture, double u, double v) => texture switch
    {
        0 => true,
        1 => IsEven(v),
        _ => IsEven(u) == IsEven(v),
    };

    private static bool IsEven(double length) => Math.Floor(length / 2.5) % 2 == 0;

    private static Vector3 Colour(double hue, double saturation, double value)
    {
        double Channel(double offset) => value * (1 - saturation * (1 - Math.Clamp(Math.Abs((hue + offset) % 1 * 6 - 3) - 1, 0, 1)));
        return new((float)Channel(0), (float)Channel(2.0 / 3), (float)Channel(1.0 / 3));
    }
}
