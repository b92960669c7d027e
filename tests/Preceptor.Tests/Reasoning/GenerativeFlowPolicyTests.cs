using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Flow of reasoning: what is drawn in proportion to reward, its baselines and null setting, and what stops it.</summary>
public sealed class GenerativeFlowPolicyTests
{
    private static readonly string[] Ends = ["l\nl", "l\nr", "r\nl", "r\nr"];

    // The rewards of the ends are 1, 2, 3 and 4.
    private static readonly GenerativeFlowPolicy.Options Small = new() { Epochs = 80, Rate = 0.01, LastPower = 1, Success = 4, LastReplay = 0.3 };

    /// <summary>The exact probability of each end of a question, by its log-probabilities.</summary>
    private static double[] Probabilities(Solver solver, ReasoningProblem problem, string question)
    {
        using var scope = torch.NewDisposeScope();
        var (policy, start) = (new StepPolicy(solver.Policy), new Forks().Begin(question)!);
        Trajectory[] all = [.. from a in new[] { 0, 1 } from b in new[] { 0, 1 } select policy.Repeat(start, [a, b])];
        return [.. policy.LogProbabilities([.. all.Select(_ => problem.PromptOf(question))], all).exp().data<float>().ToArray().Select(p => (double)p)];
    }

    private static double Distance(IEnumerable<double> found) => found.Zip([0.1, 0.2, 0.3, 0.4], (f, e) => Math.Abs(f - e)).Sum();

    [Theory]
    [InlineData(GenerativeFlowPolicy.FlowObjective.Variance)]
    [InlineData(GenerativeFlowPolicy.FlowObjective.Partition)]
    public void Ends_are_drawn_in_proportion_to_their_rewards(GenerativeFlowPolicy.FlowObjective objective)
    {
        var problem = Forks.Problem();
        using var solver = SmallChains.Within(run => new GenerativeFlowPolicy(Small with { Objective = objective }).Fit(problem, run));
        using var untrained = SmallChains.Within(run => new GenerativeFlowPolicy(Small with { Epochs = 0 }).Fit(problem, run));
        double Off(Solver of) => problem.Validation.Average(q => Distance(Probabilities(of, problem, q.Text)));
        Assert.True(Off(solver) < 0.15 && Off(untrained) > 2 * Off(solver) && Off(untrained) > 0.25, $"{Off(solver)} {Off(untrained)}");
        foreach (var question in problem.Validation.Select(q => q.Text).Take(2))
        {
            // What is drawn is what is said.
            var many = new Solver(solver.Policy, problem.Checker, problem.Solving with { Samples = 2000 }) { ChoosesSteps = true };
            var drawn = many.Propose([question], isGreedy: false, 3)[0].Candidates;
            Assert.All(Ends.Zip(Probabilities(solver, problem, question)), p => Assert.Equal(p.Second, drawn.Count(c => c.Text == p.First) / 2000.0, 4 * Math.Sqrt(0.25 / 2000)));
        }
        if (objective == GenerativeFlowPolicy.FlowObjective.Partition) return;
        var course = solver.Policy.Training.Epochs;
        Assert.True(Math.Abs(course[0].Loss - 0.159161) < 0.003 * 0.159161 && course[^1].Loss < 0.05, $"the first loss is {course[0].Loss:R}, the last {course[^1].Loss:R}");
    }

    [Fact]
    public void Rewards_that_are_maximised_come_to_one_end_and_a_flow_to_all()
    {
        var problem = Forks.Problem();
        using var best = SmallChains.Within(run => new GenerativeFlowPolicy(Small with { Objective = GenerativeFlowPolicy.FlowObjective.Maximise, Success = 100 }).Fit(problem, run));
        var found = Probabilities(best, problem, "q0");
        Assert.True(found[3] > 0.9 && Distance(found) > 0.6, string.Join(' ', found));
        var greedy = best.Propose(["q0"], isGreedy: true, 1)[0].Candidates;
        Assert.Equal(["r\nr"], greedy.Select(c => c.Text));
    }

