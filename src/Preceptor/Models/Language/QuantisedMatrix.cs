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

    private void Row(int row, Span<float> into)
    {
        Span<float> some = stackalloc float[group];
        for (var g = 0; g < groups; g++)
        {
            Expand(row * groups + g, some);
            some[..Math.Min(group, columns - g * group)].CopyTo(into[(g * group)..]);
        }
    }

    /// <summary>Some rows as numbers [N × columns].</summary>
    public void Get(int first, Span<float> into)
    {
        for (var row = 0; row < into.Length / columns; row++) Row(first + row, into.Slice(row * columns, columns));
    }

    /// <summary>Its product with few vectors: [N × rows] from [N × columns]. Reading the weights is what it costs, so each is read once.</summary>
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
                var (first, end) = (b * block, Math.Min(rows, (b + 1) * block));
                if (count == 1)
                {
                    for (var row = first; row < end; row++) ((float*)target)[row] = Row(row, (float*)source);
                    return;
                }
                Span<float> some = stackalloc float[64];
                var sums = stackalloc Vector512<float>[count];
                for (var row = first; row < end; row++) Row(row, (float*)source, (float*)target, count, padded, some, sums);
            }
        }
    }

    // Two sums, so that one product need not wait for the one before it.
    private unsafe float Row(int row, float* vector)
    {
        var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
        fixed (sbyte* start = &whole[row * groups * GroupBytes])
        fixed (float* scale = &scales[row * groups])
        {
            var from = start;
            for (var g = 0; g < groups; g++, from += GroupBytes, vector += group)
            {
                var by = Vector512.Create(scale[g]);
                if (bits == 8)
                    for (var i = 0; i < 64; i += 2 * Lanes)
                    {
                        even = Vector512.FusedMultiplyAdd(Floats(Vector128.Load(from + i)) * by, Vector512.Load(vector + i), even);
                        odd = Vector512.FusedMultiplyAdd(Floats(Vector128.Load(from + i + Lanes)) * by, Vector512.Load(vector + i + Lanes), odd);
                    }
                else
                {
                    var (low, high) = Halves(Vector128.Load(from));
                    even = Vector512.FusedMultiplyAdd(Floats(low) * by, Vector512.Load(vector), even);
                    odd = Vector512.FusedMultiplyAdd(Floats(high) * by, Vector512.Load(vector + Lanes), odd);
                }
            }
        }
        return Vector512.Sum(even + odd);
    }

    private unsafe void Row(int row, float* vectors, float* into, int count, int padded, Span<float> some, Vector512<float>* sums)
    {
        ref var weights = ref MemoryMarshal.GetReference(some);
        for (var n = 0; n < count; n++) sums[n] = Vector512<float>.Zero;
        for (var g = 0; g < groups; g++)
        {
            Expand(row * groups + g, some);
            var vector = vectors + g * group;
            for (var n = 0; n < count; n++, vector += padded)
            {
                var sum = Vector512.LoadUnsafe(ref weights) * Vector512.Load(vector);
                for (var i = Lanes; i < group; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref weights, (nuint)i), Vector512.Load(vector + i), sum);
                sums[n] += sum;
            }
        }
        for (var n = 0; n < count; n++) into[(long)n * rows + row] = Vector512.Sum(sums[n]);
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
        var (low, high) = Halves(Vector128.LoadUnsafe(ref from));
        (Floats(low) * scale).StoreUnsafe(ref to);
        (Floats(high) * scale).StoreUnsafe(ref to, Lanes);
    }

    // Numbers of four bits: the first half of a group lies in the lower ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<sbyte> Low, Vector128<sbyte> High) Halves(Vector128<sbyte> packed)
    {
        var (four, eight) = (Vector128.Create((byte)0x0F), Vector128.Create((sbyte)8));
        return ((packed.AsByte() & four).AsSByte() - eight, (packed.AsByte() >>> 4).AsSByte() - eight);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Floats(Vector128<sbyte> numbers)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(numbers));
        var (low, high) = (Vector128.WidenLower(numbers), Vector128.WidenUpper(numbers));
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)), Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high))));
    }
}
