using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>A trained policy: from what it sees, and a goal where it has one, to an action.</summary>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="goal">Which numbers of an observation are what a goal asks for; none for a policy without goals.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public abstract class Policy(IReadOnlyList<int> state, IReadOnlyList<int> goal, BoxSpace actions, TrainingSummary training, int threads) : IArtifact<Policy>, IDisposable
{
    /// <summary>The file that every policy's folder has.</summary>
    public const string FileName = "policy.json";

    /// <summary>How it was trained.</summary>
    public TrainingSummary Training { get; } = training;

    /// <summary>Which numbers of an observation it sees.</summary>
    public IReadOnlyList<int> State => state;

    /// <summary>Which numbers of an observation are what a goal asks for.</summary>
    public IReadOnlyList<int> Goal => goal;

    /// <summary>What its actions may be.</summary>
    public BoxSpace Actions => actions;

    /// <summary>Numbers an action.</summary>
    public int ActionSize => actions.Size;

    /// <summary>Numbers it is asked with: a state's and a goal's.</summary>
    public int Inputs => state.Count + goal.Count;

    /// <summary>Random numbers that an action takes; 0 for a policy that does not draw.</summary>
    protected virtual int Draws => 0;

    /// <summary>Rows that are answered at a time. Each row of a policy that draws is many rows of its networks.</summary>
    protected virtual int RowsABlock => Draws > 0 ? 64 : 256;

    private protected int Threads => threads;

    /// <summary>Acts. Policies that draw do so by the seed and the row itself, so that an answer depends on no neighbour and can be had again.</summary>
    /// <param name="inputs">States and goals [N × (S + G)].</param>
    /// <param name="into">Receives the actions [N × A].</param>
    /// <param name="seed">Another one gives other draws.</param>
    public void Act(ReadOnlySpan<float> inputs, Span<float> into, ulong seed = 0) => Act(inputs, into, seed, null, []);

    /// <summary>Acts in episodes that go on.</summary>
    /// <param name="inputs">States and goals [N × (S + G)].</param>
    /// <param name="into">Receives the actions [N × A].</param>
    /// <param name="seed">Another one gives other draws.</param>
    /// <param name="memory">What the policy keeps of them; null for a policy without a memory, or at the beginning.</param>
    /// <param name="episodes">Which episode of the memory each row belongs to [N].</param>
    public void Act(ReadOnlySpan<float> inputs, Span<float> into, ulong seed, PolicyMemory? memory, ReadOnlySpan<int> episodes)
    {
        set_num_threads(threads);
        using var noGradient = no_grad();
        var (rows, size) = (inputs.Length / Inputs, RowsABlock);
        var (block, noise) = (new float[size * Inputs], new float[size * Draws]);
        for (var start = 0; start < rows; start += size)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(size, rows - start);
            // The last block is filled up, so that an answer depends on no neighbour.
            inputs.Slice(start * Inputs, count * Inputs).CopyTo(block);
            Array.Clear(block, count * Inputs, block.Length - count * Inputs);
            if (Draws > 0)
                for (var row = 0; row < count; row++) Draw(seed, block.AsSpan(row * Inputs, Inputs), noise.AsSpan(row * Draws, Draws));
            var (seen, drawn) = (InputBuffer.Tensor<float>(block, float32, size, Inputs), InputBuffer.Tensor<float>(noise, float32, size, Draws));
            var answer = memory is null ? Act(seen, drawn) : Act(seen, drawn, memory, episodes.Slice(start, count));
            MemoryMarshal.Cast<byte, float>(answer.contiguous().bytes)[..(count * ActionSize)].CopyTo(into[(start * ActionSize)..]);
        }
    }

    /// <summary>Actions [B, A], without a gradient.</summary>
    /// <param name="inputs">States and goals [B, S + G].</param>
    /// <param name="noise">Normal random numbers [B, draws].</param>
    protected abstract Tensor Act(Tensor inputs, Tensor noise);

    /// <summary>Actions [B, A] in episodes that go on, without a gradient.</summary>
    /// <param name="inputs">States and goals [B, S + G]; rows beyond the episodes are there to fill the batch.</param>
    /// <param name="noise">Normal random numbers [B, draws].</param>
    /// <param name="memory">What is kept of the episodes.</param>
    /// <param name="episodes">Which of them each row belongs to.</param>
    protected virtual Tensor Act(Tensor inputs, Tensor noise, PolicyMemory memory, ReadOnlySpan<int> episodes) => Act(inputs, noise);

    /// <summary>A memory of episodes that begin; null for a policy without one.</summary>
    /// <param name="episodes">How many go on side by side.</param>
    public virtual PolicyMemory? Remember(int episodes) => null;

    /// <summary>The root mean square of the difference between its actions and those of a log, asked for the goal that each episode ends at [episodes].</summary>
    public double[] ActionErrors(EpisodeLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var seen = new Demonstrations(log, actions, state, goal);
        var (inputs, answers) = (new float[log.Steps * Inputs], new float[log.Steps * ActionSize]);
        for (var (e, first, at) = (0, 0, 0); e < log.Count; first += log.Lengths[e] + 1, e++)
            for (var t = 0; t < log.Lengths[e]; t++, at++) seen.See(log.Seen(first + t), log.Seen(first + log.Lengths[e]), inputs.AsSpan(at * Inputs, Inputs));
        Follow(log, inputs, answers);
        var errors = new double[log.Count];
        for (var (e, at) = (0, 0); e < log.Count; at += log.Lengths[e] * ActionSize, e++)
        {
            var count = log.Lengths[e] * ActionSize;
            for (var i = at; i < at + count; i++) errors[e] += Math.Pow(answers[i] - log.Actions[i], 2) / count;
            errors[e] = Math.Sqrt(errors[e]);
        }
        return errors;
    }

    /// <summary>Answers what a log's actions are asked for.</summary>
    /// <param name="log">The log.</param>
    /// <param name="inputs">States and goals, a row an action [ΣT × (S + G)].</param>
    /// <param name="into">Receives the actions [ΣT × A].</param>
    protected virtual void Follow(EpisodeLog log, ReadOnlySpan<float> inputs, Span<float> into) => Act(inputs, into);

    /// <inheritdoc/>
    public abstract void Save(string folder);

    /// <inheritdoc/>
    public static Policy Load(string folder) => ModelFiles.ReadJson<TypeOnly>(Path.Combine(folder, FileName)).Type switch
    {
        GoalPolicy.TypeName => GoalPolicy.Read(folder),
        DiffusionPolicy.TypeName => DiffusionPolicy.Read(folder),
        PlanPolicy.TypeName => PlanPolicy.Read(folder),
        SequencePolicy.TypeName => SequencePolicy.Read(folder),
        ScenePolicy.TypeName => ScenePolicy.Read(folder),
        var other => throw new RequestException($"{Path.Combine(folder, FileName)}: type: '{other}' is none of {GoalPolicy.TypeName}, {DiffusionPolicy.TypeName}, {PlanPolicy.TypeName}, {SequencePolicy.TypeName}, {ScenePolicy.TypeName}"),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees its networks.</summary>
    protected abstract void Dispose(bool disposing);

    private static void Draw(ulong seed, ReadOnlySpan<float> row, Span<float> into)
    {
        var key = seed;
        foreach (var value in row) key = (key ^ BitConverter.SingleToUInt32Bits(value)) * 0x9E3779B97F4A7C15UL + 1;
        var random = RandomStream.Of(key, "action");
        for (var i = 0; i < into.Length; i++) into[i] = (float)random.NextGaussian();
    }

    private sealed record TypeOnly(string Type);
}
