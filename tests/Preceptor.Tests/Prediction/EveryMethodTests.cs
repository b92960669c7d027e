using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>What must hold for every method that trains; new methods are covered by being in the catalogue.</summary>
public sealed class EveryMethodTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    public static TheoryData<string> Methods => Problems.Methods;

    [Theory, MemberData(nameof(Methods))]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits(string slug)
    {
        foreach (var task in new[] { Problems.Digits(training: Training), Problems.Tickets() })
        {
            float[] unbroken;
            using (var run = Problems.Memory())
            using (var model = Fit(slug, task.Problem, run)) unbroken = Problems.Weights(model);

            var random = RandomStream.Of(7, "interruptions");
            var place = Path.Combine(folder, $"{slug}-{task.Problem.Name}");
            for (var attempt = 0; ; attempt++)
            {
                Assert.True(attempt < 200, "the run makes no progress across interruptions");
                using var stop = new CancellationTokenSource();
                var left = random.Next(5) + 1;
                using var run = new Run(new RunSettings
                {
                    Seed = 1,
                    Folder = place,
                    Cancellation = stop.Token,
                    AtSafePoint = () =>
                    {
                        if (--left == 0) stop.Cancel();
                    },
                });
                try
                {
                    using var model = Fit(slug, task.Problem, run);
                    Assert.Equal(unbroken, Problems.Weights(model));
                    break;
                }
                catch (OperationCanceledException)
                {
                    // continue from the checkpoint
                }
            }
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Shuffling_the_exams_answers_changes_no_weight(string slug)
    {
        var task = Problems.Tickets();
        var shuffled = (int[])task.Exam.Labels.Clone();
        RandomStream.Of(3, "shuffle").Shuffle<int>(shuffled);
        var truth = (int[])task.Exam.TrainTruth!.Clone();
        RandomStream.Of(4, "shuffle").Shuffle<int>(truth);
        var other = task with { Exam = task.Exam with { Labels = shuffled, TrainTruth = truth, ValidationTruth = null } };
        var method = new PredictionMethod(slug, [], Problems.Create(slug), [], typeof(TeacherLogits));

        using var firstRun = Problems.Memory();
        using var secondRun = Problems.Memory();
        var (first, firstModel) = PredictionEvaluation.Evaluate(task, method, firstRun);
        var (second, secondModel) = PredictionEvaluation.Evaluate(other, method, secondRun);

        Assert.Equal(Problems.Weights(firstModel), Problems.Weights(secondModel));
        foreach (var arm in new[] { "floor", "baseline", "method" }) Assert.Equal(first.Arms[arm].Probabilities, second.Arms[arm].Probabilities);
        Assert.NotEqual(first.Arms["ceiling"].Probabilities, second.Arms["ceiling"].Probabilities);
        firstModel.Dispose();
        secondModel.Dispose();
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_saved_model_predicts_the_same_bits(string slug)
    {
        var task = Problems.Tickets();
        using var run = Problems.Memory();
        using var model = Fit(slug, task.Problem, run);
        var before = model.Predict(task.Exam.TestRows).Probabilities;
        model.Save(Path.Combine(folder, "model"));
        using var loaded = Predictor.Load(Path.Combine(folder, "model"));
        Assert.Equal(before, loaded.Predict(task.Exam.TestRows).Probabilities);
        // A row's answer does not depend on how many others are asked for.
        Assert.Equal(before[..task.Problem.Classes.Count], loaded.Predict(task.Exam.TestRows.Take([0])).Probabilities);
    }

    [Theory]
    [InlineData("knowledge-distillation", "weight=0")]
    [InlineData("ps-kd", "final-weight=0")]
    [InlineData("tgeo-kd", "weighting=constant weight=0")]
    [InlineData("nested-dropout", "compression=none co-teaching=off")]
    [InlineData("pareto-calibration", "scalariser=linear sources=labels")]
    [InlineData("confidence-smoothing", "smoothing=0 weight=0")]
    [InlineData("confidence-curriculum", "start-share=1")]
    public void At_its_null_setting_a_method_is_supervised_training_bit_for_bit(string slug, string setting)
    {
        foreach (var task in new[] { Problems.Digits(), Problems.Tickets() })
        {
            using var plainRun = Problems.Memory();
            using var nullRun = Problems.Memory();
            using var plain = Fit("supervised", task.Problem, plainRun);
            using var atNull = Problems.Create(slug, [.. setting.Split(' ').Select(s => (s.Split('=')[0], s.Split('=')[1]))]).Fit(task.Problem, nullRun);
            Assert.Equal(Problems.Weights(plain), Problems.Weights(atNull));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Memory_stays_flat(string slug)
    {
        var problem = Problems.Digits(training: new() { Epochs = 40, Batch = 8 }).Problem;
        var tensors = LiveTensors.Count();
        using var run = new Run(new RunSettings { Seed = 1, AtSafePoint = () => tensors.Add(TorchSharp.torch.Tensor.TotalCount) });
        // The last training, whichever stage it is, has at least ten epochs of five steps.
        using var model = Fit(slug, problem, run, slug == "ssld" ? [("pool", "all")] : []);
        // Fewer are fine: what an earlier stage left to finalizers may go meanwhile.
        Assert.True(tensors[^1] <= tensors[^40], $"{tensors[^1] - tensors[^40]} more tensors after 39 steps");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Momentum, a moving average, early stopping's best weights and clipping all have state that must survive.
    private static TrainingOptions Training => new() { Epochs = 3, Batch = 16, Optimiser = OptimiserKind.Sgd, Rate = 0.05, Average = 0.9, Patience = 3, Clip = 1, Warmup = 0.2 };

    private static Predictor Fit(string slug, PredictionProblem problem, Run run, params (string, string)[] options) => run.Stage(slug, problem.Describe(), () => Problems.Create(slug, options).Fit(problem, run));
}
