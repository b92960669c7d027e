using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Label sets and numbers from training to a saved model.</summary>
public sealed class TargetsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    [Fact]
    public void Label_sets_are_learned_far_better_than_their_frequencies()
    {
        var (outcome, model) = Evaluate(TargetProblems.Sets());
        using var _ = model;
        Assert.InRange(Value(Metrics.MicroF1, outcome, "method"), 0.93, 1);
        Assert.InRange(Value(Metrics.LabelRankingAveragePrecision, outcome, "method"), 0.97, 1);
        Assert.InRange(Value(Metrics.LabelRankingAveragePrecision, outcome, "floor"), 0.5, 0.85);
        Assert.Equal(270, outcome.LabelledRows);
        Assert.Null(outcome.Doubts);
        // Validation is by micro F1 at the same threshold as the exam.
        Assert.InRange(model.Training.Epochs[^1].ValidationAccuracy!.Value, 0.9, 1);
        Assert.InRange(model.Training.Epochs[^1].ValidationLoss!.Value, 0, 0.3);
        Assert.All(outcome.Hardest, row => Assert.True(((TestLabelSets)outcome.Targets!).Of(outcome.Arms["method"]).Differences[row.Row] > 0));
    }

    [Fact]
    public void Numbers_are_learned_far_better_than_by_their_mean()
    {
        var task = TargetProblems.Numbers();
        var (outcome, model) = Evaluate(task);
        using var _ = model;
        Assert.InRange(Value(Metrics.Determination, outcome, "method"), 0.9, 1);
        Assert.InRange(Value(Metrics.Determination, outcome, "floor"), -0.1, 0);
        var targets = (NumberTargets)task.Problem.Targets;
        Assert.All(outcome.Arms["floor"].Numbers, n => Assert.Equal(targets.Labelled.Average(row => targets.Train[row]), n, 1e-9));
        Assert.Equal(270, outcome.LabelledRows);
        var errors = ((NumberScores)outcome.Score("method")).AbsoluteErrors;
        Assert.Equal(errors.Max(), errors[outcome.Hardest[0].Row]);
        Assert.InRange(model.Training.Epochs[^1].ValidationAccuracy!.Value, 0.9, 1);
    }

    [Fact]
    public void The_baseline_is_the_method_where_that_is_plain_training()
    {
        foreach (var task in new[] { TargetProblems.Sets(training: Short), TargetProblems.Numbers(training: Short) })
        {
            var (outcome, model) = Evaluate(task);
            model.Dispose();
            Assert.Equal(outcome.Arms["baseline"].Probabilities, outcome.Arms["method"].Probabilities);
            Assert.Equal(outcome.Arms["baseline"].Numbers, outcome.Arms["method"].Numbers);
        }
    }

    [Fact]
    public void True_targets_give_a_ceiling_that_wrong_ones_do_not_reach()
    {
        var task = TargetProblems.Numbers();
        var truth = (NumberTargets)task.Problem.Targets;
        var random = RandomStream.Of(5, "noise");
        var noisy = task.Problem.With<ITargets>(truth with { Train = [.. truth.Train.Select(n => n + 800 * random.NextGaussian())] });
        var (outcome, model) = Evaluate(task with { Problem = noisy, Exam = task.Exam with { Truth = truth } });
        model.Dispose();
        Assert.True(Value(Metrics.Determination, outcome, "ceiling") > Value(Metrics.Determination, outcome, "baseline") + 0.05);
    }

    [Fact]
    public void Outcomes_and_models_are_read_back_without_losing_a_bit()
    {
        foreach (var task in new[] { TargetProblems.Sets(training: Short), TargetProblems.Numbers(training: Short) })
        {
            var (outcome, model) = Evaluate(task);
            using var _ = model;
            var place = Path.Combine(folder, $"{outcome.Target}");
            Directory.CreateDirectory(place);
            outcome.Save(place);
            var read = SeedOutcome.Load(place);
            Assert.Equal(outcome.Target, read.Target);
            Assert.Equal(outcome.TestRows, read.TestRows);
            foreach (var metric in Metrics.Of(outcome.Target)) Assert.Equal(Value(metric, outcome, "method"), Value(metric, read, "method"));

            model.Save(Path.Combine(place, "model"));
            using var loaded = Predictor.Load(Path.Combine(place, "model"));
            Assert.Equal(model.Target, loaded.Target);
            var again = ArmOutcome.Of(loaded, task.Exam.Test);
            Assert.Equal(outcome.Arms["method"].Probabilities, again.Probabilities);
            Assert.Equal(outcome.Arms["method"].Numbers, again.Numbers);
        }
    }

    [Fact]
    public void A_model_with_an_impossible_scale_is_refused()
    {
        var (_, model) = Evaluate(TargetProblems.Numbers(training: Short));
        using (model) model.Save(folder);
        var path = Path.Combine(folder, "model.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
        json["target"]!["deviation"] = 0;
        File.WriteAllText(path, json.ToJsonString());
        Assert.Contains("model.json: describes an impossible target", Assert.Throws<RequestException>(() => Predictor.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TargetKind.Many)]
    [InlineData(TargetKind.Number)]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits(TargetKind kind)
    {
        var training = new TrainingOptions { Epochs = 3, Batch = 64, Optimiser = OptimiserKind.Sgd, Rate = 0.05, Average = 0.9, Patience = 3, Clip = 1 };
        var task = kind == TargetKind.Many ? TargetProblems.Sets(training: training) : TargetProblems.Numbers(training: training);
        float[] Fit(Run run)
        {
            using var model = run.Stage("supervised", task.Problem.Describe(), () => Problems.Create("supervised").Fit(task.Problem, run));
            return Problems.Weights(model);
        }
        float[] unbroken;
        using (var run = Problems.Memory()) unbroken = Fit(run);
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 50, "the run makes no progress across interruptions");
            using var stop = new CancellationTokenSource();
            var left = 4;
            using var run = new Run(new RunSettings
            {
                Seed = 1,
                Folder = folder,
                Cancellation = stop.Token,
                AtSafePoint = () =>
                {
                    if (--left == 0) stop.Cancel();
                },
            });
            try
            {
                Assert.Equal(unbroken, Fit(run));
                Assert.True(attempt > 1, "nothing was interrupted");
                break;
            }
            catch (OperationCanceledException)
            {
                // continue from the checkpoint
            }
        }
    }

    [Fact]
    public void Rows_without_a_target_and_the_exam_change_no_weight()
    {
        var task = TargetProblems.Numbers(training: Short);
        float[] Weights(PredictionTask of)
        {
            var (_, model) = Evaluate(of);
            using (model) return Problems.Weights(model);
        }
        var numbers = ((TestNumbers)task.Exam.Targets!).Values;
        Assert.Equal(Weights(task), Weights(task with { Exam = task.Exam with { Targets = new TestNumbers([.. numbers.Reverse()]) } }));
        // Twice as large in another unit is the same to the network, and twice as large in the answers.
        var targets = (NumberTargets)task.Problem.Targets;
        var (_, model) = Evaluate(task);
        var (_, other) = Evaluate(task with { Problem = task.Problem.With<ITargets>(new NumberTargets([.. targets.Train.Select(n => 2 * n)], [.. targets.Validation.Select(n => 2 * n)])) });
        using (model)
        using (other)
            Assert.All(model.PredictNumbers(task.Exam.Test).Zip(other.PredictNumbers(task.Exam.Test)), p => Assert.Equal(2 * p.First, p.Second, 0.5));
    }

    [Fact]
    public void Smoothing_is_for_one_class_a_row()
    {
        using var run = Problems.Memory();
        Assert.Equal("method.smoothing: spreads a row's one label over all classes; rows has none such (problem.labels: many)",
            Assert.Throws<RequestException>(() => Problems.Create("supervised", ("smoothing", "0.1")).Fit(TargetProblems.Sets().Problem, run)).Message);
    }

    [Fact]
    public void Methods_of_one_class_say_that_they_do_not_fit_and_advice_tells_what_is_offered()
    {
        var method = MethodCatalogue.All.Single(m => m.Slug == "ps-kd");
        Assert.Equal("ps-kd needs one class a row, and a row of rows has a number", method.Unmet(TargetProblems.Numbers().Problem));
        Assert.Equal("one class a row, and a row of rows has a set of labels", method.Missing(TargetProblems.Sets().Problem));
        Assert.Null(method.Missing(Problems.Digits().Problem));
        var task = TargetProblems.Sets();
        var advice = Advice.Of(ProblemKinds.Prediction, task, []);
        int[] counts = [.. Enumerable.Range(0, 3).Select(c => ((ManyLabels)task.Problem.Targets).Train.Count(s => s is not null && s.Contains(c)))];
        Assert.Equal($"many-labels: 270 of 300 training rows have theirs, {counts.Sum() / 270.0:0.0} a row of 3 labels with {counts.Min()} to {counts.Max()} rows", advice.Offered[0]);
        Assert.True(advice.Methods.Single(m => m.Method.Slug == "supervised").Fits);
        Assert.StartsWith("number-targets: 270 of 300 training rows have one, from ", Advice.Of(ProblemKinds.Prediction, TargetProblems.Numbers(), []).Offered[0], StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static TrainingOptions Short => new() { Epochs = 2, Batch = 64, Rate = 0.01 };

    private static double Value(Metric metric, SeedOutcome outcome, string arm) => metric.Value(outcome.Score(arm));

    private static (SeedOutcome Outcome, Predictor Model) Evaluate(PredictionTask task)
    {
        using var run = new Run(new RunSettings { Seed = 0 });
        return PredictionEvaluation.Evaluate(task, new PredictionMethod("supervised", [], Problems.Create("supervised"), Options.Resolve(new Preceptor.Prediction.Plain.Supervised.Options()), null), run);
    }
}
