using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Objectives;

/// <summary>Divergences between distributions given by logits; one number a row.</summary>
[Version(1)]
public static class Divergence
{
    /// <summary>KL(P ‖ Q) = Σ_k P_k (log P_k − log Q_k) [B], with P = softmax p and Q = softmax q.</summary>
    /// <param name="p">Logits [B, C].</param>
    /// <param name="q">Logits [B, C].</param>
    public static Tensor KullbackLeibler(Tensor p, Tensor q)
    {
        var logP = nn.functional.log_softmax(p, 1);
        return (logP.exp() * (logP - nn.functional.log_softmax(q, 1))).sum(1);
    }
}
