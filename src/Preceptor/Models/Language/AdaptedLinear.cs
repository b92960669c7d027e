using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>A linear layer that stays, and a low-rank one beside it that learns (Hu et al. 2022): Wx + (α/r)·BAx, where B begins at 0.</summary>
internal sealed class AdaptedLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, lora_A, lora_B;
    private readonly Parameter? bias;
    private readonly double scale;

    public AdaptedLinear(int inputs, int outputs, bool hasBias, int rank, double alpha) : base(nameof(AdaptedLinear))
    {
        scale = alpha / rank;
        weight = nn.Parameter(zeros(outputs, inputs), requires_grad: false);
        lora_A = Initial.Uniform(1 / Math.Sqrt(inputs), rank, inputs);
        lora_B = nn.Parameter(zeros(outputs, rank));
        register_parameter("weight", weight);
        register_parameter("lora_A", lora_A);
        register_parameter("lora_B", lora_B);
        if (!hasBias) return;
        bias = nn.Parameter(zeros(outputs), requires_grad: false);
        register_parameter("bias", bias);
    }

    public override Tensor forward(Tensor features)
    {
        using Scalar by = scale;
        return nn.functional.linear(features, weight, bias) + nn.functional.linear(nn.functional.linear(features, lora_A), lora_B) * by;
    }

    /// <summary>W + (α/r)·BA.</summary>
    public static Tensor Merge(Tensor weight, Tensor a, Tensor b, double scale)
    {
        using Scalar by = scale;
        return weight + b.matmul(a) * by;
    }
}
