using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Objectives;

/// <summary>Losses that several methods share; means over the batch unless they say otherwise.</summary>
[Version(1)]
public static class Loss
{
    /// <summary>
    /// Cross entropy against target distributions: the mean over rows of −Σ_k q_k log softmax(z)_k. Rows of zeros, which
    /// have no target, add nothing. No gradient reaches the targets.
    /// </summary>
    /// <param name="logits">z [B, C].</param>
    /// <param name="targets">q [B, C].</param>
    public static Tensor SoftCrossEntropy(Tensor logits, Tensor targets) =>
        (targets.detach() * nn.functional.log_softmax(logits, 1)).sum(1).mean().neg();

    /// <summary>Cross entropy of each row against its target distribution [B]: −Σ_k q_k log softmax(z)_k. No gradient reaches the targets.</summary>
    /// <param name="logits">z [B, C].</param>
    /// <param name="targets">q [B, C].</param>
    public static Tensor SoftCrossEntropyOfEach(Tensor logits, Tensor targets) => (targets.detach() * nn.functional.log_softmax(logits, 1)).sum(1).neg();
}
