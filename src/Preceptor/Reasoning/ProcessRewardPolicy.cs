using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Reinforcement by an evaluator that learned on easy questions (Sun et al. 2024): the policy draws solutions to all training questions, easy and hard; each step costs as much as it lowers the evaluator's score, a right answer pays where the
/// answer is known, and every token costs its divergence from the policy before (<see cref="ProcessRewardShaping"/>). Proximal policy optimisation learns from that, its network of values beginning as the evaluator. Hard questions need no answer.
/// With <c>epochs: 0</c> the policy stays what next-token training made of it.
/// </summary>
/// <remarks>Policy and values share an optimiser here, and so the limit of the gradient's norm; in the official code each has its own.</remarks>
[Method("process-reward-ppo", "Reinforcement by process rewards", Summary = "An evaluator trained on easy questions rewards the steps of what a policy draws to hard ones, which need no answers; proximal policy optimisation.", Citation = "Sun et al. 2024 (Easy-to-Hard Generalization); Schulman et al. 2017 (Proximal Policy Optimization)", Paper = 4)]
[Version(1)]
public sealed class ProcessRewardPolicy(ProcessRewardPolicy.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations, AnswerCheck>
{
    /// <summary>How the policy learns.</summary>
    public sealed record Options : ProcessRewardOptions
    {
        /// <summary>Passes over the questions.</summary>
        [Description("Passes over the training questions, with solutions drawn anew; 0: no reinforcement")]
        [Range(0, 10_000)]
        public int Epochs { get; set; } = 4;

        /// <summary>Batches drawn at a time.</summary>
        [Description("How many batches of solutions are drawn at a time, each learned from in a step of its own")]
        [Range(1, 1000)]
        [Source("512 solutions, in batches of 64: examples/README.md of the official code")]
        public int Minibatches { get; set; } = 8;

        /// <summary>Passes over them.</summary>
        [Description("Passes over the solutions before others are drawn")]
        [Range(1, 100)]
        [Source("noptepochs in the published recipe")]
        public int Passes { get; set; } = 1;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the policy has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>The temperature of drawing.</summary>
        [Description("The temperature at which solutions are drawn and learned from")]
        [Range(0, 10, MinimumIsExclusive = true)]
        [Source("the published recipe")]
        public double DrawTemperature { get; set; } = 0.7;

        /// <summary>ε.</summary>
        [Description("How far a token's probability, and a value, may move from what it was when drawn before it stops counting")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Sun et al. 2024, appendix")]
        public double Clip { get; set; } = 0.2;

        /// <summary>The weight of the divergence.</summary>
        [Description("What a unit of divergence from the policy before costs at a token")]
        [Range(0, 100)]
        [Source("kl_coef in the published recipe")]
        public double Divergence { get; set; } = 0.01;

        /// <summary>Its estimate.</summary>
        [Description("How the divergence is estimated: clamped: max(x, 0) of the log-ratio x | log-ratio | exponential: e⁻ˣ − 1 + x")]
        [Source("kl_approximator k1, k2 and k3 in the official code")]
        public DivergenceEstimate Estimate { get; set; }

        /// <summary>γ.</summary>
        [Description("Discount of later rewards, a token")]
        [Range(0, 1)]
        [Source("the official code")]
        public double Discount { get; set; } = 1;

        /// <summary>λ.</summary>
        [Description("Trace of generalised advantage estimation: 0 trusts values, 1 returns")]
        [Range(0, 1)]
        [Source("the official code")]
        public double Trace { get; set; } = 1;

        /// <summary>The way to an answer.</summary>
        [Description("How the trained policy comes to an answer: majority, weighted, best, greedy or beam")]
        public AnswerRule Search { get; set; } = AnswerRule.Majority;
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        var before = run.Reference(problem.Policy);
        var evaluator = run.Evaluator(problem, before, options);
        if (options.Epochs == 0) return new(before, problem.Checker, problem.Solving) { Verifier = evaluator, Rule = options.Search };
        run.Uses(typeof(ProcessRewardShaping));
        run.Uses(typeof(ProximalPolicy));
        using (before)
        {
            var (network, values, head) = (run.Onward(problem.Policy, before), run.Onward(problem.Policy, evaluator.Model), new ValueHead(evaluator.Model.Network.Options.Width, 0));
            head.load_state_dict(evaluator.Head.state_dict());
            using (values)
            using (head)
            {
                var training = problem.Policy.Training.Onward(options.Epochs, options.Rate);
                int[] asked = [.. Enumerable.Range(0, problem.Train.Count).DistinctBy(i => problem.Train[i].Text)];
                var questions = problem.Prompts(asked, before.Start);
                var batches = new SequenceBatches(run, questions, options.Minibatches * training.Batch, network.Options.Architecture, before.Start) { Repeats = options.Minibatches * options.Passes };
                var drawn = run.Keep("drawn", new DrawnSolutions());
                var roles = new Roles(before, evaluator, network, values, head);
                var summary = TrainingLoop.Fit(run, new ModuleGroup(network, values, head), batches, training, _ => batch =>
                {
                    var (visit, part) = (batch.Number / batches.Repeats, batch.Number % batches.Repeats);
                    if (part == 0) drawn.Set(Draw(problem, run, roles, [.. batch.Rows.ToArray().Select(row => asked[row])], batch.Epoch, visit));
                    return Loss(roles, drawn.Part(part % options.Minibatches, options.Minibatches, run.Random("minibatches", batch.Epoch, visit, part / options.Minibatches)));
                }, null);
                LanguageModel policy = new(problem.Policy.Tokenizer, network.Options.AdapterRank == 0 ? network : network.Copy(), before.Ends, summary, run.Threads) { Form = before.Form };
                return new(policy, problem.Checker, problem.Solving) { Verifier = evaluator, Rule = options.Search };
            }
        }
    }

    // Solutions to questions with what is to be learned of each of their tokens.
    private DrawnSolution[] Draw(ReasoningProblem problem, Run run, Roles roles, int[] questions, int epoch, int visit)
    {
        using var noGradient = no_grad();
        var policy = run.Acting(problem.Policy, roles.Before, roles.Network);
        var sampler = new SolutionSampler(policy);
        roles.Train(false);
        var prompts = problem.PromptsOf(questions);
        Solution[] solutions = [.. sampler.Draw(prompts, 1, new(options.DrawTemperature, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("solutions", epoch, visit)), run.Cancellation).Select(of => of[0])];
        Solution[] scored = [.. roles.Evaluator.Score(sampler, prompts, [.. solutions.Select(s => new[] { s })], run.Cancellation).Select(of => of[0])];
        var all = TokenSequences.Of([.. prompts.Zip(solutions, (p, s) => (p, s.Tokens.ToArray()))]);
        double[][] Tokens(Func<LanguageBatch, Tensor> of) => policy.OfTokens(all, of, run.Cancellation);
        var (old, first, worth) = (Tokens(batch => Log(batch, roles.Network)), Tokens(batch => Log(batch, roles.Before.Network)), Tokens(batch => roles.Head.forward(batch.Features(roles.Values))));
        roles.Train(true);
        double[][] rewards = [.. scored.Select((s, i) => Rewards(problem, problem.Train[questions[i]], s, sampler.StepEnds(s.Tokens), old[i], first[i]))];
        ProximalPolicy.Whiten(rewards, shiftMean: false);
        var estimates = rewards.Zip(worth, (r, v) => ProximalPolicy.Estimate(r, v, options.Discount, options.Trace)).ToArray();
        ProximalPolicy.Whiten([.. estimates.Select(e => e.Advantages)], shiftMean: true);
        return [.. solutions.Select((s, i) => new DrawnSolution(prompts[i], [.. s.Tokens], Singles(old[i]), Singles(worth[i]), Singles(estimates[i].Advantages), Singles(estimates[i].Returns)))];
    }

    private double[] Rewards(ReasoningProblem problem, Question question, Solution solution, int[] ends, double[] log, double[] before)
    {
        bool? isRight = question.Answer.Length == 0 ? null : problem.Checker.Check(question, solution) == CheckOutcome.Right;
        var missing = isRight == true || problem.Checker.AnswerOf(question.Text, solution) is not null ? 0 : 1;
        var rewards = ProcessRewardShaping.OfTokens(solution.Tokens.Count, ProcessRewardShaping.OfSteps(solution.StepScores, options), [.. ends.Select(e => e - 1)],
            ProcessRewardShaping.OfAnswer(isRight, missing, options));
        for (var t = 0; t < rewards.Length; t++) rewards[t] -= options.Divergence * ProximalPolicy.Divergence(log[t], before[t], options.Estimate);
        return rewards;
    }

    private Tensor Loss(Roles roles, DrawnSolution[] some)
    {
        var batch = Batch(TokenSequences.Of([.. some.Select(s => (s.Prompt, s.Tokens))]), roles);
        Tensor Of(Func<DrawnSolution, float[]> numbers) => InputBuffer.Tensor<float>([.. some.SelectMany(numbers)], float32, batch.TargetCount);
        return ProximalPolicy.PolicyLoss(Log(batch, roles.Network), Of(s => s.Log), Of(s => s.Advantages), options.Clip)
            + ProximalPolicy.ValueLoss(roles.Head.forward(batch.Features(roles.Values)), Of(s => s.Values), Of(s => s.Returns), options.Clip);
    }

    // The log-probability of each token as it is drawn: at the temperature of drawing.
    private Tensor Log(LanguageBatch batch, LanguageNetwork network)
    {
        using Scalar temperature = options.DrawTemperature;
        return nn.functional.log_softmax(batch.Logits(network) / temperature, 1).gather(1, batch.Targets().unsqueeze(1)).squeeze(1);
    }

    private static LanguageBatch Batch(TokenSequences sequences, Roles roles)
    {
        var batch = new LanguageBatch(roles.Network.Options.Architecture, roles.Before.Start);
        batch.Fill(sequences, [.. Enumerable.Range(0, sequences.Count)]);
        return batch;
    }

    private static float[] Singles(double[] numbers) => [.. numbers.Select(n => (float)n)];

    private sealed record Roles(LanguageModel Before, SolutionVerifier Evaluator, LanguageNetwork Network, LanguageNetwork Values, ValueHead Head)
    {
        public void Train(bool on)
        {
            foreach (var module in (nn.Module[])[Network, Values, Head]) module.train(on);
        }
    }
}
