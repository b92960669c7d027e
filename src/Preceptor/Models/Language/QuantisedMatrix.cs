using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Preceptor.Models;

/// <summary>
/// A matrix of whole numbers with a scale for each group of a row's weights: w ≈ scale · q, |q| ≤ 127 or 7, scale the group's largest weight over that. What is multiplied by it stays exact, only weights are rounded.
/// </summary>
/// <param name="rows">Rows.</param>
/// <param name="columns">Columns.</param>
/// <param name="bits">8 or 4.</param>
internal sealed class QuantisedMatrix(int rows, int columns, int bits)
{
    private const int Lanes = 16;

    private readonly int group = bits == 8 ? 64 : 32, groups = (columns + (bits == 8 ? 63 : 31)) / (bits == 8 ? 64 : 32);
    private readonly sbyte[] whole = new sbyte[(long)rows * ((columns + (bits == 8 ? 63 : 31)) / (bits == 8 ? 64 : 32)) * (bits == 8 ? 64 : 16)]; // two numbers a byte where they have four bits
    private readonly float[] scales = new float[(long)rows * ((columns + (bits == 8 ? 63 : 31)) / (bits == 8 ? 64 : 32))];

    /// <summary>Rows.</summary>
    public int Rows => rows;

    /// <summary>Columns.</summary>
    public int Columns => columns;

    /// <summary>Bytes it takes.</summary>
    public long Bytes => whole.LongLength + 4 * scales.LongLength;

    private int GroupBytes => bits == 8 ? group : group / 2;

    /// <summary>Rounds a row.</summary>
    public void Set(int row, ReadOnlySpan<float> weights)
    {
        var most = bits == 8 ? 127 : 7;
        for (var g = 0; g < groups; g++)
        {
            var of = weights.Slice(g * group, Math.Min(group, columns - g * group));
            var largest = 0f;
            foreach (var weight in of) largest = Math.Max(largest, Math.Abs(weight));
            var scale = largest / most;
            scales[row * groups + g] = scale;
            var into = whole.AsSpan((row * groups + g) * GroupBytes, GroupBytes);
            for (var i = 0; i < of.Length; i++)
            {
                var rounded = scale == 0 ? 0 : (int)MathF.Round(of[i] / scale);
                if (bits == 8) into[i] = (sbyte)rounded;
                // The first half of a group lies in the lower four bits, the second in the upper.
                else if (i < group / 2) into[i] = (sbyte)(into[i] & 0xF0 | rounded + 8);
                else into[i - group / 2] = (sbyte)(into[i - group / 2] & 0x0F | rounded + 8 << 4);
            }
            // What is past the end of a row must count as 0, which is 8 in four bits.
            if (bits == 4)
                for (var i = of.Length; i < group; i++)
                    if (i < group / 2) into[i] = (sbyte)(into[i] & 0xF0 | 8);
                    else into[i - group / 2] = (sbyte)(into[i - group / 2] & 0x0F | 8 << 4);
        }
    }

    /// <summary>A row as numbers.</summary>
    public void Get(int row, Span<float> into)
    {
        Span<float> some = stackalloc float[group];
        for (var g = 0; g < groups; g++)
        {
            Expand(row * groups + g, some);
            some[..Math.Min(group, columns - g * group)].CopyTo(into[(g * group)..]);
        }
    }

    /// <summary>Its product with some vectors: [N × rows] from [N × columns].</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="into">Receives the products.</param>
    /// <param name="threads">Threads that work.</param>
    public unsafe void Multiply(ReadOnlySpan<float> vectors, Span<float> into, int threads)
    {
        var (count, padded) = (vectors.Length / columns, groups * group);
        // Rows of whole groups, so that the last group reads zeros and not the next vector.
        var aligned = new float[count * padded];
        for (var n = 0; n < count; n++) vectors.Slice(n * columns, columns).CopyTo(aligned.AsSpan(n * padded));
        fixed (float* from = aligned, to = into)
        {
            var (source, target) = ((nint)from, (nint)to);
            const int block = 64;
            var blocks = (rows + block - 1) / block;
            if (threads == 1 || (long)rows * columns < 1 << 16)
                for (var b = 0; b < blocks; b++) Some(b);
            else Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, Some);
            void Some(int b)
            {
                for (var row = b * block; row < Math.Min(rows, (b + 1) * block); row++) Row(row, (float*)source, (float*)target, count, padded);
            }
        }
    }

    private unsafe void Row(int row, float* vectors, float* into, int count, int padded)
    {
        Span<float> some = stackalloc float[group];
        ref var weights = ref MemoryMarshal.GetReference(some);
        for (var n = 0; n < count; n++) into[(long)n * rows + row] = 0;
        for (var g = 0; g < groups; g++)
        {
            Expand(row * groups + g, some);
            for (var n = 0; n < count; n++)
            {
                var vector = vectors + (long)n * padded + g * group;
                var sum = Vector512<float>.Zero;
                for (var i = 0; i < group; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref Unsafe.Add(ref weights, i)), Vector512.Load(vector + i), sum);
                into[(long)n * rows + row] += Vector512.Sum(sum);
            }
        }
    }

    // A group's numbers, scaled.
    private void Expand(int at, Span<float> into)
    {
        ref var from = ref whole[at * GroupBytes];
        var scale = Vector512.Create(scales[at]);
        ref var to = ref MemoryMarshal.GetReference(into);
        if (bits == 8)
        {
            for (var i = 0; i < group; i += Lanes) (Floats(Vector128.LoadUnsafe(ref from, (nuint)i)) * scale).StoreUnsafe(ref to, (nuint)i);
            return;
        }
        var (packed, four, eight) = (Vector128.LoadUnsafe(ref from).AsByte(), Vector128.Create((byte)0x0F), Vector128.Create((sbyte)8));
        (Floats((packed & four).AsSByte() - eight) * scale).StoreUnsafe(ref to);
        (Floats((packed >>> 4).AsSByte() - eight) * scale).StoreUnsafe(ref to, Lanes);
    }

    private static Vector512<float> Floats(Vector128<sbyte> numbers)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(numbers));
        var (low, high) = (Vector128.WidenLower(numbers), Vector128.WidenUpper(numbers));
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)), Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high))));
    }
}
