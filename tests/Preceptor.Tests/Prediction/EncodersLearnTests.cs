using Preceptor.Data;
using Preceptor.Models;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Tests.Readers;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Encoders beyond those that the methods' tests train.</summary>
public sealed class EncodersLearnTests
{
    [Theory]
    [InlineData(EncoderKind.Vit, 0.4)]
    [InlineData(EncoderKind.Conv, 0.6)]
    [InlineData(EncoderKind.Transformer, 0.6)]
    public void It_learns_and_answers_the_same_once_saved_and_loaded(EncoderKind kind, double atLeast)
    {
        var model = new ModelOptions { Encoder = kind, Embedding = 32, Patch = 7, Length = 40, Filters = 32 };
        var training = new TrainingOptions { Epochs = kind == EncoderKind.Vit ? 15 : 6, Batch = 64, Rate = 0.003, Warmup = 0.1 };
        var draft = kind == EncoderKind.Vit ? DigitsProblem.Draft(new() { Size = ProblemSize.Small, Noise = 0 }, 1) : TicketsProblem.Draft(new() { Size = ProblemSize.Small }, 1);
        var task = draft.Encode(model, training);
        using var run = Problems.Memory();
        using var predictor = Problems.Create("supervised").Fit(task.Problem, run);
        var predictions = predictor.Predict(task.Exam.Test);
        var accuracy = task.Exam.Labels.Where((label, row) => predictions.Best(row) == label).Count() / (double)predictions.Count;
        Assert.True(accuracy > atLeast, $"accuracy {accuracy}, chance is {1.0 / task.Problem.Classes.Count:0.00}");

        using var folder = new TemporaryFolder();
        predictor.Save(folder.Path);
        using var loaded = Predictor.Load(folder.Path);
        Assert.Equal(predictions.Probabilities, loaded.Predict(task.Exam.TestRows).Probabilities);
    }
}
