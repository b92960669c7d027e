using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// Mixtures of logistic distributions over bins (Salimans et al. 2017), each number of an action by itself: several ways to act at once, where a mean would lie between them. Bins at the bounds take all that lies beyond.
/// </summary>
public static class DiscretisedLogistics
{
    /// <summary>The logarithm of an action's probability, for each of its numbers [… × A].</summary>
    /// <param name="logits">The components' weights before softmax [… × A × K].</param>
    /// <param name="logScales">The logarithms of their scales [… × A × K].</param>
    /// <param name="means">Their means [… × A × K].</param>
    /// <param name="actions">Actions [… × A].</param>
    /// <param name="low">The least of each number [A].</param>
    /// <param name="high">The greatest [A].</param>
    /// <param name="bins">Bins between them, M.</param>
    /// <param name="smallestLogScale">No scale is smaller.</param>
    public static Tensor LogLikelihood(Tensor logits, Tensor logScales, Tensor means, Tensor actions, Tensor low, Tensor high, int bins, double smallestLogScale = -7)
    {
        var (scales, x) = (logScales.clamp_min(smallestLogScale), actions.unsqueeze(-1));
        var (centred, inverse, half) = (x - means, (-scales).exp(), ((high - low) / (2.0 * (bins - 1))).unsqueeze(-1));
        var (plus, minus, middle) = (inverse * (centred + half), inverse * (centred - half), inverse * centred);
        var mass = plus.sigmoid() - minus.sigmoid();
        // Where a bin has nearly no mass, its logarithm would be lost: the density at its middle stands in.
        var inside = where(mass.gt(1e-5), mass.clamp_min(1e-12).log(), middle - scales - nn.functional.softplus(middle) * 2 - Math.Log((bins - 1) / 2.0));
        var bounded = where(x.gt(high.unsqueeze(-1) - 1e-3), -nn.functional.softplus(minus), inside);
        var log = where(x.lt(low.unsqueeze(-1) + 1e-3), plus - nn.functional.softplus(plus), bounded);
        return (log + nn.functional.log_softmax(logits, -1)).logsumexp(-1);
    }

    /// <summary>Draws actions [… × A]: a component by the Gumbel trick, then by the inverse of its distribution.</summary>
    /// <param name="logits">The components' weights before softmax [… × A × K].</param>
    /// <param name="logScales">The logarithms of their scales [… × A × K].</param>
    /// <param name="means">Their means [… × A × K].</param>
    /// <param name="forComponent">Evenly drawn numbers in (0, 1) [… × A × K].</param>
    /// <param name="forAction">Evenly drawn numbers in (0, 1) [… × A].</param>
    public static Tensor Sample(Tensor logits, Tensor logScales, Tensor means, Tensor forComponent, Tensor forAction)
    {
        var component = (logits - (-forComponent.log()).log()).argmax(-1, keepdim: true);
        var (mean, scale) = (means.gather(-1, component).squeeze(-1), logScales.gather(-1, component).squeeze(-1).exp());
        return mean + scale * (forAction.log() - (1 - forAction).log());
    }
}
