using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

public sealed class TabletopTests
{
    private static float[] Table(float x, float y, bool closed = false) => [x, y, closed ? 1 : 0, 0.2f, 0.2f, 0.2f, 0.6f, 0.8f, 0.4f, 0, 0, 1];

    private static float[] After(float[] state, params float[][] actions)
    {
        foreach (var action in actions) Tabletop.Move(state, action);
        return state;
    }

    private static float[] Rounded(float[] state) => [.. state.Select(v => MathF.Round(v, 4))];

    [Fact]
    public void A_closed_gripper_takes_a_disc_along_and_an_open_one_leaves_it()
    {
        Assert.Equal([0.3f, 0.2f], Rounded(After(Table(0.2f, 0.22f), [0, 0, 1], [1, 0, 1]))[3..5]);
        Assert.Equal([0.2f, 0.2f], Rounded(After(Table(0.2f, 0.22f), [0, 0, -1], [1, 0, -1]))[3..5]);
        Assert.Equal([0.2f, 0.2f], Rounded(After(Table(0.2f, 0.22f), [1, 0, 1]))[3..5]); // closing while moving away
        Assert.Equal([0.2f, 0.2f], Rounded(After(Table(0.2f, 0.31f), [0, 0, 1], [1, 0, 1]))[3..5]); // out of reach
    }

    [Fact]
    public void The_drawer_follows_its_handle_and_a_button_is_switched_once_a_grasp()
    {
        var opened = After(Table(0.15f, 0.92f), [0, 0, 1], [1, 0, 1], [0.5f, 0, 1]);
        Assert.Equal(0.5f, opened[9], 1e-4f);
        var switched = After(Table(0.65f, 0.92f), [0, 0, 1], [0, 0, 1]);
        Assert.Equal((1f, 1f), (switched[10], switched[11]));
        Assert.Equal(0, After(switched, [0, 0, -1], [0, 0, 1])[10]);
        Assert.Equal(0, After(Table(0.9f, 0.92f), [0, 0, 1])[11]);
    }

