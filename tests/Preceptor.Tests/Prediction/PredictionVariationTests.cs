using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Changed and mixed batches within training.</summary>
public sealed class PredictionVariationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    private static TrainingOptions Varied => new() { Epochs = 3, Batch = 16, Augment = Enum.GetValues<Augmentation>(), Mixup = 0.4, Cutmix = 1 };

    private static Predictor Fit(string slug, PredictionProblem problem, Run run) => run.Stage(slug, problem.Describe(), () => Problems.Create(slug).Fit(problem, run));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits()
    {
        var problem = Problems.Digits(training: Varied).Problem;
        float[] unbroken;
        using (var run = Problems.Memory())
        using (var model = Fit("supervised", problem, run)) unbroken = Problems.Weights(model);
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 50, "the run makes no progress across interruptions");
            using var stop = new CancellationTokenSource();
            var left = attempt % 3 + 2;
            using var run = new Run(new RunSettings { Seed = 1, Folder = folder, Cancellation = stop.Token, AtSafePoint = () => { if (--left == 0) stop.Cancel(); } });
            try
            {
                using var model = Fit("supervised", problem, run);
                Assert.True(attempt > 1);
                Assert.Equal(unbroken, Problems.Weights(model));
                break;
            }
            catch (OperationCanceledException)
            {
                // continue from the checkpoint
            }
        }
    }

    [Fact]
    public void Off_by_default_and_each_change_is_part_of_the_stage()
    {
        var plain = new TrainingOptions { Epochs = 2, Batch = 16 };
        float[] Weights(TrainingOptions training)
        {
            using var run = Problems.Memory();
            using var model = Fit("supervised", Problems.Digits(training: training).Problem, run);
            return Problems.Weights(model);
        }
        var reference = Weights(plain);
        Assert.Equal(reference, Weights(plain with { Augment = [Augmentation.Noise], Strength = new() { Noise = 0 } }));
        Assert.Equal(reference, Weights(plain with { Mixup = 0, Cutmix = 0 }));
        var others = new[] { plain with { Augment = [Augmentation.Shift] }, plain with { Augment = [Augmentation.Noise] }, plain with { Mixup = 1 }, plain with { Cutmix = 1 } };
        Assert.Equal(5, others.Select(o => string.Join(',', Weights(o).Take(50))).Append(string.Join(',', reference.Take(50))).Distinct().Count());
        Assert.Equal(5, others.Append(plain).Select(o => Problems.Digits(training: o).Problem.Describe().ToJsonString()).Distinct().Count());
    }

    [Fact]
    public void Batches_see_new_images_each_epoch_and_targets_that_add_up_to_1()
    {
        var problem = Problems.Digits(training: Varied).Problem;
        var seen = new Dictionary<(int Epoch, int Row), float[]>();
        using var run = Problems.Memory();
        using var model = run.Stage("test", "test", () => run.Train(problem, (network, epoch) => batch =>
        {
            var images = batch.Inputs.Image!.detach();
            var targets = batch.OneHot;
            Assert.Equal(1, targets.sum(1).min().item<float>(), 1e-5f);
            Assert.Equal(1, targets.sum(1).max().item<float>(), 1e-5f);
            for (var i = 0; i < batch.Count; i++) seen.Add((epoch.Number, batch.Rows[i]), images[i].contiguous().data<float>().ToArray());
            return (network.forward(batch.Inputs) * targets).sum();
        }));
        Assert.Equal(3 * problem.Train.Count, seen.Count);
        foreach (var row in Enumerable.Range(0, problem.Train.Count)) Assert.NotEqual(seen[(1, row)], seen[(2, row)]);
    }

    [Fact]
    public void What_cannot_be_changed_or_mixed_is_refused()
    {
        string Refusal(Func<object> act) => Assert.Throws<RequestException>(act).Message;
        PredictionTask Tickets(TrainingOptions training) => Preceptor.Prediction.BuiltIn.TicketsProblem.Draft(new() { Size = Preceptor.Data.ProblemSize.Tiny }, 1).Encode(new(), training);
        Assert.Equal("training.augment: changes images, and the problem has none", Refusal(() => Tickets(new() { Augment = [Augmentation.Flip] })));
        Assert.Equal("training.cutmix: cuts images, and the problem has none", Refusal(() => Tickets(new() { Cutmix = 1 })));
        Assert.Equal("training.mixup: mixes images and numbers, and words cannot be mixed", Refusal(() => Tickets(new() { Mixup = 1 })));
        foreach (var slug in new[] { "ps-kd", "knowledge-distillation" })
        {
            using var run = Problems.Memory();
            Assert.Contains("leave it out for this method", Refusal(() => Fit(slug, Problems.Digits(training: Varied).Problem, run)));
        }
    }
}
