using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// FISOR (Zheng et al. 2024): learns from a log alone from where violations can still be avoided, and a policy that seeks reward within that region, by actions that stay in it, and the least harm outside. The best policy is a weighted
/// copy of what was done, so that an ordinary diffusion learns it by weighting its loss of noise; no classifier guides it. Of several actions that it draws, the least harmful is taken.
/// </summary>
[Method("fisor", "Feasibility-guided diffusion policy", Paper = 25, Summary = "A diffusion policy from a log with costs: seeks reward only where violations can be avoided, and the least harm elsewhere.", Citation = "Zheng et al. 2024 (Safe Offline Reinforcement Learning with Feasibility-Guided Diffusion Model)")]
[Version(1)]
public sealed class FeasibilityGuidedDiffusion(FeasibilityGuidedDiffusion.Options options) : IFit<ControlProblem, Policy>, INeeds<LoggedRewards, LoggedCosts>
{
    /// <summary>By what actions are weighted.</summary>
    public enum Weighting
    {
        /// <summary>Reward where violations can be avoided, the least harm elsewhere.</summary>
        Feasibility,

        /// <summary>All alike: cloning by diffusion.</summary>
        Cloning,

        /// <summary>Reward alone (implicit Q-learning by diffusion).</summary>
        Reward,

        /// <summary>Reward less harm, everywhere.</summary>
        SoftCost,
    }

    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>The weights.</summary>
        [Description("feasibility: the paper's; cloning: all actions alike; reward: costs left out; soft-cost: reward less harm everywhere")]
        public Weighting Weights { get; set; } = Weighting.Feasibility;

        /// <summary>What of costs is learned.</summary>
        [Description("reachability: the largest violation to come; cost: the discounted sum of costs")]
        public HarmMeasure Harm { get; set; } = HarmMeasure.Reachability;

        /// <summary>γ.</summary>
        [Description("Discount of what comes later")]
        [Range(0, 1)]
        [Source("released code: 0.99")]
        public double Discount { get; set; } = 0.99;

        /// <summary>τ.</summary>
        [Description("The expectile of both values; towards 1 they are those of the best that was done")]
        [Range(0.5, 0.999)]
        [Source("released configuration: 0.9")]
        public double Expectile { get; set; } = 0.9;

        /// <summary>α₁.</summary>
        [Description("How much better actions weigh more")]
        [Range(0, 1000)]
        [Source("released configuration: 3; point robot: 5")]
        [Tried("1", "3", "5")]
        public double RewardTemperature { get; set; } = 3;

        /// <summary>α₂.</summary>
        [Description("How much less harmful actions weigh more where violations cannot be avoided")]
        [Range(0, 1000)]
        [Source("released configuration: 5; point robot: 2")]
        public double CostTemperature { get; set; } = 5;

        /// <summary>The cap of reward's weights.</summary>
        [Description("The largest weight by reward")]
        [Range(1, 1e6)]
        [Source("released code: 100")]
        public double LargestRewardWeight { get; set; } = 100;

        /// <summary>The cap of harm's weights.</summary>
        [Description("The largest weight by harm")]
        [Range(1, 1e6)]
        [Source("released configuration: 150")]
        public double LargestCostWeight { get; set; } = 150;

        /// <summary>What a binary cost counts.</summary>
        [Description("What a violation counts where costs are not signed; everything else is −1 then")]
        [Range(0.001, 1e6)]
        [Source("released configuration: 25")]
        public double Violation { get; set; } = 25;

        /// <summary>The limit of costs.</summary>
        [Description("Costs an episode of 1,000 steps that are allowed, for harm: cost")]
        [Range(0, 1e9)]
        [Source("released configuration: 10")]
        public double CostLimit { get; set; } = 10;

        /// <summary>Whether rewards are scaled.</summary>
        [Description("Divide rewards by the range of the log's returns, times 1,000, as the released code does but for the point robot")]
        public bool NormaliseReturns { get; set; }

