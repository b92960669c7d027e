using System.Runtime.InteropServices;
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

    private const int Block = 256;

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

    private protected int Threads => threads;

    /// <summary>Acts. Policies that draw do so by the seed and the row itself, so that an answer depends on no neighbour and can be had again.</summary>
    /// <param name="inputs">States and goals [N × (S + G)].</param>
    /// <param name="into">Receives the actions [N × A].</param>
    /// <param name="seed">Another one gives other draws.</param>
    public void Act(ReadOnlySpan<float> inputs, Span<float> into, ulong seed = 0)
    {
        set_num_threads(threads);
        using var noGradient = no_grad();
        var rows = inputs.Length / Inputs;
        var (block, noise) = (new float[Block * Inputs], new float[Block * Draws]);
        for (var start = 0; start < rows; start += Block)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Block, rows - start);
            // The last block is filled up, so that an answer depends on no neighbour.
            inputs.Slice(start * Inputs, count * Inputs).CopyTo(block);
            Array.Clear(block, count * Inputs, block.Length - count * Inputs);
            if (Draws > 0)
                for (var row = 0; row < count; row++) Draw(seed, block.AsSpan(row * Inputs, Inputs), noise.AsSpan(row * Draws, Draws));
            var answer = Act(tensor(block, [Block, Inputs]), tensor(noise, [Block, Draws]));
            MemoryMarshal.Cast<byte, float>(answer.contiguous().bytes)[..(count * ActionSize)].CopyTo(into[(start * ActionSize)..]);
        }
    }

    /// <summary>Actions [B, A], without a gradient.</summary>
    /// <param name="inputs">States and goals [B, S + G].</param>
    /// <param name="noise">Normal random numbers [B, draws].</param>
    protected abstract Tensor Act(Tensor inputs, Tensor noise);

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
    public abstract void Save(string folder);

    /// <inheritdoc/>
    public static Policy Load(string folder) => ModelFiles.ReadJson<TypeOnly>(Path.Combine(folder, FileName)).Type switch
    {
        GoalPolicy.TypeName => GoalPolicy.Read(folder),
        var other => throw new RequestException($"{Path.Combine(folder, FileName)}: type: '{other}' is none of {GoalPolicy.TypeName}"),
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
