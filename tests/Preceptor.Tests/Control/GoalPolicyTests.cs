using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Tests.Control;

/// <summary>Goal-conditioned policies: what trains them, what stops them, and how they act.</summary>
public sealed class GoalPolicyTests
{
    private static ControlProblem Problem(int epochs = 2, int episodes = 32, DemonstratedPairs pairs = DemonstratedPairs.Parts)
    {
        var (train, validation, _) = StitchingMazeProblem.Draw(new() { Episodes = episodes, Pairs = pairs }, 7);
        return new("maze", train, validation) { Model = new() { Width = 32 }, Training = new() { Epochs = epochs, Batch = 64, Rate = 0.003 } };
    }

    private static float[] Actions(Policy policy, ControlProblem problem)
    {
        var log = problem.Validation;
        var (inputs, actions) = (new float[log.Count * policy.Inputs], new float[log.Count * policy.ActionSize]);
        for (var i = 0; i < log.Count; i++) problem.Demonstrations.See(log.Seen(i), log.Seen(i + 9), inputs.AsSpan(i * policy.Inputs, policy.Inputs));
        policy.Act(inputs, actions);
        return actions;
    }

    private static float[] Fit(IFit<ControlProblem, Policy> method, ControlProblem problem)
    {
        using var run = new Run(new RunSettings());
        using var policy = method.Fit(problem, run);
        return Actions(policy, problem);
    }

    [Fact]
    public void Without_stitches_it_is_cloning_to_the_bit_and_with_them_it_is_not()
    {
        var cloning = Fit(new BehaviourCloning(new()), Problem());
        Assert.Equal(cloning, Fit(new TemporalStitching(new() { Probability = 0 }), Problem()));
        var stitched = Fit(new TemporalStitching(new()), Problem());
        Assert.NotEqual(cloning, stitched);
        Assert.NotEqual(stitched, Fit(new TemporalStitching(new() { Clusters = 1 }), Problem()));
        Assert.NotEqual(stitched, Fit(new TemporalStitching(new() { Near = TemporalStitching.Closeness.Goal }), Problem()));
    }

    [Fact]
    public void Two_ways_that_share_only_their_start_are_told_apart_by_the_goal_that_each_reached()
    {
        // From 0 an action of 1 leads to place 1, and −1 to place −1: the mixture that cloning converges to is pure at each goal.
        var episodes = 64;
        float[] sides = [.. Enumerable.Range(0, episodes).Select(e => e % 2 == 0 ? 1f : -1)];
        var log = new EpisodeLog(1, 1, [.. Enumerable.Repeat(1, episodes)], [.. sides.SelectMany(s => new[] { 0, s })], sides, new float[episodes], new float[episodes], [.. Enumerable.Repeat(true, episodes)]);
        var problem = new ControlProblem("fork", new(log, BoxSpace.Of(1, -1, 1), [0], [0]), log) { Model = new() { Width = 16 }, Training = new() { Epochs = 100, Batch = 32, Rate = 0.01 } };
        using var run = new Run(new RunSettings());
        using var policy = new BehaviourCloning(new()).Fit(problem, run);
        var actions = new float[2];
        policy.Act([0, 1, 0, -1], actions);
        Assert.InRange(actions[0], 0.9, 1);
        Assert.InRange(actions[1], -1, -0.9);
    }

    [Fact]
    public void Training_makes_it_reach_goals_that_the_untrained_network_does_not()
    {
        (double Reached, double Error, double Loss) Learn(IFit<ControlProblem, Policy> method, int epochs)
        {
            var problem = Problem(epochs, 96) with { Model = new() { Width = 64 } };
            if (epochs == 1) problem = problem with { Training = problem.Training with { Rate = 1e-12 } };
            using var run = new Run(new RunSettings());
            using var policy = method.Fit(problem, run);
            (int, int)[] pairs = [.. StitchingMazeProblem.Parts.SelectMany(part => part.SelectMany(start => part.Where(goal => goal != start).Select(goal => (start, goal)))).Distinct()];
            Assert.Equal(16, pairs.Length);
            return (Rollouts.Play(StitchingMazeProblem.Ask(pairs, 2), 3, policy, StitchingMazeProblem.Asked).Average(o => o.Terminated ? 1.0 : 0), policy.ActionErrors(problem.Validation).Average(), policy.Training.Epochs[^1].Loss);
        }
        var untrained = Learn(new BehaviourCloning(new()), 1);
        var (cloning, stitching) = (Learn(new BehaviourCloning(new()), 30), Learn(new TemporalStitching(new()), 30));
        Assert.True(cloning.Reached >= 0.9 && stitching.Reached >= 0.9 && untrained.Reached <= 0.5, $"{cloning} {stitching} {untrained}");
        Assert.True(cloning.Error < 0.7 * untrained.Error && stitching.Error < 0.7 * untrained.Error, $"{cloning} {stitching} {untrained}");
        Pin(0.14696, cloning.Loss);
        Pin(0.15524, stitching.Loss);
        static void Pin(double expected, double loss) => Assert.True(Math.Abs(loss - expected) < 0.03 * expected, $"the last loss is {loss:R}, pinned {expected:R}: if the algorithm changed, raise its version");
    }

