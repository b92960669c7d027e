using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Automated process supervision: its labels, what is learned of them, and what stops it.</summary>
public sealed class AutomatedProcessSupervisionTests
{
    private static AutomatedProcessSupervision.Options Small(AnswerRule search = AnswerRule.Weighted) => new() { Rollouts = 4, Filter = 16, Searches = 4, Epochs = 4, Search = search };

    [Fact]
    public void Soft_labels_are_learned_by_cross_entropy()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var p in new[] { 0.125, 0.5, 0.9 })
        {
            var logit = torch.tensor([Math.Log(p / (1 - p))], torch.float64, requires_grad: true);
            var loss = AutomatedProcessSupervision.Loss(logit, torch.tensor([p], torch.float64));
            loss.backward();
            Assert.Equal(-p * Math.Log(p) - (1 - p) * Math.Log(1 - p), loss.item<double>(), 1e-12); // the label's entropy
            Assert.Equal(0, logit.grad!.item<double>(), 1e-12);
        }
    }

    [Fact]
    public void With_a_vote_it_is_self_consistency_to_the_bit()
    {
        var problem = FateWords.Problem();
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var omega = SmallChains.Within(run => new AutomatedProcessSupervision(Small(AnswerRule.Majority)).Fit(problem, run));
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(omega, problem).Texts);
    }

    [Fact]
    public void Right_steps_get_more_than_wrong_ones_and_weighted_votes_end_right()
    {
        var problem = FateWords.Problem(questions: 300, samples: 12);
        (double Told, double Right, double First, double Last) Fit(double rate)
        {
            using var solver = SmallChains.Within(run => new AutomatedProcessSupervision(Small() with { Rollouts = 8, Searches = 12, Epochs = 12, Rate = rate }).Fit(problem, run));
            var pairs = solver.Propose([.. problem.Validation.Select(q => q.Text)], isGreedy: false, 5).SelectMany(p => p.Candidates).Where(c => c.IsFinished)
                .SelectMany(c => c.StepScores.Zip(problem.Checker.AreStepsRight("", c.Text)!)).ToArray();
            var (right, wrong) = (pairs.Where(p => p.Second).Select(p => p.First).ToArray(), pairs.Where(p => !p.Second).Select(p => p.First).ToArray());
            Assert.All(pairs, p => Assert.InRange(p.First, 0, 1));
            var solved = problem.Validation.Zip(solver.Solve([.. problem.Validation.Select(q => q.Text)], 1), (q, s) => s.Chosen is { } chosen && problem.Checker.Check(q, chosen) == CheckOutcome.Right ? 1.0 : 0);
            var course = solver.Verifier!.Model.Training.Epochs;
            return (right.Average(r => wrong.Average(w => r > w ? 1.0 : r == w ? 0.5 : 0)), solved.Average(), course[0].Loss, course[^1].Loss);
        }
        var (trained, untrained) = (Fit(0.003), Fit(1e-9));
        Assert.True(trained.Told > 0.9 && untrained.Told < 0.8 && trained.Right > 0.9 && untrained.Right < 0.9, $"{trained} {untrained}");
        Assert.True(Math.Abs(trained.First - 0.69107) < 0.003 * 0.69107 && trained.Last < 0.2, $"{trained}");
    }

    [Fact]
    public void Beginnings_are_labelled_by_what_can_come_of_them()
    {
        var problem = FateWords.Problem();
        var folder = Directory.CreateTempSubdirectory("preceptor-labels-").FullName;
        try
        {
            using (var run = new Run(new RunSettings { Folder = folder }))
            using (new AutomatedProcessSupervision(Small() with { Parts = 0 }).Fit(problem, run)) { }
            var labelled = RatedSolutions.Load(Directory.GetDirectories(Path.Combine(folder, "stages"), "step-labels-*").Single());
            Assert.NotEmpty(labelled.All);
            // What has a bad word never ends right; what has none does so in some roll-out of four, mostly.
            Assert.All(labelled.All.Where(r => r.Text.Contains('b', StringComparison.Ordinal)), r => Assert.Equal(0, r.Rating));
            Assert.All(labelled.All, r => Assert.InRange(r.Rating, 0, 1));
            Assert.True(labelled.All.Count(r => r.Rating == 0) is var zeros && zeros > 5 && zeros < labelled.All.Count - 5, $"{zeros} of {labelled.All.Count}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = FateWords.Problem(dropout: 0.1);
        var tensors = LiveTensors.Count();
        var options = Small() with { Epochs = 10 };
        (string?[] Texts, double[] Scores) unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var solver = new AutomatedProcessSupervision(options).Fit(problem, run)) unbroken = SmallChains.Answers(solver, problem);
        Assert.True(tensors.Count > 60 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps of {tensors.Count}");
        Interruptions.Outlast(17, run =>
        {
            using var solver = run.Stage("omega-prm", problem.Describe(), () => new AutomatedProcessSupervision(options).Fit(problem, run));
            Assert.Equal(unbroken.Texts, SmallChains.Answers(solver, problem).Texts);
            Assert.Equal(unbroken.Scores, SmallChains.Answers(solver, problem).Scores);
        });
    }
}
