using Preceptor.Foundation;
using Preceptor.Prediction.Smoothing;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class ConfidenceMethodsTests
{
    [Fact]
    public void A_hand_computed_target()
    {
        using var scope = torch.NewDisposeScope();
        var labels = torch.tensor(new[,] { { 1f, 0f } });
        // W = ∞: plain smoothing.
        Assert.Equal([0.95f, 0.05f], ConfidenceSmoothing.Smooth(labels, 0.1, ConfidenceSmoothing.Amounts([0.9, 0.8], 0.1, 0)).data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        // ε_c = .1 + κ_c / 2 = (.3, .5); .9 + .15 and .25, divided by 1.3.
        Assert.Equal([1.05f / 1.3f, 0.25f / 1.3f], ConfidenceSmoothing.Smooth(labels, 0.1, ConfidenceSmoothing.Amounts([0.4, 0.8], 0.1, 2)).data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Equal_confidences_are_plain_smoothing_of_another_amount()
    {
        using var scope = torch.NewDisposeScope();
        var labels = torch.eye(4);
        var same = ConfidenceSmoothing.Smooth(labels, 0.1, ConfidenceSmoothing.Amounts([0.5, 0.5, 0.5, 0.5], 0.1, 5)); // ε_c = .2, the sum 1.1
        var plain = Preceptor.Prediction.Plain.Supervised.Smooth(labels, 0.2 / 1.1);
        Assert.True(torch.allclose(same, plain, atol: 1e-6));
    }

    [Fact]
    public void Without_class_confidences_it_is_label_smoothing()
    {
        var problem = Problems.Digits().Problem;
        using var plainRun = Problems.Memory();
        using var run = Problems.Memory();
        using var plain = Problems.Create("supervised", ("smoothing", "0.2")).Fit(problem, plainRun);
        using var model = Problems.Create("confidence-smoothing", ("smoothing", "0.2"), ("weight", "0")).Fit(problem, run);
        Assert.Equal(Problems.Weights(plain), Problems.Weights(model), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void The_threshold_keeps_the_share_and_falls_to_nothing()
    {
        Assert.Equal(0.3, ConfidenceCurriculum.StartThreshold([0.1, 0.9, 0.5, 0.3, 0.7], 0.8));
        Assert.Equal([0.3, 0.2, 0.1, 0, 0], Enumerable.Range(1, 5).Select(e => Math.Round(ConfidenceCurriculum.Threshold(0.3, e, 3), 9)));
    }

    [Fact]
    public void A_batch_without_sure_rows_has_no_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var losses = torch.tensor(new[] { 2f, 4f }).requires_grad_();
        Assert.Equal(4, ConfidenceCurriculum.OfSure(losses, [0, 1]).item<float>());
        Assert.Equal(3, ConfidenceCurriculum.OfSure(losses, [1, 1]).item<float>());
        var none = ConfidenceCurriculum.OfSure(losses, [0, 0]);
        none.backward();
        Assert.Equal(0, none.item<float>());
        Assert.Equal([0, 0], losses.grad!.data<float>().ToArray());
    }

    [Fact]
    public void People_are_asked_through_soft_labels()
    {
        var problem = Problems.Tickets().Problem;
        var (rows, classes) = (problem.Train.Count, problem.Classes.Count);
        var soft = new float[rows * classes];
        for (var row = 0; row < rows; row++)
            for (var c = 0; c < classes; c++) soft[row * classes + c] = c == problem.Labels.Train[row] ? 0.5f + row % 3 * 0.25f : (0.5f - row % 3 * 0.25f) / (classes - 1);
        var reference = ReferenceConfidence.Of(problem.With(new SoftLabels(soft, classes)), Problems.Memory(), ConfidenceSource.Human);
        var labelled = problem.Labels.Labelled;
        Assert.All(labelled.Where(r => r % 3 == 2), r => Assert.Equal(1, reference.Spreads()[r], 1e-5));
        Assert.All(labelled.Where(r => r % 3 == 0), r => Assert.Equal(0, reference.Spreads()[r], 1e-5));
        Assert.All(reference.OfClasses().Where((_, c) => labelled.Any(r => problem.Labels.Train[r] == c)), k => Assert.InRange(k, 0.5, 1));
    }

    [Fact]
    public void People_that_were_never_asked_are_a_wrong_request()
    {
        using var run = Problems.Memory();
        var error = Assert.Throws<RequestException>(() => Problems.Create("confidence-curriculum", ("source", "human")).Fit(Problems.Digits().Problem, run));
        Assert.Contains("method.source", error.Message, StringComparison.Ordinal);
        Assert.Contains("soft-labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_network_is_asked_about_a_row_that_it_learned_from()
    {
        // Labels drawn at random can only be known by heart.
        var task = Problems.Digits(epochs: 40, noise: 0.9);
        using var run = Problems.Memory();
        var reference = ReferenceConfidence.Of(task.Problem, run, ConfidenceSource.Model);
        using var model = Problems.Create("supervised").Fit(task.Problem, Problems.Memory());
        var known = model.Predict(task.Problem.Train);
        var labels = task.Problem.Labels.Train;
        var learned = task.Problem.Labels.Labelled.Average(r => known.Row(r)[labels[r]]);
        Assert.True(task.Problem.Labels.Labelled.Average(r => reference.OfLabels()[r]) < learned - 0.2);
    }
}
