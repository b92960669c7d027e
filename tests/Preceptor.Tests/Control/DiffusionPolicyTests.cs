using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Tests.Control;

/// <summary>Policies that draw actions by diffusion: what trains them, what stops them, and how they act.</summary>
public sealed class DiffusionPolicyTests
{
    private static ControlProblem Robot(int epochs = 2)
    {
        var (train, validation, _) = PointRobotProblem.Draw(new() { Episodes = 12 }, 7);
        return new("robot", train, validation) { Model = new() { Width = 8, Layers = 1 }, Training = new() { Epochs = epochs, Batch = 64 } };
    }

    private static FeasibilityGuidedDiffusion Small(Func<FeasibilityGuidedDiffusion.Options, FeasibilityGuidedDiffusion.Options>? change = null) => new((change ?? (o => o))(new() { ValueWidth = 8, Candidates = 3 }));

    private static float[] Actions(Policy policy, ControlProblem problem, ulong seed = 0)
    {
        var actions = new float[40 * policy.ActionSize];
        policy.Act(problem.Validation.Observations.AsSpan(0, 40 * policy.Inputs), actions, seed);
        return actions;
    }

    /// <summary>Single actions a in two states: in the first h = a − 0.3, so that a may be up to 0.3; in the second every action violates, the lower the less. More is always rewarded.</summary>
    private static ControlProblem Choices()
    {
        var random = RandomStream.Of(1, "choices");
        const int count = 1500;
        float[] states = [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(2))], actions = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble(-1, 1))];
        var log = new EpisodeLog(1, 1, [.. Enumerable.Repeat(1, count)], [.. states.SelectMany(s => new[] { s, s })], actions, actions, [.. actions.Zip(states, (a, s) => s == 0 ? a - 0.3f : a + 1.1f)], [.. Enumerable.Repeat(true, count)]);
        return new("choices", new(log, BoxSpace.Of(1, -1, 1), [0], []), log) { Model = new() { Width = 32, Layers = 1 }, Training = new() { Epochs = 60, Batch = 128, Rate = 0.003 } };
    }

    private static (double Harmful, double Mean, double Unavoidable, double[] Harm, double Loss) Learn(FeasibilityGuidedDiffusion.Weighting weights, int epochs = 60)
    {
        var problem = Choices();
        problem = problem with { Training = problem.Training with { Epochs = epochs, Rate = epochs == 1 ? 1e-12 : problem.Training.Rate } };
        using var run = new Run(new RunSettings());
        using var policy = (DiffusionPolicy)new FeasibilityGuidedDiffusion(new() { Weights = weights, ValueWidth = 32, Candidates = 1, Dropout = 0, RewardTemperature = 5, Slowness = 0.95 }).Fit(problem, run);
        var (safe, late) = (new float[400], new float[400]);
        for (var i = 0; i < 400; i++)
        {
            policy.Act([0], safe.AsSpan(i, 1), (ulong)i);
            policy.Act([1], late.AsSpan(i, 1), (ulong)i);
        }
        return (safe.Average(a => a > 0.35 ? 1.0 : 0), safe.Average(), late.Average(), [.. policy.Harm([0, 1]).Select(h => (double)h)], policy.Training.Epochs[^1].Loss);
    }

    [Fact]
    public void It_seeks_reward_where_harm_can_be_avoided_and_the_least_harm_where_not()
    {
        var (feasible, cloned, greedy, untrained) = (Learn(FeasibilityGuidedDiffusion.Weighting.Feasibility), Learn(FeasibilityGuidedDiffusion.Weighting.Cloning), Learn(FeasibilityGuidedDiffusion.Weighting.Reward), Learn(FeasibilityGuidedDiffusion.Weighting.Feasibility, 1));
        Assert.True(feasible.Harmful < 0.1 && feasible.Mean > -0.2 && feasible.Unavoidable < -0.6, $"{feasible}");
        Assert.True(cloned.Harmful > 0.2 && Math.Abs(cloned.Unavoidable) < 0.3, $"{cloned}");
        Assert.True(greedy.Harmful > 0.8, $"{greedy}");
        Assert.True(untrained.Harmful > 0.2, $"{untrained}");
        Assert.True(feasible.Harm[0] <= 0 && feasible.Harm[1] > 0, string.Join(' ', feasible.Harm));
        Pin(0.01832, feasible.Loss);
        Pin(0.15366, cloned.Loss);
        static void Pin(double expected, double loss) => Assert.True(Math.Abs(loss - expected) < 0.03 * expected, $"the last loss is {loss:R}, pinned {expected:R}: if the algorithm changed, raise its version");
    }

    [Fact]
    public void It_reads_back_to_the_bit_and_draws_anew_by_another_seed()
    {
        var problem = Robot();
        using var run = new Run(new RunSettings());
        using var policy = Small().Fit(problem, run);
        var folder = Directory.CreateTempSubdirectory("preceptor-policy-").FullName;
        try
        {
            policy.Save(folder);
            using var read = Policy.Load(folder);
            Assert.Equal(Actions(policy, problem), Actions(read, problem));
            Assert.NotEqual(Actions(policy, problem), Actions(policy, problem, seed: 1));
            Assert.Equal(((DiffusionPolicy)policy).Harm(problem.Validation.Observations), ((DiffusionPolicy)read).Harm(problem.Validation.Observations));
            var one = new float[2];
            policy.Act(problem.Validation.Observations.AsSpan(7 * policy.Inputs, policy.Inputs), one);
            // Another place within a block may round otherwise.
            Assert.All(one.Zip(Actions(policy, problem)[14..16]), p => Assert.Equal(p.Second, p.First, 1e-5f));
            File.WriteAllText(Path.Combine(folder, Policy.FileName), """{"type": "oracle"}""");
            Assert.Contains("'oracle' is none of network, diffusion", Assert.Throws<RequestException>(() => Policy.Load(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Acting_on_and_on_takes_no_more_memory()
    {
        using var run = new Run(new RunSettings());
        var problem = Robot(epochs: 1) with { Model = new() { Width = 64, Layers = 3 } };
        using var policy = new FeasibilityGuidedDiffusion(new() { ValueWidth = 64, Candidates = 8 }).Fit(problem, run);
        var (states, actions) = (problem.Validation.Observations.AsSpan(0, 64 * policy.Inputs).ToArray(), new float[128]);
        long After(int times)
        {
            for (var i = 0; i < times; i++) policy.Act(states, actions, (ulong)i);
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64 >> 20;
        }
        var before = After(20);
        Assert.InRange(After(60) - before, long.MinValue, 150); // ten a call before its blocks gave back what they need
    }

    [Fact]
    public void Cloning_by_diffusion_asks_nothing_of_values()
    {
        using var first = new Run(new RunSettings());
        using var second = new Run(new RunSettings());
        var problem = Robot();
        // One drawn action, and no choice: whatever the values are, the policy is the same to the bit.
        using var reachability = Small(o => o with { Weights = FeasibilityGuidedDiffusion.Weighting.Cloning, Candidates = 1 }).Fit(problem, first);
        using var cost = Small(o => o with { Weights = FeasibilityGuidedDiffusion.Weighting.Cloning, Candidates = 1, Harm = HarmMeasure.Cost, Discount = 0.5 }).Fit(problem, second);
        Assert.Equal(Actions(reachability, problem), Actions(cost, problem));
    }

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Robot(epochs: 16);
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var policy = Small().Fit(problem, run)) unbroken = Actions(policy, problem);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(13, run =>
        {
            using var policy = run.Stage("fisor", problem.Describe(), () => Small().Fit(problem, run));
            Assert.Equal(unbroken, Actions(policy, problem));
        });
    }
}