    [Fact]
    public void The_obstacle_is_never_entered_and_nothing_leaves_the_table()
    {
        var random = RandomStream.Of(1, "moves");
        var tables = new Tabletop(32, 100);
        var now = new EnvironmentStep(32, Tabletop.State);
        tables.Reset(1, now);
        for (var step = 0; step < 500; step++)
        {
            tables.Step([.. Enumerable.Range(0, 96).Select(_ => (float)random.NextDouble(-1, 1))], now);
            for (var i = 0; i < 32; i++)
            {
                var state = now.Observations.AsSpan(i * Tabletop.State, Tabletop.State);
                Assert.True(tables.ObservationSpace.Contains(state));
                Assert.True(Math.Sqrt(Math.Pow(state[0] - 0.5, 2) + Math.Pow(state[1] - 0.5, 2)) >= Tabletop.Obstacle - 1e-5);
            }
        }
        Assert.Contains("the action of environment 1 is NaN", Assert.Throws<ArgumentException>(() => tables.Step([0, 0, 0, float.NaN, .. new float[92]], now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_ends_where_its_thing_is_as_the_goal_has_it()
    {
        var task = new TabletopTask(Table(0.7f, 0.9f), After(Table(0.65f, 0.92f), [0, 0, 1]), TabletopThing.FirstButton);
        var tables = new Tabletop(1, 5, (_, _) => task);
        var now = new EnvironmentStep(1, 2 * Tabletop.State);
        tables.Reset(1, now);
        Assert.Equal(task.Goal, now.Observations[Tabletop.State..]);
        tables.Step([0, 0, -1], now);
        Assert.False(now.IsOver(0));
        tables.Step([0, 0, 1], now);
        Assert.Equal((true, 1f), (now.Terminated[0], now.Rewards[0]));
        tables.Step([0, 0, 1], now); // begins another
        for (var i = 0; i < 5; i++) tables.Step([0, 0, -1], now);
        Assert.True(now.Truncated[0]);
    }

    [Fact]
    public void The_player_does_what_it_begins_on_either_side_of_the_obstacle()
    {
        var sides = new HashSet<bool>();
        foreach (var thing in Enum.GetValues<TabletopThing>())
            for (var trial = 0; trial < 20; trial++)
            {
                var random = RandomStream.Of((ulong)trial, "player", (int)thing);
                var (state, player, action) = (Tabletop.AnyState(random), new TabletopPlayer(0.1), new float[3]);
                var before = state.ToArray();
                player.Begin(state, thing, random);
                var steps = 0;
                for (; steps < 200 && !player.IsDone; steps++)
                {
                    player.Act(state, random, action);
                    Tabletop.Move(state, action);
                    if (Math.Abs(state[0] - 0.5f) < 0.06f && Math.Abs(state[1] - 0.5f) < 0.3f) sides.Add(state[1] > 0.5f);
                }
                Assert.True(player.IsDone, $"{thing}, {trial}: not done after {steps} actions");
                Assert.False(Tabletop.IsReached(before, state, thing), $"{thing}, {trial}: {string.Join(' ', before)} → {string.Join(' ', state)}");
                Assert.Equal(0, state[2]);
            }
        Assert.Equal(2, sides.Count);
    }

    [Theory, InlineData(PlayerWays.One, 1), InlineData(PlayerWays.Many, 4)]
    public void From_home_past_the_obstacle_there_are_one_or_four_ways(PlayerWays ways, int expected)
    {
        var seen = new HashSet<string>();
        for (var trial = 0; trial < 40; trial++)
        {
            var random = RandomStream.Of((ulong)trial, "player");
            var (state, player, action, way) = (Table(Tabletop.Home.X, Tabletop.Home.Y), new TabletopPlayer(0, ways), new float[3], new List<float>());
            player.Begin(state, TabletopThing.FirstButton, random);
            for (var step = 0; step < 100 && !player.IsDone; step++)
            {
                player.Act(state, random, action);
                Tabletop.Move(state, action);
                way.AddRange(state);
            }
            Assert.Equal(1, state[10]);
            seen.Add(string.Join(' ', way));
        }
        Assert.Equal(expected, seen.Count);
    }

    [Fact]
    public void Play_changes_everything_and_is_the_same_by_its_seed()
    {
        var (train, validation, _) = TabletopPlayProblem.Draw(new() { Size = ProblemSize.Tiny }, 1);
        Assert.Equal((2, 1000, 1), (train.Log.Count, train.Log.Steps, validation.Count));
        Assert.Equal(train.Fingerprint, TabletopPlayProblem.Draw(new() { Size = ProblemSize.Tiny }, 1).Train.Fingerprint);
        for (var number = 0; number < Tabletop.State; number++) Assert.True(Enumerable.Range(0, 1002).Select(place => train.Log.Seen(place)[number]).Distinct().Count() > 1, $"number {number} never changes");
        var demonstrations = TabletopPlayProblem.Draw(new() { Size = ProblemSize.Tiny, Log = TabletopLog.Demonstrations }, 1).Train.Log;
        Assert.InRange(demonstrations.Steps, 1000, 1100);
        Assert.All(demonstrations.Lengths, length => Assert.InRange(length, 20, 100));
        for (var (episode, first) = (0, 0); episode < demonstrations.Count; first += demonstrations.Lengths[episode] + 1, episode++)
        {
            var (start, end) = (demonstrations.Seen(first).ToArray(), demonstrations.Seen(first + demonstrations.Lengths[episode]).ToArray());
            Assert.Equal([Tabletop.Home.X, Tabletop.Home.Y, 0], start[..3]);
            Assert.Single(Enum.GetValues<TabletopThing>(), thing => !Tabletop.IsReached(start, end, thing));
        }
        var task = TabletopPlayProblem.Task(TabletopThing.SecondDisc, RandomStream.Of(3, "task"));
        Assert.False(Tabletop.IsReached(task.Start, task.Goal, task.Thing));
        Assert.True(Tabletop.IsReached(task.Goal, task.Goal, task.Thing));
    }

    [Fact]
    public void A_picture_shows_where_things_are_and_where_a_goal_has_them()
    {
        var (state, goal) = (Table(0.5f, 0.2f), Table(0.5f, 0.2f));
        goal[3] = 0.7f;
        (byte, byte, byte) At(RowImage image, float x, float y)
        {
            var (at, plane) = ((int)((1 - y) * TabletopPicture.Side) * TabletopPicture.Side + (int)(x * TabletopPicture.Side), TabletopPicture.Side * TabletopPicture.Side);
            return (image.Pixels[at], image.Pixels[plane + at], image.Pixels[2 * plane + at]);
        }
        var (plain, asked, closed) = (TabletopPicture.Of(state, []), TabletopPicture.Of(state, goal), TabletopPicture.Of(Table(0.5f, 0.2f, closed: true), []));
        var (table, disc) = (At(plain, 0.5f, 0.8f), At(plain, 0.2f, 0.2f));
        Assert.Equal(4, new[] { table, disc, At(plain, 0.2f, 0.6f), At(plain, 0.8f, 0.4f) }.Distinct().Count());
        Assert.NotEqual(table, At(plain, 0.5f, 0.5f)); // the obstacle
        Assert.Equal(table, At(asked, 0.7f, 0.2f)); // a ring is empty
        Assert.Equal(disc, At(asked, 0.755f, 0.2f));
        Assert.Equal(table, At(plain, 0.755f, 0.2f));
        Assert.NotEqual(At(plain, 0.5f, 0.2f), At(closed, 0.5f, 0.2f));
        Assert.NotEqual(At(plain, 0.65f, 0.92f), At(plain, 0.9f, 0.92f)); // one button is on
    }
}