        /// <summary>T.</summary>
        [Description("Steps of the diffusion")]
        [Range(1, 1000)]
        [Source("released configuration: 5")]
        public int DiffusionSteps { get; set; } = 5;

        /// <summary>The schedule.</summary>
        [Description("How fast the diffusion adds noise")]
        public NoiseSchedule Schedule { get; set; } = NoiseSchedule.VariancePreserving;

        /// <summary>N.</summary>
        [Description("Actions that are drawn to choose one of")]
        [Range(1, 1024)]
        [Source("released configuration: 16; point robot: 8")]
        public int Candidates { get; set; } = 16;

        /// <summary>The choice.</summary>
        [Description("least-harm: the least harmful of the drawn actions; most-reward: the best")]
        public ActionChoice Choice { get; set; } = ActionChoice.LeastHarm;

        /// <summary>The values' width.</summary>
        [Description("Units of each of the two hidden layers of values and critics")]
        [Range(1, 8192)]
        [Source("released code: 256")]
        public int ValueWidth { get; set; } = 256;

        /// <summary>How slow the critics' copy is.</summary>
        [Description("The share of the slow critics that a step keeps")]
        [Range(0, 1)]
        [Source("released code: 0.995")]
        public double Slowness { get; set; } = 0.995;

        /// <summary>Dropout.</summary>
        [Description("Dropout of the noise network")]
        [Range(0, 0.9)]
        [Source("released configuration: 0.1")]
        public double Dropout { get; set; } = 0.1;
    }

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        problem.Model.RequirePerceptron("fisor diffuses single actions");
        set_num_threads(run.Threads);
        run.Uses(typeof(NoiseNetwork));
        var (log, actions, seen, _) = problem.Demonstrations;
        var standard = GoalTraining.Standard(log, [.. seen]);
        var steps = LoggedSteps.Of(problem.Demonstrations with { Goal = [] }, standard);
        steps = steps with { Rewards = Rewards(log), Costs = options.Harm == HarmMeasure.Reachability ? Violations(log, options.Violation) : log.Costs };
        var size = (seen.Count, log.Action, options.ValueWidth);
        using var reward = new ValueTraining(run, "reward", size, options.Expectile, isReversed: false, problem.Training.Rate, options.Slowness);
        using var harm = new ValueTraining(run, "harm", size, options.Expectile, isReversed: true, problem.Training.Rate, options.Slowness);
        var schedule = new DiffusionSchedule(options.Schedule, options.DiffusionSteps);
        var noise = run.New(() => new NoiseNetwork(seen.Count, log.Action, problem.Model.Width, problem.Model.Layers, options.Dropout));
        var batches = new TransitionBatches(run, steps, log, problem.Training.Batch);
        // The paper's policy is a slow copy (0.999 a step); in a short training it must not be slower than to forget where it began.
        var slowest = 1 - Math.Max(0.001, Math.Min(1, 20.0 / ((double)problem.Training.Epochs * batches.PerEpoch)));
        var training = problem.Training with { Average = problem.Training.Average > 0 ? problem.Training.Average : slowest };
        var summary = TrainingLoop.Fit(run, noise, batches, training, _ => batch =>
        {
            var (states, taken, next, goesOn) = (batch.States(), batch.Actions(), batch.Next(), batch.GoesOn());
            var both = cat([states, taken], 1);
            var (q, v) = reward.Now(states, both);
            var (qh, vh) = harm.Now(states, both);
            var loss = Loss(noise, schedule, states, taken, Weights(options, q, v, qh - Threshold(), vh - Threshold()));
            var (rewards, costs) = (batch.Rewards(), batch.Costs());
            reward.Step(states, both, next, value => OfflineValues.Target(rewards, value, goesOn, options.Discount));
            harm.Step(states, both, next, value => options.Harm == HarmMeasure.Reachability ? OfflineValues.Feasibility(costs, value, goesOn, options.Discount) : OfflineValues.Target(costs, value, goesOn, options.Discount));
            return loss;
        }, validate: null);
        var (harmCritics, harmValues) = harm.Copies();
        var networks = new DiffusionPolicyNetworks(noise, reward.Copies().Critics, harmCritics, harmValues, standard);
        return new DiffusionPolicy(new(problem.Model, options.DiffusionSteps, options.Schedule, options.Candidates, options.Choice, options.ValueWidth, Threshold()), networks, seen, actions, summary, run.Threads);
    }

    /// <summary>The loss of a diffusion [1]: the squared error of the noise that is predicted in actions at random times, weighted.</summary>
    internal static Tensor Loss(NoiseNetwork network, DiffusionSchedule schedule, Tensor states, Tensor actions, Tensor weights)
    {
        var times = randint(0, schedule.Steps, [actions.shape[0]], dtype: int64);
        var noise = randn_like(actions);
        return Loss(network.forward(states, schedule.Noised(actions, noise, times), times.unsqueeze(1).to(float32)), noise, weights);
    }

    /// <summary>The weighted squared error of predicted noise, summed over an action's numbers, the mean over actions [1].</summary>
    internal static Tensor Loss(Tensor predicted, Tensor noise, Tensor weights) => ((predicted - noise).square().sum(1) * weights).mean();

    /// <summary>What each action counts (sections 4.2 and 4.3) [B].</summary>
    /// <param name="options">The options.</param>
    /// <param name="q">The reward to come after the action [B].</param>
    /// <param name="v">And from the state [B].</param>
    /// <param name="qh">The harm to come after the action, above 0 where it violates [B].</param>
    /// <param name="vh">And from the state: above 0 where it cannot be avoided [B].</param>
    internal static Tensor Weights(Options options, Tensor q, Tensor v, Tensor qh, Tensor vh)
    {
        using var noGradient = no_grad();
        var byReward = ((q - v) * options.RewardTemperature).exp().clamp(0, options.LargestRewardWeight);
        var byHarm = ((vh - qh) * options.CostTemperature).exp().clamp(0, options.LargestCostWeight);
        return options.Weights switch
        {
            Weighting.Cloning => ones_like(q),
            Weighting.Reward => byReward,
            Weighting.SoftCost => ((q - v) * options.RewardTemperature + (vh - qh) * options.CostTemperature).exp().clamp(0, options.LargestRewardWeight),
            _ => vh.gt(0).to(q.dtype) * byHarm + (vh.le(0) & qh.le(0)).to(q.dtype) * byReward,
        };
    }

    /// <summary>
    /// Signed violations h: as they are where some costs are below 0, else −1, and a value above 0 where there was one. A log has the cost of where an action led to; the paper's h is that of where it began, and the next value holds the
    /// other: an action counts as the worse of the two, so that no state is held feasible which itself violates.
    /// </summary>
    internal static float[] Violations(EpisodeLog log, double violation)
    {
        float[] signed = log.Costs.Any(c => c < 0) ? log.Costs : [.. log.Costs.Select(c => c > 0 ? (float)violation : -1)];
        var both = signed.ToArray();
        for (var (e, at) = (0, 0); e < log.Count; at += log.Lengths[e], e++)
            for (var t = at + 1; t < at + log.Lengths[e]; t++) both[t] = Math.Max(signed[t - 1], signed[t]);
        return both;
    }

    /// <summary>The discounted sum of costs that comes of an allowed number of them, spread over 1,000 steps.</summary>
    internal double Threshold() => options.Harm == HarmMeasure.Reachability ? 0 : options.CostLimit * (options.Discount < 1 ? (1 - Math.Pow(options.Discount, 1000)) / (1 - options.Discount) / 1000 : 1);

    private float[] Rewards(EpisodeLog log)
    {
        if (!options.NormaliseReturns) return log.Rewards;
        var returns = new double[log.Count];
        for (var (e, at) = (0, 0); e < log.Count; at += log.Lengths[e], e++)
            for (var t = 0; t < log.Lengths[e]; t++) returns[e] += log.Rewards[at + t];
        var range = returns.Max() - returns.Min();
        return range > 0 ? [.. log.Rewards.Select(r => (float)(1000 * r / range))] : log.Rewards;
    }
}
