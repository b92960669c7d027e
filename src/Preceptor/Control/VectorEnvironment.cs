namespace Preceptor.Control;

/// <summary>What an action brought.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="Cost">The cost.</param>
/// <param name="Terminated">Whether the episode has come to its own end.</param>
public readonly record struct ActionOutcome(float Reward, float Cost, bool Terminated);

/// <summary>Environments side by side whose episodes are cut off after a number of actions: they say how an episode begins and what an action brings, and the contract of <see cref="IVectorEnvironment"/> is kept here.</summary>
public abstract class VectorEnvironment : IVectorEnvironment
{
    private readonly int longest;
    private readonly int[] steps, episodes;
    private readonly bool[] isOver;
    private ulong seed;

    /// <param name="count">Environments.</param>
    /// <param name="longest">Actions after which an episode is truncated.</param>
    protected VectorEnvironment(int count, int longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        (Count, this.longest) = (count, longest);
        (steps, episodes, isOver) = (new int[count], new int[count], new bool[count]);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public abstract BoxSpace ObservationSpace { get; }

    /// <inheritdoc/>
    public abstract BoxSpace ActionSpace { get; }

    /// <inheritdoc/>
    public void Reset(ulong seed, EnvironmentStep into)
    {
        ArgumentNullException.ThrowIfNull(into);
        this.seed = seed;
        Array.Clear(episodes);
        for (var i = 0; i < Count; i++) Begin(i, into);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, EnvironmentStep into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var width = ActionSpace.Size;
        if (actions.Length != width * Count) throw new ArgumentException($"expected {width * Count} numbers, {width} for each of {Count} environments; found {actions.Length}", nameof(actions));
        for (var i = 0; i < actions.Length; i++)
            if (!float.IsFinite(actions[i])) throw new ArgumentException($"the action of environment {i / width} is {actions[i]}", nameof(actions));
        for (var i = 0; i < Count; i++)
        {
            if (isOver[i])
            {
                (into.Rewards[i], into.Costs[i], into.Terminated[i], into.Truncated[i]) = (0, 0, false, false);
                episodes[i]++;
                Begin(i, into);
                continue;
            }
            (into.Rewards[i], into.Costs[i], into.Terminated[i]) = Act(i, actions.Slice(width * i, width), Seen(i, into));
            into.Truncated[i] = ++steps[i] >= longest && !into.Terminated[i];
            isOver[i] = into.IsOver(i);
        }
    }

    /// <summary>Begins an episode, which depends on the seed, the environment and the number of the episode alone.</summary>
    /// <param name="environment">In which environment.</param>
    /// <param name="seed">The seed of all episodes.</param>
    /// <param name="episode">The number of the environment's episode, from 0.</param>
    /// <param name="seen">Receives what is seen [S].</param>
    protected abstract void Begin(int environment, ulong seed, int episode, Span<float> seen);

    /// <summary>Acts.</summary>
    /// <param name="environment">In which environment.</param>
    /// <param name="action">Finite numbers, perhaps beyond the bounds [A].</param>
    /// <param name="seen">Receives what is seen then [S].</param>
    protected abstract ActionOutcome Act(int environment, ReadOnlySpan<float> action, Span<float> seen);

    private void Begin(int environment, EnvironmentStep into)
    {
        (steps[environment], isOver[environment]) = (0, false);
        Begin(environment, seed, episodes[environment], Seen(environment, into));
    }

    private Span<float> Seen(int environment, EnvironmentStep into) => into.Observations.AsSpan(environment * ObservationSpace.Size, ObservationSpace.Size);
}
