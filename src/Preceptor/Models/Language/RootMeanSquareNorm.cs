using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>w · x / √(mean(x²) + ε) (Zhang and Sennrich 2019), computed in 32 bits and cast back before it is multiplied.</summary>
internal sealed class RootMeanSquareNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double epsilon;

    public RootMeanSquareNorm(int width, double epsilon) : base(nameof(RootMeanSquareNorm))
    {
        this.epsilon = epsilon;
        weight = nn.Parameter(ones(width));
        register_parameter("weight", weight);
    }

    /// <summary>A norm of a kind.</summary>
    public static nn.Module<Tensor, Tensor> Create(TransformerOptions options) =>
        options.Norm == NormKind.Layer ? nn.LayerNorm(options.Width, options.NormEpsilon) : new RootMeanSquareNorm(options.Width, options.NormEpsilon);

    public override Tensor forward(Tensor features)
    {
        var exact = features.dtype == ScalarType.Float32 || features.dtype == ScalarType.Float64 ? features : features.to(ScalarType.Float32);
        using Scalar small = epsilon;
        var normed = exact * (exact * exact).mean([-1], keepdim: true).add(small).rsqrt();
        return weight * (ReferenceEquals(exact, features) ? normed : normed.to(features.dtype));
    }
}
