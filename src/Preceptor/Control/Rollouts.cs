using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>What came of an episode.</summary>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="LastReward">The reward of its last action.</param>
/// <param name="LargestCost">The largest cost of an action.</param>
/// <param name="Terminated">Whether it came to its own end, and was not cut off.</param>
/// <param name="Steps">Actions.</param>
public readonly record struct EpisodeOutcome(double Return, float LastReward, float LargestCost, bool Terminated, int Steps);

/// <summary>Sees what an episode that is not over sees before a step.</summary>
/// <param name="episode">Which one.</param>
/// <param name="observation">The observation [S].</param>
public delegate void Watch(int episode, ReadOnlySpan<float> observation);

/// <summary>Lets a policy act in environments.</summary>
public static class Rollouts
{
    /// <summary>Plays one episode in each environment, side by side.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seed">The seed of the episodes.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="asked">Which numbers of an observation are the goal that is asked for, as many as the policy's goals have.</param>
    /// <param name="watch">Sees every step; null for nobody.</param>
    /// <returns>What came of each episode [N].</returns>
    public static EpisodeOutcome[] Play(IVectorEnvironment environments, ulong seed, Policy policy, IReadOnlyList<int> asked, Watch? watch = null)
    {
        ArgumentNullException.ThrowIfNull(environments);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(asked);
        if (asked.Count != policy.Goal.Count) throw new ArgumentException($"expected {policy.Goal.Count} numbers of a goal; found {asked.Count}", nameof(asked));
        return Play(environments, seed, By(policy, seed, environments, asked, watch));
    }

    /// <summary>A policy's choices.</summary>
    internal static Choose By(Policy policy, ulong seed, IVectorEnvironment environments, IReadOnlyList<int> asked, Watch? watch = null)
    {
        var (n, size) = (environments.Count, environments.ObservationSpace.Size);
        var (inputs, given, memory) = (new float[n * policy.Inputs], new float[n * policy.ActionSize], policy.Remember(n));
        return (moment, who, now, actions) =>
        {
            for (var asking = 0; asking < who.Length; asking++)
            {
                var seen = now.Observations.AsSpan(who[asking] * size, size);
                watch?.Invoke(who[asking], seen);
                var row = inputs.AsSpan(asking * policy.Inputs, policy.Inputs);
                for (var s = 0; s < policy.State.Count; s++) row[s] = seen[policy.State[s]];
                for (var g = 0; g < asked.Count; g++) row[policy.State.Count + g] = seen[asked[g]];
            }
            policy.Act(inputs.AsSpan(0, who.Length * policy.Inputs), given, RandomStream.Key(seed, "actions", moment), memory, who);
            for (var asking = 0; asking < who.Length; asking++) given.AsSpan(policy.ActionSize * asking, policy.ActionSize).CopyTo(actions.AsSpan(who[asking] * policy.ActionSize));
        };
    }

    /// <summary>Chooses what to do.</summary>
    /// <param name="moment">The number of actions before.</param>
    /// <param name="who">Episodes that are not over; the others are not asked for an action.</param>
    /// <param name="now">What is seen.</param>
    /// <param name="actions">Receives the actions [N × A].</param>
    internal delegate void Choose(int moment, ReadOnlySpan<int> who, EnvironmentStep now, float[] actions);

    /// <summary>Plays one episode in each environment, side by side.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seed">The seed of the episodes.</param>
    /// <param name="choose">Chooses actions.</param>
    /// <param name="after">Learns of an episode's action and what came of it, before anything else is done; null for nobody.</param>
    internal static EpisodeOutcome[] Play(IVectorEnvironment environments, ulong seed, Choose choose, Action<int, float[], EnvironmentStep>? after = null)
    {
        var (n, who) = (environments.Count, Enumerable.Range(0, environments.Count).ToArray());
        var (now, actions) = (new EnvironmentStep(n, environments.ObservationSpace.Size), new float[n * environments.ActionSpace.Size]);
        var outcomes = Enumerable.Repeat(new EpisodeOutcome(0, 0, float.NegativeInfinity, false, 0), n).ToArray();
        environments.Reset(seed, now);
        for (var (moment, open) = (0, n); open > 0; moment++)
        {
            choose(moment, who.AsSpan(0, open), now, actions);
            environments.Step(actions, now);
            var left = 0;
            foreach (var i in who.AsSpan(0, open))
            {
                after?.Invoke(i, actions, now);
                var before = outcomes[i];
                outcomes[i] = new(before.Return + now.Rewards[i], now.Rewards[i], Math.Max(before.LargestCost, now.Costs[i]), now.Terminated[i], before.Steps + 1);
                if (!now.IsOver(i)) who[left++] = i;
            }
            open = left;
        }
        return outcomes;
    }
}
