using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

/// <summary>Where logs to learn from come from: files and the built-in problem.</summary>
public sealed class ControlDataTests
{
    private static EpisodeLog Log(int episodes)
    {
        int[] lengths = [.. Enumerable.Range(0, episodes).Select(e => 1 + e % 3)];
        var steps = lengths.Sum();
        return new(2, 1, lengths, [.. Enumerable.Range(0, 2 * (steps + episodes)).Select(i => (float)i)], [.. Enumerable.Range(0, steps).Select(i => i * 0.1f)], [.. Enumerable.Range(0, steps).Select(i => (float)i)], new float[steps], [.. lengths.Select(l => l > 1)]);
    }

    [Fact]
    public void Episodes_that_are_taken_and_joined_again_are_the_same()
    {
        var log = Log(7);
        var (first, rest) = (log.Take([0, 1, 2]), log.Take([3, 4, 5, 6]));
        Assert.Equivalent(log, EpisodeLog.Join([first, rest]), strict: true);
        Assert.Equal(log.Fingerprint, EpisodeLog.Join([first, rest]).Fingerprint);
        Assert.NotEqual(log.Fingerprint, EpisodeLog.Join([rest, first]).Fingerprint);
        Assert.Equal(log.Seen(log.Steps + log.Count - 1).ToArray(), log.Take([6]).Seen(log.Lengths[6]).ToArray());
        Assert.Equal([0, 2, 3, 5, 6, 7], log.Places()[..6]);
        Assert.Throws<ArgumentException>(() => EpisodeLog.Join([log, log with { Action = 2 }]));
        Assert.Throws<ArgumentException>(() => EpisodeLog.Join([]));
    }

    [Fact]
    public void A_file_is_divided_by_episodes_each_in_one_place()
    {
        var (train, validation, test) = new ControlData { Episodes = "log.csv", Goal = [1] }.Draw(null, (_, _, _, _) => (Log(20).ToTable(), null), 3);
        Assert.Equal((12, 4, 4), (train.Log.Count, validation.Count, test.Count));
        float[] firsts = [.. new[] { train.Log, validation, test }.SelectMany(log => Enumerable.Range(0, log.Steps + log.Count).Select(place => log.Seen(place)[0])).Order()];
        Assert.Equal(firsts.Distinct(), firsts);
        Assert.Equal([0, 1], train.State);
        Assert.Equal([1], train.Goal);
        Assert.Equal(train.Log.Actions.Min(), Assert.Single(train.Actions.Low));
        Assert.Equal(train.Log.Actions.Max(), Assert.Single(train.Actions.High));
    }

    [Fact]
    public void A_problem_offers_what_its_log_holds()
    {
        string[] Offered(EpisodeLog log, params int[] goal) => [.. new ControlProblem("p", new(log, BoxSpace.Of(1, -1, 1), [0, 1], goal), log).Supervision.Select(s => s.GetType().Name)];
        var log = Log(6);
        Assert.Equal(["Demonstrations", "LoggedRewards"], Offered(log));
        Assert.Equal(["Demonstrations", "ReachedGoals"], Offered(log with { Rewards = new float[log.Steps] }, 0));
        Assert.Equal(["Demonstrations", "LoggedRewards", "LoggedCosts"], Offered(log with { Costs = [1, .. new float[log.Steps - 1]] }));
    }

    [Fact]
    public void What_keys_name_that_a_log_lacks_is_said()
    {
        string Message(ControlData data, int episodes = 20) => Assert.Throws<RequestException>(() => data.Draw(null, (_, _, _, _) => (Log(episodes).ToTable(), null), 3)).Message;
        Assert.Contains("expected a file of episodes", Message(new()), StringComparison.Ordinal);
        Assert.Contains("log.csv has 4 episodes, expected at least 5", Message(new() { Episodes = "log.csv" }, 4), StringComparison.Ordinal);
        Assert.Contains("0, 2: expected different numbers from 0 to 1, since an observation of log.csv has 2", Message(new() { Episodes = "log.csv", State = [0, 2] }), StringComparison.Ordinal);
        Assert.Contains("1, 1: expected different numbers", Message(new() { Episodes = "log.csv", Goal = [1, 1] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Episodes_of_the_maze_stay_in_their_parts_and_reach_their_goals()
    {
        var (train, validation, test) = StitchingMazeProblem.Draw(new() { Size = ProblemSize.Tiny }, 5);
        Assert.Equal((32, 8, 8), (train.Log.Count, validation.Count, test.Count));
        Assert.All(train.Log.Terminated, Assert.True);
        var row = 0;
        for (var e = 0; e < train.Log.Count; e++)
        {
            var part = StitchingMazeProblem.Parts[e / 8];
            for (var t = 0; t <= train.Log.Lengths[e]; t++, row++)
                Assert.Contains(Maze.U.Cell(train.Log.Seen(row)[0], train.Log.Seen(row)[1]), t == 0 || t == train.Log.Lengths[e] ? part : Maze.U.Free);
        }
        Assert.Equal(train.Fingerprint, StitchingMazeProblem.Draw(new() { Size = ProblemSize.Tiny }, 5).Train.Fingerprint);
        Assert.NotEqual(train.Fingerprint, StitchingMazeProblem.Draw(new() { Size = ProblemSize.Tiny }, 6).Train.Fingerprint);
        Assert.NotEqual(train.Log.Fingerprint, validation.Fingerprint);
    }

    [Theory, InlineData(6, 7, 0), InlineData(6, 8, 0), InlineData(6, 13, 1), InlineData(8, 18, 1), InlineData(6, 18, 2), InlineData(13, 16, 1), InlineData(6, 16, 3), InlineData(16, 6, 3)]
    public void Stitches_are_changes_from_part_to_part(int start, int goal, int stitches) => Assert.Equal(stitches, StitchingMazeProblem.Stitches(start, goal));
}
