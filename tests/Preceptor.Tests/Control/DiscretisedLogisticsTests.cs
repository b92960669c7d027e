using Preceptor.Control;
using static TorchSharp.torch;

namespace Preceptor.Tests.Control;

/// <summary>The likelihood of actions, their draws, and the divergence of plans, against golden numbers and by hand.</summary>
public sealed class DiscretisedLogisticsTests
{
    private const string File = "76-play-lmp.json";

    private static readonly string[] Others = ["bin_masses", "sampling", "kl", "kl_equal", "kl_extreme"];

    public static TheoryData<string> Likelihoods => [.. Goldens.Names(File).Where(n => !Others.Contains(n.Data))];

    public static TheoryData<string> Divergences => [.. Goldens.Names(File).Where(n => n.Data.StartsWith("kl", StringComparison.Ordinal) || n.Data.StartsWith('('))];

    // The published program's inputs were of single precision, its sums of double.
    private static Tensor Of(GoldenValue value, bool hasGradient = false) => tensor(value.Floats, value.Shape).to(float64).requires_grad_(hasGradient);

    private static double[] Read(Tensor values) => values.contiguous().data<double>().ToArray();

    [Theory, MemberData(nameof(Likelihoods))]
    public void Likelihoods_and_gradients_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var (logits, scales, means) = (Of(golden.Input("logit_probs"), true), Of(golden.Input("log_scales"), true), Of(golden.Input("means"), true));
        var log = DiscretisedLogistics.LogLikelihood(logits, scales, means, Of(golden.Input("actions")), tensor(golden.Setting("min_bound").Doubles), tensor(golden.Setting("max_bound").Doubles), golden.Setting("bins").Integer, golden.Setting("log_scale_min").Number);
        golden.AssertClose("log_likelihood_per_dim", Read(log));
        var loss = -log.sum(-1).mean();
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logit_probs", Read(logits.grad!));
        golden.AssertClose("grad_log_scales", Read(scales.grad!));
        golden.AssertClose("grad_means", Read(means.grad!));
    }

    [Fact]
    public void The_masses_of_all_bins_are_those_of_the_golden_numbers_and_sum_to_one()
    {
        var golden = Goldens.Case(File, "bin_masses");
        using var scope = NewDisposeScope();
        var centres = Of(golden.Input("bin_centres"));
        var (mean, scale) = (full([5, 1, 1], (double)golden.Input("mean").Floats[0], dtype: float64), full([5, 1, 1], (double)golden.Input("log_scale").Floats[0], dtype: float64));
        var log = DiscretisedLogistics.LogLikelihood(zeros_like(mean), scale, mean, centres.unsqueeze(1), tensor(new[] { -1.0 }), tensor(new[] { 1.0 }), golden.Setting("bins").Integer);
        golden.AssertClose("log_mass", Read(log));
        golden.AssertClose("sum_of_masses", [log.exp().sum().item<double>()]);
        Assert.Equal(1, log.exp().sum().item<double>(), 1e-12);
    }

    [Fact]
    public void Draws_are_those_of_the_golden_numbers()
    {
        var golden = Goldens.Case(File, "sampling");
        using var scope = NewDisposeScope();
        var actions = DiscretisedLogistics.Sample(Of(golden.Input("logit_probs")), Of(golden.Input("log_scales")), Of(golden.Input("means")), Of(golden.Input("u_component")), Of(golden.Input("u_logistic")));
        golden.AssertClose("action", Read(actions));
        var chosen = (Of(golden.Input("logit_probs")) - (-Of(golden.Input("u_component")).log()).log()).argmax(-1);
        Assert.Equal(golden.Output("component").Ints.Select(i => (long)i), chosen.data<long>().ToArray());
    }

    [Theory, MemberData(nameof(Divergences))]
    public void Divergences_and_gradients_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var inputs = new[] { "mu_q", "sigma_q", "mu_p", "sigma_p" }.ToDictionary(n => n, n => Of(golden.Input(n), true));
        var kl = LatentPlans.Divergence(inputs["mu_q"], inputs["sigma_q"], inputs["mu_p"], inputs["sigma_p"]);
        kl.backward();
        golden.AssertClose("kl", [kl.item<double>()]);
        foreach (var (input, values) in inputs) golden.AssertClose($"grad_{input}", Read(values.grad!));
    }

    [Fact]
    public void Divergences_by_hand()
    {
        using var scope = NewDisposeScope();
        double Of(double mean, double deviation, double priorMean, double priorDeviation) => LatentPlans.Divergence(tensor(new[] { mean }, [1, 1]), tensor(new[] { deviation }, [1, 1]), tensor(new[] { priorMean }, [1, 1]), tensor(new[] { priorDeviation }, [1, 1])).item<double>();
        Assert.Equal(0, Of(0.3, 0.7, 0.3, 0.7), 1e-12);
        Assert.Equal(0.5, Of(1, 1, 0, 1), 1e-12);
        Assert.Equal(Math.Log(2) + 0.125 - 0.5, Of(0, 1, 0, 2), 1e-12);
    }

    [Fact]
    public void A_sharp_distribution_gives_its_mean_and_is_sure_of_its_bin()
    {
        using var scope = NewDisposeScope();
        var (logits, scales, means) = (zeros(1, 1, 1, dtype: float64), full([1, 1, 1], -7.0, dtype: float64), full([1, 1, 1], 0.25, dtype: float64));
        Assert.Equal(0.25, DiscretisedLogistics.Sample(logits, scales, means, full([1, 1, 1], 0.3, dtype: float64), full([1, 1], 0.9, dtype: float64)).item<double>(), 0.01);
        Assert.Equal(0, DiscretisedLogistics.LogLikelihood(logits, scales, means, full([1, 1], 0.25, dtype: float64), tensor(new[] { -1.0 }), tensor(new[] { 1.0 }), 33).item<double>(), 1e-6);
    }
}
