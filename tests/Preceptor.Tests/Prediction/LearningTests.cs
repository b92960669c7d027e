using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>
/// Each method learns, in seconds; its losses are pinned together with its version, so that numbers can't move without one. Bits are
/// promised on one type of machine only: rounding differs on another, and grows with the steps, so the last loss has more room than the first.
/// </summary>
public sealed class LearningTests
{
    public static TheoryData<string, int, double, double> Pins => new()
    {
        { "supervised", 1, 1.341, 0.0853 },
        { "knowledge-distillation", 1, 27.47, 21.1 },
        { "ps-kd", 1, 1.341, 0.409 },
        { "tgeo-kd", 1, 4.611, 0.183 },
        { "ssld", 1, 2.465, 0.121 },
        { "weak-to-strong", 1, 1.989, 0.666 },
        { "nested-dropout", 2, 2.06, 2.31 },
        { "pareto-calibration", 1, 2.596, 0.0865 },
        { "confidence-smoothing", 1, 1.521, 0.611 },
        { "confidence-curriculum", 1, 1.179, 0.144 },
    };

    [Fact]
    public void Every_method_that_trains_a_network_is_pinned() =>
        Assert.Equal(Problems.Methods.Select(m => m.Data).Order(StringComparer.Ordinal), Pins.Select(p => p.Data.Item1).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Pins))]
    public void It_learns_and_its_losses_are_the_pinned_ones(string slug, int version, double first, double last)
    {
        Assert.Equal(version, VersionAttribute.Of(MethodCatalogue.All.Single(m => m.Slug == slug).Type));
        var task = DigitsProblem.Draft(new() { Size = ProblemSize.Small }, 1)
            .Encode(new ModelOptions { Encoder = EncoderKind.Mlp, Hidden = [64] }, new TrainingOptions { Epochs = 8, Batch = 64, Rate = 0.003 });
        using var run = Problems.Memory();
        using var model = Problems.Create(slug).Fit(task.Problem, run);
        var predictions = model.Predict(task.Exam.Test);
        var accuracy = task.Exam.Labels.Where((label, row) => predictions.Best(row) == label).Count() / (double)predictions.Count;
        Assert.True(accuracy > 0.5, $"accuracy {accuracy}, chance is 0.1");
        var losses = model.Training.Epochs.Select(e => e.Loss).ToArray();
        Assert.True(IsNear(losses[0], first, 0.003) && IsNear(losses[^1], last, 0.03), $"the losses of the first and the last epoch are {losses[0]:G4} and {losses[^1]:G4}, pinned are {first} and {last}");
    }

    private static bool IsNear(double found, double pinned, double share) => Math.Abs(found - pinned) <= share * pinned;
}
