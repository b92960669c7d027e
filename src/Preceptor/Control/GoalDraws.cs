using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>A sample of goal-conditioned cloning: the observations to imitate at, by their places in the log, and the observation whose goal is wanted.</summary>
/// <param name="Observations">Places among all observations, in the order in which they are seen.</param>
/// <param name="Goal">The place of the goal.</param>
public readonly record struct GoalDraw(int[] Observations, int Goal);

/// <summary>
/// Draws observations with goals that were reached later (Andrychowicz et al. 2017), and stitches trajectories (Ghugare et al. 2024, algorithm 1): with a probability the goal is exchanged for a later one of any trajectory that passes
/// through the same cluster of observations. All draws are uniform, over episodes first, as in the released code.
/// </summary>
[Version(1)]
public sealed class GoalDraws
{
    private readonly int[] starts, lengths, episodeOf, clusters;
    private readonly int[][] members;
    private (int Context, int[] Episodes) longEnough = (0, []);

    /// <param name="lengths">Observations of each finished episode, at least 2.</param>
    /// <param name="clusters">The cluster of each observation; those after the last finished episode are never drawn.</param>
    public GoalDraws(IReadOnlyList<int> lengths, IReadOnlyList<int> clusters)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(clusters);
        var finished = lengths.Sum();
        if (clusters.Count < finished) throw new ArgumentException($"expected a cluster for each of {finished} observations; found {clusters.Count}", nameof(clusters));
        (this.lengths, this.clusters, starts) = ([.. lengths], [.. clusters], new int[lengths.Count]);
        for (var e = 1; e < starts.Length; e++) starts[e] = starts[e - 1] + lengths[e - 1];
        episodeOf = [.. lengths.SelectMany((length, e) => Enumerable.Repeat(e, length))];
        members = [.. Enumerable.Range(0, clusters.Max() + 1).Select(c => Enumerable.Range(0, finished).Where(i => clusters[i] == c).ToArray())];
    }

    /// <summary>Draws one observation and its goal.</summary>
    /// <param name="stitches">Whether the goal is exchanged.</param>
    /// <param name="below">Draws a whole number from 0 to below its argument.</param>
    public GoalDraw Draw(bool stitches, Func<int, int> below)
    {
        var (observation, goal) = DrawPlaces(below);
        return new([observation], stitches ? Stitch(goal, below) : goal);
    }

    /// <summary>Draws one observation and a later one of its episode, its goal, by their places.</summary>
    /// <param name="below">Draws a whole number from 0 to below its argument.</param>
    public (int Observation, int Goal) DrawPlaces(Func<int, int> below)
    {
        ArgumentNullException.ThrowIfNull(below);
        var episode = below(lengths.Length);
        var i = below(lengths[episode] - 1);
        return (starts[episode] + i, starts[episode] + i + 1 + below(lengths[episode] - 1 - i));
    }

    /// <summary>Exchanges a goal for one at or after an observation of its cluster, in the trajectory of that observation.</summary>
    /// <param name="goal">The goal's place.</param>
    /// <param name="below">Draws a whole number from 0 to below its argument.</param>
    public int Stitch(int goal, Func<int, int> below)
    {
        ArgumentNullException.ThrowIfNull(below);
        var near = Near(goal, below);
        return near + below(End(near) - near + 1);
    }

    /// <summary>Draws a sequence of observations and a goal at or after its end. A stitched sequence that ends before the goal of its own trajectory goes on in the other one.</summary>
    /// <param name="context">Observations of a sequence, C. Episodes of no more are never drawn from, but may be gone on in.</param>
    /// <param name="stitches">Whether another trajectory is gone on in.</param>
    /// <param name="below">Draws a whole number from 0 to below its argument.</param>
    /// <exception cref="ArgumentException">No episode is long enough.</exception>
    public GoalDraw Draw(int context, bool stitches, Func<int, int> below)
    {
        ArgumentNullException.ThrowIfNull(below);
        if (longEnough.Context != context) longEnough = (context, [.. Enumerable.Range(0, lengths.Length).Where(e => lengths[e] > context)]);
        if (longEnough.Episodes.Length == 0) throw new ArgumentException($"no episode has more than {context} observations", nameof(context));
        var episode = longEnough.Episodes[below(longEnough.Episodes.Length)];
        while (true)
            if (TryDraw(episode, context, stitches, below) is { } draw) return draw;
    }

    /// <summary>As <see cref="Draw(int, bool, Func{int, int})"/>, once, from an episode; null where the sequence would be too short and is drawn again, from the same episode.</summary>
    internal GoalDraw? TryDraw(int episode, int context, bool stitches, Func<int, int> below)
    {
        var (start, last) = (starts[episode], lengths[episode] - 1);
        if (!stitches)
        {
            var first = below(last - context + 1);
            return new([.. Enumerable.Range(start + first, context)], start + first + context + below(last - first - context + 1));
        }
        var i = below(last);
        var ahead = 1 + below(last - i);
        var near = Near(start + i + ahead, below);
        if (ahead + End(near) - near + 1 <= context) return null;
        if (ahead >= context) return new([.. Enumerable.Range(start + i, context)], near + below(End(near) - near + 1));
        var spliced = near + context - ahead;
        return new([.. Enumerable.Range(start + i, ahead), .. Enumerable.Range(near, context - ahead)], spliced + below(End(near) - spliced + 1));
    }

    private int Near(int place, Func<int, int> below) => members[clusters[place]][below(members[clusters[place]].Length)];

    private int End(int place) => starts[episodeOf[place]] + lengths[episodeOf[place]] - 1;
}
