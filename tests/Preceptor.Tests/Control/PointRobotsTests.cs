using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

public sealed class PointRobotsTests
{
    [Fact]
    public void A_robot_moves_as_it_heads_and_its_reward_is_how_much_nearer_it_came()
    {
        var robots = new PointRobots(1, (_, _) => new(-2, -2, 1, Math.PI / 2));
        var now = new EnvironmentStep(1, PointRobots.Seen);
        robots.Reset(1, now);
        Assert.Equal([-2, -2, 1, 0, 1], now.Observations[..5].Select(v => MathF.Round(v, 5)));
        robots.Step([1, -1], now);
        Assert.Equal(-1.8f, now.Observations[1], 1e-5f); // moves first, then accelerates and turns
        Assert.Equal(1.2f, now.Observations[2], 1e-5f);
        Assert.Equal((float)Math.Cos(Math.PI / 2 - 0.2), now.Observations[3], 1e-5f);
        Assert.Equal(Math.Sqrt(2 * 4.2 * 4.2) - Math.Sqrt(4.2 * 4.2 + 4 * 4), now.Rewards[0], 1e-5);
        Assert.Equal(0.8 - Math.Sqrt(2.4 * 2.4 + 0.6 * 0.6), now.Costs[0], 1e-5);
    }

    [Fact]
    public void Hazards_are_seen_from_the_robot()
    {
        var seen = new float[PointRobots.Seen];
        PointRobots.See(new(0.4, -2.2, 0, 0), seen); // the first hazard lies 1 to the left
        Assert.Equal([1, 0, 1], seen[5..8].Select(v => MathF.Round(v, 5)));
        Assert.Equal(new RobotState(1.5, -0.5, 1.25, 0.75), Rounded(PointRobots.StateOf(Seen(new(1.5, -0.5, 1.25, 0.75)))));
        static float[] Seen(RobotState state)
        {
            var into = new float[PointRobots.Seen];
            PointRobots.See(state, into);
            return into;
        }
        static RobotState Rounded(RobotState s) => new(Math.Round(s.X, 5), Math.Round(s.Y, 5), Math.Round(s.Speed, 5), Math.Round(s.Heading, 5));
    }

    [Theory]
    [InlineData(-1, -1.2, 0.5, 0, true)] // slow enough to stop
    [InlineData(-0.6, -1.2, 2, 0, false)] // 0.2 before the hazard at full speed
    [InlineData(-0.6, -1.2, 2, 3.1, true)] // the same, heading away
    [InlineData(0.4, -1, 0, 0, false)] // within
    public void Hazards_are_avoidable_where_braking_and_turning_helps(double x, double y, double speed, double heading, bool isAvoidable) => Assert.Equal(isAvoidable, PointRobots.IsAvoidable(new(x, y, speed, heading)));

    [Fact]
    public void No_hazard_and_no_goal_is_passed_within_a_step_whatever_is_done()
    {
        var random = RandomStream.Of(1, "pushes");
        var robots = new PointRobots(64);
        var now = new EnvironmentStep(64, PointRobots.Seen);
        robots.Reset(3, now);
        var actions = new float[128];
        var before = now.Observations.ToArray();
        var over = new bool[64];
        for (var step = 0; step < 400; step++)
        {
            for (var i = 0; i < actions.Length; i++) actions[i] = random.Next(3) - 1;
            robots.Step(actions, now);
            for (var i = 0; i < 64; i++)
            {
                var seen = now.Observations.AsSpan(i * PointRobots.Seen, PointRobots.Seen);
                Assert.True(robots.ObservationSpace.Contains(seen), string.Join(' ', seen.ToArray()));
                if (!over[i])
                {
                    var (x, y) = (seen[0] - before[i * PointRobots.Seen], seen[1] - before[i * PointRobots.Seen + 1]);
                    Assert.InRange(Math.Sqrt(x * x + y * y), 0, 0.4001); // far less than a hazard, or the goal, is wide
                    var inGoal = Math.Sqrt(Math.Pow(seen[0] - 2.2, 2) + Math.Pow(seen[1] - 2.2, 2)) <= 0.3;
                    Assert.Equal(inGoal || Math.Abs(seen[0]) > 3 || Math.Abs(seen[1]) > 3, now.Terminated[i]);
                    Assert.Equal(inGoal, now.Rewards[i] > 0.5);
                }
                over[i] = now.IsOver(i);
            }
            before = now.Observations.ToArray();
        }
    }

    [Fact]
    public void Equal_seeds_and_actions_give_equal_episodes_however_many_robots_there_are()
    {
        float[] First(int count)
        {
            var robots = new PointRobots(count);
            var now = new EnvironmentStep(count, PointRobots.Seen);
            robots.Reset(5, now);
            for (var step = 0; step < 350; step++) robots.Step([.. Enumerable.Repeat(0.1f * (step % 7 - 3), 2 * count)], now);
            return now.Observations[..PointRobots.Seen];
        }
        Assert.Equal(First(1), First(9));
        Assert.Contains("the action of environment 1 is NaN", Assert.Throws<ArgumentException>(() => new PointRobots(2).Step([0, 0, float.NaN, 0], new(2, PointRobots.Seen))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cautious_arrive_without_harm_and_the_hasty_often_do_not()
    {
        (double Success, double Harm) Share(bool isCautious)
        {
            const int count = 200;
            var (pilot, random, robots) = (new RobotPilot(isCautious, 0.3), RandomStream.Of(1, "noise"), new PointRobots(count, (_, draw) => PointRobotProblem.Start(draw, isAvoidable: true)));
            var log = EpisodeLog.Play(robots, 3, count, (seen, actions) =>
            {
                for (var i = 0; i < count; i++) pilot.Act(seen.AsSpan(i * PointRobots.Seen, PointRobots.Seen), random, actions.AsSpan(2 * i, 2));
            }, keepsTruncated: true);
            EpisodeLog[] each = [.. Enumerable.Range(0, count).Select(e => log.Take([e]))];
            return (each.Average(e => e.Rewards[^1] > 0.5f ? 1.0 : 0), each.Average(e => e.Costs.Max() > 0 ? 1.0 : 0));
        }
        var (cautious, hasty) = (Share(true), Share(false));
        Assert.True(cautious.Success > 0.95 && cautious.Harm < 0.1, $"{cautious}");
        Assert.True(hasty.Success > 0.95 && hasty.Harm > 0.3, $"{hasty}");
    }

    [Fact]
    public void Costs_are_told_as_asked()
    {
        EpisodeLog Log(CostForm costs) => PointRobotProblem.Draw(new() { Size = ProblemSize.Tiny, Costs = costs }, 1).Train.Log;
        var (signed, binary, shuffled) = (Log(CostForm.Signed), Log(CostForm.Binary), Log(CostForm.Shuffled));
        Assert.Equal(signed.Observations, binary.Observations);
        Assert.Equal(signed.Costs.Select(c => c > 0 ? 1f : 0), binary.Costs);
        Assert.NotEqual(signed.Costs, shuffled.Costs);
        Assert.Equal(signed.Costs.Order(), shuffled.Costs.Order());
        Assert.Equal(40, signed.Count);
    }
}
