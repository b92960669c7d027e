using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Flow of reasoning (Yu et al. 2024): a policy over legal steps (<see cref="StepPolicy"/>) is trained so that whole solutions are drawn in proportion to their reward, P_F(τ) ∝ R(τ) P_B(τ), instead of the best one alone: many different right
/// solutions. A group of trajectories of one question is drawn with exploration or taken from a memory of the best, the better halves of the best are finished at random, and trajectory balance is learned, by default in the form that needs no Z.
/// The policy begins as next-token training on worked solutions. With <c>epochs: 0</c> and <c>legal: false</c> it is <c>self-consistency</c> to the bit; with <c>epochs: 0</c> alone, that policy among legal steps.
/// </summary>
[Method("flow-of-reasoning", "Flow of reasoning", Summary = "Learns to draw whole solutions in proportion to their reward, by trajectory balance over the legal steps that a program knows: many different right solutions instead of one.", Citation = "Yu et al. 2024 (Flow of Reasoning: Efficient Training of LLM Policy with Divergent Thinking)", Paper = 56)]
[Version(1)]
public sealed class GenerativeFlowPolicy(GenerativeFlowPolicy.Options options) : IFit<ReasoningProblem, Solver>, INeeds<LegalSteps>
{
    /// <summary>What is minimised.</summary>
    public enum FlowObjective
    {
        /// <summary>The variance of the imbalance in a group.</summary>
        Variance,

        /// <summary>Its square, with a log Z of each question that is learned.</summary>
        Partition,

        /// <summary>Nothing of the kind: rewards are maximised (REINFORCE), on trajectories that the policy itself draws.</summary>
        Maximise,
    }

    /// <summary>How trajectories are rewarded, found and learned from.</summary>
    public sealed record Options
    {
        /// <summary>The objective.</summary>
        [Description("variance: trajectory balance without Z, over a group of one question; partition: with a log Z of each question that is learned; maximise: the expected reward, by REINFORCE with advantages within the group, and without exploration, memory or local search")]
        [Source("the published code: variance for BlocksWorld, partition for Game of 24")]
        public FlowObjective Objective { get; set; }

        /// <summary>n.</summary>
        [Description("Trajectories of a question at a time; training.batch over this are the questions of a step")]
        [Range(2, 1000)]
        [Source("the published code")]
        public int Group { get; set; } = 4;

        /// <summary>Passes over the questions.</summary>
        [Description("Passes over the questions; 0: the policy stays what next-token training made it")]
        [Range(0, 100_000)]
        [Source("the published code, for BlocksWorld")]
        public int Epochs { get; set; } = 10;

