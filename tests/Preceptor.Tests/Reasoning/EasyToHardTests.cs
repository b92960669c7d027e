using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Evaluators that learn where there is supervision, and what is made of them where there is none: votes, and a policy that learns from them.</summary>
public sealed class EasyToHardTests
{
    private static EasyToHard.Options Votes(AnswerRule search = AnswerRule.Weighted) => new() { Samples = 24, EvaluatorEpochs = 8, Search = search };

    private static ProcessRewardPolicy.Options Policy(int epochs = 24) => new() { Samples = 24, EvaluatorEpochs = 8, Epochs = epochs, Minibatches = 2, Rate = 0.004, DrawTemperature = 1 };

    [Fact]
    public void With_a_vote_or_without_reinforcement_it_is_self_consistency_to_the_bit()
    {
        var problem = FateWords.Problem();
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var votes = SmallChains.Within(run => new EasyToHard(Votes(AnswerRule.Majority) with { EvaluatorEpochs = 1 }).Fit(problem, run));
        using var policy = SmallChains.Within(run => new ProcessRewardPolicy(Policy(epochs: 0) with { EvaluatorEpochs = 1 }).Fit(problem, run));
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(votes, problem).Texts);
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(policy, problem).Texts);
    }

    [Theory]
    [InlineData(EvaluatorSupervision.Both, StepJudge.Checker)]
    [InlineData(EvaluatorSupervision.Process, StepJudge.Rollouts)]
    [InlineData(EvaluatorSupervision.Outcome, StepJudge.Checker)]
    public void Evaluators_tell_right_solutions_from_wrong_ones(EvaluatorSupervision evaluator, StepJudge judge)
    {
        // Where every answer is a matter of luck, an evaluator of both knows little before the end.
        var whole = evaluator == EvaluatorSupervision.Process ? SolutionScore.Least : SolutionScore.Last;
        var problem = FateWords.Problem();
        double Told(double rate)
        {
            using var solver = SmallChains.Within(run => new EasyToHard(Votes() with { Evaluator = evaluator, Judge = judge, Rollouts = 12, EvaluatorRate = rate, Score = whole }).Fit(problem, run));
            var drawn = solver.Propose([.. problem.Validation.Select(q => q.Text)], isGreedy: false, 5).SelectMany(p => p.Candidates).Where(c => c.IsFinished).ToArray();
            Assert.All(drawn, c => Assert.Equal(whole == SolutionScore.Last ? c.StepScores[^1] : c.StepScores.Min(), c.Score));
            var right = drawn.ToLookup(c => problem.Checker.Check(problem.Validation[0], c) == CheckOutcome.Right, c => c.Score);
            return right[true].Average(r => right[false].Average(w => r > w ? 1.0 : r == w ? 0.5 : 0));
        }
        var (trained, untrained) = (Told(0.01), Told(1e-9));
        Assert.True(trained > 0.9 && trained > untrained + 0.05, $"{trained} {untrained}");
    }

    [Fact]
    public void Steps_are_labelled_up_to_the_first_wrong_one()
    {
        var problem = FateWords.Problem();
        var folder = Directory.CreateTempSubdirectory("preceptor-evaluator-").FullName;
        try
        {
            using (var run = new Run(new RunSettings { Folder = folder }))
            using (new EasyToHard(Votes() with { EvaluatorEpochs = 1 }).Fit(problem, run)) { }
            var labelled = RatedSolutions.Load(Directory.GetDirectories(Path.Combine(folder, "stages"), "step-labels-*", SearchOption.AllDirectories).Single());
            Assert.All(labelled.All.Where(s => s.Text.Trim().Length > 0), s =>
            {
                var lines = SolutionChecker.StepsOf(s.Text);
                Assert.DoesNotContain(lines[..^1], l => l.Contains('b', StringComparison.Ordinal));
                Assert.Equal(lines[^1].Contains('b', StringComparison.Ordinal) ? 0 : 1, s.Rating);
            });
            Assert.True(labelled.All.Count(s => s.Rating == 0) is var wrong && wrong > 20 && wrong < labelled.All.Count - 20, $"{wrong} of {labelled.All.Count}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_policy_learns_from_an_evaluator_where_nobody_knows_the_answer()
    {
        var problem = FateWords.Problem();
        // Of half of the questions no answer is known: they are rewarded by the evaluator alone.
        problem = problem with { Train = [.. problem.Train.Select((q, i) => i % 10 < 5 ? q : q with { Answer = "", Solution = "" })] };
        double Right(int epochs)
        {
            using var solver = SmallChains.Within(run => new ProcessRewardPolicy(Policy(epochs) with { Outcomes = false }).Fit(problem, run));
            return solver.Propose([.. problem.Validation.Select(q => q.Text)], isGreedy: false, 5).SelectMany(p => p.Candidates).Average(c => problem.Checker.Check(problem.Validation[0], c) == CheckOutcome.Right ? 1.0 : 0);
        }
        var (trained, untrained) = (Right(24), Right(0));
        Assert.True(trained > 0.6 && untrained < 0.35, $"{trained} {untrained}");
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = FateWords.Problem(dropout: 0.1);
        var tensors = LiveTensors.Count();
        var options = Policy(epochs: 20) with { EvaluatorEpochs = 1, Samples = 4, Minibatches = 4, Passes = 2 };
        (string?[] Texts, double[] Scores) unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var solver = new ProcessRewardPolicy(options).Fit(problem, run)) unbroken = SmallChains.Answers(solver, problem);
        Assert.True(tensors.Count > 150 && tensors[^1] <= tensors[^17], $"{tensors[^1] - tensors[^17]} more tensors after 16 steps of {tensors.Count}");
        Interruptions.Outlast(29, run =>
        {
            using var solver = run.Stage("process-reward-ppo", problem.Describe(), () => new ProcessRewardPolicy(options).Fit(problem, run));
            Assert.Equal(unbroken.Texts, SmallChains.Answers(solver, problem).Texts);
            Assert.Equal(unbroken.Scores, SmallChains.Answers(solver, problem).Scores);
        });
    }

    [Fact]
    public void Where_nothing_checks_steps_it_says_what_else_there_is()
    {
        var problem = SmallChains.Problem(checker: new AnswerChecker(Preceptor.Supervision.CheckRule.Number));
        var refused = Assert.Throws<RequestException>(() => SmallChains.Within(run => new EasyToHard(Votes()).Fit(problem, run)));
        Assert.Contains("method.judge: nothing checks the steps of chains; expected rollouts", refused.Message, StringComparison.Ordinal);
    }
}
