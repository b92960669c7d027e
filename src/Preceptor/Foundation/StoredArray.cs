using System.Runtime.InteropServices;
using TorchSharp;

namespace Preceptor.Foundation;

/// <summary>An array as safetensors stores it: type, shape and little-endian bytes.</summary>
/// <param name="Type">The format's name of the element type: F32, F64, F16, BF16, I64, I32, I16, I8, U8, BOOL.</param>
/// <param name="Shape">The shape; empty for a scalar.</param>
/// <param name="Data">The elements, row by row.</param>
public sealed record StoredArray(string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Every element type with its torch type and its size in bytes.</summary>
    private static readonly Dictionary<string, (torch.ScalarType Torch, int Size)> Types = new(StringComparer.Ordinal)
    {
        ["F32"] = (torch.ScalarType.Float32, 4),
        ["F64"] = (torch.ScalarType.Float64, 8),
        ["F16"] = (torch.ScalarType.Float16, 2),
        ["BF16"] = (torch.ScalarType.BFloat16, 2),
        ["I64"] = (torch.ScalarType.Int64, 8),
        ["I32"] = (torch.ScalarType.Int32, 4),
        ["I16"] = (torch.ScalarType.Int16, 2),
        ["I8"] = (torch.ScalarType.Int8, 1),
        ["U8"] = (torch.ScalarType.Byte, 1),
        ["BOOL"] = (torch.ScalarType.Bool, 1),
    };

    /// <summary>How many elements the shape holds.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>The names of all element types, for messages.</summary>
    internal static IEnumerable<string> TypeNames => Types.Keys;

    /// <summary>The size of an element in bytes; 0 if there is no such type.</summary>
    internal static int SizeOf(string type) => Types.TryGetValue(type, out var known) ? known.Size : 0;

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

    /// <summary>Copies a tensor's values, wherever and however it lies; at most 2 GiB.</summary>
    /// <exception cref="NotSupportedException">The format has no such element type, as for complex numbers.</exception>
    public static StoredArray Of(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var type = Types.FirstOrDefault(t => t.Value.Torch == tensor.dtype).Key
            ?? throw new NotSupportedException($"safetensors has no type for {tensor.dtype}");
        var dense = tensor.device_type == DeviceType.CPU && tensor.is_contiguous() ? tensor : tensor.detach().cpu().contiguous();
        return new(type, tensor.shape, dense.bytes.ToArray());
    }

    /// <summary>Copies the values into a tensor of the same type and shape, which may require a gradient, lie on a device or be a view.</summary>
    /// <exception cref="WorkException">Type or shape differ; the message starts with <paramref name="what"/>.</exception>
    public void CopyTo(torch.Tensor into, string what)
    {
        if (!Types.TryGetValue(Type, out var type) || type.Torch != into.dtype || !Shape.SequenceEqual(into.shape))
            throw new WorkException($"{what} holds {Type} [{string.Join(", ", Shape)}], expected {into.dtype} [{string.Join(", ", into.shape)}]");
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var direct = into.device_type == DeviceType.CPU && into.is_contiguous();
        var dense = direct ? into : torch.empty([.. Shape], type.Torch);
        Data.Span.CopyTo(dense.bytes);
        if (!direct) into.copy_(dense);
    }

    /// <summary>Copies the values into a tensor of the same shape, converted to its type, such as from 16 to 32 bits.</summary>
    /// <exception cref="RequestException">The shapes differ; the message starts with <paramref name="what"/>.</exception>
    public void ConvertTo(torch.Tensor into, string what)
    {
        if (!Shape.SequenceEqual(into.shape)) throw new RequestException($"{what} is {Type} [{string.Join(", ", Shape)}], expected [{string.Join(", ", into.shape)}]");
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        into.copy_(ToTensor());
    }

    /// <summary>A new tensor with the values, of their own type.</summary>
    public torch.Tensor ToTensor()
    {
        var dense = torch.empty([.. Shape], Types[Type].Torch);
        Data.Span.CopyTo(dense.bytes);
        return dense;
    }
}
