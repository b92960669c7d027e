using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// Play-LMP (Lynch et al. 2020): from unlabelled play, a policy towards goals that knows there are many ways. A recogniser encodes what was done in a window as a latent plan, a proposer learns which plans lead from a state to a goal, and
/// a recurrent policy learns to do what was done given state, goal and plan: a conditional variational autoencoder of sequences. Acting, a plan is drawn from the proposer and kept for a window.
/// </summary>
[Method("play-lmp", "Latent plans from play", Paper = 76, Summary = "Learns from unlabelled play to reach goals, choosing one of many ways and keeping to it: latent plans by a variational autoencoder of windows.", Citation = "Lynch et al. 2020 (Learning Latent Plans from Play)")]
[Distributed(InDistribution = "each rank draws the plans of its own windows")]
[Version(1)]
public sealed class LatentPlans(LatentPlans.Options options) : IFit<ControlProblem, Policy>, INeeds<ReachedGoals>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>κ.</summary>
        [Description("Actions of a window, for which a plan is kept; where all episodes are shorter, as many as the longest has")]
        [Range(1, 1024)]
        [Source("section 4: 32")]
        public int Window { get; set; } = 32;

        /// <summary>Re-planning.</summary>
        [Description("Actions after which another plan is drawn when acting; 0: as many as a window has")]
        [Range(0, 1024)]
        [Source("section 4: the window")]
        public int Replan { get; set; }

        /// <summary>Z.</summary>
        [Description("Numbers a plan; 0: none, goal-conditioned cloning by a recurrent policy (Play-GCBC)")]
        [Range(0, 4096)]
        [Source("released descendant: 256")]
        public int Plan { get; set; } = 32;

        /// <summary>β.</summary>
        [Description("How much plans must look like proposed ones")]
        [Range(0, 1000)]
        [Source("section 4: 0.01; released descendant: 0.001")]
        [Tried("0.001", "0.01", "0.1")]
        public double Beta { get; set; } = 0.01;

        /// <summary>K.</summary>
        [Description("Logistic distributions that each number of an action is a mixture of")]
        [Range(1, 256)]
        [Source("released descendant: 10")]
        public int Mixtures { get; set; } = 10;

        /// <summary>M.</summary>
        [Description("Bins between the bounds of each number of an action")]
        [Range(2, 65536)]
        [Source("released descendant: 256")]
        public int Bins { get; set; } = 256;
    }

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        problem.Model.RequirePerceptron("play-lmp acts by a recurrent network");
        set_num_threads(run.Threads);
        run.Uses(typeof(PlanNetworks));
        var (log, actions, state, goal) = problem.Demonstrations;
        var standard = GoalTraining.Standard(log, [.. state, .. goal]);
        var sizes = new PlanSizes(state.Count, goal.Count, log.Action, problem.Model.Width, options.Plan, options.Mixtures);
        var networks = run.New(() => new PlanNetworks(sizes, standard));
        var window = Math.Min(options.Window, log.Lengths.Max());
        var batches = new WindowBatches(run, LoggedSteps.Of(problem.Demonstrations, standard), problem.Demonstrations, window, problem.Training.Batch);
        var (low, high) = (full([log.Action], -1f), full([log.Action], 1f));
        var summary = TrainingLoop.Fit(run, networks, batches, problem.Training, _ => batch =>
        {
            var (states, goals, taken) = (batch.States(), batch.Goals(), batch.Actions());
            if (options.Plan == 0) return Unlikelihood(networks.Decode(null, states, goals, null), taken, low, high);
            var (mean, deviation) = networks.Recognise(states, taken);
            var proposed = networks.Propose(cat([states.select(1, 0), goals], 1));
            var plans = mean + deviation * randn_like(mean);
            return Unlikelihood(networks.Decode(plans, states, goals, null), taken, low, high) + Divergence(mean, deviation, proposed.Mean, proposed.Deviation) * options.Beta;
        }, validate: null);
        return new PlanPolicy(sizes, options.Replan > 0 ? options.Replan : window, networks, state, goal, actions, summary, run.Threads);
    }

    /// <summary>How unlikely the actions taken are: summed over an action's numbers, the mean over windows and time [1].</summary>
    internal Tensor Unlikelihood((Tensor Logits, Tensor LogScales, Tensor Means, Tensor Memory) distributions, Tensor actions, Tensor low, Tensor high) =>
        -DiscretisedLogistics.LogLikelihood(distributions.Logits, distributions.LogScales, distributions.Means, actions, low, high, options.Bins).sum(-1).mean();

    /// <summary>KL(q ‖ p) of normal distributions, summed over their numbers, the mean over rows [1].</summary>
    internal static Tensor Divergence(Tensor mean, Tensor deviation, Tensor priorMean, Tensor priorDeviation) =>
        ((priorDeviation / deviation).log() + (deviation.square() + (mean - priorMean).square()) / (priorDeviation.square() * 2) - 0.5).sum(1).mean();
}
