using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>A number for a whole sequence, from the features of its last token. The name of its weights is Hugging Face's.</summary>
[Version(1)]
public sealed class RewardHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear score;

    /// <summary>Creates one that gives nearly 0 to all.</summary>
    /// <param name="options">The transformer's options.</param>
    public RewardHead(TransformerOptions options) : base(nameof(RewardHead))
    {
        ArgumentNullException.ThrowIfNull(options);
        score = TransformerStack.Linear(options, options.Width, 1, false);
        register_module("score", score);
    }

    /// <summary>Rewards [B] of features [B, D].</summary>
    public override Tensor forward(Tensor features) => score.forward(features).squeeze(1);
}
