using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>A number for each token, from the features of a network that has read up to it: v = w · dropout(g h + b), as in the code of Yu et al. 2024.</summary>
[Version(1)]
public sealed class ValueHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear score;
    private readonly Parameter gain, bias;
    private readonly double dropout;

    /// <summary>Creates it with torch's present generator: gain and bias are drawn, the weights are 0 until they are set.</summary>
    /// <param name="width">Numbers a token, D.</param>
    /// <param name="dropout">Dropout of the features, in training.</param>
    public ValueHead(int width, double dropout) : base(nameof(ValueHead))
    {
        this.dropout = dropout;
        score = nn.Linear(width, 1, false);
        nn.init.zeros_(score.weight!);
        (gain, bias) = (nn.Parameter(randn(1)), nn.Parameter(randn(1)));
        register_module("score", score);
        register_parameter("gain", gain);
        register_parameter("bias", bias);
    }

    /// <summary>Values [N] of features [N, D].</summary>
    public override Tensor forward(Tensor features)
    {
        var scaled = features * gain + bias;
        return score.forward(dropout > 0 ? nn.functional.dropout(scaled, dropout, training) : scaled).squeeze(1);
    }

    /// <summary>Sets the weights.</summary>
    /// <param name="weights">The weights [D].</param>
    public void SetWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var noGradient = no_grad();
        using var values = tensor(weights, 1, weights.Length);
        score.weight!.copy_(values);
    }

    /// <summary>Sets gain and bias, for a head that begins at what is given.</summary>
    public void SetScale(double gain, double bias)
    {
        using var noGradient = no_grad();
        this.gain.fill_(gain);
        this.bias.fill_(bias);
    }
}
