using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>A policy that acts by the last moments of an episode, of which it remembers what it saw and did. Asked without a memory, it acts as at an episode's beginning.</summary>
/// <param name="model">The network's size.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="goal">Which numbers of an observation are what a goal asks for.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class SequencePolicy(SequenceModelOptions model, SequencePolicyNetwork network, IReadOnlyList<int> state, IReadOnlyList<int> goal, BoxSpace actions, TrainingSummary training, int threads) : Policy(state, goal, actions, training, threads)
{
    internal const string TypeName = "sequences";

    /// <inheritdoc/>
    protected override int RowsABlock => 64;

    /// <inheritdoc/>
    public override SequenceMemory Remember(int episodes) => new(episodes, model.Context, Inputs, ActionSize);

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise) => Act(inputs, noise, Remember((int)inputs.shape[0]), [.. Enumerable.Range(0, (int)inputs.shape[0])]);

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise, PolicyMemory memory, ReadOnlySpan<int> episodes)
    {
        network.eval();
        var (own, rows, length) = ((SequenceMemory)memory, (int)inputs.shape[0], model.Context);
        var (seen, done, present) = (new float[rows * length * Inputs], new float[rows * length * ActionSize], new long[rows]);
        var now = MemoryMarshal.Cast<byte, float>(inputs.bytes);
        for (var row = 0; row < episodes.Length; row++)
        {
            present[row] = own.See(episodes[row], now.Slice(row * Inputs, Inputs));
            own.Seen(episodes[row]).CopyTo(seen.AsSpan(row * length * Inputs));
            own.Done(episodes[row]).CopyTo(done.AsSpan(row * length * ActionSize));
        }
        // Beginnings are as long as any other row, since nothing looks at what is behind its own moment: so an answer depends on no neighbour.
        var all = network.Forward(InputBuffer.Tensor<float>(seen, float32, rows, length, Inputs), InputBuffer.Tensor<float>(done, float32, rows, length, ActionSize));
        var chosen = all.gather(1, InputBuffer.Tensor<long>(present, int64, rows, 1, 1).expand(rows, 1, ActionSize)).squeeze(1);
        var values = MemoryMarshal.Cast<byte, float>(chosen.bytes);
        for (var row = 0; row < episodes.Length; row++) own.Do(episodes[row], values.Slice(row * ActionSize, ActionSize));
        return chosen;
    }

    /// <inheritdoc/>
    protected override void Follow(EpisodeLog log, ReadOnlySpan<float> inputs, Span<float> into)
    {
        // Each action is asked for after what was really done before it, which a memory of its own begins with.
        var memory = Remember(log.Actions.Length / ActionSize);
        var at = 0;
        foreach (var length in log.Lengths)
            for (var moment = 0; moment < length; moment++, at++)
                for (var before = Math.Min(moment, model.Context - 1); before > 0; before--)
                {
                    memory.See(at, inputs.Slice((at - before) * Inputs, Inputs));
                    memory.Do(at, log.Actions.AsSpan((at - before) * ActionSize, ActionSize));
                }
        Act(inputs, into, 0, memory, [.. Enumerable.Range(0, at)]);
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(TypeName, model, [.. State], [.. Goal], [.. Actions.Low], [.. Actions.High], Training, Threads));
        new KeptModule(network).Write(Path.Combine(folder, "policy.safetensors"));
    }

    internal static SequencePolicy Read(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var (inputs, space) = (d.State.Length + d.Goal.Length, new BoxSpace(d.Low, d.High));
        var network = new SequencePolicyNetwork(d.Model, (new float[inputs], new float[inputs]), d.State.Length, space);
        new KeptModule(network).Read(Path.Combine(folder, "policy.safetensors"));
        return new(d.Model, network, d.State, d.Goal, space, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) network.Dispose();
    }

    private sealed record Description(string Type, SequenceModelOptions Model, int[] State, int[] Goal, float[] Low, float[] High, TrainingSummary Training, int Threads);
}

/// <summary>The last moments of episodes that go on side by side: what was seen and what was done, the earliest first.</summary>
public sealed class SequenceMemory : PolicyMemory
{
    private readonly int context, inputs, action;
    private readonly float[] seen, done;

    internal SequenceMemory(int episodes, int context, int inputs, int action) : base(episodes) =>
        (this.context, this.inputs, this.action, seen, done) = (context, inputs, action, new float[episodes * context * inputs], new float[episodes * context * action]);

    /// <summary>States and goals [C × (S + G)]; of another episode, or nothing, behind the present moment.</summary>
    internal Span<float> Seen(int episode) => seen.AsSpan(episode * context * inputs, context * inputs);

    /// <summary>Actions [C × A], those before the present moment.</summary>
    internal Span<float> Done(int episode) => done.AsSpan(episode * context * action, context * action);

    /// <summary>Adds what is seen now, and gives its place among the moments.</summary>
    internal int See(int episode, ReadOnlySpan<float> now)
    {
        if (Ages[episode] >= context)
        {
            Seen(episode)[inputs..].CopyTo(Seen(episode));
            Done(episode)[action..].CopyTo(Done(episode));
        }
        var place = Math.Min(Ages[episode], context - 1);
        now.CopyTo(Seen(episode)[(place * inputs)..]);
        return place;
    }

    /// <summary>Adds what was done then.</summary>
    internal void Do(int episode, ReadOnlySpan<float> action)
    {
        action.CopyTo(Done(episode)[(Math.Min(Ages[episode], context - 1) * action.Length)..]);
        Ages[episode]++;
    }
}
