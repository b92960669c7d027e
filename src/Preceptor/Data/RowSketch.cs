using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Preceptor.Data;

/// <summary>What is kept of a row to find others like it: a hash of all its inputs, a hash of them rounded, and a sketch of its words.</summary>
public static class RowSketch
{
    /// <summary>Bytes of a sketch: the lowest byte of the least hash in each of as many bins (one-permutation MinHash, Li, Owen and Zhang 2012, in b-bit form, Li and König 2010).</summary>
    public const int Length = 32;

    // Numbers in units of a fiftieth of their column's standard deviation.
    private const float Steps = 50;

    /// <summary>A hash of a row's texts, numbers and pixels as they are; 0 for a row whose inputs are all blank.</summary>
    public static ulong Exact(Examples examples, int row)
    {
        var hash = 0UL;
        var isBlank = examples.Shape.Pixels == 0;
        foreach (var column in examples.Texts)
        {
            var text = column.Utf8(row).Trim(" \t\r\n"u8);
            isBlank &= text.IsEmpty;
            hash = Mix(hash ^ Hash(text));
        }
        var numbers = examples.Numbers(row);
        isBlank &= !numbers.ContainsAnyExcept(0f);
        hash = Mix(hash ^ Hash(MemoryMarshal.AsBytes(numbers)));
        hash = Mix(hash ^ Hash(examples.Pixels(row)));
        return isBlank && (examples.Texts.Count > 0 || numbers.Length > 0) ? 0 : Math.Max(1, hash);
    }

    /// <summary>A hash of a row's numbers, rounded to a fiftieth of their standard deviations.</summary>
    public static ulong Rounded(Examples examples, int row)
    {
        var hash = 1UL;
        foreach (var number in examples.Numbers(row)) hash = Mix(hash ^ (ulong)(long)MathF.Round(number * Steps));
        return hash;
    }

    /// <summary>Sketches the set of a row's tokens; equal sets have equal sketches, and the share of equal bytes estimates how far two sets overlap.</summary>
    public static void Words(ReadOnlySpan<int> tokens, Span<byte> sketch)
    {
        Span<ulong> least = stackalloc ulong[Length];
        least.Fill(ulong.MaxValue);
        foreach (var token in tokens)
        {
            var hash = Mix((ulong)token);
            ref var bin = ref least[(int)(hash >> 59)];
            bin = Math.Min(bin, hash & (ulong.MaxValue >> 5));
        }
        for (var bin = 0; bin < Length; bin++)
        {
            // An empty bin takes from the next that is not (densification by rotation).
            var from = 0;
            while (from < Length && least[(bin + from) % Length] == ulong.MaxValue) from++;
            sketch[bin] = from == Length ? (byte)0 : (byte)Mix(least[(bin + from) % Length] + (ulong)from);
        }
    }

    /// <summary>The estimated overlap of two sketched sets: shared tokens over all tokens (Jaccard), corrected for bytes that are equal by chance.</summary>
    public static double Overlap(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var equal = 0;
        for (var i = 0; i < Length; i++)
            if (first[i] == second[i]) equal++;
        return Math.Max(0, (equal / (double)Length - 1 / 256.0) / (1 - 1 / 256.0));
    }

    /// <summary>A 64-bit hash of bytes, the same on every machine.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 0x9E3779B97F4A7C15UL + (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9FB21C651E98DF25UL;
        var rest = 0UL;
        foreach (var b in bytes) rest = rest << 8 | b;
        return Mix(hash ^ rest);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
