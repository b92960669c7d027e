using System.Runtime.InteropServices;
using TorchSharp;

namespace Preceptor.Foundation;

/// <summary>An array as safetensors stores it: type, shape and little-endian bytes.</summary>
/// <param name="Type">The format's name of the element type: F32, F64, F16, BF16, I64, I32, I16, I8, U8, BOOL.</param>
/// <param name="Shape">The shape; empty for a scalar.</param>
/// <param name="Data">The elements, row by row.</param>
public sealed record StoredArray(string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>How many elements the shape holds.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    internal static string TypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => "F32",
        double => "F64",
        Half => "F16",
        long => "I64",
        int => "I32",
        short => "I16",
        sbyte => "I8",
        byte => "U8",
        bool => "BOOL",
        _ => throw new NotSupportedException($"safetensors has no type for {typeof(T)}"),
    };

    /// <summary>Copies numbers.</summary>
    public static StoredArray Of<T>(ReadOnlySpan<T> numbers, params long[] shape) where T : unmanaged =>
        new(TypeOf<T>(), shape, MemoryMarshal.AsBytes(numbers).ToArray());

    /// <summary>Copies a tensor's values.</summary>
    public static StoredArray Of(torch.Tensor tensor) => throw new NotSupportedException();

    /// <summary>Copies the values into a tensor of the same type and shape.</summary>
    /// <exception cref="WorkException">Type or shape differ; the message starts with <paramref name="what"/>.</exception>
    public void CopyTo(torch.Tensor into, string what) => throw new NotSupportedException();
}

/// <summary>The contents of a safetensors file.</summary>
public sealed record SafetensorsFile(IDictionary<string, StoredArray> Arrays, IDictionary<string, string> Metadata);

/// <summary>Reads and writes the safetensors format: an eight-byte length, a JSON header, then the bytes of all arrays.</summary>
public static class Safetensors
{
    /// <summary>Writes a file beside its place and renames it.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredArray>> arrays, IEnumerable<KeyValuePair<string, string>> metadata) => throw new NotSupportedException();

    /// <summary>Reads a whole file, checking every size and offset against the file's length before it is used.</summary>
    /// <exception cref="RequestException">The file is missing, truncated, or its header lies.</exception>
    public static SafetensorsFile Read(string path) => throw new NotSupportedException();
}
