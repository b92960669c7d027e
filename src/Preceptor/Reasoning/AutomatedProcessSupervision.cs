using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Automated process supervision (Luo et al. 2024, OmegaPRM): labels of steps from a check of answers alone. For each training question that is answered neither always nor never, a tree of beginnings grows: a wrong roll-out
/// is chosen (<see cref="RolloutTree"/>), and bisection finds its first wrong step with log M instead of M estimates, each the share of k roll-outs that ends right. A process reward model, a copy of the policy with a number a token,
/// learns these shares at the ends of the beginnings by cross entropy, and weighs the votes of drawn solutions by the product over their steps. With <c>search: majority</c> it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("omega-prm", "Automated process supervision", Summary = "Finds the first wrong step of wrong solutions by bisection over how often their beginnings can be finished rightly; a process reward model learned from that weighs votes.", Citation = "Luo et al. 2024 (Improve Mathematical Reasoning in Language Models by Automated Process Supervision)", Paper = 14)]
[Version(1)]
public sealed class AutomatedProcessSupervision(AutomatedProcessSupervision.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations, AnswerCheck>
{
    /// <summary>What the shares of right roll-outs become.</summary>
    public enum StepLabels
    {
        /// <summary>They stay: the probability that a beginning can be finished rightly.</summary>
        Soft,

        /// <summary>1 where any roll-out is right, else 0.</summary>
        Hard,
    }

    /// <summary>How labels are found and learned.</summary>
    public sealed record Options
    {
        /// <summary>k.</summary>
        [Description("Roll-outs from each beginning")]
        [Range(1, 1000)]
        [Source("Luo et al. 2024, section 4.1")]
        public int Rollouts { get; set; } = 8;

        /// <summary>Roll-outs of a question.</summary>
        [Description("Roll-outs from each question before the search: those that all end right, or none, are left out; those of the others begin the search")]
        [Range(2, 10_000)]
        [Source("Luo et al. 2024, section 4.1")]
        public int Filter { get; set; } = 32;

        /// <summary>Wrong roll-outs that are dissected.</summary>
        [Description("Most wrong roll-outs of a question that are dissected")]
        [Range(1, 100_000)]
        [Source("Luo et al. 2024, section 4.1")]
        public int Searches { get; set; } = 100;

        /// <summary>Questions.</summary>
        [Description("Most training questions, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        public int Questions { get; set; }

        /// <summary>The temperature.</summary>
        [Description("The temperature of roll-outs")]
        [Range(0, 10, MinimumIsExclusive = true)]
        public double Temperature { get; set; } = 1;

        /// <summary>α.</summary>
        [Description("Roll-outs of beginnings that seldom end right are chosen less, by this to the power of the share that ends wrong; 1: alike")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Luo et al. 2024, section 4.1")]
        public double Alpha { get; set; } = 0.5;

        /// <summary>β.</summary>
        [Description("Long roll-outs are chosen less, by this to the power of their length over method.length; 1: alike")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Luo et al. 2024, section 4.1")]
        public double Beta { get; set; } = 0.9;

        /// <summary>L.</summary>
        [Description("The length in tokens for which method.beta counts once")]
        [Range(1, 1_000_000)]
        [Source("Luo et al. 2024, section 4.1")]
        public double Length { get; set; } = 500;

        /// <summary>c.</summary>
        [Description("How much beginnings are preferred that were seldom chosen; 0: not")]
        [Range(0, 1000)]
        [Source("Luo et al. 2024, section 4.1")]
        public double Exploration { get; set; } = 0.125;

        /// <summary>Parts of a roll-out.</summary>
        [Description("Into how many parts of as many tokens a roll-out may be cut, as in the paper; 0: at its lines")]
        [Range(0, 1000)]
        public int Parts { get; set; }

        /// <summary>Labels.</summary>
        [Description("soft: the share of right roll-outs; hard: 1 where any is right")]
        [Source("Luo et al. 2024, section 3.4: soft is best")]
        public StepLabels Labels { get; set; }

        /// <summary>Passes over the labels.</summary>
        [Description("Passes over the labelled beginnings")]
        [Range(1, 10_000)]
        public int Epochs { get; set; } = 5;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate of the process reward model; left out: training.rate")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>The way to an answer.</summary>
        [Description("How an answer is come to: weighted: votes weighed by the solutions' scores; best; majority, greedy: without the process reward model; beam: one beginning, a step after the other")]
        [Source("Luo et al. 2024, section 4.2: weighted self-consistency")]
        public AnswerRule Search { get; set; } = AnswerRule.Weighted;

        /// <summary>The score of a solution.</summary>
        [Description("A solution's score by its steps: their product, the least, or the last")]
        public SolutionScore Score { get; set; } = SolutionScore.Product;
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        var policy = run.Reference(problem.Policy);
        var labelled = run.Stage("step-labels", problem.Describe(Foundation.Options.Resolve(options with { Labels = default, Epochs = 1, Rate = null, Search = default, Score = default })), () => Label(problem, run, policy));
        return new(policy, problem.Checker, problem.Solving) { Verifier = Learn(problem, run, policy, labelled), Rule = options.Search };
    }

    // All trees grow side by side: each asks for the roll-outs of one beginning at a time.
    private RatedSolutions Label(ReasoningProblem problem, Run run, LanguageModel policy)
    {
        run.Uses(typeof(RatedSolutions));
        run.Uses(typeof(SolutionSampler));
        var sampler = new SolutionSampler(policy);
        int[] asked = RatedSolutions.Askable(problem, options.Questions);
        var prompts = problem.PromptsOf(asked);
        var tree = new TreeOptions(options.Searches, options.Alpha, options.Beta, options.Length, options.Exploration);
        RolloutTree[] trees = [.. asked.Select(_ => new RolloutTree(tree, tokens => Cuts(sampler, tokens)))];
        IEnumerator<RolloutTree.Node>[] searches = [.. trees.Select(t => t.Search().GetEnumerator())];
        var drawing = new Drawing(options.Temperature, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("roll-outs"));
        int[] open = [.. Enumerable.Range(0, trees.Length).Where(q => searches[q].MoveNext())];
        for (var samples = options.Filter; open.Length > 0; samples = options.Rollouts)
        {
            var drawn = sampler.GoOn([.. open.Select(q => prompts[q])], [.. open.Select(q => searches[q].Current.Tokens)], samples, drawing, null, null, run.Cancellation);
            for (var i = 0; i < open.Length; i++)
                searches[open[i]].Current.Rollouts = [.. drawn[i].Select(s => new Rollout(s, problem.Checker.Check(problem.Train[asked[open[i]]], s) == CheckOutcome.Right))];
            open = [.. open.Where(q => searches[q].MoveNext())];
        }
        var rated = trees.SelectMany((t, q) => Examples(t, asked[q], policy.Tokenizer)).ToArray();
        if (rated.Length == 0) throw new WorkException($"{problem.Name}: of {asked.Length} training questions each is answered always or never in {options.Filter} roll-outs, so that no step can be labelled; train the policy for longer or shorter, or raise method.filter");
        run.Log.LogInformation("{Count} beginnings of {Questions} questions labelled with {Calls} roll-outs of {Tokens} tokens; {Wrong} of them cannot be finished rightly", rated.Length, rated.DistinctBy(r => r.Question).Count(), sampler.Cost.Calls, sampler.Cost.Tokens, rated.Count(r => r.Rating == 0));
        return new(rated, [.. problem.Train.Select(q => q.Text)]);
    }

    // All beginnings but the empty one; and so that whole solutions are known as well, each that was dissected, with a right one of the question.
    private static IEnumerable<RatedSolution> Examples(RolloutTree tree, int question, Tokenizer tokenizer)
    {
        RatedSolution Of(IReadOnlyList<int> tokens, double rating) => new(question, [.. tokens], tokenizer.Decode([.. tokens]), rating);
        var whole = tree.Dissected.Zip(tree.Nodes.SelectMany(n => n.Rollouts).Where(r => r.IsRight), (wrong, right) => (RatedSolution[])[Of(wrong.Solution.Tokens, 0), Of(right.Solution.Tokens, 1)]);
        return tree.Nodes.Skip(1).Select(n => Of(n.Tokens, n.Value)).Concat(whole.SelectMany(w => w)).DistinctBy(r => string.Join(' ', r.Tokens));
    }

    private int[] Cuts(SolutionSampler sampler, IReadOnlyList<int> tokens) => options.Parts == 0 ? sampler.StepEnds(tokens)
        : [.. Enumerable.Range(1, options.Parts).Select(part => (int)((long)tokens.Count * part / options.Parts)).Where(end => end > 0).Distinct()];

    private SolutionVerifier Learn(ReasoningProblem problem, Run run, LanguageModel policy, RatedSolutions labelled)
    {
        var network = run.Onward(problem.Policy, policy);
        var head = run.New("step-head", () => new ValueHead(network.Options.Width, 0));
        head.SetWeights(network.MeanOutput());
        head.SetScale(1, 0);
        return run.TrainVerifier(problem, policy, network, head, labelled, options.Epochs, options.Rate, (batch, beginnings) =>
        {
            var places = new SolutionPlaces(batch, _ => false, (row, tokens, all) => tokens < all ? null : Label(beginnings[row].Rating));
            return Loss(head.forward(places.ToValue(batch.Features(network))), places.Labels());
        }, ValueRange.Probability, options.Score);
    }

    private double Label(double share) => options.Labels == StepLabels.Hard ? (share > 0 ? 1 : 0) : share;

    /// <summary>The mean cross entropy of logits [N] against labels [N] from 0 to 1.</summary>
    internal static Tensor Loss(Tensor logits, Tensor labels) => nn.functional.binary_cross_entropy_with_logits(logits, labels);
}
