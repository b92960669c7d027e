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
        var (n, size) = (environments.Count, environments.ObservationSpace.Size);
        var (now, inputs, given, actions) = (new EnvironmentStep(n, size), new float[n * policy.Inputs], new float[n * policy.ActionSize], new float[n * policy.ActionSize]);
        var (outcomes, isOver, open) = (Enumerable.Repeat(new EpisodeOutcome(0, 0, float.NegativeInfinity, false, 0), n).ToArray(), new bool[n], n);
        var (memory, who) = (policy.Remember(n), new int[n]);
        environments.Reset(seed, now);
        for (var moment = 0; open > 0; moment++)
        {
            // Only those that go on are asked for an action.
            var asking = 0;
            for (var i = 0; i < n; i++)
            {
                if (isOver[i]) continue;
                var seen = now.Observations.AsSpan(i * size, size);
                watch?.Invoke(i, seen);
                var row = inputs.AsSpan(asking * policy.Inputs, policy.Inputs);
                for (var s = 0; s < policy.State.Count; s++) row[s] = seen[policy.State[s]];
                for (var g = 0; g < asked.Count; g++) row[policy.State.Count + g] = seen[asked[g]];
                who[asking++] = i;
            }
            policy.Act(inputs.AsSpan(0, asking * policy.Inputs), given, RandomStream.Key(seed, "actions", moment), memory, who.AsSpan(0, asking));
            for (var (i, at) = (0, 0); i < n; i++)
                if (!isOver[i]) given.AsSpan(policy.ActionSize * at++, policy.ActionSize).CopyTo(actions.AsSpan(i * policy.ActionSize));
            environments.Step(actions, now);
            for (var i = 0; i < n; i++)
            {
                if (isOver[i]) continue;
                var before = outcomes[i];
                outcomes[i] = new(before.Return + now.Rewards[i], now.Rewards[i], Math.Max(before.LargestCost, now.Costs[i]), now.Terminated[i], before.Steps + 1);
                if (!now.IsOver(i)) continue;
                isOver[i] = true;
                open--;
            }
        }
        return outcomes;
    }
}
