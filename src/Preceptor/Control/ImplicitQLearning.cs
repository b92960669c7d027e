using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// Implicit Q-learning (Kostrikov et al. 2022): a state's value is an expectile of the values of what was done there, so that the best of the log is learned without asking for an action that it lacks; the policy imitates actions the
/// more, the better they are than the state. With goals, each action costs 1 until the goal is reached, and goals are places reached later and any others: values then put ways together that no episode went whole.
/// </summary>
[Method("implicit-q-learning", "Implicit Q-learning", Summary = "Learns values from a log alone and imitates what is better than usual; with goals, a way is made of parts of many episodes.", Citation = "Kostrikov, Nair & Levine 2022 (Offline Reinforcement Learning with Implicit Q-Learning)")]
[Version(1)]
public sealed class ImplicitQLearning(ImplicitQLearning.Options options) : IFit<ControlProblem, Policy>, INeeds<LoggedRewards>, INeeds<ReachedGoals>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>γ.</summary>
        [Description("Discount of what comes later")]
        [Range(0, 1)]
        [Source("released configurations: 0.99")]
        public double Discount { get; set; } = 0.99;

        /// <summary>τ.</summary>
        [Description("The expectile of values; towards 1 they are those of the best that was done")]
        [Range(0.5, 0.999)]
        [Source("released configurations: 0.7; ant mazes 0.9")]
        [Tried("0.7", "0.9")]
        public double Expectile { get; set; } = 0.9;

        /// <summary>β.</summary>
        [Description("How much better actions are imitated more; 0: all alike")]
        [Range(0, 1000)]
        [Source("released configurations: 3; ant mazes 10")]
        [Tried("1", "3", "10")]
        public double Temperature { get; set; } = 3;

        /// <summary>The cap.</summary>
        [Description("The largest weight of an action")]
        [Range(1, 1e6)]
        [Source("released code: 100")]
        public double LargestWeight { get; set; } = 100;

        /// <summary>The values' width.</summary>
        [Description("Units of each of the two hidden layers of values and critics")]
        [Range(1, 8192)]
        [Source("released configurations: 256")]
        public int ValueWidth { get; set; } = 256;

        /// <summary>How slow the critics' copy is.</summary>
        [Description("The share of the slow critics that a step keeps")]
        [Range(0, 1)]
        [Source("released configurations: 0.995")]
        public double Slowness { get; set; } = 0.995;
    }

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        problem.Model.RequirePerceptron("implicit-q-learning weighs single actions");
        set_num_threads(run.Threads);
        run.Uses(typeof(GoalPolicyNetwork));
        var (log, actions, state, goal) = problem.Demonstrations;
        var standard = GoalTraining.Standard(log, [.. state, .. goal]);
        using var values = new ValueTraining(run, "reward", (state.Count + goal.Count, log.Action, options.ValueWidth), options.Expectile, isReversed: false, problem.Training.Rate, options.Slowness);
        var network = run.New(() => new GoalPolicyNetwork(problem.Model, standard, actions));
        var batches = new TransitionBatches(run, LoggedSteps.Of(problem.Demonstrations, standard), log, problem.Training.Batch);
        return run.Train(problem, network, batches, batch =>
        {
            var (states, taken, next, rewards, goesOn) = (batch.States(), batch.Actions(), batch.Next(), batch.Rewards(), batch.GoesOn());
            var both = cat([states, taken], 1);
            var (q, v) = values.Now(states, both);
            var weights = ((q - v) * options.Temperature).exp().clamp(0, options.LargestWeight);
            var loss = (weights * (network.Standard(states) - taken).square().mean([1])).mean();
            values.Step(states, both, next, value => OfflineValues.Target(rewards, value, goesOn, options.Discount));
            return loss;
        });
    }
}
