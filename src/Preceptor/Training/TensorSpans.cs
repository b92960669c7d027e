using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace Preceptor.Training;

/// <summary>Tensors as spans of numbers, where they lie in the processor's memory.</summary>
internal static class TensorSpans
{
    /// <summary>Whether the tensor is dense 32-bit numbers on the CPU, small enough for a span.</summary>
    internal static bool IsFloats(torch.Tensor tensor) =>
        tensor.dtype == torch.ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous()
        && tensor.NumberOfElements <= int.MaxValue / sizeof(float);

    /// <summary>The tensor's own memory; good while the tensor lives. Writing goes past autograd's version counter.</summary>
    internal static Span<float> Floats(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The part of the numbers that fills whole vectors.</summary>
    internal static Span<Vector<float>> Vectors(Span<float> numbers) => MemoryMarshal.Cast<float, Vector<float>>(numbers);

    /// <inheritdoc cref="Vectors(Span{float})"/>
    internal static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> numbers) => MemoryMarshal.Cast<float, Vector<float>>(numbers);

    /// <summary>The sum of squares in double precision.</summary>
    internal static double SumOfSquares(ReadOnlySpan<float> numbers)
    {
        // Eight partial sums on every processor, so that the order of additions, and with it the last bit, is the same on all.
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(numbers);
        Vector256<double> low = default, high = default;
        foreach (var vector in vectors)
        {
            var (a, b) = Vector256.Widen(vector);
            low += a * a;
            high += b * b;
        }
        var sum = Vector256.Sum(low) + Vector256.Sum(high);
        foreach (var number in numbers[(vectors.Length * Vector256<float>.Count)..]) sum += (double)number * number;
        return sum;
    }

    /// <summary>Divides in place.</summary>
    internal static void Divide(Span<float> numbers, float by)
    {
        var vectors = Vectors(numbers);
        foreach (ref var vector in vectors) vector /= by;
        foreach (ref var number in numbers[(vectors.Length * Vector<float>.Count)..]) number /= by;
    }

    /// <summary>Multiplies in place.</summary>
    internal static void Scale(Span<float> numbers, float factor)
    {
        var vectors = Vectors(numbers);
        foreach (ref var vector in vectors) vector *= factor;
        foreach (ref var number in numbers[(vectors.Length * Vector<float>.Count)..]) number *= factor;
    }
}
