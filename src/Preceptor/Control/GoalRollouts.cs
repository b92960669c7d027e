namespace Preceptor.Control;

/// <summary>Lets a policy act in environments whose observations hold the goal that is asked for.</summary>
public static class GoalRollouts
{
    /// <summary>Plays one episode in each environment, side by side.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seed">The seed of the episodes.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="asked">Which numbers of an observation are the goal that is asked for, as many as the policy's goals have.</param>
    /// <param name="watch">Sees all observations before each step [N × S]; null for nobody.</param>
    /// <returns>Whether each episode came to its own end, at its goal [N].</returns>
    public static bool[] Play(IVectorEnvironment environments, ulong seed, Policy policy, IReadOnlyList<int> asked, Action<float[]>? watch = null)
    {
        ArgumentNullException.ThrowIfNull(environments);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(asked);
        if (asked.Count != policy.Goal.Count) throw new ArgumentException($"expected {policy.Goal.Count} numbers of a goal; found {asked.Count}", nameof(asked));
        var (n, size) = (environments.Count, environments.ObservationSpace.Size);
        var (now, inputs, actions) = (new EnvironmentStep(n, size), new float[n * policy.Inputs], new float[n * policy.ActionSize]);
        var (reached, isOver, open) = (new bool[n], new bool[n], n);
        environments.Reset(seed, now);
        while (open > 0)
        {
            watch?.Invoke(now.Observations);
            for (var i = 0; i < n; i++)
            {
                var seen = now.Observations.AsSpan(i * size, size);
                var row = inputs.AsSpan(i * policy.Inputs, policy.Inputs);
                for (var s = 0; s < policy.State.Count; s++) row[s] = seen[policy.State[s]];
                for (var g = 0; g < asked.Count; g++) row[policy.State.Count + g] = seen[asked[g]];
            }
            policy.Act(inputs, actions);
            environments.Step(actions, now);
            for (var i = 0; i < n; i++)
            {
                if (isOver[i] || !now.IsOver(i)) continue;
                (isOver[i], reached[i]) = (true, now.Terminated[i]);
                open--;
            }
        }
        return reached;
    }
}
