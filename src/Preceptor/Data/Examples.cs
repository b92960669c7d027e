using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Preceptor.Data;

/// <summary>
/// Encoded inputs of many rows in managed memory: bytes for images, floats for numbers, ragged ids for text. The texts themselves stay with
/// them for models that read words rather than ids; they share the memory of the table they come from.
/// </summary>
public sealed class Examples
{
    private readonly byte[] pixels;
    private readonly float[] pixelValues; // [channels × 256]: the normalised value of every byte
    private readonly float[] numbers;
    private readonly int[] tokens;
    private readonly int[] tokenStarts; // [count + 1]
    private string? fingerprint;

    internal Examples(InputShape shape, int count, byte[] pixels, float[] pixelValues, float[] numbers, int[] tokens, int[] tokenStarts) =>
        (Shape, Count, this.pixels, this.pixelValues, this.numbers, this.tokens, this.tokenStarts) = (shape, count, pixels, pixelValues, numbers, tokens, tokenStarts);

    /// <summary>What one input looks like.</summary>
    public InputShape Shape { get; }

    /// <summary>How many rows.</summary>
    public int Count { get; }

    /// <summary>The text columns in the encoding's order, each with a cell a row; empty without text.</summary>
    public IReadOnlyList<TextColumn> Texts { get; internal init; } = [];

    /// <summary>A hash of all contents.</summary>
    public string Fingerprint => fingerprint ??= Hash();

    /// <summary>The image of a row as bytes [C × H × W]; empty without images.</summary>
    public ReadOnlySpan<byte> Pixels(int row) => pixels.AsSpan(row * Shape.Pixels, Shape.Pixels);

    /// <summary>The numbers of a row [D]; empty without.</summary>
    public ReadOnlySpan<float> Numbers(int row) => numbers.AsSpan(row * Shape.Numbers, Shape.Numbers);

    /// <summary>The token ids of a row, without padding.</summary>
    public ReadOnlySpan<int> Tokens(int row) => Shape.Tokens == 0 ? [] : tokens.AsSpan(tokenStarts[row], tokenStarts[row + 1] - tokenStarts[row]);

    /// <summary>Some of the rows, in the order given.</summary>
    public Examples Take(int[] rows)
    {
        var (takenPixels, takenNumbers) = (new byte[(long)rows.Length * Shape.Pixels], new float[(long)rows.Length * Shape.Numbers]);
        var starts = new int[rows.Length + 1];
        for (var i = 0; i < rows.Length; i++)
        {
            Pixels(rows[i]).CopyTo(takenPixels.AsSpan(i * Shape.Pixels));
            Numbers(rows[i]).CopyTo(takenNumbers.AsSpan(i * Shape.Numbers));
            starts[i + 1] = starts[i] + Tokens(rows[i]).Length;
        }
        var takenTokens = new int[starts[^1]];
        for (var i = 0; i < rows.Length; i++) Tokens(rows[i]).CopyTo(takenTokens.AsSpan(starts[i]));
        return new(Shape, rows.Length, takenPixels, pixelValues, takenNumbers, takenTokens, starts) { Texts = [.. Texts.Select(t => (TextColumn)t.Take(rows))] };
    }

    /// <summary>Fills a buffer with the chosen rows, in their order. Calls no torch function, so any thread may do it.</summary>
    public void Gather(ReadOnlySpan<int> rows, InputBuffer into)
    {
        into.Shape = Shape;
        into.Count = rows.Length;
        if (Shape.Pixels > 0) GatherPixels(rows, Room(ref into.Image, rows.Length * Shape.Pixels));
        if (Shape.Numbers > 0)
        {
            var room = Room(ref into.Numbers, rows.Length * Shape.Numbers);
            for (var i = 0; i < rows.Length; i++) Numbers(rows[i]).CopyTo(room[(i * Shape.Numbers)..]);
        }
        if (Shape.Tokens > 0) GatherTokens(rows, into);
    }

    private void GatherPixels(ReadOnlySpan<int> rows, Span<float> room)
    {
        var area = Shape.Height * Shape.Width;
        for (var i = 0; i < rows.Length; i++)
            for (var channel = 0; channel < Shape.Channels; channel++)
            {
                var values = pixelValues.AsSpan(channel * 256, 256);
                var source = Pixels(rows[i]).Slice(channel * area, area);
                var target = room.Slice((i * Shape.Channels + channel) * area, area);
                for (var p = 0; p < source.Length; p++) target[p] = values[source[p]];
            }
    }

    private void GatherTokens(ReadOnlySpan<int> rows, InputBuffer into)
    {
        var width = 1;
        foreach (var row in rows) width = Math.Max(width, Tokens(row).Length);
        into.TokenWidth = width;
        var room = Room(ref into.Tokens, rows.Length * width);
        room.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var target = room[(i * width)..];
            var ids = Tokens(rows[i]);
            for (var t = 0; t < ids.Length; t++) target[t] = ids[t];
        }
    }

    private static Span<T> Room<T>(ref T[] array, int length)
    {
        if (array.Length < length) array = new T[length];
        return array.AsSpan(0, length);
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(pixels);
        hash.AppendData(MemoryMarshal.AsBytes<float>(pixelValues));
        hash.AppendData(MemoryMarshal.AsBytes<float>(numbers));
        hash.AppendData(MemoryMarshal.AsBytes<int>(tokens));
        hash.AppendData(MemoryMarshal.AsBytes<int>(tokenStarts));
        // Ids leave out what lies beyond the limit, and words that are not known.
        foreach (var column in Texts)
        {
            var lengths = new int[column.Rows];
            for (var row = 0; row < lengths.Length; row++)
            {
                var text = column.Utf8(row);
                lengths[row] = text.Length;
                hash.AppendData(text);
            }
            hash.AppendData(MemoryMarshal.AsBytes<int>(lengths));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
