using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>Logged episodes as supervision: what was done where, and which numbers of an observation say where one is. Any place reached later is a goal for which the action was good.</summary>
/// <param name="Log">The episodes.</param>
/// <param name="Actions">What actions may be.</param>
/// <param name="State">Which numbers of an observation a policy sees.</param>
/// <param name="Goal">Which numbers of an observation are what a goal asks for.</param>
public sealed record Demonstrations(EpisodeLog Log, BoxSpace Actions, IReadOnlyList<int> State, IReadOnlyList<int> Goal) : ISupervision
{
    /// <inheritdoc/>
    public string Name => $"{Log.Count} episodes";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(Encoding.UTF8.GetBytes($"{Log.Fingerprint}|{string.Join(' ', State)}|{string.Join(' ', Goal)}|{string.Join(' ', Actions.Low)}|{string.Join(' ', Actions.High)}"));

    /// <summary>Writes what a policy sees of an observation into a row: its state, and a goal.</summary>
    /// <param name="observation">The observation [S].</param>
    /// <param name="goalObservation">An observation where the goal is reached [S].</param>
    /// <param name="into">The row [state and goal].</param>
    internal void See(ReadOnlySpan<float> observation, ReadOnlySpan<float> goalObservation, Span<float> into)
    {
        for (var i = 0; i < State.Count; i++) into[i] = observation[State[i]];
        for (var i = 0; i < Goal.Count; i++) into[State.Count + i] = goalObservation[Goal[i]];
    }
}

/// <summary>What goals ask for: any place that an episode reached later is a goal for which its earlier actions were good (Andrychowicz et al. 2017).</summary>
/// <param name="Numbers">The numbers of an observation that a goal asks for.</param>
public sealed record ReachedGoals(IReadOnlyList<int> Numbers) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => string.Join(' ', Numbers);
}

/// <summary>A reward for each action of a log, not always the same.</summary>
/// <param name="Log">The log.</param>
public sealed record LoggedRewards(EpisodeLog Log) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(MemoryMarshal.AsBytes<float>(Log.Rewards));
}

/// <summary>A cost for each action of a log, of what should not happen: above 0 where it did. Costs below 0 say how far from it; without any, 0 says that it did not.</summary>
/// <param name="Log">The log.</param>
public sealed record LoggedCosts(EpisodeLog Log) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(MemoryMarshal.AsBytes<float>(Log.Costs));
}
