using Preceptor.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>Group-relative policy optimisation (Shao et al. 2024): a response's advantage is its reward beside those of other responses to the same prompt; there is no network of values.</summary>
[Version(1)]
public static class GroupRelativeLoss
{
    /// <summary>Added to the standard deviation of a group's rewards.</summary>
    public const double DeviationFloor = 1e-4;

    /// <summary>Advantages (r − mean) / (deviation + 1e-4) within groups that follow each other.</summary>
    /// <param name="rewards">Rewards [N].</param>
    /// <param name="group">Responses a group; divides N.</param>
    /// <param name="divideByAll">Whether the deviation is the population's (divided by g), not the sample's (by g − 1, as TRL has it).</param>
    public static double[] Advantages(ReadOnlySpan<double> rewards, int group, bool divideByAll = false)
    {
        var advantages = new double[rewards.Length];
        for (var start = 0; start < rewards.Length; start += group)
        {
            var (mean, squares) = (0.0, 0.0);
            for (var i = start; i < start + group; i++) mean += rewards[i] / group;
            for (var i = start; i < start + group; i++) squares += (rewards[i] - mean) * (rewards[i] - mean);
            var deviation = Math.Sqrt(squares / Math.Max(1, divideByAll ? group : group - 1));
            for (var i = start; i < start + group; i++) advantages[i] = (rewards[i] - mean) / (deviation + DeviationFloor);
        }
        return advantages;
    }

    /// <summary>
    /// −Σ w [min(ρA, clip(ρ, 1 − ε, 1 + ε)A) − β(eᵘ − u − 1)] with ρ = π/π_old and u = log π_ref − log π, over tokens; with w = 1 / (responses × tokens of the response) the mean over tokens, then over responses.
    /// </summary>
    /// <param name="log">log π of each token [N].</param>
    /// <param name="old">That of the policy which drew it [N]; no gradient.</param>
    /// <param name="reference">That of the reference [N]; no gradient; null with β = 0.</param>
    /// <param name="advantages">A of each token's response [N].</param>
    /// <param name="weights">w [N].</param>
    /// <param name="clip">ε.</param>
    /// <param name="beta">β.</param>
    public static Tensor Of(Tensor log, Tensor old, Tensor? reference, Tensor advantages, Tensor weights, double clip, double beta)
    {
        ArgumentNullException.ThrowIfNull(log);
        using Scalar low = 1 - clip, high = 1 + clip, one = 1, by = beta;
        var ratio = (log - old).exp();
        var gain = minimum(ratio * advantages, ratio.clamp(low, high) * advantages);
        if (beta == 0 || reference is null) return (gain * weights).sum().neg();
        var u = reference - log;
        return ((gain - (u.exp() - u - one) * by) * weights).sum().neg();
    }

    /// <summary>eᵘ − u − 1 with u = log π_ref − log π [N]: an estimate of the divergence from the reference that is never negative.</summary>
    public static Tensor Divergence(Tensor log, Tensor reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        using Scalar one = 1;
        var u = reference - log;
        return u.exp() - u - one;
    }
}
