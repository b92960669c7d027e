using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Prediction;
using Preceptor.Prediction.Distillation;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class WeakToStrongTests
{
    private const string File = "13-weak-to-strong.json";

    public static TheoryData<string> Plain => Goldens.Names(File, "xent");

    public static TheoryData<string> Products => Goldens.Names(File, "product");

    public static TheoryData<string> Confidences => Goldens.Names(File, "logconf");

    [Theory, MemberData(nameof(Plain))]
    public void The_soft_loss_equals_the_official_codes(string name) => Check(Goldens.Case(File, name), (_, weak) => weak);

    [Theory, MemberData(nameof(Products))]
    public void The_product_loss_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        Check(golden, (logits, weak) => WeakToStrong.Product(logits, weak.log(), golden.Setting("alpha").Number, golden.Setting("beta").Number));
    }

    [Theory, MemberData(nameof(Confidences))]
    public void The_confidence_loss_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        var weight = WeakToStrong.OwnWeight(golden.Setting("aux_coef").Number, golden.Setting("warmup_frac").Number, golden.Setting("step_frac").Number, golden.Setting("warmup").Text == "official");
        Check(golden, (logits, weak) =>
        {
            var student = torch.nn.functional.softmax(logits, 1);
            golden.AssertClose("threshold", WeakToStrong.Threshold(student, weak));
            golden.AssertClose("strong_preds", WeakToStrong.Hardened(student, weak).data<float>().ToArray());
            return WeakToStrong.Confident(logits, weak, weight);
        });
    }

    private static void Check(GoldenCase golden, Func<torch.Tensor, torch.Tensor, torch.Tensor> target)
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(golden.Input("logits").Floats, golden.Input("logits").Shape).requires_grad_();
        var weak = torch.tensor(golden.Input("weak_labels").Floats, golden.Input("weak_labels").Shape);
        var loss = Loss.SoftCrossEntropy(logits, target(logits.detach(), weak));
        loss.backward();
        golden.AssertClose("loss", loss.item<float>());
        golden.AssertClose("grad_logits", logits.grad!.data<float>().ToArray());
    }

    [Fact]
    public void The_own_weight_rises_linearly_or_as_released()
    {
        Assert.Equal([0, 0.25, 0.5, 0.5], new[] { 0, 0.1, 0.2, 0.9 }.Select(p => WeakToStrong.OwnWeight(0.5, 0.2, p, released: false)));
        Assert.Equal([0, 0.05, 0.1, 0.5], new[] { 0, 0.1, 0.2, 0.9 }.Select(p => WeakToStrong.OwnWeight(0.5, 0.2, p, released: true)));
        Assert.Equal(0.5, WeakToStrong.OwnWeight(0.5, 0, 0, released: false));
    }

    [Fact]
    public void Hardened_answers_keep_the_teachers_balance()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var student = torch.nn.functional.softmax(torch.randn(50, 2), 1);
        var teacher = torch.nn.functional.softmax(torch.randn(50, 2), 1);
        var share = WeakToStrong.Hardened(student, teacher).select(1, 1).mean().item<float>();
        Assert.Equal(teacher.select(1, 1).mean().item<float>(), share, 1.0 / 50);
    }

    [Fact]
    public void With_more_than_two_classes_the_most_probable_is_its_answer()
    {
        using var scope = torch.NewDisposeScope();
        var student = torch.tensor(new[,] { { 0.2f, 0.5f, 0.3f }, { 0.6f, 0.3f, 0.1f } });
        Assert.Equal([0, 1, 0, 1, 0, 0], WeakToStrong.Hardened(student, student).data<float>());
    }

    [Fact]
    public void Without_weight_of_its_own_the_student_learns_softly()
    {
        Assert.Equal(Weights(("target", "soft")), Weights(("target", "confidence"), ("own-weight", "0")));
        Assert.NotEqual(Weights(("target", "soft")), Weights());
        Assert.NotEqual(Weights(("target", "soft")), Weights(("target", "hard")));
        Assert.NotEqual(Weights(("target", "soft")), Weights(("target", "product")));
        Assert.NotEqual(Weights(), Weights(("body", "random")));
    }

    [Fact]
    public void A_probe_leaves_the_body_as_it_was()
    {
        var problem = Problems.Tickets().Problem;
        using var run = Problems.Memory();
        using var probed = Problems.Create("weak-to-strong", ("probe", "true"), ("body", "random")).Fit(problem, run);
        using var fresh = run.NewNetwork(problem with { Model = problem.Model with { HeadBias = false } });
        var (before, after) = (fresh.Network.Encoder.state_dict(), ((NetworkClassifier)probed.Classifier).Network.Encoder.state_dict());
        Assert.All(before, entry => Assert.Equal(entry.Value.data<float>().ToArray(), after[entry.Key].data<float>().ToArray()));
        Assert.NotEqual(0, ((NetworkClassifier)probed.Classifier).Network.Head.weight.abs().sum().item<float>());
    }

    [Fact]
    public void A_teacher_trained_here_never_saw_the_students_rows_whose_labels_do_not_matter()
    {
        var task = Problems.Digits();
        var method = (ITrainsTeacher<PredictionProblem, Predictor>)Problems.Create("weak-to-strong");
        float[] Teacher(int[] labels)
        {
            using var run = Problems.Memory();
            using var teacher = method.TrainTeacher(task.Problem.With(task.Problem.Labels with { Train = labels }), run)!;
            return Problems.Weights(teacher);
        }
        float[] Student(int[] labels)
        {
            using var run = Problems.Memory();
            using var student = Problems.Create("weak-to-strong").Fit(task.Problem.With(task.Problem.Labels with { Train = labels }), run);
            return Problems.Weights(student);
        }

        // The rows without whose labels the teacher would be another; all other labels may be anything.
        var given = task.Problem.Labels.Train;
        var weights = Teacher(given);
        int[] WithWrong(params IEnumerable<int> rows)
        {
            var labels = (int[])given.Clone();
            foreach (var row in rows) labels[row] = (labels[row] + 1) % 10;
            return labels;
        }
        int[] ofTeacher = [.. Enumerable.Range(0, given.Length).Where(row => !Teacher(WithWrong(row)).SequenceEqual(weights))];
        Assert.Equal(given.Length / 2, ofTeacher.Length);
        Assert.Equal(Student(given), Student(WithWrong(Enumerable.Range(0, given.Length).Except(ofTeacher))));
        Assert.NotEqual(Student(given), Student(WithWrong(ofTeacher)));
    }

    [Fact]
    public void A_teacher_trained_here_is_the_floor()
    {
        var task = Problems.Digits();
        using var run = Problems.Memory();
        var (outcome, model) = PredictionEvaluation.Evaluate(task, new("weak-to-strong", [], Problems.Create("weak-to-strong"), [], typeof(TeacherLogits)), run);
        using (model) Assert.Contains("floor", outcome.Arms.Keys);
    }

    [Fact]
    public void It_teaches_over_networks_of_growing_size()
    {
        var between = new MapSetting("test", "between", [new("hidden", new ScalarSetting("test", "hidden", "8"))]);
        var options = Options.Bind<WeakToStrong.Options>(new MapSetting("test", "method", [new("bootstrapping", new ListSetting("test", "bootstrapping", [between, between]))]));
        Assert.Equal(2, options.Bootstrapping.Length);
        using var run = Problems.Memory();
        using var model = new WeakToStrong(options).Fit(Problems.Digits().Problem, run);
        Assert.NotEqual(Weights(), Problems.Weights(model));
    }

    private static float[] Weights(params (string, string)[] options)
    {
        using var run = Problems.Memory();
        using var model = Problems.Create("weak-to-strong", options).Fit(Problems.Tickets().Problem, run);
        return Problems.Weights(model);
    }
}
