using Preceptor.Objectives;
using Preceptor.Prediction.Distillation;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class TrilateralDistillationTests
{
    private const string File = "01-tgeo-kd.json";

    public static TheoryData<string> States => Goldens.Names(File, "state");

    public static TheoryData<string> Losses => Goldens.Names(File, "loss");

    public static TheoryData<string> Baselines => Goldens.Names(File, "baseline");

    public static TheoryData<string> Hypergradients => Goldens.Names(File, "hypergradient");

    [Theory, MemberData(nameof(States))]
    public void The_geometry_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (student, teacher, labels) = Points(golden);
        var state = TrilateralGeometry.Describe(student, teacher, labels, TrilateralGeometry.ClassMeans(teacher, labels));
        golden.AssertClose("state", GoldenTensors.Numbers(state));
        if (!golden.HasOutput("alpha")) return;
        using var weight = Controller(golden, state.shape[1]);
        golden.AssertClose("alpha", GoldenTensors.Numbers(weight.forward(state)));
    }

    [Theory, MemberData(nameof(Losses))]
    public void The_loss_equals_the_official_codes_on_logits(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (student, teacher, labels) = Points(golden);
        student.requires_grad_();
        var temperature = golden.Setting("temperature").Number;
        var (kd, gt) = (TrilateralDistillation.Distillation(student, teacher, temperature), Loss.SoftCrossEntropyOfEach(student, labels));
        var loss = Mixture.Of(kd, gt, GoldenTensors.Of(golden.Input("alpha")));
        loss.backward();
        golden.AssertClose("kd", GoldenTensors.Numbers(kd.detach() / (temperature * temperature))); // theirs is without τ²
        golden.AssertClose("gt_logits", GoldenTensors.Numbers(gt.detach()));
        golden.AssertClose("loss_logits", loss.item<float>());
        golden.AssertClose("grad_student_logits", GoldenTensors.Numbers(student.grad!));
    }

    [Theory, MemberData(nameof(Losses))]
    public void Their_double_softmax_is_the_only_difference(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (student, teacher, labels) = Points(golden);
        student.requires_grad_();
        var gt = Loss.SoftCrossEntropyOfEach(torch.nn.functional.softmax(student, 1), labels);
        var loss = Mixture.Of(TrilateralDistillation.Distillation(student, teacher, golden.Setting("temperature").Number), gt, GoldenTensors.Of(golden.Input("alpha")));
        loss.backward();
        golden.AssertClose("gt_official", GoldenTensors.Numbers(gt.detach()));
        golden.AssertClose("loss_official", loss.item<float>());
        golden.AssertClose("grad_student_official", GoldenTensors.Numbers(student.grad!));
    }

    [Theory, MemberData(nameof(Baselines))]
    public void The_baselines_equal_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (values, teacher, labels) = Points(golden);
        var temperature = golden.Setting("temperature").Number;
        golden.AssertClose("alpha_ada", GoldenTensors.Numbers(TrilateralDistillation.TeacherMargin(teacher, labels)));

        // The official baselines leave τ² out, and feed probabilities to the cross entropy; both forms are in the goldens.
        foreach (var (suffix, probabilities) in new[] { ("official", true), ("logits", false) })
        {
            torch.Tensor CrossEntropy(torch.Tensor logits) => Loss.SoftCrossEntropyOfEach(probabilities ? torch.nn.functional.softmax(logits, 1) : logits, labels);
            (float Loss, float[] Gradient) Train(Func<torch.Tensor, torch.Tensor> alpha)
            {
                var student = values.clone().detach().requires_grad_();
                var kd = TrilateralDistillation.Distillation(student, teacher, temperature) / (temperature * temperature);
                var loss = Mixture.Of(kd, CrossEntropy(student), alpha(student));
                loss.backward();
                return (loss.item<float>(), GoldenTensors.Numbers(student.grad!));
            }
            torch.Tensor Ratio(torch.Tensor student) => TrilateralDistillation.LossRatio(CrossEntropy(student), CrossEntropy(teacher));

            golden.AssertClose("alpha_wls_" + suffix, GoldenTensors.Numbers(Ratio(values)));
            var (wls, wlsGradient) = Train(Ratio);
            golden.AssertClose("loss_wls_" + suffix, wls);
            golden.AssertClose("grad_wls_" + suffix, wlsGradient);
            golden.AssertClose("grad_wls_alpha_detached_" + suffix, Train(student => Ratio(student.detach())).Gradient);
            var (ada, adaGradient) = Train(_ => TrilateralDistillation.TeacherMargin(teacher, labels));
            golden.AssertClose("loss_ada_" + suffix, ada);
            golden.AssertClose("grad_ada_" + suffix, adaGradient);
        }
    }

    [Theory, MemberData(nameof(Hypergradients))]
    public void The_hypergradient_by_finite_differences_equals_that_by_double_backward(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (x, validation) = (GoldenTensors.Of(golden.Input("x")), GoldenTensors.Of(golden.Input("x_val")));
        var teacher = GoldenTensors.Of(golden.Input("teacher_logits"));
        var classes = teacher.shape[1];
        var (labels, validationLabels) = (GoldenTensors.OneHot(golden.Input("labels").Ints, classes), GoldenTensors.OneHot(golden.Input("labels_val").Ints, classes));
        var (temperature, rate) = (golden.Setting("temperature").Number, golden.Setting("eta").Number);
        var network = torch.nn.Linear(x.shape[1], classes, hasBias: false);
        using (torch.no_grad()) network.weight.copy_(GoldenTensors.Of(golden.Input("W")));
        var before = GoldenTensors.Numbers(network.weight.detach());

        var logits = network.forward(x);
        var state = TrilateralGeometry.Describe(logits, teacher, labels, TrilateralGeometry.ClassMeans(teacher, labels));
        using var weight = Controller(golden, state.shape[1]);
        var alpha = weight.forward(state);
        golden.AssertClose("alpha", GoldenTensors.Numbers(alpha.detach()));
        torch.Tensor Kd(torch.Tensor z) => TrilateralDistillation.Distillation(z, teacher, temperature);
        var loss = Mixture.Of(Kd(logits), Loss.SoftCrossEntropyOfEach(logits, labels), alpha.detach());
        golden.AssertClose("train_loss", loss.item<float>());
        var step = new BilevelStep(network);
        torch.Tensor ValidationLoss() => Loss.SoftCrossEntropy(network.forward(validation), validationLabels);
        step.At(step.Gradients(loss, keepGraph: true), -rate, () =>
        {
            golden.AssertClose("W_virtual", GoldenTensors.Numbers(network.weight.detach()));
            golden.AssertClose("val_loss", ValidationLoss().item<float>());
            return true;
        });

        var hyper = step.WeightGradients(loss, rate, ValidationLoss, () =>
        {
            var z = network.forward(x);
            return Kd(z) - Loss.SoftCrossEntropyOfEach(z, labels);
        });
        (hyper * alpha).sum().backward();
        AssertWithin(golden, "dval_dalpha", GoldenTensors.Numbers(hyper));
        foreach (var (parameter, tensor) in weight.named_parameters()) AssertWithin(golden, "grad_controller." + parameter, GoldenTensors.Numbers(tensor.grad!));
        Assert.Equal(before, GoldenTensors.Numbers(network.weight.detach()));
    }

    [Fact]
    public void A_teacher_that_is_the_label_leaves_nothing_to_weigh()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var network = torch.nn.Linear(4, 3);
        var (x, labels) = (torch.randn(5, 4), GoldenTensors.OneHot([0, 1, 2, 1, 0], 3));
        var teacher = (labels - 1) * 200; // a distribution that is the label
        torch.Tensor Differences()
        {
            var z = network.forward(x);
            return TrilateralDistillation.Distillation(z, teacher, 1) - Loss.SoftCrossEntropyOfEach(z, labels);
        }
        var logits = network.forward(x);
        var loss = Mixture.Of(TrilateralDistillation.Distillation(logits, teacher, 1), Loss.SoftCrossEntropyOfEach(logits, labels), torch.full(5, 0.5f));
        var hyper = new BilevelStep(network).WeightGradients(loss, 0.5, () => Loss.SoftCrossEntropy(network.forward(x), labels), Differences);
        Assert.All(hyper.data<float>(), g => Assert.Equal(0, g, 1e-5));
    }

    [Fact]
    public void A_class_without_examples_has_a_uniform_mean()
    {
        using var scope = torch.NewDisposeScope();
        var means = TrilateralGeometry.ClassMeans(torch.tensor(new[,] { { 1f, 0f, 0f }, { 3f, 0f, 0f } }), GoldenTensors.OneHot([0, 0], 3));
        Assert.All(means.sum(1).data<float>(), s => Assert.Equal(1, s, 1e-6));
        Assert.All(means.narrow(0, 1, 2).data<float>(), p => Assert.Equal(1 / 3f, p, 1e-6));
    }

    [Fact]
    public void The_annealed_weight_falls_from_one_to_zero()
    {
        Assert.Equal([1, 0.75, 0.5, 0.25, 0], Enumerable.Range(1, 5).Select(t => TrilateralDistillation.Annealed(t, 5)));
        Assert.Equal(1, TrilateralDistillation.Annealed(1, 1));
    }

    [Theory]
    [InlineData("geometry")]
    [InlineData("untrained")]
    [InlineData("constant")]
    [InlineData("annealed")]
    [InlineData("teacher-margin")]
    [InlineData("loss-ratio")]
    [InlineData("free")]
    public void Every_weighting_trains_and_differs(string weighting)
    {
        float[] Weights(params (string, string)[] options)
        {
            using var run = Problems.Memory();
            using var model = Problems.Create("tgeo-kd", options).Fit(Problems.Tickets().Problem, run);
            return Problems.Weights(model);
        }
        var trained = Weights(("weighting", weighting), ("weighting-rate", "0.5"));
        Assert.All(trained, w => Assert.True(float.IsFinite(w)));
        Assert.NotEqual(Weights(("weighting", "constant"), ("weight", "0.3")), trained);
        if (weighting == "geometry") Assert.NotEqual(Weights(("weighting", "untrained")), trained);
    }

    private static void AssertWithin(GoldenCase golden, string output, float[] actual)
    {
        // Differences are of finite length and in single precision: a thousandth of the largest, as the card asks for.
        var expected = golden.Output(output).Doubles;
        var allowed = 1e-3 * expected.Max(Math.Abs) + 1e-7;
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], allowed);
    }

    private static GeometryWeight Controller(GoldenCase golden, long size)
    {
        var weight = new GeometryWeight((int)size);
        using var noGradient = torch.no_grad();
        foreach (var (name, tensor) in weight.named_parameters()) tensor.copy_(GoldenTensors.Of(golden.Input("controller." + name)));
        return weight;
    }

    private static (torch.Tensor Student, torch.Tensor Teacher, torch.Tensor Labels) Points(GoldenCase golden)
    {
        var student = GoldenTensors.Of(golden.Input("student_logits"));
        return (student, GoldenTensors.Of(golden.Input("teacher_logits")), GoldenTensors.OneHot(golden.Input("labels").Ints, student.shape[1]));
    }
}
