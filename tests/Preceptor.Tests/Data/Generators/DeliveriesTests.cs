using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Evaluation;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Supervision;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Data.Generators;

public sealed class DeliveriesTests
{
    private static string[] Cells(Table table, int row) => [.. table.Columns.Select(c => c.Words()(row))];

    [Fact]
    public void A_smaller_set_is_a_prefix_of_a_larger_one_and_seeds_differ()
    {
        DeliveryData small = Deliveries.Generate(50, 3, 0.2), large = Deliveries.Generate(200, 3, 0.2), other = Deliveries.Generate(50, 4, 0.2);
        Assert.Equal(small.Truth, large.Truth[..50]);
        Assert.Equal(small.Noted, large.Noted[..50]);
        for (var row = 0; row < 50; row++) Assert.Equal(Cells(small.Table, row), Cells(large.Table, row));
        Assert.NotEqual(small.Truth, other.Truth);
    }

    [Fact]
    public void Late_confirmations_are_as_many_as_asked_for_and_only_ever_too_long()
    {
        DeliveryData clean = Deliveries.Generate(5000, 1, 0), noisy = Deliveries.Generate(5000, 1, 0.3);
        Assert.Equal(clean.Truth, clean.Noted);
        Assert.Equal(clean.Truth, noisy.Truth);
        double[] delays = [.. noisy.Noted.Zip(noisy.Truth, (noted, truth) => noted - truth).Where(d => d != 0)];
        Assert.InRange(delays.Length / 5000.0, 0.28, 0.32);
        Assert.All(delays, d => Assert.True(d > 4.8));
        Assert.InRange(delays.Average(), 23, 27);
        Assert.All(clean.Truth, minutes => Assert.InRange(minutes, 4, 200));
        Assert.Equal(noisy.Noted, ((NumberColumn)noisy.Table.Find("minutes")!).Values);
    }

    [Fact]
    public void Late_confirmations_cost_a_network_and_true_minutes_do_not_have_them()
    {
        var draft = DeliveriesProblem.Draft(new() { Size = ProblemSize.Small, Noise = 0.3 }, 0);
        var task = draft.Encode(new() { Hidden = [64] }, new() { Epochs = 15, Batch = 64, Rate = 0.01 });
        Assert.NotNull(task.Exam.Truth);
        Assert.DoesNotContain(task.Problem.Encoding.Numbers, n => n.Column == "minutes");
        double Explained(PredictionProblem problem)
        {
            using var run = Problems.Memory();
            using var model = Problems.Create("supervised").Fit(problem, run);
            return Metrics.Determination.Value(task.Exam.Targets!.Score(ArmOutcome.Of(model, task.Exam.Test)));
        }
        var ceiling = Explained(task.Problem.With(task.Exam.Truth!));
        Assert.InRange(ceiling, 0.85, 1);
        Assert.True(Explained(task.Problem) < ceiling - 0.1);
        Assert.IsType<NumberTargets>(task.Problem.With(task.Exam.Truth!).Supervision.Single());
    }
}