        /// <summary>Questions.</summary>
        [Description("Most training questions, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        [Source("Yu et al. 2024: 15 for BlocksWorld, 20 for Game of 24")]
        public int Questions { get; set; }

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the policy has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>The learning rate of log Z.</summary>
        [Description("The learning rate of log Z, with objective partition")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double PartitionRate { get; set; } = 0.1;

        /// <summary>The reward of success.</summary>
        [Description("The reward of a right solution")]
        [Range(0, 1e9, MinimumIsExclusive = true)]
        [Source("the published code")]
        public double Success { get; set; } = 100;

        /// <summary>The reward of part of it.</summary>
        [Description("The reward of any other is this times the share of what is wanted that it reaches, such as of the goal's facts")]
        [Range(0, 1e9)]
        [Source("the published code, for BlocksWorld")]
        public double Partial { get; set; } = 10;

        /// <summary>The least reward.</summary>
        [Description("The least reward that any has; a much smaller one makes the loss be about failures alone")]
        [Range(0, 1e9, MinimumIsExclusive = true)]
        [Source("the published code adds one a step for BlocksWorld without likelihoods, and has 0.001 for Game of 24")]
        public double Least { get; set; } = 1;

        /// <summary>w.</summary>
        [Description("Weight of a further reward, −1 over the log-probability of each step by the policy before the training; 1.5 for Llama 3 on BlocksWorld, but a small policy is so sure of its steps that this would outweigh success")]
        [Range(0, 1e6)]
        [Source("the published code's ll_weight")]
        public double LikelihoodWeight { get; set; }

        /// <summary>β at first.</summary>
        [Description("The power of rewards at first")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("the published code")]
        public double FirstPower { get; set; } = 1;

        /// <summary>β at last.</summary>
        [Description("The power of rewards at last, come to in a line over the steps")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("the published code")]
        public double LastPower { get; set; } = 2;

        /// <summary>ε at first.</summary>
        [Description("How often a step is any of the legal ones, at first")]
        [Range(0, 1)]
        [Source("the published code")]
        public double FirstExploration { get; set; } = 0.3;

        /// <summary>ε at last.</summary>
        [Description("How often a step is any of the legal ones, at last")]
        [Range(0, 1)]
        [Source("the published code")]
        public double LastExploration { get; set; } = 0.01;

        /// <summary>The temperature at first.</summary>
        [Description("The temperature of half of the trajectories, at first; the others are drawn at 1, and so are all at last")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("the published code")]
        public double Heat { get; set; } = 4;

        /// <summary>The memory's share at first.</summary>
        [Description("How often a group comes from the memory, at first")]
        [Range(0, 1)]
        [Source("the published code")]
        public double FirstReplay { get; set; } = 0.3;

        /// <summary>The memory's share at last.</summary>
        [Description("How often a group comes from the memory, at last")]
        [Range(0, 1)]
        [Source("the published code")]
        public double LastReplay { get; set; } = 0.5;

        /// <summary>The memory.</summary>
        [Description("Most trajectories of a question that are remembered, those with the highest rewards")]
        [Range(1, 1_000_000)]
        [Source("the published code")]
        public int Memory { get; set; } = 50;

        /// <summary>Local search.</summary>
        [Description("How often the second half of the best trajectory of a group is taken anew at random; what is better is learned from as well")]
        [Range(0, 10_000)]
        [Source("the published code")]
        public int LocalSearch { get; set; } = 16;

        /// <summary>Whether only legal steps are taken.</summary>
        [Description("Whether the solver chooses among legal steps; otherwise it writes freely, as self-consistency does")]
        public bool Legal { get; set; } = true;

        /// <summary>The published code's way.</summary>
        [Description("Whether a step backwards is as likely as any of as many as lead away, and the last step's is counted before it, as in the published code; otherwise any of as many as lead there")]
        [Source("the published code's log_bf")]
        public bool Released { get; set; }
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        run.Uses(typeof(StepPolicy));
        run.Uses(typeof(SolutionSampler));
        var policy = run.Reference(problem.Policy);
        if (options.Epochs > 0)
            using (var reference = policy) policy = Learn(problem, run, reference);
        return new(policy, problem.Checker, problem.Solving) { ChoosesSteps = options.Legal };
    }

    private LanguageModel Learn(ReasoningProblem problem, Run run, LanguageModel reference)
    {
        var simulator = (IStepSimulator)problem.Checker.Checker;
        var (network, isOwn) = (run.Onward(problem.Policy, reference), options.Objective == FlowObjective.Maximise);
        var acting = run.Acting(problem.Policy, reference, network);
        var chooser = new StepPolicy(acting);
        bool HasStep(string question) => simulator.Begin(question) is { } start && chooser.CanStep(problem.PromptOf(question), new(start), problem.Solving.AnswerTokens);
        int[] asked = [.. RatedSolutions.Askable(problem, options.Questions).Where(i => HasStep(problem.Train[i].Text))];
        if (asked.Length == 0) throw new WorkException($"{problem.Name}: no training question has a legal step of at most {problem.Solving.AnswerTokens} tokens, so that there is nothing to learn from");
        var memory = run.Keep("trajectories", new TrajectoryMemory(asked.Length, options.Memory));
        using var partition = options.Objective == FlowObjective.Partition
            ? new AuxiliaryTraining<LogPartition>(run, "log-partition", () => new LogPartition(asked.Length), new() { Kind = OptimiserKind.Adam }, options.PartitionRate) : null;
        var training = problem.Policy.Training.Onward(options.Epochs, options.Rate);
        var prompts = problem.Prompts(asked, 0);
        var batches = new SequenceBatches(run, prompts, Math.Max(1, training.Batch / options.Group), network.Options.Architecture, reference.Start);
        var search = new TrajectorySearch(problem, run, chooser, options.LikelihoodWeight > 0 ? new(reference) : null, memory, options);

        return run.Train(problem.Policy with { Training = training }, network, reference.Ends, batches, _ => batch =>
        {
            var progress = ((batch.Epoch - 1.0) * batches.PerEpoch + batch.Number) / Math.Max(1, (long)options.Epochs * batches.PerEpoch - 1);
            int[] rows = batch.Rows.ToArray();
            var tokens = prompts.PromptsOf(rows);
            network.eval();
            var groups = search.Gather(rows, tokens, [.. rows.Select(row => simulator.Begin(problem.Train[asked[row]].Text)!)], progress, batch.Epoch, batch.Number);
            network.train();
            var forward = search.Policy.LogProbabilities([.. groups.SelectMany((of, q) => of.Select(_ => tokens[q]))], [.. groups.SelectMany(of => of.Select(f => f.Trajectory))]);
            var (losses, at) = (new List<Tensor>(), 0);
            foreach (var (of, row) in groups.Zip(rows))
            {
                var log = forward.narrow(0, at, of.Length);
                at += of.Length;
                if (isOwn)
                {
                    losses.Add((log * Numbers(GroupRelativeLoss.Advantages([.. of.Select(f => Math.Exp(f.LogReward))], of.Length))).mean().neg());
                    continue;
                }
                var power = options.FirstPower + (options.LastPower - options.FirstPower) * progress;
                var imbalance = TrajectoryBalance.Imbalance(log, Numbers([.. of.Select(f => power * f.LogReward)]), Numbers([.. of.Select(f => Backward(f.Trajectory, options.Released))]));
                if (partition is null) losses.Add(TrajectoryBalance.Variance(imbalance));
                else
                {
                    // Policy and log Z have rates of their own, and each sees the other as it is.
                    var z = partition.Module.Of(row);
                    losses.Add(TrajectoryBalance.Squares(imbalance, z.detach()));
                    partition.Step(TrajectoryBalance.Squares(imbalance.detach(), z));
                }
            }
            return stack(losses).mean();
        });
    }

    /// <summary>The logarithm of a trajectory's reward: log(r + w Σ −1 / log p) of its steps, where r is that of success, or of the share of what is wanted.</summary>
    /// <param name="end">Where it ends.</param>
    /// <param name="likelihoods">The log-probability of each step by the policy before the training; empty with w = 0.</param>
    /// <param name="options">The rewards.</param>
    internal static double LogReward(StepState end, IReadOnlyList<double> likelihoods, Options options)
    {
        // A step that is certain would be worth more than all else, and a reward of nothing has no logarithm.
        const double surest = -1e-3;
        var reward = end.IsSolved ? options.Success : options.Partial * end.Reached;
        return Math.Log(Math.Max(options.Least, reward + options.LikelihoodWeight * likelihoods.Sum(l => -1 / Math.Min(l, surest))));
    }

    /// <summary>log P_B of a trajectory: each step backwards is as likely as any of those that lead to where it came.</summary>
    internal static double Backward(Trajectory trajectory, bool released)
    {
        var states = trajectory.States;
        if (!released) return states.Skip(1).Sum(s => -Math.Log(Math.Max(1, s.Parents)));
        return states.Skip(1).SkipLast(1).Append(states[^2]).Sum(s => -Math.Log(s.Steps.Count));
    }

    private static Tensor Numbers(double[] numbers)
    {
        float[] single = [.. numbers.Select(n => (float)n)];
        return InputBuffer.Tensor<float>(single, float32, single.Length);
    }

    /// <summary>log Z of each question.</summary>
    private sealed class LogPartition : nn.Module
    {
        private readonly TorchSharp.Modules.Parameter log_z;

        public LogPartition(int questions) : base(nameof(LogPartition))
        {
            log_z = new(zeros([questions]));
            register_parameter("log_z", log_z);
        }

        public Tensor Of(int question) => log_z.narrow(0, question, 1);
    }
}
