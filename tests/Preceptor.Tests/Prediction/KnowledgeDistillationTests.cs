using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.Distillation;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class KnowledgeDistillationTests
{
    [Fact]
    public void A_hand_computed_softened_loss()
    {
        using var scope = torch.NewDisposeScope();
        // Teacher (2 ln 3, 0) at T = 2 is (3/4, 1/4); a flat student costs ln 2, times T² = 4.
        var loss = KnowledgeDistillation.Softened(torch.zeros(1, 2), torch.tensor(new[,] { { 2 * MathF.Log(3), 0f } }), 2);
        Assert.Equal(4 * Math.Log(2), loss.item<float>(), 5);
    }

    [Fact]
    public void The_gradient_equals_finite_differences()
    {
        using var scope = torch.NewDisposeScope();
        float[] point = [0.3f, -1.2f, 0.7f, 2.0f, 0.1f, -0.4f];
        var teacher = torch.tensor(new[,] { { 1f, 0f, -1f }, { 0.5f, 2f, 0f } });
        float Loss(float[] at) => KnowledgeDistillation.Softened(torch.tensor(at, [2, 3]), teacher, 3).item<float>();
        var logits = torch.tensor(point, [2, 3]).requires_grad_();
        KnowledgeDistillation.Softened(logits, teacher, 3).backward();
        var gradient = logits.grad!.data<float>().ToArray();
        for (var i = 0; i < point.Length; i++)
        {
            const float step = 1e-2f;
            float[] up = [.. point], down = [.. point];
            up[i] += step;
            down[i] -= step;
            Assert.Equal((Loss(up) - Loss(down)) / (2 * step), gradient[i], 3);
        }
    }

    [Fact]
    public void High_temperatures_match_the_gradient_of_matching_logits()
    {
        // Section 2.1 of the paper: for T → ∞ and zero-mean logits, the gradient tends to (z − v) / C.
        using var scope = torch.NewDisposeScope();
        var student = torch.tensor(new[,] { { 0.5f, -0.2f, -0.3f } }).requires_grad_();
        var teacher = torch.tensor(new[,] { { 1.0f, 0.0f, -1.0f } });
        KnowledgeDistillation.Softened(student, teacher, 100).backward();
        var gradient = student.grad!.data<float>().ToArray();
        Assert.Equal((0.5 - 1.0) / 3, gradient[0], 2);
        Assert.Equal((-0.2 - 0.0) / 3, gradient[1], 2);
        Assert.Equal((-0.3 + 1.0) / 3, gradient[2], 2);
    }

    [Fact]
    public void Without_an_offered_teacher_it_trains_a_larger_one_in_a_stage_of_its_own()
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;
        try
        {
            var problem = Problems.Digits(epochs: 1).Problem;
            using (var run = new Run(new RunSettings { Folder = folder }))
            using (Problems.Create("knowledge-distillation").Fit(problem, run)) { }
            var stage = Assert.Single(Directory.GetDirectories(Path.Combine(folder, "stages")));
            Assert.StartsWith("teacher-", Path.GetFileName(stage), StringComparison.Ordinal);
            using var teacher = Predictor.Load(stage);
            Assert.Equal(64, ((NetworkClassifier)teacher.Classifier).Network.Encoder.Features);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_unknown_teacher_is_answered_with_the_offered_ones()
    {
        var problem = Problems.Tickets().Problem;
        using var run = Problems.Memory();
        var error = Assert.Throws<RequestException>(() => Problems.Create("knowledge-distillation", ("teacher", "weka")).Fit(problem, run));
        Assert.Equal("method.teacher: the problem offers no teacher 'weka' (did you mean 'weak'?); it offers weak", error.Message);
    }

    [Fact]
    public void Unlabelled_rows_learn_from_the_teacher()
    {
        var problem = Problems.Tickets(epochs: 1).Problem;
        var blank = problem.With(new Labels([.. problem.Labels.Train.Select((l, i) => i < 3 ? l : -1)], problem.Labels.Validation));
        using var firstRun = Problems.Memory();
        using var secondRun = Problems.Memory();
        using var student = Problems.Create("knowledge-distillation").Fit(blank, firstRun);
        var other = problem.Find<TeacherLogits>()!;
        var changed = (float[])other.Train.Clone();
        Array.Reverse(changed, changed.Length / 2, changed.Length / 2); // teaches other things about unlabelled rows alone
        using var otherStudent = Problems.Create("knowledge-distillation").Fit(blank.With(other with { Train = changed }), secondRun);
        Assert.NotEqual(Problems.Weights(student), Problems.Weights(otherStudent));
    }
}
