using System.Runtime.InteropServices;
using TorchSharp;

namespace Preceptor.Data;

/// <summary>What the inputs of one problem look like: any of an image, a vector of numbers, and text as token ids.</summary>
/// <param name="Channels">Channels of the image; 0 without images.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Numbers">Length of the vector: standardised numbers and one-hot categories; 0 without.</param>
/// <param name="Tokens">How many token ids there are, padding (0) included; 0 without text.</param>
public sealed record InputShape(int Channels, int Height, int Width, int Numbers, int Tokens)
{
    /// <summary>Values an image.</summary>
    public int Pixels => Channels * Height * Width;

    /// <summary>The parts that there are, in words.</summary>
    public IEnumerable<string> Parts => new[]
    {
        Pixels > 0 ? $"images {Channels}×{Height}×{Width}" : "",
        Numbers > 0 ? $"{Numbers} numbers" : "",
        Tokens > 0 ? "text" : "",
    }.Where(part => part.Length > 0);
}

/// <summary>The inputs of a batch as tensors; the parts that a problem lacks are null.</summary>
/// <param name="Image">[B, C, H, W], normalised.</param>
/// <param name="Numbers">[B, D], standardised.</param>
/// <param name="Tokens">[B, L] of 64-bit ids, 0 = padding.</param>
public sealed record Inputs(torch.Tensor? Image, torch.Tensor? Numbers, torch.Tensor? Tokens)
{
    /// <summary>Some of the examples.</summary>
    /// <param name="places">Their places in this batch [K], 64-bit.</param>
    public Inputs Take(torch.Tensor places) => new(Image?.index_select(0, places), Numbers?.index_select(0, places), Tokens?.index_select(0, places));
}

/// <summary>Managed buffers for the inputs of one batch, filled away from torch and reused.</summary>
public sealed class InputBuffer
{
    internal float[] Image = [], Numbers = [];
    internal long[] Tokens = [];
    internal int TokenWidth;

    /// <summary>How many examples the buffer holds.</summary>
    public int Count { get; internal set; }

    internal InputShape Shape { get; set; } = new(0, 0, 0, 0, 0);

    /// <summary>Copies the buffer into new tensors.</summary>
    public Inputs ToTensors() => new(
        Shape.Pixels == 0 ? null : Tensor<float>(Image.AsSpan(0, Count * Shape.Pixels), torch.float32, Count, Shape.Channels, Shape.Height, Shape.Width),
        Shape.Numbers == 0 ? null : Tensor<float>(Numbers.AsSpan(0, Count * Shape.Numbers), torch.float32, Count, Shape.Numbers),
        Shape.Tokens == 0 ? null : Tensor<long>(Tokens.AsSpan(0, Count * TokenWidth), torch.int64, Count, TokenWidth));

    /// <summary>A new tensor with the given values.</summary>
    public static torch.Tensor Tensor<T>(ReadOnlySpan<T> values, torch.ScalarType type, params long[] shape) where T : unmanaged
    {
        var tensor = torch.empty(shape, dtype: type);
        values.CopyTo(MemoryMarshal.Cast<byte, T>(tensor.bytes));
        return tensor;
    }
}
