using Preceptor.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>How far a policy is from the one before is estimated from a drawn token.</summary>
public enum DivergenceEstimate
{
    /// <summary>max(log π − log π₀, 0), as in the published recipe.</summary>
    Clamped,

    /// <summary>log π − log π₀: unbiased.</summary>
    LogRatio,

    /// <summary>e^x − 1 − x with x = log π₀ − log π: unbiased and never negative.</summary>
    Exponential,
}

/// <summary>Proximal policy optimisation (Schulman et al. 2017): advantages by generalised estimation (Schulman et al. 2016), and clipped losses of policy and values.</summary>
[Version(1)]
public static class ProximalPolicy
{
    /// <summary>The divergence at a token.</summary>
    /// <param name="log">log π of the token.</param>
    /// <param name="before">log π₀ of it, by the policy before.</param>
    /// <param name="estimate">Which.</param>
    public static double Divergence(double log, double before, DivergenceEstimate estimate) => estimate switch
    {
        DivergenceEstimate.Clamped => Math.Max(log - before, 0),
        DivergenceEstimate.LogRatio => log - before,
        _ => Math.Exp(before - log) - 1 - (before - log),
    };

    /// <summary>Advantages Σ_l (γλ)^l (r + γ V′ − V) of a solution's tokens, and returns, which are advantages and values together. Nothing comes after the last token.</summary>
    /// <param name="rewards">Rewards [T].</param>
    /// <param name="values">Values of what stands before each token [T].</param>
    /// <param name="discount">γ.</param>
    /// <param name="trace">λ.</param>
    public static (double[] Advantages, double[] Returns) Estimate(ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, double discount, double trace)
    {
        var (advantages, returns, last) = (new double[rewards.Length], new double[rewards.Length], 0.0);
        for (var t = rewards.Length - 1; t >= 0; t--)
        {
            var next = t + 1 < values.Length ? values[t + 1] : 0;
            last = rewards[t] + discount * next - values[t] + discount * trace * last;
            (advantages[t], returns[t]) = (last, last + values[t]);
        }
        return (advantages, returns);
    }

    /// <summary>Divides numbers by their deviation, in place; the mean stays, or becomes 0.</summary>
    /// <param name="numbers">The numbers, of all solutions together.</param>
    /// <param name="shiftMean">Whether the mean becomes 0.</param>
    public static void Whiten(double[][] numbers, bool shiftMean)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        double[] all = [.. numbers.SelectMany(n => n)];
        if (all.Length < 2) return;
        var mean = all.Average();
        var deviation = Math.Sqrt(all.Sum(n => (n - mean) * (n - mean)) / (all.Length - 1) + 1e-8);
        foreach (var of in numbers)
            for (var i = 0; i < of.Length; i++) of[i] = (of[i] - mean) / deviation + (shiftMean ? 0 : mean);
    }

    /// <summary>The mean over tokens of max(−ρA, −clip(ρ, 1 − ε, 1 + ε) A), with ρ = π / π_old.</summary>
    /// <param name="log">log π [N].</param>
    /// <param name="old">log π_old [N], by the policy that drew the tokens; no gradient.</param>
    /// <param name="advantages">A [N].</param>
    /// <param name="clip">ε.</param>
    public static Tensor PolicyLoss(Tensor log, Tensor old, Tensor advantages, double clip)
    {
        ArgumentNullException.ThrowIfNull(log);
        using Scalar low = 1 - clip, high = 1 + clip;
        var ratio = (log - old).exp();
        return minimum(ratio * advantages, ratio.clamp(low, high) * advantages).mean().neg();
    }

    /// <summary>Half the mean over tokens of max((V − R)², (V′ − R)²), where V′ is V, at most ε away from what it was.</summary>
    /// <param name="values">V [N].</param>
    /// <param name="old">What they were when the tokens were drawn [N]; no gradient.</param>
    /// <param name="returns">R [N].</param>
    /// <param name="clip">ε.</param>
    public static Tensor ValueLoss(Tensor values, Tensor old, Tensor returns, double clip)
    {
        ArgumentNullException.ThrowIfNull(values);
        using Scalar low = -clip, high = clip, half = 0.5;
        var near = old + (values - old).clamp(low, high);
        return maximum((values - returns).square(), (near - returns).square()).mean() * half;
    }
}