    [Fact]
    public void Without_goals_it_clones_what_was_done()
    {
        var random = RandomStream.Of(1, "line");
        float[] places = [.. Enumerable.Range(0, 120).Select(_ => (float)random.NextDouble(-1, 1))];
        var log = new EpisodeLog(1, 1, [.. Enumerable.Repeat(2, 40)], places, [.. Enumerable.Range(0, 80).Select(i => places[i / 2 * 3 + i % 2] > 0 ? -0.5f : 0.5f)], new float[80], new float[80], [.. Enumerable.Repeat(true, 40)]);
        var problem = new ControlProblem("line", new(log, BoxSpace.Of(1, -1, 1), [0], []), log) { Model = new() { Width = 16 }, Training = new() { Epochs = 100, Batch = 32, Rate = 0.01 } };
        var actions = new float[2];
        using var run = new Run(new RunSettings());
        using var policy = new BehaviourCloning(new()).Fit(problem, run);
        policy.Act([0.6f, -0.6f], actions);
        Assert.InRange(actions[0], -0.6, -0.4);
        Assert.InRange(actions[1], 0.4, 0.6);
    }

    [Fact]
    public void It_reads_back_to_the_bit()
    {
        var problem = Problem();
        using var run = new Run(new RunSettings());
        using var policy = new TemporalStitching(new()).Fit(problem, run);
        var folder = Directory.CreateTempSubdirectory("preceptor-policy-").FullName;
        try
        {
            policy.Save(folder);
            using var read = Policy.Load(folder);
            Assert.Equal(Actions(policy, problem), Actions(read, problem));
            Assert.Equal([0, 1, 2, 3], read.State);
            Assert.Equal([0, 1], read.Goal);
            Assert.Equal(2, read.ActionSize);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_it_answers_depends_on_no_neighbour()
    {
        var problem = Problem();
        using var run = new Run(new RunSettings());
        using var policy = new BehaviourCloning(new()).Fit(problem, run);
        var random = RandomStream.Of(1, "rows");
        float[] rows = [.. Enumerable.Range(0, 300 * policy.Inputs).Select(_ => (float)random.NextDouble(-3, 3))];
        var (all, one) = (new float[300 * 2], new float[2]);
        policy.Act(rows, all);
        foreach (var row in new[] { 0, 255, 256, 299 })
        {
            policy.Act(rows.AsSpan(row * policy.Inputs, policy.Inputs), one);
            Assert.Equal(all[(row * 2)..(row * 2 + 2)], one);
        }
        Assert.All(all, a => Assert.InRange(a, -1, 1));
    }

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Problem(epochs: 12);
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var policy = new TemporalStitching(new()).Fit(problem, run)) unbroken = Actions(policy, problem);
        Assert.True(tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(31, run =>
        {
            using var policy = run.Stage("temporal-stitching", problem.Describe(), () => new TemporalStitching(new()).Fit(problem, run));
            Assert.Equal(unbroken, Actions(policy, problem));
        });
    }

    [Fact]
    public void Asked_for_a_goal_of_another_size_it_says_so()
    {
        var problem = Problem();
        using var run = new Run(new RunSettings());
        using var policy = new BehaviourCloning(new()).Fit(problem, run);
        Assert.Contains("expected 2 numbers of a goal; found 1", Assert.Throws<ArgumentException>(() => Rollouts.Play(StitchingMazeProblem.Ask([(6, 7)], 1), 1, policy, [4])).Message, StringComparison.Ordinal);
    }
}
