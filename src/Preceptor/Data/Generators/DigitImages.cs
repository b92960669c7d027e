using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>
/// Grey images of the digits 0 to 9 as a hand might draw them: pen strokes of several writing styles, rotated, sheared,
/// scaled, shifted and smoothly displaced, over a background of gradients, stray strokes and noise.
/// </summary>
/// <remarks>
/// Image i depends on the seed, i and the options alone, so that a smaller set is a prefix of a larger one. All arithmetic
/// is addition, multiplication, division and square root, hence equal on every system.
/// </remarks>
[Version(1)]
public static class DigitImages
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = 28;

    private const int Pixels = Side * Side;
    private const int Block = 64;

    /// <summary>Generates images with their digits, on all processors.</summary>
    /// <param name="count">How many images, from 0.</param>
    /// <param name="seed">Equal seeds give equal images.</param>
    /// <param name="options">The deformations and the background; null for the defaults.</param>
    /// <returns>A table with the columns "image" (grey, 28 × 28) and "label" ("0" to "9"), and the digits [count].</returns>
    public static (Table Table, int[] Digits) Generate(int count, ulong seed, DigitOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Pixels);
        options ??= new();
        var pixels = new byte[count * Pixels];
        var digits = new int[count];
        Parallel.For(0, (count + Block - 1) / Block, () => new DigitPainter(options), (block, _, painter) =>
        {
            for (var i = block * Block; i < Math.Min(count, (block + 1) * Block); i++)
                digits[i] = painter.Paint(seed, i, pixels.AsSpan(i * Pixels, Pixels));
            return painter;
        }, _ => { });
        string[] names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        var table = new Table("digits", [
            new ImageColumn("image", pixels, count, 1, Side, Side),
            new TextColumn("label", [.. digits.Select(d => names[d])]),
        ]);
        return (table, digits);
    }

    /// <summary>Paints one image: the one that <see cref="Generate"/> puts at the same index.</summary>
    /// <param name="seed">The seed of the set.</param>
    /// <param name="index">The image's index, from 0.</param>
    /// <param name="options">The deformations and the background.</param>
    /// <param name="pixels">Receives the image row by row [28 × 28].</param>
    /// <returns>The digit, 0 to 9.</returns>
    public static int Paint(ulong seed, int index, DigitOptions options, Span<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DigitPainter(options).Paint(seed, index, pixels[..Pixels]);
    }

    /// <summary>Shows an image as text, one line a row and two letters a pixel, from blank (black) to '@' (white).</summary>
    /// <param name="pixels">The image row by row [28 × 28].</param>
    public static string Text(ReadOnlySpan<byte> pixels)
    {
        const string Greys = " .:-=+*#%@";
        var text = new StringBuilder();
        for (var i = 0; i < Pixels; i++)
        {
            text.Append(Greys[pixels[i] * Greys.Length / 256], 2);
            if ((i + 1) % Side == 0) text.Append('\n');
        }
        return text.ToString();
    }
}
