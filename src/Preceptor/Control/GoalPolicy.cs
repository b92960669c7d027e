using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>A perceptron from state and goal to an action: its inputs are standardised, and tanh keeps its actions within their bounds.</summary>
[Version(1)]
public sealed class GoalPolicyNetwork : nn.Module<Tensor, Tensor>
{
    private readonly HiddenLayers hidden;
    private readonly Linear output;
    private readonly Tensor means, deviations, middles, halves;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">Its size.</param>
    /// <param name="inputs">The mean and the standard deviation of each input [state and goal].</param>
    /// <param name="actions">What actions may be; within finite bounds.</param>
    public GoalPolicyNetwork(PolicyModelOptions options, (float[] Means, float[] Deviations) inputs, BoxSpace actions) : base(nameof(GoalPolicyNetwork))
    {
        hidden = new HiddenLayers(inputs.Means.Length, [.. Enumerable.Repeat(options.Width, options.Layers)], 0);
        output = nn.Linear(hidden.Features, actions.Size);
        (means, deviations) = (tensor(inputs.Means), tensor(inputs.Deviations));
        middles = tensor(actions.Low.Zip(actions.High, (low, high) => (low + high) / 2).ToArray());
        halves = tensor(actions.Low.Zip(actions.High, (low, high) => (high - low) / 2).ToArray());
        register_module("hidden", hidden);
        register_module("output", output);
        register_buffer("means", means);
        register_buffer("deviations", deviations);
        register_buffer("middles", middles);
        register_buffer("halves", halves);
    }

    /// <summary>Actions [B, A].</summary>
    /// <param name="inputs">States and goals [B, S + G].</param>
    public override Tensor forward(Tensor inputs) => middles + halves * Standard((inputs - means) / deviations);

    /// <summary>Actions from −1 to 1, from standardised states and goals.</summary>
    internal Tensor Standard(Tensor inputs) => tanh(output.forward(hidden.forward(inputs)));
}

/// <summary>A policy that is one network, and acts towards a goal where it has one.</summary>
/// <param name="model">The network's size.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="goal">Which numbers of an observation are what a goal asks for.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class GoalPolicy(PolicyModelOptions model, GoalPolicyNetwork network, IReadOnlyList<int> state, IReadOnlyList<int> goal, BoxSpace actions, TrainingSummary training, int threads) : Policy(state, goal, actions, training, threads)
{
    internal const string TypeName = "network";

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise)
    {
        network.eval();
        return network.forward(inputs);
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(TypeName, model, [.. State], [.. Goal], [.. Actions.Low], [.. Actions.High], Training, Threads));
        new KeptModule(network).Write(Path.Combine(folder, "policy.safetensors"));
    }

    internal static GoalPolicy Read(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var (inputs, space) = (d.State.Length + d.Goal.Length, new BoxSpace(d.Low, d.High));
        var network = new GoalPolicyNetwork(d.Model, (new float[inputs], new float[inputs]), space);
        new KeptModule(network).Read(Path.Combine(folder, "policy.safetensors"));
        return new(d.Model, network, d.State, d.Goal, space, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) network.Dispose();
    }

    private sealed record Description(string Type, PolicyModelOptions Model, int[] State, int[] Goal, float[] Low, float[] High, TrainingSummary Training, int Threads);
}
