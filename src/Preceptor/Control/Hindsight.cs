namespace Preceptor.Control;

/// <summary>Episodes with the goals that they turned out to reach (Andrychowicz et al. 2017), each up to the action that reached it and without actions that it did not take, as a replay can tell.</summary>
/// <param name="environments">The environments.</param>
/// <param name="shortens">Whether actions that a goal did not take are left out.</param>
internal sealed class Hindsight(IHindsightEnvironment environments, bool shortens)
{
    private readonly float[] goals = new float[environments.MostAchieved * environments.GoalSize];

    /// <summary>What an episode has reached by its last action: the goal that was asked for, and others that have become true since its start.</summary>
    /// <param name="environment">In which environment.</param>
    /// <param name="episode">The episode, up to its last action.</param>
    /// <param name="now">What came of that.</param>
    /// <param name="relabels">Whether goals that nobody asked for count.</param>
    public IEnumerable<EpisodeRecorder> Reached(int environment, EpisodeRecorder episode, EnvironmentStep now, bool relabels)
    {
        var size = environments.ObservationSpace.Size;
        var asked = now.Observations.AsSpan((environment + 1) * size - environments.GoalSize, environments.GoalSize).ToArray();
        if (episode.Terminated && Of(environment, episode, asked) is { } wanted) yield return wanted;
        if (!relabels) yield break;
        var count = environments.Achieved(environment, goals);
        for (var g = 0; g < count; g++)
        {
            var goal = goals.AsSpan(g * environments.GoalSize, environments.GoalSize).ToArray();
            if (!(episode.Terminated && goal.AsSpan().SequenceEqual(asked)) && Of(environment, episode, goal) is { } reached) yield return reached;
        }
    }

    /// <summary>The episode as if a goal had been asked for; null where its last action did not make that true for the first time.</summary>
    private EpisodeRecorder? Of(int environment, EpisodeRecorder episode, float[] goal)
    {
        float[] actions = [.. episode.Actions];
        if (!environments.Replay(environment, actions, goal, [])) return null;
        if (shortens) actions = Shortest(environment, actions, goal);
        var width = environments.ActionSpace.Size;
        var seen = new float[(actions.Length / width + 1) * environments.ObservationSpace.Size];
        environments.Replay(environment, actions, goal, seen);
        return EpisodeRecorder.Reached(seen, actions, width);
    }

    /// <summary>Leaves out one action after the other, the last first, then two at a time, such as what was opened and closed again, until each is needed.</summary>
    private float[] Shortest(int environment, float[] actions, float[] goal)
    {
        for (var width = environments.ActionSpace.Size; ;)
        {
            var length = actions.Length;
            // What is left out is never the last action, which reaches the goal.
            for (var one = actions.Length / width - 2; one >= 0; one--) TryWithout(one, -1);
            if (actions.Length < length) continue;
            for (var other = actions.Length / width - 2; other > 0 && actions.Length == length; other--)
                for (var one = other - 1; one >= 0 && actions.Length == length; one--) TryWithout(other, one);
            if (actions.Length == length) return actions;

            void TryWithout(int later, int earlier)
            {
                float[] left = [.. actions.AsSpan(0, later * width), .. actions.AsSpan((later + 1) * width)];
                if (earlier >= 0) left = [.. left.AsSpan(0, earlier * width), .. left.AsSpan((earlier + 1) * width)];
                if (environments.Replay(environment, left, goal, [])) actions = left;
            }
        }
    }
}
