using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control.BuiltIn;

/// <summary>Which pairs of start and goal the episodes of a log have.</summary>
public enum DemonstratedPairs
{
    /// <summary>Both within one of four parts of the maze, which share a cell each with the next.</summary>
    Parts,

    /// <summary>Any two cells.</summary>
    All,
}

/// <summary>
/// The problem <c>stitching-maze</c>: a point with momentum in a U of corridors, and episodes of a noisy controller whose start and goal lie in the same one of four parts (Ghugare et al. 2024). Asked for are pairs that no
/// episode has, so that ways must be put together at the cells that parts share.
/// </summary>
[Version(1)]
public static class StitchingMazeProblem
{
    /// <summary>The numbers of an observation that a policy sees: place and speed.</summary>
    public static IReadOnlyList<int> State { get; } = [0, 1, 2, 3];

    /// <summary>The numbers that a goal asks for: the place.</summary>
    public static IReadOnlyList<int> Goal { get; } = [0, 1];

    /// <summary>The numbers of an observation that say which goal is asked for.</summary>
    public static IReadOnlyList<int> Asked { get; } = [4, 5];

    /// <summary>How the point moves: slowly enough that it takes some ten steps from a cell to the next, and needs room to stop.</summary>
    public static PointMazeOptions Motion { get; } = new() { Force = 1 };

    /// <summary>The four parts, as cells: top corridor, upper right, lower right, bottom corridor.</summary>
    public static IReadOnlyList<int[]> Parts { get; } = [[6, 7, 8], [8, 13], [13, 18], [18, 17, 16]];

    /// <summary>The options of stitching-maze.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 32 episodes; small: 600; full: 2,400")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Episodes.</summary>
        [Description("Episodes to learn from; left out: as the size says")]
        [Range(8, 1_000_000)]
        public int? Episodes { get; set; }

        /// <summary>Pairs.</summary>
        [Description("parts: start and goal of an episode lie in the same of four parts; all: anywhere, so that nothing is left to stitch")]
        public DemonstratedPairs Pairs { get; set; } = DemonstratedPairs.Parts;

        /// <summary>Noise.</summary>
        [Description("The standard deviation of the noise on the controller's forces")]
        [Range(0, 10)]
        public double Noise { get; set; } = 0.5;
    }

    /// <summary>The fewest times that a way from one cell to another changes from one part to another.</summary>
    public static int Stitches(int start, int goal)
    {
        // Each part shares a cell with the next alone.
        int[] Of(int cell) => [.. Enumerable.Range(0, Parts.Count).Where(p => Parts[p].Contains(cell))];
        return Of(start).SelectMany(from => Of(goal).Select(to => Math.Abs(from - to))).Min();
    }

    /// <summary>Draws the episodes of a seed: to learn from, to validate, and to test what is imitated.</summary>
    public static (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var episodes = options.Episodes ?? options.Size switch { ProblemSize.Tiny => 32, ProblemSize.Small => 600, _ => 2400 };
        EpisodeLog Log(string role, int count) => options.Pairs == DemonstratedPairs.All ? Collect(role, [.. Maze.U.Free], count, seed, options.Noise)
            : EpisodeLog.Join([.. Parts.Select((part, p) => Collect($"{role}-{p}", part, (count + p) / Parts.Count, seed, options.Noise))]);
        var held = Math.Max(8, episodes / 5);
        return (new(Log("train", episodes), BoxSpace.Of(2, -1, 1), State, Goal), Log("validation", held), Log("test", held));
    }

    /// <summary>Points that each have a pair of start and goal, several of each.</summary>
    public static PointMazes Ask(IReadOnlyList<(int Start, int Goal)> pairs, int episodes) => new(Maze.U, pairs.Count * episodes, Motion, (point, _) => pairs[point / episodes]);

    private static EpisodeLog Collect(string role, int[] cells, int count, ulong seed, double noise)
    {
        var random = RandomStream.Of(seed, $"stitching-maze-{role}");
        var points = new PointMazes(Maze.U, Math.Min(count, 16), Motion, (_, draw) =>
        {
            var start = draw.Next(cells.Length);
            return (cells[start], cells[(start + 1 + draw.Next(cells.Length - 1)) % cells.Length]);
        });
        var controller = new WaypointController(Maze.U, noise: noise);
        return EpisodeLog.Play(points, RandomStream.Key(seed, $"stitching-maze-episodes-{role}"), count, (seen, actions) =>
        {
            for (var i = 0; i < points.Count; i++) controller.Act(seen.AsSpan(i * PointMazes.Seen, PointMazes.Seen), random, actions.AsSpan(i * 2, 2));
        });
    }
}
