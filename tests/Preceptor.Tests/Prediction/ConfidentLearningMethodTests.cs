using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.NoisyLabels;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Out-of-fold probabilities, and the step that takes labels away by them.</summary>
public sealed class ConfidentLearningMethodTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    private static PredictionTask Noisy => TicketsProblem.Draft(new() { Size = ProblemSize.Small }, 1).Encode(new ModelOptions { Embedding = 16, Hidden = [32], Vocabulary = 4096 }, new TrainingOptions { Epochs = 6, Batch = 64, Rate = 0.01 });

    [Fact]
    public void With_nothing_to_prune_the_chain_is_the_baseline_bit_for_bit()
    {
        foreach (var task in new[] { Problems.Digits(), Problems.Tickets() })
        {
            using var run = Problems.Memory();
            using var plain = new Supervised(new()).Fit(task.Problem, run);
            using var other = Problems.Memory();
            var chain = Chain(new ConfidentLearning(new() { Share = 0 }));
            using var after = PredictionEvaluation.Fit(task.Problem, chain, other);
            Assert.Equal(Problems.Weights(plain), Problems.Weights(after));
        }
    }

    [Fact]
    public void It_learns_and_its_losses_are_the_pinned_ones()
    {
        var task = Noisy;
        var truth = task.Exam.TrainTruth!;
        using var run = new Run(new RunSettings { Seed = 1, Folder = folder });
        var bettered = new ConfidentLearning(new()).Improve(task.Problem, run);
        var before = task.Problem.Labels.Train;
        var dropped = Enumerable.Range(0, before.Length).Where(row => bettered.Labels.Train[row] != before[row]).ToArray();
        Assert.All(dropped, row => Assert.Equal(-1, bettered.Labels.Train[row]));
        var wrong = dropped.Count(row => truth[row] != before[row]);
        Assert.True(wrong > 0.6 * dropped.Length, $"{wrong} of {dropped.Length} dropped labels were wrong");
        Assert.True(wrong > 0.4 * before.Where((l, row) => l != truth[row]).Count());
        Assert.Same(task.Problem.Labels.Validation, bettered.Labels.Validation);
        Assert.Equal(dropped.Length + 1, File.ReadAllLines(Path.Combine(folder, ConfidentLearning.FileName)).Length);

        Assert.Equal(1, VersionAttribute.Of(typeof(ConfidentLearning)));
        using var model = new Supervised(new()).Fit(bettered, Problems.Memory());
        double first = model.Training.Epochs[0].Loss, last = model.Training.Epochs[^1].Loss;
        Assert.True(Math.Abs(first - PinnedFirst) < 0.003 * PinnedFirst && Math.Abs(last - PinnedLast) < 0.03 * PinnedLast, $"the losses of the first and the last epoch are {first:G4} and {last:G4}");
    }

    private const double PinnedFirst = 1.997, PinnedLast = 0.3444;

    [Fact]
    public void Relabelled_rows_get_the_class_that_others_give_them()
    {
        var task = Noisy;
        var (before, truth) = (task.Problem.Labels.Train, task.Exam.TrainTruth!);
        var after = new ConfidentLearning(new() { Relabel = true }).Improve(task.Problem, Problems.Memory()).Labels.Train;
        Assert.DoesNotContain(-1, after.Where((_, row) => before[row] >= 0));
        Assert.True(after.Where((l, row) => l == truth[row]).Count() > before.Where((l, row) => l == truth[row]).Count() + 50);
    }

    [Fact]
    public void Each_fold_is_judged_by_a_model_that_never_saw_it_and_groups_stay_together()
    {
        var task = Problems.Tickets();
        using var run = Problems.Memory();
        var foldOf = OutOfFold.Divide(task.Problem, 3, run);
        Assert.All(task.Problem.Groups!.Select((g, row) => (g, row)).GroupBy(p => p.g), g => Assert.Single(g.Select(p => foldOf[p.row]).Distinct()));
        var spy = new Spy();
        var probabilities = OutOfFold.Probabilities(task.Problem, new System.Text.Json.Nodes.JsonObject(), spy, foldOf, run);
        Assert.Equal(foldOf.GroupBy(f => f).OrderBy(g => g.Key).Select(g => foldOf.Length - g.Count()), spy.Rows);
        Assert.All(spy.Seen, s => Assert.True(s is Labels or TeacherLogits or TrustedLabels));
        Assert.Equal(task.Problem.Train.Count * task.Problem.Classes.Count, probabilities.Length);
        foreach (var fold in foldOf.Distinct())
        {
            using var own = new Supervised(new()).Fit(task.Problem.Take([.. Enumerable.Range(0, foldOf.Length).Where(row => foldOf[row] != fold)]), Problems.Memory());
            int[] held = [.. Enumerable.Range(0, foldOf.Length).Where(row => foldOf[row] == fold)];
            var classes = task.Problem.Classes.Count;
            Assert.Equal(own.Predict(task.Problem.Train.Take(held)).Probabilities, held.SelectMany(row => probabilities.AsSpan(row * classes, classes).ToArray()));
        }
    }

    [Fact]
    public void A_rows_own_label_changes_nothing_of_its_quick_probabilities()
    {
        var problem = Problems.Tickets().Problem;
        using var run = Problems.Memory();
        var foldOf = OutOfFold.Divide(problem, 4, run);
        var before = OutOfFold.Quick(problem, foldOf, run).Probabilities;
        var labels = (int[])problem.Labels.Train.Clone();
        labels[5] = (labels[5] + 1) % problem.Classes.Count;
        var after = OutOfFold.Quick(problem.With(new Labels(labels, problem.Labels.Validation)), foldOf, run).Probabilities;
        var classes = problem.Classes.Count;
        foreach (var row in Enumerable.Range(0, labels.Length))
        {
            var same = before.AsSpan(row * classes, classes).SequenceEqual(after.AsSpan(row * classes, classes));
            Assert.Equal(foldOf[row] == foldOf[5], same);
        }
    }

    [Fact]
    public void Killed_and_resumed_it_goes_on_with_the_fold_it_was_at()
    {
        var problem = Problems.Digits().Problem;
        var step = new ConfidentLearning(new() { Judge = OutOfFoldJudge.Network, Folds = 3 });
        var unbroken = step.Improve(problem, Problems.Memory()).Labels.Train;
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 100);
            using var stop = new CancellationTokenSource();
            var left = 3;
            using var run = new Run(new RunSettings { Seed = 1, Folder = folder, Cancellation = stop.Token, AtSafePoint = () => { if (--left == 0) stop.Cancel(); } });
            try
            {
                Assert.Equal(unbroken, step.Improve(problem, run).Labels.Train);
                break;
            }
            catch (OperationCanceledException)
            {
                // continue from the checkpoint
            }
        }
    }

    private static PredictionMethod Chain(ConfidentLearning step) => new("supervised", [("confident-learning", step)], new Supervised(new()), Options.Resolve(new Supervised.Options()), null);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class Spy : IFit<PredictionProblem, Predictor>
    {
        public List<int> Rows { get; } = [];
        public HashSet<ISupervision> Seen { get; } = [];

        public Predictor Fit(PredictionProblem problem, Run run)
        {
            Rows.Add(problem.Train.Count);
            Seen.UnionWith(problem.Supervision);
            return new Supervised(new()).Fit(problem, run);
        }
    }
}
