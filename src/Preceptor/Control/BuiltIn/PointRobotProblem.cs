using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control.BuiltIn;

/// <summary>How a log tells violations.</summary>
public enum CostForm
{
    /// <summary>How deep within a hazard, or below 0 how far from one.</summary>
    Signed,

    /// <summary>1 within a hazard, else 0.</summary>
    Binary,

    /// <summary>Signed, but those of other actions: nothing to learn.</summary>
    Shuffled,
}

/// <summary>The problem <c>point-robot</c>: a log of robots with momentum, half of which hurry to the goal through hazards, a quarter act at random and a quarter are cautious (Zheng et al. 2024). Asked for is to reach the goal without harm.</summary>
[Version(1)]
public static class PointRobotProblem
{
    /// <summary>The options of point-robot.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 40 episodes; small: 1,500; full: 3,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Episodes.</summary>
        [Description("Episodes to learn from; left out: as the size says")]
        [Range(8, 1_000_000)]
        public int? Episodes { get; set; }

        /// <summary>Cautious ones.</summary>
        [Description("Share of episodes whose pilot is cautious; a quarter act at random, the others hurry")]
        [Range(0, 0.75)]
        public double Cautious { get; set; } = 0.25;

        /// <summary>Costs.</summary>
        [Description("signed: how deep within a hazard, or how far from one; binary: 1 within; shuffled: signed, but of other actions, so that they say nothing")]
        public CostForm Costs { get; set; } = CostForm.Signed;
    }

    /// <summary>Draws the episodes of a seed: to learn from, to validate, and to test what is imitated.</summary>
    public static (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var episodes = options.Episodes ?? options.Size switch { ProblemSize.Tiny => 40, ProblemSize.Small => 1500, _ => 3000 };
        EpisodeLog Log(string role, int count)
        {
            int cautious = (int)Math.Round(options.Cautious * count), random = count / 4;
            var log = EpisodeLog.Join([.. new[] { ("cautious", cautious), ("random", random), ("hasty", count - cautious - random) }.Where(p => p.Item2 > 0).Select(p => Collect(role, p.Item1, p.Item2, seed))]);
            var costs = log.Costs.ToArray();
            if (options.Costs == CostForm.Shuffled) RandomStream.Of(seed, $"point-robot-{role}-costs").Shuffle(costs.AsSpan());
            return log with { Costs = options.Costs == CostForm.Binary ? [.. costs.Select(c => c > 0 ? 1f : 0)] : costs };
        }
        var held = Math.Max(8, episodes / 10);
        return (new(Log("train", episodes), BoxSpace.Of(2, -1, 1), [.. Enumerable.Range(0, PointRobots.Seen)], []), Log("validation", held), Log("test", held));
    }

    /// <summary>A start below and left of the hazards, from which they can be avoided, or cannot.</summary>
    public static RobotState Start(RandomStream random, bool isAvoidable)
    {
        ArgumentNullException.ThrowIfNull(random);
        while (true)
            if (LowerLeft(random) is var state && PointRobots.IsAvoidable(state) == isAvoidable) return state;
    }

    private static RobotState LowerLeft(RandomStream random)
    {
        while (true)
        {
            var state = new RobotState(random.NextDouble(-2.7, 0.5), random.NextDouble(-2.7, 0), random.NextDouble(0.5, 2), random.NextDouble(Math.PI / 4, 3 * Math.PI / 4));
            if (PointRobots.Violation(state) < 0) return state;
        }
    }

    private static EpisodeLog Collect(string role, string style, int count, ulong seed)
    {
        var random = RandomStream.Of(seed, $"point-robot-{role}-{style}");
        // Those that act at random show what is where; the others have a way to go.
        var robots = new PointRobots(Math.Min(count, 16), (_, draw) => style == "random" ? PointRobots.AnyStart(draw) : LowerLeft(draw));
        var pilot = new RobotPilot(style == "cautious", noise: 0.3);
        return EpisodeLog.Play(robots, RandomStream.Key(seed, $"point-robot-episodes-{role}-{style}"), count, (seen, actions) =>
        {
            for (var i = 0; i < robots.Count; i++)
                if (style == "random") (actions[2 * i], actions[2 * i + 1]) = ((float)random.NextDouble(-1, 1), (float)random.NextDouble(-1, 1));
                else pilot.Act(seen.AsSpan(i * PointRobots.Seen, PointRobots.Seen), random, actions.AsSpan(2 * i, 2));
        }, keepsTruncated: true);
    }
}
