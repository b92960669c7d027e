using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>What of costs is learned.</summary>
public enum HarmMeasure
{
    /// <summary>The largest violation to come (Hamilton–Jacobi reachability).</summary>
    Reachability,

    /// <summary>The discounted sum of costs.</summary>
    Cost,
}

/// <summary>Which of several drawn actions is taken.</summary>
public enum ActionChoice
{
    /// <summary>The least harmful.</summary>
    LeastHarm,

    /// <summary>The one with the most reward to come.</summary>
    MostReward,
}

/// <summary>The networks of a diffusion policy.</summary>
public sealed class DiffusionPolicyNetworks : nn.Module
{
    /// <summary>Puts them together.</summary>
    /// <param name="noise">Predicts noise; its owner, and that of the others, this becomes.</param>
    /// <param name="reward">The critics of reward.</param>
    /// <param name="harm">The critics of harm.</param>
    /// <param name="harmValues">The states' values of harm.</param>
    /// <param name="states">The mean and the standard deviation of each number of a state.</param>
    public DiffusionPolicyNetworks(NoiseNetwork noise, TwinCritic reward, TwinCritic harm, ValueNetwork harmValues, (float[] Means, float[] Deviations) states) : base(nameof(DiffusionPolicyNetworks))
    {
        (Noise, Reward, Harm, HarmValues, Means, Deviations) = (noise, reward, harm, harmValues, tensor(states.Means), tensor(states.Deviations));
        register_module("noise", noise);
        register_module("reward", reward);
        register_module("harm", harm);
        register_module("harm-values", harmValues);
        register_buffer("means", Means);
        register_buffer("deviations", Deviations);
    }

    internal NoiseNetwork Noise { get; }

    internal TwinCritic Reward { get; }

    internal TwinCritic Harm { get; }

    internal ValueNetwork HarmValues { get; }

    internal Tensor Means { get; }

    internal Tensor Deviations { get; }
}

/// <summary>How a diffusion policy acts.</summary>
/// <param name="Model">The noise network's size.</param>
/// <param name="Steps">Steps of the diffusion.</param>
/// <param name="Schedule">How fast it adds noise.</param>
/// <param name="Candidates">Actions that are drawn to choose one of.</param>
/// <param name="Choice">Which of them is taken.</param>
/// <param name="ValueWidth">Units of the hidden layers of values and critics.</param>
/// <param name="Threshold">The harm that is allowed.</param>
public sealed record DiffusionPolicyOptions(PolicyModelOptions Model, int Steps, NoiseSchedule Schedule, int Candidates, ActionChoice Choice, int ValueWidth, double Threshold);

/// <summary>A policy that draws actions by taking noise away step by step, and takes the best of several (Zheng et al. 2024). It knows from which states violations can be avoided.</summary>
/// <param name="options">How it acts.</param>
/// <param name="networks">Its networks, whose owner this becomes.</param>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class DiffusionPolicy(DiffusionPolicyOptions options, DiffusionPolicyNetworks networks, IReadOnlyList<int> state, BoxSpace actions, TrainingSummary training, int threads) : Policy(state, [], actions, training, threads)
{
    internal const string TypeName = "diffusion";

    private readonly DiffusionSchedule schedule = new(options.Schedule, options.Steps);

    /// <inheritdoc/>
    protected override int Draws => options.Candidates * (options.Steps + 1) * ActionSize;

    /// <summary>How much harm must come from states, less what is allowed: at most 0 where it can be avoided [N].</summary>
    /// <param name="states">States, without goals [N × S].</param>
    public float[] Harm(float[] states)
    {
        ArgumentNullException.ThrowIfNull(states);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var seen = (InputBuffer.Tensor<float>(states, float32, states.Length / State.Count, State.Count) - networks.Means) / networks.Deviations;
        return (networks.HarmValues.forward(seen) - options.Threshold).data<float>().ToArray();
    }

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise)
    {
        networks.eval();
        var (rows, candidates) = (inputs.shape[0], options.Candidates);
        var states = ((inputs - networks.Means) / networks.Deviations).repeat_interleave(candidates, 0);
        var draws = noise.reshape(rows * candidates, options.Steps + 1, ActionSize);
        var drawn = draws.select(1, options.Steps);
        foreach (var time in schedule.Backwards)
            drawn = schedule.Step(drawn, networks.Noise.forward(states, drawn, full([rows * candidates, 1], time)), draws.select(1, time), time);
        var both = cat([states, drawn], 1);
        var better = options.Choice == ActionChoice.LeastHarm ? -ValueTraining.Believed(networks.Harm, both, isReversed: true) : ValueTraining.Believed(networks.Reward, both, isReversed: false);
        var best = better.reshape(rows, candidates).argmax(1) + arange(rows) * candidates;
        Tensor low = tensor(Actions.Low.ToArray()), high = tensor(Actions.High.ToArray());
        return (high + low) / 2 + (high - low) / 2 * drawn[best];
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(TypeName, options, [.. State], [.. Actions.Low], [.. Actions.High], Training, Threads));
        new KeptModule(networks).Write(Path.Combine(folder, "policy.safetensors"));
    }

    internal static DiffusionPolicy Read(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var (state, action, o) = (d.State.Length, d.Low.Length, d.Options);
        var networks = new DiffusionPolicyNetworks(new(state, action, o.Model.Width, o.Model.Layers, 0), new(state + action, o.ValueWidth), new(state + action, o.ValueWidth), new(state, o.ValueWidth), (new float[state], new float[state]));
        new KeptModule(networks).Read(Path.Combine(folder, "policy.safetensors"));
        return new(o, networks, d.State, new(d.Low, d.High), d.Training, d.Threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) networks.Dispose();
    }

    private sealed record Description(string Type, DiffusionPolicyOptions Options, int[] State, float[] Low, float[] High, TrainingSummary Training, int Threads);
}
