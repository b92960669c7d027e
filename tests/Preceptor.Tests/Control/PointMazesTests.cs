using CsCheck;
using Preceptor.Control;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

public sealed class PointMazesTests
{
    private static readonly Maze Rooms = new("#######", "#  #  #", "#     #", "#  #  #", "#######");

    private static EnvironmentStep Room(PointMazes points) => new(points.Count, PointMazes.Seen);

    private static float[] Noise(RandomStream random, int count, double most = 3) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble(-most, most))];

    [Fact]
    public void No_point_is_ever_in_a_wall_or_passes_one()
    {
        Gen.Select(Gen.ULong, Gen.Double[0, 100], Gen.Double[0.05, 5]).Sample((seed, force, speed) =>
        {
            // At most a cell a step: the sample's step is the longest that the options allow.
            var points = new PointMazes(Rooms, 4, new() { TimeStep = 0.19, Force = force, LargestSpeed = speed, Drag = 0 });
            var (now, random) = (Room(points), RandomStream.Of(seed, "actions"));
            points.Reset(seed, now);
            for (var step = 0; step < 60; step++)
            {
                var before = now.Observations.ToArray();
                var wasOver = Enumerable.Range(0, 4).Select(now.IsOver).ToArray();
                points.Step(Noise(random, 8), now);
                for (var i = 0; i < 4; i++)
                {
                    var (x, y) = (now.Observations[i * 6], now.Observations[i * 6 + 1]);
                    Assert.False(Rooms.IsWall((int)y, (int)x));
                    if (wasOver[i]) continue;
                    var (from, to) = (Rooms.Cell(before[i * 6], before[i * 6 + 1]), Rooms.Cell(x, y));
                    // A step leads into the same cell, a neighbour, or around a free corner: never to where only a wall leads.
                    var (down, across) = (Math.Abs(to / Rooms.Width - from / Rooms.Width), Math.Abs(to % Rooms.Width - from % Rooms.Width));
                    Assert.True(down <= 1 && across <= 1);
                    if (down + across == 2) Assert.False(Rooms.IsWall(from / Rooms.Width, to % Rooms.Width));
                    Assert.True(points.ObservationSpace.Contains(now.Observations.AsSpan(i * 6, 6)));
                }
            }
        }, iter: 60);
    }

    [Fact]
    public void Equal_seeds_and_actions_give_equal_episodes_however_many_stand_beside()
    {
        float[] Played(int count, ulong seed)
        {
            var points = new PointMazes(Maze.U, count, new() { Steps = 7 });
            var now = Room(points);
            points.Reset(seed, now);
            var seen = new List<float>();
            for (var step = 0; step < 30; step++)
            {
                points.Step([.. Enumerable.Range(0, count).SelectMany(i => Noise(RandomStream.Of(5, "action", step, i), 2))], now);
                seen.AddRange(now.Observations.AsSpan(0, 6));
            }
            return [.. seen];
        }
        Assert.Equal(Played(1, 3), Played(9, 3));
        Assert.NotEqual(Played(1, 3), Played(1, 4));
    }

    [Fact]
    public void A_push_is_what_mechanics_says_and_a_wall_takes_the_speed_across_it()
    {
        var points = new PointMazes(Maze.U, 1, new() { TimeStep = 0.1, Force = 10, Drag = 1 }, (_, _) => (Maze.U.Cell(1, 1), Maze.U.Cell(1, 3)));
        var now = Room(points);
        points.Reset(1, now);
        var (x, y) = (now.Observations[0], now.Observations[1]);
        points.Step([1, 0], now);
        Assert.Equal([x + 0.1f, y, 1, 0], now.Observations[..4], (a, b) => Math.Abs(a - b) < 1e-6);
        points.Step([1, 0], now);
        Assert.Equal([x + 0.1f + 0.19f, y, 1.9f, 0], now.Observations[..4], (a, b) => Math.Abs(a - b) < 1e-5);
        for (var step = 0; step < 20; step++) points.Step([-1, 1], now); // into the lower left corner of the upper corridor
        Assert.Equal(2, now.Observations[1], 1e-3f);
        Assert.Equal(1, now.Observations[0], 1e-3f);
        Assert.Equal([0, 0], now.Observations[2..4]);
    }

    [Fact]
    public void An_episode_terminates_at_its_goal_with_a_reward_or_is_truncated_and_the_next_step_begins_another()
    {
        var points = new PointMazes(Maze.U, 1, new() { Steps = 3 }, (_, random) => (Maze.U.Cell(1, 1), Maze.U.Cell(random.Next(2) == 0 ? 1 : 3, 1)));
        var now = Room(points);
        points.Reset(2, now);
        var (ended, cut) = (0, 0);
        for (var step = 0; step < 200; step++)
        {
            var (wasOver, near) = (now.IsOver(0), Math.Sqrt(Math.Pow(now.Observations[4] - now.Observations[0], 2) + Math.Pow(now.Observations[5] - now.Observations[1], 2)));
            points.Step([0, 0], now);
            Assert.Equal(now.Terminated[0] ? 1 : 0, now.Rewards[0]);
            if (wasOver) Assert.Equal((0, false), (now.Rewards[0], now.IsOver(0)));
            else Assert.Equal(near <= 0.3, now.Terminated[0]);
            (ended, cut) = (ended + (now.Terminated[0] ? 1 : 0), cut + (now.Truncated[0] ? 1 : 0));
            Assert.False(now.Terminated[0] && now.Truncated[0]);
        }
        Assert.True(ended > 10 && cut > 10, $"{ended}, {cut}");
    }

    [Fact]
    public void Demonstrations_reach_their_goals_around_corners()
    {
        var points = new PointMazes(Maze.U, 16, new(), (_, _) => (Maze.U.Cell(1, 1), Maze.U.Cell(1, 3)));
        var (controller, random) = (new WaypointController(Maze.U), RandomStream.Of(1, "noise"));
        var log = EpisodeLog.Play(points, 4, 32, (seen, actions) =>
        {
            for (var i = 0; i < 16; i++) controller.Act(seen.AsSpan(i * 6, 6), random, actions.AsSpan(i * 2, 2));
        }, keepsTruncated: true);
        Assert.Equal(32, log.Count);
        Assert.True(log.Terminated.Count(t => t) >= 31);
        Assert.InRange(log.Lengths.Average(), 15, 120);
    }

    [Fact]
    public void What_is_no_maze_or_no_action_is_told_and_moves_nothing()
    {
        Assert.Contains("walls, #, all around", Assert.Throws<RequestException>(() => new Maze("###", "#  ", "###")).Message, StringComparison.Ordinal);
        Assert.Contains("equally long", Assert.Throws<RequestException>(() => new Maze("###", "# ##", "###")).Message, StringComparison.Ordinal);
        Assert.Contains("one free cell", Assert.Throws<RequestException>(() => new Maze("###", "###", "###")).Message, StringComparison.Ordinal);
        var points = new PointMazes(Maze.U, 2);
        var now = Room(points);
        points.Reset(1, now);
        var before = now.Observations.ToArray();
        Assert.Contains("the action of environment 1 is NaN", Assert.Throws<ArgumentException>(() => points.Step([0, 0, 1, float.NaN], now)).Message, StringComparison.Ordinal);
        Assert.Contains("expected 4 numbers", Assert.Throws<ArgumentException>(() => points.Step([0, 0], now)).Message, StringComparison.Ordinal);
        points.Step([0, 0, 0, 0], now);
        Assert.Equal(before, now.Observations);
    }

    [Fact]
    public void The_next_cells_lead_to_the_goal_by_a_shortest_way()
    {
        var goal = Maze.U.Cell(1, 3);
        var next = Maze.U.NextCells(goal);
        var (cell, steps) = (Maze.U.Cell(1, 1), 0);
        for (; cell != goal; steps++) cell = next[cell];
        Assert.Equal(6, steps);
        Assert.Equal(-1, next[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Maze.U.NextCells(0));
    }
}
