using System.Numerics;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Creates convolutions whose numbers can be trusted.</summary>
/// <remarks>
/// On processors with AVX2 or AVX-512, libtorch 2.10's convolutions over channel counts other than 1, 3 and 16, 32, 64, …
/// read memory they never wrote: gradients, and for some counts outputs, are then wrong or not numbers (4, 8, 24 at any
/// stride; 48 at stride 2). A test compares the
/// counts allowed here with double precision.
/// </remarks>
internal static class Convolution
{
    /// <summary>A square convolution without bias, padded so that stride 1 keeps the size.</summary>
    /// <exception cref="RequestException">A channel count that the processor's convolutions get wrong.</exception>
    public static Conv2d Create(int inputs, int outputs, int kernel, int stride = 1)
    {
        if (!IsSafe(outputs) || inputs is not (1 or 3) && !IsSafe(inputs))
            throw new RequestException($"model.width: convolutions from {inputs} to {outputs} channels are not computed rightly by libtorch; allowed: 16, 32, 64, 128, …");
        return nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: kernel / 2, bias: false);
    }

    /// <summary>Adds a convolution to a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, string name, OnnxValue image, Conv2d convolution) =>
        graph.Add("Conv", [image, graph.Weight(name + ".weight", convolution.weight!)], ("strides", Pair(convolution.stride)), ("pads", Pair(convolution.padding!).Concat(Pair(convolution.padding!)).ToArray()));

    /// <summary>Adds batch normalisation by running moments to a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, string name, OnnxValue image, BatchNorm2d norm) =>
        graph.Add("BatchNormalization", [image, graph.Weight(name + ".weight", norm.weight!), graph.Weight(name + ".bias", norm.bias!), graph.Weight(name + ".running_mean", norm.running_mean!), graph.Weight(name + ".running_var", norm.running_var!)], ("epsilon", (float)norm.eps));

    private static long[] Pair(long[] sizes) => sizes is [var size] ? [size, size] : sizes;

    private static bool IsSafe(int channels) => channels >= 16 && BitOperations.IsPow2(channels);
}
