using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>Steers a point to its goal through the middles of the cells of a shortest way, by a proportional and a derivative gain, with noise: demonstrations that reach their goals without being the best (Fu et al. 2020, D4RL).</summary>
/// <param name="maze">The maze.</param>
/// <param name="proportional">The force for a cell's distance.</param>
/// <param name="derivative">The force for a speed of a cell a second.</param>
/// <param name="noise">The standard deviation of what is added to each force.</param>
public sealed class WaypointController(Maze maze, double proportional = 10, double derivative = -1, double noise = 0.5)
{
    private readonly Dictionary<int, int[]> ways = [];

    /// <summary>The action of a point [2].</summary>
    /// <param name="observation">What is seen of it, as <see cref="PointMazes"/> shows it [6].</param>
    /// <param name="random">The noise.</param>
    /// <param name="into">Receives the action, within [−1, 1].</param>
    public void Act(ReadOnlySpan<float> observation, RandomStream random, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (cell, goal) = (maze.Cell(observation[0], observation[1]), maze.Cell(observation[4], observation[5]));
        if (!ways.TryGetValue(goal, out var next)) ways[goal] = next = maze.NextCells(goal);
        var (x, y) = cell == goal ? (observation[4], observation[5]) : maze.Middle(next[cell]);
        into[0] = Force(x - observation[0], observation[2]);
        into[1] = Force(y - observation[1], observation[3]);

        float Force(float distance, float speed) => (float)Math.Clamp(proportional * distance + derivative * speed + noise * random.NextGaussian(), -1, 1);
    }
}
