using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Latent rationales and self-taught reasoning: what they learn from answers alone, their null settings, and what stops them.</summary>
public sealed class LatentRationalesTests
{
    private static readonly LatentRationales.Options Small = new() { Epochs = 60, Rate = 0.003 };

    private static readonly SelfTaughtReasoning.Options Taught = new() { Rounds = 2, Epochs = 10, Rate = 0.003 };

    private static double Right(Solver solver, ReasoningProblem problem) => solver.Propose([.. problem.Validation.Select(q => q.Text)], isGreedy: false, 5).SelectMany((of, q) => of.Candidates.Select(c => problem.Checker.Check(problem.Validation[q], c) == CheckOutcome.Right ? 1.0 : 0)).Average();

    [Theory]
    [InlineData(LatentRationales.GradientEstimator.ControlVariate, 0)]
    [InlineData(LatentRationales.GradientEstimator.ControlVariate, 6)]
    [InlineData(LatentRationales.GradientEstimator.Basic, 0)]
    [InlineData(LatentRationales.GradientEstimator.Rejection, 0)]
    public void What_ends_right_becomes_likelier(LatentRationales.GradientEstimator estimator, int subsample)
    {
        var problem = FateWords.Problem(samples: 12);
        using var solver = SmallChains.Within(run => new LatentRationales(Small with { Estimator = estimator, Subsample = subsample }).Fit(problem, run));
        using var untrained = SmallChains.Within(run => new LatentRationales(Small with { Rate = 1e-9, Epochs = 1 }).Fit(problem, run));
        Assert.True(Right(solver, problem) > 0.7 && Right(untrained, problem) < 0.4, $"{Right(solver, problem)} {Right(untrained, problem)}");
        if (estimator != LatentRationales.GradientEstimator.Basic) return;
        // The mean of what a right rationale's tokens have in −log p together: for one of 4⁴ at last.
        var course = solver.Policy.Training.Epochs;
        Assert.True(Math.Abs(course[0].Loss - 7.51064) < 0.003 * 7.51064 && course[^1].Loss < 6.5, $"the first loss is {course[0].Loss:R}, the last {course[^1].Loss:R}");
    }

    [Fact]
    public void Without_training_both_are_self_consistency_to_the_bit()
    {
        var problem = FateWords.Problem();
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var trice = SmallChains.Within(run => new LatentRationales(new() { Epochs = 0 }).Fit(problem, run));
        using var star = SmallChains.Within(run => new SelfTaughtReasoning(new() { Rounds = 0 }).Fit(problem, run));
        Assert.All([trice, star], other => Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(other, problem).Texts));
        Assert.All([trice, star], other => Assert.Equal(plain.Policy.LogProbabilities(problem.Policy.Validation), other.Policy.LogProbabilities(problem.Policy.Validation)));
    }

    [Fact]
    public void Stopped_anywhere_they_end_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = FateWords.Problem(dropout: 0.1);
        var tensors = LiveTensors.Count();
        Func<Run, Solver>[] fits = [run => new LatentRationales(Small with { Epochs = 40, Worked = false, Guide = 2 }).Fit(problem, run), run => new SelfTaughtReasoning(Taught).Fit(FateWords.Problem(), run)];
        foreach (var fit in fits)
        {
            double[][] unbroken;
            using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
            using (var solver = fit(run)) unbroken = solver.Policy.LogProbabilities(problem.Policy.Validation);
            Assert.True(tensors.Count > 60 && tensors[^1] <= tensors[^8], $"{tensors[^1] - tensors[^8]} more tensors after 7 steps of {tensors.Count}");
            Interruptions.Outlast(23, run =>
            {
                using var solver = run.Stage("fit", problem.Describe(), () => fit(run));
                Assert.Equal(unbroken, solver.Policy.LogProbabilities(problem.Policy.Validation));
            });
        }
    }

    [Fact]
    public void Rationales_are_worked_or_a_guides_and_all_are_right()
    {
        var problem = FateWords.Problem(questions: 120);
        RatedSolutions First(LatentRationales.Options options)
        {
            var folder = Directory.CreateTempSubdirectory("preceptor-rationales-").FullName;
            try
            {
                using (var run = new Run(new RunSettings { Folder = folder }))
                using (new LatentRationales(options with { Epochs = 1 }).Fit(problem, run)) { }
                return RatedSolutions.Load(Directory.GetDirectories(Path.Combine(folder, "stages"), "rationales-*").Single());
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        var (worked, guided, none) = (First(Small), First(Small with { Worked = false, Guide = 30 }), First(Small with { Worked = false, Guide = 0 }));
        Assert.Empty(none.All);
        Assert.All(worked.All, r => Assert.Contains(problem.Train, q => q.Solution == r.Text && q.Text == problem.Train[r.Question].Text));
        Assert.True(guided.All.Count >= 8, $"{guided.All.Count}");
        Assert.All(worked.All.Concat(guided.All), r => Assert.True(problem.Checker.Checker.IsRight(problem.Train[r.Question], r.Text) && r.Tokens[^1] == 1, r.Text));
        Assert.Contains("method.hint: 'so'", Assert.Throws<RequestException>(() => First(Small with { Worked = false, Hint = "so" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_alone_are_enough_where_there_is_a_model_to_go_on_from()
    {
        var problem = FateWords.Problem(samples: 12);
        var folder = Directory.CreateTempSubdirectory("preceptor-base-").FullName;
        try
        {
            using (var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run))) plain.Policy.Save(folder);
            var without = problem with { Train = [.. problem.Train.Select(q => q with { Solution = "" })], Policy = problem.Policy with { Train = TokenSequences.Of([]), Validation = TokenSequences.Of([]), Model = problem.Policy.Model with { Base = folder } } };
            Assert.Equal(["AnswerCheck", "StepCheck"], without.Supervision.Select(s => s.GetType().Name).Order());
            using var solver = SmallChains.Within(run => new LatentRationales(Small with { Guide = 4, Hint = "{question}{answer}" }).Fit(without, run));
            Assert.True(Right(solver, problem) > 0.7, $"{Right(solver, problem)}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_policy_taught_by_its_own_right_solutions_repeats_them_and_without_any_stops()
    {
        var problem = FateWords.Problem(samples: 12);
        using var solver = SmallChains.Within(run => new SelfTaughtReasoning(Taught).Fit(problem, run));
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        Assert.True(Right(solver, problem) > Right(plain, problem) + 0.1, $"{Right(solver, problem)} {Right(plain, problem)}");
        var hopeless = problem with { Checker = new(new AnswerChecker(Preceptor.Supervision.CheckRule.Number)) };
        Assert.Contains("none is answered rightly", Assert.Throws<WorkException>(() => SmallChains.Within(run => new SelfTaughtReasoning(Taught).Fit(hopeless, run))).Message, StringComparison.Ordinal);
    }
}
