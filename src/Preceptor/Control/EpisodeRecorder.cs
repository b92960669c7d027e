namespace Preceptor.Control;

/// <summary>An episode as it comes about.</summary>
internal sealed class EpisodeRecorder
{
    private readonly List<float> observations = [], actions = [], rewards = [], costs = [];

    /// <summary>Actions so far.</summary>
    public int Steps => rewards.Count;

    /// <summary>Its actions [T × A].</summary>
    public IReadOnlyList<float> Actions => actions;

    /// <summary>What was seen at its beginning.</summary>
    /// <param name="size">Numbers an observation.</param>
    public float[] First(int size) => [.. observations.GetRange(0, size)];

    /// <summary>Whether it is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it came to its own end.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Notes what is seen at its beginning.</summary>
    public void Begin(ReadOnlySpan<float> observation) => observations.AddRange(observation);

    /// <summary>Notes an action and what came of it.</summary>
    /// <param name="action">The action [A].</param>
    /// <param name="now">What came of it.</param>
    /// <param name="environment">In which environment.</param>
    public void Add(ReadOnlySpan<float> action, EnvironmentStep now, int environment)
    {
        var size = now.Observations.Length / now.Rewards.Length;
        actions.AddRange(action);
        rewards.Add(now.Rewards[environment]);
        costs.Add(now.Costs[environment]);
        observations.AddRange(now.Observations.AsSpan(environment * size, size));
        (IsOver, Terminated) = (now.IsOver(environment), now.Terminated[environment]);
    }

    /// <summary>An episode that reached its goal by its last action, with reward 1.</summary>
    /// <param name="seen">What was seen [(T + 1) × S].</param>
    /// <param name="done">What was done [T × A].</param>
    /// <param name="width">Numbers an action, A.</param>
    public static EpisodeRecorder Reached(ReadOnlySpan<float> seen, ReadOnlySpan<float> done, int width)
    {
        var episode = new EpisodeRecorder { IsOver = true, Terminated = true };
        episode.observations.AddRange(seen);
        episode.actions.AddRange(done);
        for (var t = done.Length / width; t > 0; t--)
        {
            episode.rewards.Add(t == 1 ? 1 : 0);
            episode.costs.Add(0);
        }
        return episode;
    }

    /// <summary>The log of some episodes.</summary>
    /// <param name="size">Numbers an observation.</param>
    /// <param name="width">Numbers an action.</param>
    /// <param name="episodes">The episodes.</param>
    public static EpisodeLog Log(int size, int width, IReadOnlyList<EpisodeRecorder> episodes) =>
        new(size, width, [.. episodes.Select(e => e.Steps)], [.. episodes.SelectMany(e => e.observations)], [.. episodes.SelectMany(e => e.actions)], [.. episodes.SelectMany(e => e.rewards)], [.. episodes.SelectMany(e => e.costs)], [.. episodes.Select(e => e.Terminated)]);
}