    [Fact]
    public void Without_training_it_is_self_consistency_to_the_bit_and_with_legal_steps_that_policy_among_them()
    {
        var problem = Forks.Problem();
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var flow = SmallChains.Within(run => new GenerativeFlowPolicy(new() { Epochs = 0, Legal = false }).Fit(problem, run));
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(flow, problem).Texts);
        Assert.Equal(plain.Policy.LogProbabilities(problem.Policy.Validation), flow.Policy.LogProbabilities(problem.Policy.Validation));
        using var legal = SmallChains.Within(run => new GenerativeFlowPolicy(new() { Epochs = 0 }).Fit(problem, run));
        var proposed = legal.Propose([.. problem.Validation.Select(q => q.Text), "what"], isGreedy: false, 1);
        Assert.All(proposed[..^1].SelectMany(p => p.Candidates), c => Assert.True(c.IsFinished && Ends.Contains(c.Text)));
        Assert.All(proposed[^1].Candidates, c => Assert.False(c.IsFinished));
        Assert.True(proposed[0].Cost is { Tokens: 16, Calls: 4, Read: > 8 }, $"{proposed[0].Cost}");
        // What is drawn to a question does not depend on the others.
        Assert.Equal(proposed[1].Candidates.Select(c => c.Text), legal.Propose([problem.Validation[1].Text], isGreedy: false, 1)[0].Candidates.Select(c => c.Text));
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Forks.Problem(dropout: 0.1);
        var tensors = LiveTensors.Count();
        foreach (var options in new[] { Small with { Epochs = 50, LikelihoodWeight = 0.5 }, Small with { Epochs = 20, Objective = GenerativeFlowPolicy.FlowObjective.Partition } })
        {
            double[] unbroken;
            using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
            using (var solver = new GenerativeFlowPolicy(options).Fit(problem, run)) unbroken = Probabilities(solver, problem, "q1");
            Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^12], $"{tensors[^1] - tensors[^12]} more tensors after 11 steps of {tensors.Count}");
            Interruptions.Outlast(17, run =>
            {
                using var solver = run.Stage("flow", problem.Describe(Options.Resolve(options)), () => new GenerativeFlowPolicy(options).Fit(problem, run));
                Assert.Equal(unbroken, Probabilities(solver, problem, "q1"));
            });
        }
    }

    [Fact]
    public void Better_ends_are_found_by_local_search_and_nothing_is_learned_where_no_step_fits()
    {
        var problem = Forks.Problem(epochs: 1);
        var found = SmallChains.Within(run =>
        {
            using var solver = new GenerativeFlowPolicy(new() { Epochs = 0 }).Fit(problem, run);
            var memory = new TrajectoryMemory(1, 50);
            var options = Small with { LocalSearch = 16, Group = 2, FirstReplay = 0 };
            var groups = Enumerable.Range(0, 30).Select(i => new TrajectorySearch(problem, run, new(solver.Policy), null, memory, options).Gather([0], [problem.PromptOf("q0")], [new Forks().Begin("q0")!], 0, 1, i)[0]).ToArray();
            Assert.Equal(4, memory.Of(0).Count);
            return groups;
        });
        Assert.All(found, group =>
        {
            var best = group[..2].MaxBy(f => f.LogReward)!;
            Assert.All(group[2..], f => Assert.True(f.LogReward > best.LogReward && f.Trajectory.Choices[0] == best.Trajectory.Choices[0]));
            Assert.Equal(group[2..].Length, group[2..].Select(f => f.Trajectory.Key).Distinct().Count());
        });
        // From the lesser second half 16 tries find the better one.
        Assert.All(found.Where(g => g[..2].MaxBy(f => f.LogReward)!.Trajectory.Choices[1] == 0), g => Assert.Single(g[2..]));
        Assert.Contains(found, g => g.Length > 2);
        var narrow = problem with { Solving = problem.Solving with { AnswerTokens = 1 } };
        Assert.Contains("no training question has a legal step", Assert.Throws<WorkException>(() => SmallChains.Within(run => new GenerativeFlowPolicy(Small).Fit(narrow, run))).Message, StringComparison.Ordinal);
    }
}
