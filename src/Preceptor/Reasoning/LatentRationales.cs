using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Latent rationales (Phan et al. 2023, TRICE): what is maximised is log p(y | x) = log Σ_z p(z | x) c(z, y), the probability of the right answer over all rationales z, whose gradient is the mean of ∇ log p(z | x) over the rationales that end right.
/// One right rationale of each question is remembered, as the state of a Markov chain; a rationale that the policy proposes takes its place where its answer is right (an independence sampler), and the policy learns from it. As a control variate b ∇ log p of
/// the proposal is subtracted, b being how often the other proposals of the step were right, so that the gradient vanishes as the policy gets good. Questions without a rationale begin with one of a guide that is shown the answer.
/// It needs answers alone; with <c>epochs: 0</c> it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("trice", "Latent rationales", Summary = "Maximises the probability of the right answer over all rationales: remembers one right rationale a question, renewed by any right proposal, with a control variate that learns from wrong ones.", Citation = "Phan et al. 2023 (Training Chain-of-Thought via Latent-Variable Inference)", Paper = 46)]
[Version(1)]
public sealed class LatentRationales(LatentRationales.Options options) : IFit<ReasoningProblem, Solver>, INeeds<AnswerCheck>
{
    /// <summary>How the gradient is estimated.</summary>
    public enum GradientEstimator
    {
        /// <summary>From what is remembered, less the control variate.</summary>
        ControlVariate,

        /// <summary>From what is remembered.</summary>
        Basic,

        /// <summary>From the right ones of several proposals, without memory.</summary>
        Rejection,
    }

    /// <summary>How rationales are drawn and learned from.</summary>
    public sealed record Options
    {
        /// <summary>The estimator.</summary>
        [Description("control-variate: rationales that are remembered, less how often others are right times the proposal's; basic: without that; rejection: the mean of the right ones of method.particles proposals, nothing remembered")]
        [Source("Phan et al. 2023, algorithm 1; rejection is their baseline")]
        public GradientEstimator Estimator { get; set; }

        /// <summary>k.</summary>
        [Description("Proposals of each question at a time, with method.estimator rejection")]
        [Range(1, 1000)]
        [Source("Phan et al. 2023, section 4")]
        public int Particles { get; set; } = 4;

        /// <summary>L.</summary>
        [Description("How many of a step's terms are learned from, drawn by their weights (systematic resampling); 0: all, twice the questions at most")]
        [Range(0, 100_000)]
        [Source("Phan et al. 2023, section 3.3")]
        public int Subsample { get; set; }

        /// <summary>Passes over the questions.</summary>
        [Description("Passes over the questions; 0: the policy stays what next-token training made it")]
        [Range(0, 100_000)]
        public int Epochs { get; set; } = 5;

