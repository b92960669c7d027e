using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Tests.Prediction;
using Preceptor.Training;

namespace Preceptor.Tests.Training;

public sealed class TrainingLoopTests
{
    [Fact]
    public void The_rate_rises_then_falls_along_half_a_cosine()
    {
        var options = new TrainingOptions { Rate = 1, Warmup = 0.1, Schedule = RateSchedule.Cosine };
        Assert.Equal(1.0 / 11, options.RateAt(0, 100), 12);
        Assert.Equal(10.0 / 11, options.RateAt(9, 100), 12);
        Assert.Equal(1, options.RateAt(10, 100), 12);
        Assert.Equal(0.5, options.RateAt(55, 100), 12);
        Assert.InRange(options.RateAt(99, 100), 0, 0.001);
    }

    [Fact]
    public void The_inverse_root_is_that_of_noam()
    {
        // factor · d^-0.5 · min(s^-0.5, s · w^-1.5), of factor 2, width 256 and 5,000 of 50,000 steps of warm-up (Vaswani et al. 2017, eq. 3), is highest at s = w.
        var options = new TrainingOptions { Rate = 2 / Math.Sqrt(256) / Math.Sqrt(5000), Schedule = RateSchedule.InverseRoot, Warmup = 0.1 };
        foreach (var s in new double[] { 1, 2, 4999, 5000, 5001, 20_000, 50_000 }) Assert.Equal(2 / Math.Sqrt(256) * Math.Min(1 / Math.Sqrt(s), s * Math.Pow(5000, -1.5)), options.RateAt((long)s - 1, 50_000), 15);
        Assert.Equal(options.Rate, Enumerable.Range(0, 50_000).Max(s => options.RateAt(s, 50_000)), 15);
    }

    [Fact]
    public void Steps_fall_to_a_tenth_at_half_and_at_three_quarters()
    {
        var options = new TrainingOptions { Rate = 1, Schedule = RateSchedule.Steps };
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], new long[] { 0, 49, 50, 74, 75 }.Select(s => options.RateAt(s, 100)));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_stops_with_step_and_rows()
    {
        var problem = Problems.Digits(training: new TrainingOptions { Epochs = 5, Batch = 16, Rate = 100, Optimiser = OptimiserKind.Sgd, Momentum = 0.999 }).Problem;
        using var run = Problems.Memory();
        var message = Assert.Throws<WorkException>(() => run.Train(problem, (network, _) => batch => Preceptor.Objectives.Loss.SoftCrossEntropy(network.forward(batch.Inputs).mul(1e30f).exp(), batch.OneHot))).Message;
        Assert.Matches("the loss is not a number at step [0-9]+ \\(epoch [0-9]+\\), training rows [0-9]+, ", message);
    }

    [Fact]
    public void Early_stopping_returns_the_best_epochs_weights()
    {
        var task = Problems.Digits(training: new TrainingOptions { Epochs = 40, Batch = 16, Rate = 0.02, Patience = 2 }, noise: 0);
        using var run = Problems.Memory();
        using var model = Problems.Create("supervised").Fit(task.Problem, run);
        var training = model.Training;
        Assert.True(training.Epochs.Count < 40, "it never stopped");
        Assert.Equal(training.BestEpoch, training.ReturnedEpoch);
        Assert.Equal(training.Epochs.Max(e => e.ValidationAccuracy), training.Epochs[training.BestEpoch - 1].ValidationAccuracy);
        var predictions = model.Predict(task.Problem.Validation);
        var right = task.Problem.Labels.Validation.Where((label, row) => predictions.Best(row) == label).Count();
        Assert.Equal(training.Epochs[training.BestEpoch - 1].ValidationAccuracy!.Value, right / (double)predictions.Count, 9);
    }

    [Fact]
    public void The_same_seed_repeats_every_bit_and_another_does_not()
    {
        var problem = Problems.Digits().Problem;
        float[] Weights(ulong seed)
        {
            using var run = Problems.Memory(seed);
            using var model = Problems.Create("supervised").Fit(problem, run);
            return Problems.Weights(model);
        }
        var first = Weights(1);
        Assert.Equal(first, Weights(1));
        Assert.NotEqual(first, Weights(2));
    }

    [Theory]
    [InlineData(EncoderKind.Linear)]
    [InlineData(EncoderKind.Mlp)]
    [InlineData(EncoderKind.Resnet)]
    [InlineData(EncoderKind.Vit)]
    [InlineData(EncoderKind.Conv)]
    [InlineData(EncoderKind.Transformer)]
    public void Memory_stays_flat(EncoderKind encoder)
    {
        var training = new TrainingOptions { Epochs = 60, Batch = 8 };
        var problem = encoder is EncoderKind.Conv or EncoderKind.Transformer ? Problems.Tickets(encoder: encoder, training: training).Problem : Problems.Digits(training: training, encoder: encoder).Problem;
        var tensors = LiveTensors.Count();
        using var run = Problems.Memory();
        using var model = run.Train(problem, (network, epoch) =>
        {
            tensors.Add(TorchSharp.torch.Tensor.TotalCount);
            return Preceptor.Prediction.Plain.Supervised.Objective(network, epoch);
        });
        Assert.Equal(tensors[5], tensors[^1]);
    }
}
