using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Tests.Prediction;

public sealed class LabelDoubtsTests
{
    [Fact]
    public void A_model_doubts_the_labels_it_contradicts_whatever_the_truth_is()
    {
        var task = Problems.Digits(epochs: 20, noise: 0);
        var labels = task.Problem.Labels;
        using var run = Problems.Memory();
        using var model = Problems.Create("supervised").Fit(task.Problem, run);
        var learned = model.Predict(task.Problem.Train);

        int[] given = [.. Enumerable.Range(0, labels.Train.Length).Select(row => row < 20 ? (learned.Best(row) + 1) % 10 : row < 25 ? -1 : learned.Best(row))];
        var other = task with { Problem = task.Problem.With(new Labels(given, labels.Validation)), Exam = task.Exam with { TrainTruth = null, Labels = [.. task.Exam.Labels.Reverse()] } };
        var doubts = LabelDoubts.Of(model, other);

        Assert.Equal(20, doubts.Rows);
        Assert.Equal(LabelDoubts.Most, doubts.Surest.Count);
        Assert.All(doubts.Surest, d => Assert.InRange(d.Row.Row, 0, 19));
        Assert.All(doubts.Surest, d => Assert.Equal((given[d.Row.Row], learned.Best(d.Row.Row), learned.Row(d.Row.Row)[d.Suggested]), (d.Label, d.Suggested, d.Probability)));
        Assert.Equal(doubts.Surest.OrderByDescending(d => d.Probability), doubts.Surest);
    }

    [Fact]
    public void An_outcome_keeps_the_doubts_of_the_seed_whose_model_is_kept()
    {
        var folder = Directory.CreateTempSubdirectory("preceptor").FullName;
        try
        {
            foreach (var seed in new ulong[] { 0, 1 })
            {
                using var run = Problems.Memory(seed);
                var (outcome, model) = PredictionEvaluation.Evaluate(Problems.Tickets(epochs: 1), new("supervised", [], Problems.Create("supervised"), [], null), run);
                model.Dispose();
                outcome.Save(folder);
                var loaded = SeedOutcome.Load(folder);
                Assert.Equal(seed == 0, loaded.Doubts is not null);
                Assert.Equal(outcome.Doubts?.Rows, loaded.Doubts?.Rows);
                Assert.Equal(outcome.Doubts?.Surest ?? [], loaded.Doubts?.Surest ?? []);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