        /// <summary>Questions.</summary>
        [Description("Most training questions, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        public int Questions { get; set; }

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the policy has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Whether worked solutions are remembered.</summary>
        [Description("Whether right worked solutions are what is remembered at first")]
        public bool Worked { get; set; } = true;

        /// <summary>The guide.</summary>
        [Description("Rationales that the guide draws to each question of which none is remembered, the first right one to be remembered; 0: none, so that such a question waits for a right proposal. The guide is the policy, trained likewise on worked solutions whose questions show the answer; with model.base it is that model")]
        [Range(0, 1000)]
        [Source("Phan et al. 2023, section 3.1")]
        public int Guide { get; set; } = 1;

        /// <summary>The hint.</summary>
        [Description("How a question shows its answer to the guide; {question} and {answer} stand for them")]
        public string Hint { get; set; } = HintedGuide.Usual;

        /// <summary>Whether the likeliest solution is given.</summary>
        [Description("Whether the likeliest solution, a token after the other, is given instead of the vote")]
        public bool Greedy { get; set; }
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        run.Uses(typeof(SolutionSampler));
        run.Uses(typeof(RationaleGradient));
        var policy = run.Reference(problem.Policy);
        if (options.Epochs > 0)
            using (var reference = policy) policy = Learn(problem, run, reference);
        return new(policy, problem.Checker, problem.Solving) { Rule = options.Greedy ? AnswerRule.Greedy : AnswerRule.Majority };
    }

    private LanguageModel Learn(ReasoningProblem problem, Run run, LanguageModel reference)
    {
        int[] asked = RatedSolutions.Askable(problem, options.Questions);
        var begun = Foundation.Options.Resolve(new Options { Questions = options.Questions, Worked = options.Worked, Guide = options.Guide, Hint = options.Hint });
        var first = options.Estimator == GradientEstimator.Rejection ? null : run.Stage("rationales", problem.Describe(begun), () => Begin(problem, run, reference, asked));
        var network = run.Onward(problem.Policy, reference);
        var memory = run.Keep("rationales", new RationaleMemory(asked, first?.All ?? []));
        var training = problem.Policy.Training.Onward(options.Epochs, options.Rate);
        var prompts = problem.Prompts(asked, 0);
        var batches = new SequenceBatches(run, prompts, training.Batch, network.Options.Architecture, reference.Start);
        var acting = run.Acting(problem.Policy, reference, network);
        var (sampler, learned) = (new SolutionSampler(acting), new LanguageBatch(network.Options.Architecture, reference.Start));

        var model = run.Train(problem.Policy with { Training = training }, network, reference.Ends, batches, _ => batch =>
        {
            int[] rows = batch.Rows.ToArray();
            var tokens = prompts.PromptsOf(rows);
            network.eval();
            var drawing = new Drawing(1, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("proposals", batch.Epoch, batch.Number));
            var proposed = sampler.Draw(tokens, options.Estimator == GradientEstimator.Rejection ? options.Particles : 1, drawing, run.Cancellation);
            network.train();
            bool[][] right = [.. proposed.Select((of, m) => of.Select(z => problem.Checker.Check(problem.Train[asked[rows[m]]], z) == CheckOutcome.Right).ToArray())];

            // The terms w ∇ log p(z | x) of the gradient: proposals, and what is remembered.
            var terms = new List<(int Question, int[] Rationale, double Weight)>();
            if (options.Estimator == GradientEstimator.Rejection)
            {
                foreach (var (of, m) in proposed.Select((of, m) => (of, m)))
                    terms.AddRange(of.Where((_, k) => right[m][k]).Select(z => (m, (int[])[.. z.Tokens], 1.0 / right[m].Count(r => r))));
            }
            else
            {
                bool[] accepted = [.. right.Select(r => r[0])];
                var weights = RationaleGradient.Weights(accepted, [.. rows.Select(row => memory[row] is not null)], hasControl: options.Estimator == GradientEstimator.ControlVariate);
                for (var m = 0; m < rows.Length; m++)
                {
                    terms.Add((m, [.. proposed[m][0].Tokens], weights.Proposed[m]));
                    if (weights.Remembered[m] != 0) terms.Add((m, memory[rows[m]]!, weights.Remembered[m]));
                    if (accepted[m]) memory[rows[m]] = [.. proposed[m][0].Tokens];
                }
            }
            if (options.Subsample > 0)
            {
                var drawn = RationaleGradient.Subsample([.. terms.Select(t => t.Weight)], options.Subsample, run.Random("subsample", batch.Epoch, batch.Number).NextDouble());
                terms = [.. drawn.Select(d => (terms[d.Term].Question, terms[d.Term].Rationale, d.Weight))];
            }
            terms.RemoveAll(t => t.Weight == 0);
            // Where there is nothing to learn the loss is 0, and must have a graph all the same.
            if (terms.Count == 0) terms.Add((0, [.. proposed[0][0].Tokens], 0));
            learned.Fill(TokenSequences.Of([.. terms.Select(t => (tokens[t.Question], t.Rationale))]), [.. Enumerable.Range(0, terms.Count)]);
            float[] weight = [.. terms.Select(t => (float)(-t.Weight / rows.Length))];
            return (learned.SumOfEach(learned.LogProbabilities(network)) * InputBuffer.Tensor<float>(weight, float32, weight.Length)).sum();
        });
        if (options.Estimator != GradientEstimator.Rejection) run.Log.LogInformation("{Known} of {Asked} questions have a right rationale now", memory.Known, asked.Length);
        return model;
    }

    // A right rationale of each question, where there is one: worked, or by the guide.
    private RatedSolutions Begin(ReasoningProblem problem, Run run, LanguageModel reference, int[] asked)
    {
        run.Uses(typeof(RatedSolutions));
        var rationales = new Dictionary<int, Solution>();
        if (options.Worked)
            foreach (var i in asked)
            {
                // A question may have several worked solutions, each in a row of its own.
                var worked = problem.Train.Where(q => q.Text == problem.Train[i].Text && q.Solution.Length > 0).Select(q => new Solution([.. problem.Policy.Tokenizer.Encode(q.Solution), .. reference.Ends.Take(1)], q.Solution, true));
                if (worked.FirstOrDefault(s => problem.Checker.Check(problem.Train[i], s) == CheckOutcome.Right) is { } right) rationales[i] = right;
            }
        int[] without = [.. asked.Where(i => !rationales.ContainsKey(i))];
        if (options.Guide > 0 && without.Length > 0 && HintedGuide.Create(problem, run, reference, options.Hint) is { } guide)
            using (guide)
                foreach (var (of, i) in guide.Draw(without, options.Guide, new(1, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("guide")), run.Cancellation).Zip(without))
                    if (of.FirstOrDefault(s => problem.Checker.Check(problem.Train[i], s) == CheckOutcome.Right) is { } right) rationales[i] = right;
        run.Log.LogInformation("{Known} of {Asked} questions begin with a right rationale", rationales.Count, asked.Length);
        return new([.. rationales.OrderBy(r => r.Key).Select(r => new RatedSolution(r.Key, [.. r.Value.Tokens], r.Value.Text, 1))], [.. problem.Train.Select(q => q.Text)]);
    }
}
