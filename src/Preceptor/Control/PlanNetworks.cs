using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>The sizes of a policy with latent plans.</summary>
/// <param name="State">Numbers a state.</param>
/// <param name="Goal">Numbers a goal.</param>
/// <param name="Action">Numbers an action.</param>
/// <param name="Width">Units of each recurrent and hidden layer.</param>
/// <param name="Plan">Numbers a plan; 0 for none.</param>
/// <param name="Mixtures">Components of each number's distribution.</param>
public sealed record PlanSizes(int State, int Goal, int Action, int Width, int Plan, int Mixtures);

/// <summary>The networks of latent plans (Lynch et al. 2020): one recognises the plan of a window, one proposes plans from its ends, one acts by a plan.</summary>
[Version(2)]
public sealed class PlanNetworks : nn.Module
{
    private const double LeastDeviation = 1e-4, SmallestLogScale = -7;

    private readonly PlanSizes sizes;
    private readonly LSTM? recogniser;
    private readonly Linear? recognised, proposed;
    private readonly HiddenLayers? proposer;
    private readonly LSTM decoder;
    private readonly Linear logits, logScales, actionMeans;

    /// <summary>Creates them with torch's present generator.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="standard">The mean and the standard deviation of each number of a state, then of a goal.</param>
    public PlanNetworks(PlanSizes sizes, (float[] Means, float[] Deviations) standard) : base(nameof(PlanNetworks))
    {
        this.sizes = sizes;
        decoder = nn.LSTM(sizes.Plan + sizes.State + sizes.Goal, sizes.Width, batchFirst: true);
        (logits, logScales, actionMeans) = (nn.Linear(sizes.Width, sizes.Action * sizes.Mixtures), nn.Linear(sizes.Width, sizes.Action * sizes.Mixtures), nn.Linear(sizes.Width, sizes.Action * sizes.Mixtures));
        (Means, Deviations) = (tensor(standard.Means), tensor(standard.Deviations));
        register_module("decoder", decoder);
        register_module("logits", logits);
        register_module("log-scales", logScales);
        register_module("action-means", actionMeans);
        register_buffer("means", Means);
        register_buffer("deviations", Deviations);
        if (sizes.Plan == 0) return;
        recogniser = nn.LSTM(sizes.State + sizes.Action, sizes.Width, batchFirst: true, bidirectional: true);
        recognised = nn.Linear(2 * sizes.Width, 2 * sizes.Plan);
        proposer = new(sizes.State + sizes.Goal, [sizes.Width, sizes.Width], 0);
        proposed = nn.Linear(sizes.Width, 2 * sizes.Plan);
        register_module("recogniser", recogniser);
        register_module("recognised", recognised);
        register_module("proposer", proposer);
        register_module("proposed", proposed);
    }

    internal Tensor Means { get; }

    internal Tensor Deviations { get; }

    /// <summary>The posterior of a window's plan: mean and standard deviation [B, Z].</summary>
    /// <param name="states">States [B, T, S].</param>
    /// <param name="actions">Actions [B, T, A].</param>
    public (Tensor Mean, Tensor Deviation) Recognise(Tensor states, Tensor actions)
    {
        var (_, last, _) = recogniser!.call(cat([states, actions], 2));
        return Gaussian(recognised!.forward(last.permute(1, 0, 2).reshape(states.shape[0], 2 * sizes.Width)));
    }

    /// <summary>The prior of plans from a state to a goal: mean and standard deviation [B, Z].</summary>
    /// <param name="ends">States and goals [B, S + G].</param>
    public (Tensor Mean, Tensor Deviation) Propose(Tensor ends) => Gaussian(proposed!.forward(proposer!.forward(ends)));

    /// <summary>The distributions of actions: logits, logarithms of scales and means [B, T, A, K], and what is remembered, hidden and cell [2, B, H].</summary>
    /// <param name="plans">Plans [B, Z]; null without plans.</param>
    /// <param name="states">States [B, T, S].</param>
    /// <param name="goals">Goals [B, G].</param>
    /// <param name="memory">What is remembered from before [2, B, H]; null for nothing.</param>
    public (Tensor Logits, Tensor LogScales, Tensor Means, Tensor Memory) Decode(Tensor? plans, Tensor states, Tensor goals, Tensor? memory)
    {
        var (rows, length) = (states.shape[0], states.shape[1]);
        Tensor Along(Tensor x) => x.unsqueeze(1).expand(rows, length, x.shape[1]);
        var seen = cat(plans is null ? [states, Along(goals)] : [Along(plans), states, Along(goals)], 2);
        var (output, hidden, cells) = decoder.call(seen, memory is null ? null : (memory.narrow(0, 0, 1), memory.narrow(0, 1, 1)));
        Tensor Each(Linear head) => head.forward(output).reshape(rows, length, sizes.Action, sizes.Mixtures);
        return (Each(logits), Each(logScales).clamp_min(SmallestLogScale), Each(actionMeans), cat([hidden, cells], 0));
    }

    private (Tensor, Tensor) Gaussian(Tensor both) => (both.narrow(1, 0, sizes.Plan), nn.functional.softplus(both.narrow(1, sizes.Plan, sizes.Plan)) + LeastDeviation);
}
