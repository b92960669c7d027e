using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Values learned from a log alone, without ever asking for an action that the log lacks (Kostrikov et al. 2022): expectiles, and the targets of reward and of feasibility.</summary>
public static class OfflineValues
{
    /// <summary>The expectile loss: what lies above the value counts τ, what lies below 1 − τ; towards τ = 1 the value is the best of what was done.</summary>
    /// <param name="difference">What was reached, less the value [B].</param>
    /// <param name="expectile">τ, in (0, 1).</param>
    /// <param name="isReversed">Whether lower is better, so that what lies below counts τ.</param>
    public static Tensor Expectile(Tensor difference, double expectile, bool isReversed = false)
    {
        var better = isReversed ? difference.lt(0) : difference.gt(0);
        var weight = better.to(difference.dtype) * (2 * expectile - 1) + (1 - expectile);
        return (weight * difference.square()).mean();
    }

    /// <summary>The target of an action's value: r + γ V(s'), without the second part where nothing follows.</summary>
    /// <param name="rewards">Rewards, or costs [B].</param>
    /// <param name="next">The next states' values [B].</param>
    /// <param name="goesOn">1 where something follows, else 0 [B].</param>
    /// <param name="discount">γ.</param>
    public static Tensor Target(Tensor rewards, Tensor next, Tensor goesOn, double discount) => rewards + goesOn * next * discount;

    /// <summary>
    /// The target of the largest violation from an action on (Fisac et al. 2019; Zheng et al. 2024, equation 4): (1 − γ) h + γ max(h, V(s')), and h where nothing follows. Its fixed point tends to the largest h of the future as γ
    /// tends to 1, and is at most 0 where no violation needs to come.
    /// </summary>
    /// <param name="violations">h, above 0 where the constraint is violated [B].</param>
    /// <param name="next">The next states' values [B].</param>
    /// <param name="goesOn">1 where something follows, else 0 [B].</param>
    /// <param name="discount">γ.</param>
    public static Tensor Feasibility(Tensor violations, Tensor next, Tensor goesOn, double discount) =>
        goesOn * (violations * (1 - discount) + maximum(violations, next) * discount) + (1 - goesOn) * violations;
}

/// <summary>Two critics of states and actions, of which the more cautious is believed (Fujimoto et al. 2018).</summary>
[Version(1)]
public sealed class TwinCritic : nn.Module<Tensor, Tensor>
{
    private readonly ValueNetwork first, second;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="inputs">Numbers of a state and an action.</param>
    /// <param name="width">Units of each of two hidden layers.</param>
    public TwinCritic(int inputs, int width) : base(nameof(TwinCritic))
    {
        (first, second) = (new(inputs, width), new(inputs, width));
        register_module("first", first);
        register_module("second", second);
    }

    /// <summary>Both values [2, B].</summary>
    /// <param name="inputs">States and actions [B, S + A].</param>
    public override Tensor forward(Tensor inputs) => stack([first.forward(inputs), second.forward(inputs)]);
}

/// <summary>The value of a state, or of a state and an action.</summary>
[Version(1)]
public sealed class ValueNetwork : nn.Module<Tensor, Tensor>
{
    private readonly HiddenLayers hidden;
    private readonly Linear output;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="inputs">Numbers it is asked with.</param>
    /// <param name="width">Units of each of two hidden layers.</param>
    public ValueNetwork(int inputs, int width) : base(nameof(ValueNetwork))
    {
        hidden = new(inputs, [width, width], 0);
        output = nn.Linear(width, 1);
        register_module("hidden", hidden);
        register_module("output", output);
    }

    /// <summary>Values [B].</summary>
    /// <param name="inputs">What is asked [B, S], or [B, S + A].</param>
    public override Tensor forward(Tensor inputs) => output.forward(hidden.forward(inputs)).squeeze(1);
}
