using System.Runtime.InteropServices;
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
    public override Tensor forward(Tensor inputs) => middles + halves * tanh(output.forward(hidden.forward((inputs - means) / deviations)));
}

/// <summary>A policy that acts towards a goal.</summary>
/// <param name="model">The network's size.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="goal">Which numbers of an observation are what a goal asks for.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class GoalPolicy(PolicyModelOptions model, GoalPolicyNetwork network, IReadOnlyList<int> state, IReadOnlyList<int> goal, BoxSpace actions, TrainingSummary training, int threads) : IArtifact<GoalPolicy>, IDisposable
{
    /// <summary>The file that every policy's folder has.</summary>
    public const string FileName = "goal-policy.json";

    private const int Block = 256;

    /// <summary>How it was trained.</summary>
    public TrainingSummary Training { get; } = training;

    /// <summary>Which numbers of an observation it sees.</summary>
    public IReadOnlyList<int> State => state;

    /// <summary>Which numbers of an observation are what a goal asks for.</summary>
    public IReadOnlyList<int> Goal => goal;

    /// <summary>Numbers an action.</summary>
    public int ActionSize => actions.Size;

    /// <summary>Numbers it is asked with: a state's and a goal's.</summary>
    public int Inputs => state.Count + goal.Count;

    /// <summary>Acts.</summary>
    /// <param name="inputs">States and goals [N × (S + G)].</param>
    /// <param name="into">Receives the actions [N × A].</param>
    public void Act(ReadOnlySpan<float> inputs, Span<float> into)
    {
        set_num_threads(threads);
        network.eval();
        using var noGradient = no_grad();
        var rows = inputs.Length / Inputs;
        var block = new float[Block * Inputs];
        for (var start = 0; start < rows; start += Block)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Block, rows - start);
            // The last block is filled up, so that an answer depends on no neighbour.
            inputs.Slice(start * Inputs, count * Inputs).CopyTo(block);
            Array.Clear(block, count * Inputs, block.Length - count * Inputs);
            var answer = network.forward(tensor(block, [Block, Inputs]));
            MemoryMarshal.Cast<byte, float>(answer.contiguous().bytes)[..(count * ActionSize)].CopyTo(into[(start * ActionSize)..]);
        }
    }

    /// <summary>The root mean square of the difference between its actions and those of a log, asked for the goal that each episode ends at [episodes].</summary>
    public double[] ActionErrors(EpisodeLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var seen = new Demonstrations(log, actions, state, goal);
        var (inputs, answers) = (new float[log.Steps * Inputs], new float[log.Steps * ActionSize]);
        for (var (e, first, at) = (0, 0, 0); e < log.Count; first += log.Lengths[e] + 1, e++)
            for (var t = 0; t < log.Lengths[e]; t++, at++) seen.See(log.Seen(first + t), log.Seen(first + log.Lengths[e]), inputs.AsSpan(at * Inputs, Inputs));
        Act(inputs, answers);
        var errors = new double[log.Count];
        for (var (e, at) = (0, 0); e < log.Count; at += log.Lengths[e] * ActionSize, e++)
        {
            var count = log.Lengths[e] * ActionSize;
            for (var i = at; i < at + count; i++) errors[e] += Math.Pow(answers[i] - log.Actions[i], 2) / count;
            errors[e] = Math.Sqrt(errors[e]);
        }
        return errors;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(model, [.. state], [.. goal], [.. actions.Low], [.. actions.High], Training, threads));
        new KeptModule(network).Write(Path.Combine(folder, "goal-policy.safetensors"));
    }

    /// <inheritdoc/>
    public static GoalPolicy Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var (inputs, space) = (d.State.Length + d.Goal.Length, new BoxSpace(d.Low, d.High));
        var network = new GoalPolicyNetwork(d.Model, (new float[inputs], new float[inputs]), space);
        new KeptModule(network).Read(Path.Combine(folder, "goal-policy.safetensors"));
        return new(d.Model, network, d.State, d.Goal, space, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private sealed record Description(PolicyModelOptions Model, int[] State, int[] Goal, float[] Low, float[] High, TrainingSummary Training, int Threads);
}
