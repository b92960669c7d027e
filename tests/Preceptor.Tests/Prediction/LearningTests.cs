using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Each method learns, in seconds; its final loss is pinned together with its version, so that numbers can't move without one.</summary>
public sealed class LearningTests
{
    public static TheoryData<string, int, string> Pins => new()
    {
        { "supervised", 1, "0.0853" },
        { "knowledge-distillation", 1, "21.1" },
        { "ps-kd", 1, "0.409" },
        { "tgeo-kd", 1, "0.183" },
        { "ssld", 1, "0.121" },
        { "weak-to-strong", 1, "0.666" },
        { "nested-dropout", 1, "2.31" },
    };

    [Fact]
    public void Every_method_that_trains_a_network_is_pinned() =>
        Assert.Equal(Problems.Methods.Select(m => m.Data).Order(StringComparer.Ordinal), Pins.Select(p => p.Data.Item1).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Pins))]
    public void It_learns_and_ends_with_the_pinned_loss(string slug, int version, string loss)
    {
        Assert.Equal(version, VersionAttribute.Of(MethodCatalogue.All.Single(m => m.Slug == slug).Type));
        var task = DigitsProblem.Draft(new() { Size = ProblemSize.Small }, 1)
            .Encode(new ModelOptions { Encoder = EncoderKind.Mlp, Hidden = [64] }, new TrainingOptions { Epochs = 8, Batch = 64, Rate = 0.003 });
        using var run = Problems.Memory();
        using var model = Problems.Create(slug).Fit(task.Problem, run);
        var predictions = model.Predict(task.Exam.Test);
        var accuracy = task.Exam.Labels.Where((label, row) => predictions.Best(row) == label).Count() / (double)predictions.Count;
        Assert.True(accuracy > 0.5, $"accuracy {accuracy}, chance is 0.1");
        Assert.Equal(loss, model.Training.Epochs[^1].Loss.ToString("G3", System.Globalization.CultureInfo.InvariantCulture));
    }
}
