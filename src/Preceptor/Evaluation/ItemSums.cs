using System.Numerics;

namespace Preceptor.Evaluation;

/// <summary>Sums over test items, vectorised in double precision.</summary>
internal static class ItemSums
{
    /// <summary>The sum of all values.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        var width = Vector<double>.Count;
        var even = Vector<double>.Zero;
        var odd = Vector<double>.Zero;
        var i = 0;
        for (; i <= values.Length - 2 * width; i += 2 * width)
        {
            even += new Vector<double>(values[i..]);
            odd += new Vector<double>(values[(i + width)..]);
        }
        var sum = Vector.Sum(even + odd);
        for (; i < values.Length; i++) sum += values[i];
        return sum;
    }

    /// <summary>The sum of products of two vectors of one length.</summary>
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var width = Vector<double>.Count;
        var even = Vector<double>.Zero;
        var odd = Vector<double>.Zero;
        var i = 0;
        for (; i <= left.Length - 2 * width; i += 2 * width)
        {
            even += new Vector<double>(left[i..]) * new Vector<double>(right[i..]);
            odd += new Vector<double>(left[(i + width)..]) * new Vector<double>(right[(i + width)..]);
        }
        var sum = Vector.Sum(even + odd);
        for (; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>The mean of values counted as often as they were drawn.</summary>
    public static double Mean(ReadOnlySpan<double> values, ReadOnlySpan<double> counts) => Dot(values, counts) / Sum(counts);
}
