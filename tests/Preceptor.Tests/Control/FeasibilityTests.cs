using Preceptor.Control;
using static TorchSharp.torch;

namespace Preceptor.Tests.Control;

/// <summary>Values, weights and diffusion of feasibility-guided policies, against golden numbers and by hand.</summary>
public sealed class FeasibilityTests
{
    private const string File = "25-fisor.json";

    public static TheoryData<string> Named(string prefix) => [.. Goldens.Names(File).Where(n => n.Data.StartsWith(prefix, StringComparison.Ordinal) || n.Data.StartsWith('('))];

    // The published program's inputs were of single precision, its sums of double.
    private static Tensor Of(GoldenValue value) => tensor(value.Floats, value.Shape).to(float64);

    private static double[] Read(Tensor values) => values.contiguous().data<double>().ToArray();

    [Theory, MemberData(nameof(Named), "expectile")]
    public void Expectile_losses_and_gradients_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        foreach (var (actions, state, loss, gradient, isReversed) in new[] { ("q_target", "v", "value_loss", "grad_v", false), ("qc_target", "vc", "safe_value_loss", "grad_vc", true) })
        {
            var v = Of(golden.Input(state)).requires_grad_();
            var both = Of(golden.Input(actions));
            var value = OfflineValues.Expectile((isReversed ? both.amax([0]) : both.amin([0])) - v, golden.Setting("tau").Number, isReversed);
            value.backward();
            golden.AssertClose(loss, [value.item<double>()]);
            golden.AssertClose(gradient, Read(v.grad!));
        }
    }

    [Theory, MemberData(nameof(Named), "targets")]
    public void Targets_and_critics_losses_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var (discount, goesOn, h, nextHarm) = (golden.Setting("gamma").Number, Of(golden.Input("mask_not_done")), Of(golden.Input("h")), Of(golden.Input("next_vc")));
        var target = OfflineValues.Target(Of(golden.Input("reward")), Of(golden.Input("next_v")), goesOn, discount);
        var feasible = OfflineValues.Feasibility(h, nextHarm, goesOn, discount);
        golden.AssertClose("target_q", Read(target));
        golden.AssertClose("target_qh_hj", Read(feasible));
        golden.AssertClose("target_qc_cost_value", Read(OfflineValues.Target(h, nextHarm, goesOn, discount)));
        foreach (var (input, wanted, loss, gradient) in new[] { ("qs", target, "critic_loss", "grad_qs"), ("qcs", feasible, "safe_critic_loss_hj", "grad_qcs") })
        {
            var critics = Of(golden.Input(input)).requires_grad_();
            var value = (critics - wanted).square().mean();
            value.backward();
            golden.AssertClose(loss, [value.item<double>()]);
            golden.AssertClose(gradient, Read(critics.grad!));
        }
    }

    [Theory, MemberData(nameof(Named), "weights")]
    public void Weights_and_the_weighted_loss_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var options = new FeasibilityGuidedDiffusion.Options
        {
            RewardTemperature = golden.Setting("alpha_1_reward").Number,
            CostTemperature = golden.Setting("alpha_2_cost").Number,
            LargestCostWeight = golden.Setting("cost_cap").Number,
            LargestRewardWeight = golden.Setting("reward_cap").Number,
            CostLimit = golden.Setting("cost_limit").Number,
            Discount = golden.Setting("gamma").Number,
            Harm = golden.Setting("critic_type").Text == "qc" ? HarmMeasure.Cost : HarmMeasure.Reachability,
        };
        var threshold = new FeasibilityGuidedDiffusion(options).Threshold();
        if (options.Harm == HarmMeasure.Cost) golden.AssertClose("qc_thres", [threshold]);
        else Assert.Equal(0, threshold);
        var weights = FeasibilityGuidedDiffusion.Weights(options, Of(golden.Input("q_target")).amin([0]), Of(golden.Input("v")), Of(golden.Input("qc_target")).amax([0]) - threshold, Of(golden.Input("vc")) - threshold);
        golden.AssertClose("weights", Read(weights));
        var predicted = Of(golden.Input("eps_pred")).requires_grad_();
        var loss = FeasibilityGuidedDiffusion.Loss(predicted, Of(golden.Input("noise")), weights);
        loss.backward();
        golden.AssertClose("actor_loss", [loss.item<double>()]);
        golden.AssertClose("grad_eps_pred", Read(predicted.grad!));
    }

    [Theory, MemberData(nameof(Named), "schedules")]
    public void Schedules_are_those_of_the_golden_numbers(string name)
    {
        var golden = Goldens.Case(File, name);
        var steps = golden.Setting("T").Integer;
        var schedule = new DiffusionSchedule(NoiseSchedule.VariancePreserving, steps);
        golden.AssertClose("vp_alphas", [.. schedule.Alphas]);
        golden.AssertClose("vp_betas", [.. schedule.Betas]);
        golden.AssertClose("vp_alpha_hats", [.. schedule.AlphaHats]);
        golden.AssertClose("cosine_betas", [.. new DiffusionSchedule(NoiseSchedule.Cosine, steps).Betas]);
        golden.AssertClose("linear_betas", [.. new DiffusionSchedule(NoiseSchedule.Linear, steps).Betas]);
        Assert.Equal(Math.Exp(-0.1 - 0.5 * 9.9), schedule.AlphaHats[^1], 1e-12);
    }

    [Fact]
    public void Noise_is_added_as_the_golden_numbers_say()
    {
        var golden = Goldens.Case(File, "forward_noising");
        using var scope = NewDisposeScope();
        var noisy = new DiffusionSchedule(NoiseSchedule.VariancePreserving, golden.Setting("T").Integer).Noised(Of(golden.Input("actions")), Of(golden.Input("noise")), tensor(golden.Input("time").Ints.Select(t => (long)t).ToArray()));
        golden.AssertClose("noisy_actions", Read(noisy));
    }

    [Theory, MemberData(nameof(Named), "ddpm")]
    public void Noise_is_taken_away_step_by_step_as_the_golden_numbers_say(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var (steps, clips, fresh, weight) = (golden.Setting("T").Integer, golden.Setting("clip").Flag, Of(golden.Input("zs")), Of(golden.Input("W")));
        var schedule = new DiffusionSchedule(NoiseSchedule.VariancePreserving, steps);
        var (x, all) = (Of(golden.Input("x_T")), new List<double>());
        for (var k = 0; k < steps; k++)
        {
            var time = steps - 1 - k;
            x = schedule.Step(x, x.matmul(weight) * ((time + 1) / (double)steps), fresh[k], time, clips);
            all.AddRange(Read(x));
        }
        golden.AssertClose("x_after_each_step", all.ToArray());
        golden.AssertClose("action", Read(x.clamp(-1, 1)));
    }

    [Fact]
    public void Expectiles_are_between_the_mean_and_the_best()
    {
        using var scope = NewDisposeScope();
        double Minimiser(double expectile, bool isReversed)
        {
            var reached = tensor(new double[] { 0, 1 });
            return Enumerable.Range(0, 1001).Select(i => i / 1000.0).MinBy(v => OfflineValues.Expectile(reached - v, expectile, isReversed).item<double>());
        }
        Assert.Equal(0.5, Minimiser(0.5, false), 1e-9);
        Assert.Equal(0.9, Minimiser(0.9, false), 1e-9);
        Assert.Equal(0.1, Minimiser(0.9, true), 1e-9);
        var difference = tensor(new[] { -1.5, 0.25, 2 });
        Assert.Equal(0.5 * difference.square().mean().item<double>(), OfflineValues.Expectile(difference, 0.5).item<double>(), 1e-12);
    }

    [Fact]
    public void The_target_of_feasibility_is_the_largest_violation_to_come()
    {
        using var scope = NewDisposeScope();
        double Target(double h, double next, double goesOn, double discount = 0.99) => OfflineValues.Feasibility(tensor(new[] { h }), tensor(new[] { next }), tensor(new[] { goesOn }), discount).item<double>();
        Assert.Equal(1.97, Target(-1, 2, 1), 1e-12);
        Assert.Equal(3, Target(3, -1, 1), 1e-12);
        Assert.Equal(-0.5, Target(-0.5, 7, 0), 1e-12);
        // A chain of five states, of which each leads to the next: the fixed point tends to the largest h from there on, and the operator contracts by γ.
        var (h, ends, discount) = (tensor(new[] { -1.0, 2, -3, 0.5, -1 }), tensor(new double[] { 1, 1, 1, 1, 0 }), 0.9999);
        Tensor Sweep(Tensor v) => OfflineValues.Feasibility(h, cat([v.narrow(0, 1, 4), zeros(1, dtype: float64)]), ends, discount);
        var (a, b) = (zeros(5, dtype: float64), ones(5, dtype: float64) * 9);
        for (var i = 0; i < 20; i++)
        {
            var before = (a - b).abs().max().item<double>();
            (a, b) = (Sweep(a), Sweep(b));
            Assert.True((a - b).abs().max().item<double>() <= discount * before + 1e-12);
        }
        Assert.All(Read(a).Zip([2.0, 2, 0.5, 0.5, -1]), p => Assert.Equal(p.Second, p.First, 2e-3));
    }

    [Fact]
    public void Each_state_weighs_by_reward_or_by_harm_and_never_by_both()
    {
        using var scope = NewDisposeScope();
        double[] Weights(FeasibilityGuidedDiffusion.Options options, double[] q, double[] v, double[] qh, double[] vh) => Read(FeasibilityGuidedDiffusion.Weights(options, tensor(q), tensor(v), tensor(qh), tensor(vh)));
        // Feasible with a harmful action; infeasible with an average one; both at their caps.
        Assert.Equal([0, 1, 100, 150], Weights(new(), [1, 1, 1e6, 0], [0, 0, 0, 0], [0.1, 2, -1, -1e6], [-1, 2, -1, 1]));
        Assert.Equal([1, 1], Weights(new() { RewardTemperature = 0 }, [5, -5], [0, 0], [-1, 0], [-1, 0]));
        Assert.Equal([1, 1], Weights(new() { Weights = FeasibilityGuidedDiffusion.Weighting.Cloning }, [5, -5], [0, 0], [3, -1], [-1, 1]));
        Assert.Equal([Math.Exp(3), Math.Exp(-3)], Weights(new() { Weights = FeasibilityGuidedDiffusion.Weighting.Reward }, [1, -1], [0, 0], [3, -1], [-1, 1]));
        Assert.Equal([Math.Exp(3 - 5)], Weights(new() { Weights = FeasibilityGuidedDiffusion.Weighting.SoftCost }, [1], [0], [2], [1]));
    }

    [Fact]
    public void Costs_without_a_sign_become_violations()
    {
        float[] Violations(params float[] costs) => FeasibilityGuidedDiffusion.Violations(new(1, 1, [3, 2], new float[7], new float[5], new float[5], costs, [true, true]), 25);
        Assert.Equal([-1, 25, 25, -1, -1], Violations(0, 1, 0, 0, 0));
        Assert.Equal([-1, -1, 25, -1, 25], Violations(0, 0, 1, 0, 1));
        Assert.Equal([-0.2f, 1, 1, -3, 0], Violations(-0.2f, 1, 0, -3, 0));
    }
}
