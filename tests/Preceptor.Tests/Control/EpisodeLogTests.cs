using Preceptor.Control;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

public sealed class EpisodeLogTests
{
    private static EpisodeLog Log() => new(2, 1, [2, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0.1f, 0.2f, -0.3f], [1, 2, 3], [0, 0, 1], [true, false]);

    private static Table Changed(string column, int row, double value) => new("log", [.. Log().ToTable().Columns.Select(c => c.Name != column ? c : new NumberColumn(column, [.. ((NumberColumn)c).Values.Select((v, r) => r == row ? value : v)]))]);

    [Fact]
    public void A_log_is_the_same_after_it_was_a_table()
    {
        var table = Log().ToTable();
        Assert.Equal(5, table.Rows);
        var again = EpisodeLog.Of(table, actions: BoxSpace.Of(1, -1, 1));
        Assert.Equivalent(Log(), again, strict: true);
    }

    [Theory]
    [InlineData("observation-1", 1, double.NaN, "observation-1 is not a number")]
    [InlineData("action-0", 3, 2, "action-0 is 2, out of [-1, 1]")]
    [InlineData("action-0", 0, double.PositiveInfinity, "action-0 is not a number")]
    [InlineData("reward", 0, double.NaN, "reward is not a number")]
    [InlineData("step", 1, 3, "step 3 of episode 0, expected 1")]
    [InlineData("truncated", 3, 0, "episode 1 has no end; its last action is neither terminated nor truncated")]
    [InlineData("terminated", 0, 1, "episode 0 goes on after its end")]
    [InlineData("episode", 4, 7, "episode 1 has no action")]
    public void What_is_wrong_with_a_log_is_named_with_its_row(string column, int row, double value, string message) =>
        Assert.Contains(message, Assert.Throws<RequestException>(() => EpisodeLog.Of(Changed(column, row, value), actions: BoxSpace.Of(1, -1, 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_that_are_missing_or_too_many_are_named()
    {
        Table Without(string column) => new("log", [.. Log().ToTable().Columns.Where(c => c.Name != column)]);
        Assert.Contains("log: has no column 'reward'; it has episode, step", Assert.Throws<RequestException>(() => EpisodeLog.Of(Without("reward"))).Message, StringComparison.Ordinal);
        Assert.Contains("has no column 'action-0'", Assert.Throws<RequestException>(() => EpisodeLog.Of(Without("action-0"))).Message, StringComparison.Ordinal);
        Assert.Contains("has 1 numbers an action, expected 2", Assert.Throws<RequestException>(() => EpisodeLog.Of(Log().ToTable(), actions: BoxSpace.Of(2, -1, 1))).Message, StringComparison.Ordinal);
        Assert.All(EpisodeLog.Of(Without("cost")).Costs, c => Assert.Equal(0, c));
    }

    [Fact]
    public void Playing_keeps_whole_episodes_whose_observations_follow_from_their_actions()
    {
        var points = new PointMazes(Maze.U, 3, new() { Steps = 40 }, (_, random) => (Maze.U.Cell(1, 1), Maze.U.Cell(random.Next(2) == 0 ? 2 : 3, 1)));
        var (controller, random) = (new WaypointController(Maze.U), RandomStream.Of(1, "noise"));
        var log = EpisodeLog.Play(points, 4, 12, (seen, actions) =>
        {
            for (var i = 0; i < 3; i++) controller.Act(seen.AsSpan(i * 6, 6), random, actions.AsSpan(i * 2, 2));
        });
        Assert.All(log.Terminated, Assert.True);
        Assert.Equal(log.Count, log.Rewards.Sum());
        Assert.Equivalent(log, EpisodeLog.Of(log.ToTable(), actions: points.ActionSpace), strict: true);
        var at = 0;
        for (var (e, row) = (0, 0); e < log.Count; e++, row++)
            for (var t = 0; t < log.Lengths[e]; t++, row++, at++)
            {
                float[] before = log.Observations[(row * 6)..((row + 1) * 6)], after = log.Observations[((row + 1) * 6)..((row + 2) * 6)];
                Assert.Equal((before[4], before[5]), (after[4], after[5]));
                if (after[2] != 0) Assert.Equal(Math.Clamp(0.9f * before[2] + log.Actions[2 * at], -4, 4), after[2], 1e-5f); // 0 where a wall took it
            }
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => EpisodeLog.Play(points, 1, 1, (_, _) => { }, cancellation: stop.Token));
    }
}
