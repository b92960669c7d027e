using Preceptor.Objectives;
using Preceptor.Prediction.Distillation;
using TorchSharp;
using Kind = Preceptor.Prediction.Distillation.LabelFreeDistillation.DivergenceKind;

namespace Preceptor.Tests.Prediction;

public sealed class LabelFreeDistillationTests
{
    [Theory]
    [InlineData(Kind.Jeffreys, 0.207944)]
    [InlineData(Kind.JensenShannon, 0.050672)]
    [InlineData(Kind.Forward, 0.192745)]
    [InlineData(Kind.Reverse, 0.223144)]
    public void Hand_computed_divergences(Kind kind, double expected)
    {
        using var scope = torch.NewDisposeScope();
        var (teacher, student) = (torch.tensor(new[,] { { 0.8f, 0.2f } }).log(), torch.tensor(new[,] { { 0.5f, 0.5f } }).log());
        Assert.Equal(expected, LabelFreeDistillation.Distance(student, teacher, kind).item<float>(), 1e-6);
        Assert.Equal(0, LabelFreeDistillation.Distance(teacher, teacher, kind).item<float>(), 1e-6);
    }

    [Fact]
    public void Bounds_and_symmetry_hold_at_random()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var (p, q) = (torch.randn(200, 7) * 4, torch.randn(200, 7) * 4);
        var (symmetric, jensenShannon) = (LabelFreeDistillation.HalfJeffreys(p, q), LabelFreeDistillation.JensenShannon(p, q));
        Assert.Equal(LabelFreeDistillation.HalfJeffreys(q, p).data<float>().ToArray(), symmetric.data<float>().ToArray());
        foreach (var (js, half) in jensenShannon.data<float>().Zip(symmetric.data<float>()))
        {
            Assert.InRange(js, -1e-6, Math.Log(2) + 1e-6);
            Assert.True(js <= half / 2 + 1e-5);
        }
        var mean = (Divergence.KullbackLeibler(p, q) + Divergence.KullbackLeibler(q, p)) / 2;
        Assert.All(mean.data<float>().Zip(symmetric.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void The_gradient_is_the_papers()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(2);
        var teacher = torch.randn(5, 4);
        var student = torch.randn(5, 4).requires_grad_();
        LabelFreeDistillation.HalfJeffreys(teacher, student).sum().backward();
        var (p, q) = (torch.nn.functional.softmax(teacher, 1), torch.nn.functional.softmax(student.detach(), 1));
        var ratio = q.log() - p.log();
        var expected = ((q - p) + q * (ratio - (q * ratio).sum(1, keepdim: true))) / 2;
        Assert.All(expected.data<float>().Zip(student.grad!.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Forward_divergence_and_soft_cross_entropy_have_the_same_gradient()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var teacher = torch.randn(5, 4);
        var (first, second) = (torch.randn(5, 4).requires_grad_(), torch.zeros(5, 4).requires_grad_());
        using (torch.no_grad()) second.copy_(first);
        Divergence.KullbackLeibler(teacher, first).mean().backward();
        Loss.SoftCrossEntropy(second, torch.nn.functional.softmax(teacher, 1)).backward();
        Assert.All(first.grad!.data<float>().Zip(second.grad!.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void The_most_typical_rows_of_each_class_are_taken_once()
    {
        float[] scores = [0.9f, 0.1f, 0.8f, 0.2f, 0.3f, 0.7f];
        Assert.Equal([0, 2], LabelFreeDistillation.TopPerClass([0, 1, 2], scores, 2, 1));
        Assert.Equal([1, 2], LabelFreeDistillation.TopPerClass([1, 2], scores, 2, 1));
        Assert.Equal([0, 1, 2], LabelFreeDistillation.TopPerClass([0, 1, 2], scores, 2, 2));
        Assert.Equal([1], LabelFreeDistillation.TopPerClass([1], scores, 2, 5));
    }

    [Fact]
    public void Labels_are_not_used()
    {
        var problem = Problems.Tickets().Problem;
        float[] Train(int shift)
        {
            using var run = Problems.Memory();
            var labels = problem.Labels with { Train = [.. problem.Labels.Train.Select(l => l < 0 ? l : (l + shift) % problem.Classes.Count)] };
            using var model = Problems.Create("ssld").Fit(problem.With(labels), run);
            return Problems.Weights(model);
        }
        Assert.Equal(Train(0), Train(1));
    }

    [Fact]
    public void The_pool_and_the_divergence_matter()
    {
        var problem = Problems.Tickets().Problem;
        problem = problem.With(problem.Labels with { Train = [.. problem.Labels.Train.Select((l, row) => row % 3 == 0 ? l : -1)] });
        float[] Train(params (string, string)[] options)
        {
            using var run = Problems.Memory();
            using var model = Problems.Create("ssld", options).Fit(problem, run);
            return Problems.Weights(model);
        }
        float[][] all = [Train(), Train(("pool", "all")), Train(("pool", "random")), Train(("pool", "none")), Train(("divergence", "jensen-shannon")), Train(("divergence", "forward")), Train(("divergence", "reverse")), Train(("fine-tuning-epochs", "0"))];
        foreach (var (first, second) in from i in Enumerable.Range(0, all.Length) from j in Enumerable.Range(0, i) select (all[i], all[j])) Assert.NotEqual(first, second);
    }

    [Fact]
    public void Both_parts_of_its_course_are_reported()
    {
        var problem = Problems.Tickets(epochs: 3).Problem;
        problem = problem.With(problem.Labels with { Train = [.. problem.Labels.Train.Select((l, row) => row % 2 == 0 ? l : -1)] });
        using var run = Problems.Memory();
        using var model = Problems.Create("ssld", ("fine-tuning-epochs", "2")).Fit(problem, run);
        Assert.Equal([1, 2, 3, 4, 5], model.Training.Epochs.Select(e => e.Epoch));
    }
}
