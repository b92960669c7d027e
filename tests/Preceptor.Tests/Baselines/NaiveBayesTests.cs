using Preceptor.Baselines;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Training;

namespace Preceptor.Tests.Baselines;

public sealed class NaiveBayesTests
{
    [Fact]
    public void A_hand_computed_posterior()
    {
        var problem = Problem(["good good fine", "bad", "good bad"], [0, 1, 0], ["good bad bad"]);
        using var run = new Run(new RunSettings());
        using var model = new NaiveBayes(new()).Fit(problem.Problem, run);
        // Class 0 has good 3, fine 1, bad 1 of 5 words, class 1 bad 1; one pseudo-count for each token id, padding and unknown words included.
        double tokens = problem.Problem.Train.Shape.Tokens;
        double first = 2 / 3.0 * 4 / (5 + tokens) * 2 / (5 + tokens) * 2 / (5 + tokens), second = 1 / 3.0 * 1 / (1 + tokens) * 2 / (1 + tokens) * 2 / (1 + tokens);
        Assert.Equal(first / (first + second), model.Predict(problem.Exam.Test).Probabilities[0], 1e-5);
    }

    [Fact]
    public void A_saved_model_predicts_the_same_bits()
    {
        PlainBaselines.Register();
        var task = Prediction.Problems.Tickets();
        using var run = new Run(new RunSettings());
        using var model = new NaiveBayes(new()).Fit(task.Problem, run);
        var folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;
        model.Save(folder);
        using var read = Predictor.Load(folder);
        Assert.Equal(model.Predict(task.Exam.Test).Probabilities, read.Predict(task.Exam.Test).Probabilities);
        Directory.Delete(folder, recursive: true);
    }

    private static PredictionTask Problem(string[] texts, int[] labels, string[] test)
    {
        Table Rows(string[] cells) => new("test", [new TextColumn("text", cells)]);
        return new PredictionDraft
        {
            Name = "test",
            Train = Rows(texts),
            Validation = Rows([]),
            Test = Rows(test),
            Inputs = new InputRoles { Text = ["text"] },
            Classes = ["good", "bad"],
            TrainLabels = labels,
            ValidationLabels = [],
            TestLabels = [0],
            ScoredOn = ScoredOn.Truth,
        }.Encode(new ModelOptions { Encoder = EncoderKind.Bag }, new TrainingOptions());
    }
}
