using System.Numerics;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>Vectors of documents, searched exactly: every one of them is multiplied with the query's.</summary>
/// <param name="vectors">Vectors one after the other [N × W].</param>
/// <param name="width">Numbers a vector, W.</param>
public sealed class VectorIndex(float[] vectors, int width)
{
    private const int Block = 8192;

    /// <summary>How many vectors.</summary>
    public int Count => vectors.Length / width;

    /// <summary>Numbers a vector.</summary>
    public int Width => width;

    /// <summary>A document's vector.</summary>
    public ReadOnlySpan<float> this[int document] => vectors.AsSpan(document * width, width);

    /// <summary>The product of every vector with a query's.</summary>
    /// <param name="query">The query's vector [W].</param>
    /// <param name="scores">By document [N].</param>
    public void Score(float[] query, float[] scores) => Parallel.For(0, (Count + Block - 1) / Block, block =>
    {
        for (var i = block * Block; i < Math.Min(Count, (block + 1) * Block); i++) scores[i] = Dot(query.AsSpan(0, width), this[i]);
    });

    /// <summary>The product of two vectors.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (sum, i) = (Vector<float>.Zero, 0);
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count) sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        var total = Vector.Sum(sum);
        for (; i < a.Length; i++) total += a[i] * b[i];
        return total;
    }

    /// <summary>Writes the vectors, beside their place and then renamed.</summary>
    public void Write(string path) => RunFolder.WriteWhole(path, MemoryMarshal.AsBytes<float>(vectors));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="RequestException">The file holds no such vectors.</exception>
    public static VectorIndex Read(string path, int count, int width)
    {
        using var file = File.OpenRead(path);
        if (file.Length != (long)count * width * sizeof(float)) throw new RequestException($"{path}: has {file.Length} bytes, not those of {count} vectors of {width} numbers");
        var vectors = new float[count * width];
        file.ReadExactly(MemoryMarshal.AsBytes(vectors.AsSpan()));
        return new(vectors, width);
    }
}
