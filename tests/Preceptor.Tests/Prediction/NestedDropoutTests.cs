using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Prediction;
using Preceptor.Prediction.NoisyLabels;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class NestedDropoutTests
{
    private const string File = "22-nested-dropout.json";

    public static TheoryData<string> Distributions => Goldens.Names(File, "dist");

    public static TheoryData<string> Steps => Goldens.Names(File, "nested");

    public static TheoryData<string> Selections => Goldens.Names(File, "select");

    public static TheoryData<string> Choices => Goldens.Names(File, "val_k");

    [Theory, MemberData(nameof(Distributions))]
    public void The_distribution_of_k_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        var q = NestedDropout.ChannelDistribution(golden.Setting("mu").Number, golden.Setting("sigma").Number, golden.Setting("D").Integer);
        golden.AssertClose("q", q);
        golden.AssertClose("survival", [.. Enumerable.Range(0, q.Length).Select(j => q.Skip(j).Sum())]);
        golden.AssertClose("mean_k", q.Select((p, k) => p * (k + 1)).Sum());
        golden.AssertClose("entropy", -q.Sum(p => p > 0 ? p * Math.Log(p) : 0));
    }

    [Theory, MemberData(nameof(Steps))]
    public void A_step_of_co_teaching_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var forget = golden.Setting("forget_rate").Number;
        // Network 1 chooses in the first half and network 2 in the second, each by its own features.
        torch.Tensor[] features = [GoldenTensors.Of(golden.Input("features1")).requires_grad_(), GoldenTensors.Of(golden.Input("features2")).requires_grad_()];
        torch.Tensor[] weights = [GoldenTensors.Of(golden.Input("W1")).requires_grad_(), GoldenTensors.Of(golden.Input("W2")).requires_grad_()];
        torch.Tensor[] labels = [GoldenTensors.OneHot(golden.Input("labels1").Ints, weights[0].shape[0]), GoldenTensors.OneHot(golden.Input("labels2").Ints, weights[0].shape[0])];
        var rows = features[0].shape[0];
        var chosen = new List<(int Network, long[] Places)>();

        // The features are those of the networks' own halves: the golden's feature networks are identities.
        torch.Tensor Own(int network, torch.Tensor places, int channels) => NestedDropout.Truncated(features[network].index_select(0, places), weights[network], null, channels);
        var loss = CoTeaching.Loss(
            (network, places) => Own(network, network == 0 ? places : places - rows, golden.Setting("val_k").Integer + 1),
            (network, places) =>
            {
                chosen.Add((network, places.data<long>().ToArray()));
                var other = 1 - network;
                return NestedDropout.Truncated(features[other].index_select(0, other == 0 ? places : places - rows), weights[network], null, golden.Setting("k_keep").Integer);
            },
            torch.cat(labels, 0), forget, halves: true);
        loss.backward();

        Assert.Equal(golden.Output("idx2").Ints, chosen[0].Places.Select(p => (int)(p - rows)));
        Assert.Equal(golden.Output("idx1").Ints, chosen[1].Places.Select(p => (int)p));
        Assert.Equal(golden.Output("n_remember").Integer, CoTeaching.Kept(forget, (int)rows));
        Assert.Equal(golden.Output("loss1").Number + golden.Output("loss2").Number, loss.item<float>(), 1e-4);
        golden.AssertClose("grad_W1", GoldenTensors.Numbers(weights[0].grad!));
        golden.AssertClose("grad_W2", GoldenTensors.Numbers(weights[1].grad!));
        golden.AssertClose("grad_features1", GoldenTensors.Numbers(features[0].grad!));
        golden.AssertClose("grad_features2", GoldenTensors.Numbers(features[1].grad!));
    }

    [Theory, MemberData(nameof(Selections))]
    public void The_selection_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        foreach (var network in new[] { "1", "2" })
        {
            var logits = GoldenTensors.Of(golden.Input("logits" + network));
            var losses = Loss.SoftCrossEntropyOfEach(logits, GoldenTensors.OneHot(golden.Input("labels" + network).Ints, logits.shape[1]));
            var kept = CoTeaching.Kept(golden.Setting("forget_rate").Number, (int)logits.shape[0]);
            Assert.Equal(golden.Output("n_remember").Integer, kept);
            Assert.Equal(golden.Output("idx" + network).Ints, CoTeaching.SmallLosses(losses, kept).data<long>().Select(i => (int)i));
        }
    }

    [Theory, MemberData(nameof(Choices))]
    public void The_choice_of_k_equals_the_official_codes_before_its_quirk(string name)
    {
        var golden = Goldens.Case(File, name);
        var (channels, accuracies, _) = FeatureTruncation.Choose(
            [(golden.Input("features1").Floats, golden.Input("W1").Floats), (golden.Input("features2").Floats, golden.Input("W2").Floats)], golden.Input("labels").Ints);
        golden.AssertClose("acc_per_k", accuracies);
        // The released code turns a best index of 0 into the last one; the paper does not.
        Assert.Equal(golden.Output("k_index_before_quirk").Integer, channels - 1);
        golden.AssertClose("best_penalised_acc_official", accuracies[channels - 1] - 1e-5 * (channels - 1));
    }

    [Fact]
    public void The_forget_rate_rises_linearly()
    {
        Assert.Equal([0, 0.05, 0.1, 0.15, 0.2, 0.2, 0.2], Enumerable.Range(1, 7).Select(t => Math.Round(CoTeaching.ForgetRate(0.2, 5, t), 12)));
        Assert.Equal([0.2, 0.2], Enumerable.Range(1, 2).Select(t => CoTeaching.ForgetRate(0.2, 0, t)));
    }

    [Fact]
    public void The_smallest_losses_are_kept_in_their_order()
    {
        using var scope = torch.NewDisposeScope();
        var losses = torch.tensor(new[] { 0.1f, 2.0f, 0.5f, 1.0f });
        Assert.Equal([0L, 2, 3], CoTeaching.SmallLosses(losses, CoTeaching.Kept(0.25, 4)).data<long>());
        Assert.Equal(4, CoTeaching.Kept(0, 4));
    }

    [Fact]
    public void Channels_that_are_not_kept_get_no_gradient()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var (features, weights) = (torch.randn(4, 6).requires_grad_(), torch.randn(3, 6).requires_grad_());
        Loss.SoftCrossEntropy(NestedDropout.Truncated(features, weights, null, 2), GoldenTensors.OneHot([0, 1, 2, 0], 3)).backward();
        Assert.All(features.grad!.narrow(1, 2, 4).data<float>(), g => Assert.Equal(0, g));
        Assert.All(weights.grad!.narrow(1, 2, 4).data<float>(), g => Assert.Equal(0, g));
        Assert.All(weights.grad!.narrow(1, 0, 2).data<float>(), g => Assert.NotEqual(0, g));
    }

    [Fact]
    public void A_model_of_k_channels_answers_like_the_truncated_network()
    {
        using var scope = torch.NewDisposeScope();
        var problem = Problems.Digits().Problem;
        using var run = Problems.Memory();
        using var classifier = run.NewNetwork(problem with { Model = problem.Model with { HeadBias = false } });
        var (channels, _, logits) = FeatureTruncation.Choose(problem, classifier);
        FeatureTruncation.Apply(classifier.Network, channels);
        Assert.All(logits.Zip(classifier.Logits(problem.Validation)), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void Two_networks_answer_by_the_mean_of_their_logits_and_are_read_back()
    {
        var task = Problems.Digits();
        using var run = Problems.Memory();
        using var model = Problems.Create("nested-dropout").Fit(task.Problem, run);
        var pair = Assert.IsType<EnsembleClassifier>(model.Classifier);
        var (first, second) = (pair.Members[0].Logits(task.Exam.Test), pair.Members[1].Logits(task.Exam.Test));
        Assert.NotEqual(first, second);
        Assert.All(pair.Logits(task.Exam.Test).Select((l, i) => (l, (first[i] + second[i]) / 2)), p => Assert.Equal(p.Item2, p.l, 1e-6));
    }

    [Theory]
    [InlineData("co-teaching", "off")]
    [InlineData("co-teaching", "from-scratch")]
    [InlineData("compression", "none")]
    [InlineData("compression", "dropout")]
    [InlineData("halves", "false")]
    [InlineData("freeze-normalisation", "false")]
    public void Every_form_of_it_trains(string key, string value)
    {
        var task = Problems.Digits(encoder: EncoderKind.Resnet, training: new() { Epochs = 2, Batch = 16, Rate = 0.01 });
        using var run = Problems.Memory();
        using var model = Problems.Create("nested-dropout", (key, value), ("fine-tuning-rate", "0.5")).Fit(task.Problem, run);
        Assert.All(model.Predict(task.Exam.Test).Probabilities, p => Assert.True(float.IsFinite(p)));
    }

    [Fact]
    public void It_needs_validation_rows()
    {
        var problem = Problems.Digits().Problem;
        using var run = Problems.Memory();
        var labels = problem.Labels with { Validation = [.. problem.Labels.Validation.Select(_ => -1)] };
        var error = Assert.Throws<RequestException>(() => Problems.Create("nested-dropout").Fit(problem.With(labels), run));
        Assert.Contains("validation", error.Message, StringComparison.Ordinal);
    }
}
