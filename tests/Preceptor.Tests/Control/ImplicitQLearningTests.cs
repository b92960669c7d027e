using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Tests.Control;

public sealed class ImplicitQLearningTests
{
    private static ImplicitQLearning Method(double temperature = 3, double expectile = 0.9) => new(new() { ValueWidth = 64, Temperature = temperature, Expectile = expectile, Slowness = 0.9 });

    private static float[] Act(IFit<ControlProblem, Policy> method, ControlProblem problem, params float[] rows)
    {
        using var run = new Run(new RunSettings());
        using var policy = method.Fit(problem, run);
        var actions = new float[rows.Length / policy.Inputs * policy.ActionSize];
        policy.Act(rows, actions);
        return actions;
    }

    [Fact]
    public void It_imitates_what_was_rewarded_the_more_the_higher_its_temperature()
    {
        var random = RandomStream.Of(1, "actions");
        float[] actions = [.. Enumerable.Range(0, 800).Select(_ => (float)random.NextDouble(-1, 1))];
        var log = new EpisodeLog(1, 1, [.. Enumerable.Repeat(1, 800)], new float[1600], actions, [.. actions.Select(a => -Math.Abs(a - 0.5f))], new float[800], [.. Enumerable.Repeat(true, 800)]);
        var problem = new ControlProblem("bandit", new(log, BoxSpace.Of(1, -1, 1), [0], []), log) { Model = new() { Width = 16 }, Training = new() { Epochs = 60, Batch = 64, Rate = 0.005 } };
        float At(double temperature) => Act(Method(temperature), problem, 0)[0];
        var (all, some, best) = (At(0), At(3), At(20));
        Assert.InRange(all, -0.15, 0.15);
        Assert.True(some > all + 0.1 && best > some + 0.1, $"{all} {some} {best}");
        Assert.InRange(best, 0.35, 0.65);
    }

    [Fact]
    public void A_way_that_no_episode_went_whole_is_put_together()
    {
        // From A one goes right to B or left to D; from B, and only from there, to C, which lies beyond D. From D one stays there.
        float[] a = [0, 0], b = [1, 0], c = [-1, 1], d = [-1, 0];
        (float[] From, float Action, float[] To)[] ways = [(a, 1, b), (a, -1, d), (b, -1, c), (d, 0.5f, d)];
        var episodes = Enumerable.Range(0, 300).Select(i => ways[i % 4]).ToArray();
        var log = new EpisodeLog(2, 1, [.. episodes.Select(_ => 1)], [.. episodes.SelectMany(way => new[] { way.From, way.To }).SelectMany(p => p)], [.. episodes.Select(way => way.Action)], new float[300], new float[300], [.. episodes.Select(_ => true)]);
        var problem = new ControlProblem("junction", new(log, BoxSpace.Of(1, -1, 1), [0, 1], [0, 1]), log) { Model = new() { Width = 32 }, Training = new() { Epochs = 500, Batch = 64, Rate = 0.005 } };
        float[] asked = [0, 0, -1, 1]; // A, for C
        Assert.InRange(Act(Method(10, 0.7), problem, asked)[0], 0.5, 1);
        Assert.InRange(Act(new BehaviourCloning(new()), problem, asked)[0], -1, 0.3); // no episode says more than that C lies to the left
    }

    [Fact]
    public void Goals_are_reached_by_the_step_itself_later_in_the_episode_or_anywhere()
    {
        var log = new EpisodeLog(1, 1, [2, 3], [0, 1, 2, 10, 11, 12, 13], [1, 1, 1, 1, 1], new float[5], new float[5], [true, false]);
        var demonstrations = new Demonstrations(log, BoxSpace.Of(1, -2, 2), [0], [0]);
        using var run = new Run(new RunSettings());
        using var scope = torch.NewDisposeScope();
        var seen = new HashSet<(int, float, float)>();
        foreach (var epoch in Enumerable.Range(1, 200))
            foreach (var batch in new TransitionBatches(run, LoggedSteps.Of(demonstrations, ([0, 0], [1, 1])), log, 5).Epoch(epoch, 0))
            {
                var (states, next, rewards, goesOn) = (batch.States().data<float>().ToArray(), batch.Next().data<float>().ToArray(), batch.Rewards().data<float>().ToArray(), batch.GoesOn().data<float>().ToArray());
                for (var row = 0; row < batch.Count; row++)
                {
                    var (state, goal) = (states[2 * row], states[2 * row + 1]);
                    Assert.Equal((state + 1, goal), (next[2 * row], next[2 * row + 1]));
                    Assert.Equal(state + 1 == goal ? (0f, 0f) : (-1f, 1f), (rewards[row], goesOn[row]));
                    Assert.Equal(0.5f, batch.Actions().data<float>()[row]);
                    seen.Add((batch.Rows[row], state, goal));
                }
            }
        Assert.Equal(5 * 7, seen.Count); // every step with every place of the log
    }

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var (train, validation, _) = StitchingMazeProblem.Draw(new() { Episodes = 16 }, 7);
        var problem = new ControlProblem("maze", train, validation) { Model = new() { Width = 16 }, Training = new() { Epochs = 20, Batch = 64, Rate = 0.003 } };
        float[] Actions(Policy policy)
        {
            var (rows, actions) = (new float[10 * policy.Inputs], new float[20]);
            for (var i = 0; i < 10; i++) train.See(validation.Seen(i), validation.Seen(i + 5), rows.AsSpan(i * policy.Inputs, policy.Inputs));
            policy.Act(rows, actions);
            return actions;
        }
        var (tensors, losses) = (LiveTensors.Count(), 0.0);
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var policy = Method().Fit(problem, run)) (unbroken, losses) = (Actions(policy), policy.Training.Epochs[^1].Loss);
        Assert.True(tensors.Count > 40 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Assert.True(Math.Abs(losses - 0.12802) < 0.03 * 0.12802, $"the last loss is {losses:R}: if the algorithm changed, raise its version");
        Interruptions.Outlast(13, run =>
        {
            using var policy = run.Stage("implicit-q-learning", problem.Describe(), () => Method().Fit(problem, run));
            Assert.Equal(unbroken, Actions(policy));
        });
    }
}
