using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// An outcome-supervised value model (Yu, Gao and Wang 2024). A policy learns from worked solutions, and draws n solutions to each training question; every token of a solution gets the solution's outcome y, 0 or 1, and
/// a copy of the policy with a number a token v learns Σ_t (v_t − y)² a solution (eq. 2), besides saying what comes next. What minimises it is the probability that the policy ends right from there (proposition 3.1), and so it guides a search over steps:
/// of K next steps the B beginnings with the highest values are kept. The same values rank whole solutions: an outcome reward model. With <c>search: majority</c> it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("ovm", "Outcome-supervised value model", Summary = "Learns from right and wrong solutions how likely each beginning is to end well, and searches over steps by it; labels are outcomes alone.", Citation = "Yu, Gao and Wang 2024 (OVM, Outcome-supervised Value Models for Planning in Mathematical Reasoning)", Paper = 50)]
[Version(1)]
public sealed class OutcomeValueModel(OutcomeValueModel.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations, AnswerCheck>
{
    /// <summary>Which tokens have a solution's outcome to learn.</summary>
    public enum LabelledTokens
    {
        /// <summary>All of the solution: a value model.</summary>
        All,

        /// <summary>The last: an outcome reward model.</summary>
        Last,
    }

    /// <summary>How solutions are drawn, learned from and sought.</summary>
    public sealed record Options
    {
        /// <summary>n.</summary>
        [Description("Solutions that the policy draws to each training question")]
        [Range(1, 10_000)]
        [Source("Yu et al. 2024, section 4.1")]
        public int Samples { get; set; } = 100;

        /// <summary>Questions.</summary>
        [Description("Most training questions that solutions are drawn to, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        public int Questions { get; set; }

        /// <summary>The temperature.</summary>
        [Description("The temperature at which they are drawn")]
        [Range(0, 10, MinimumIsExclusive = true)]
        [Source("Yu et al. 2024, appendix")]
        public double Temperature { get; set; } = 0.7;

        /// <summary>Tokens drawn from.</summary>
        [Description("Only the likeliest so many tokens are drawn; 0 for all")]
        [Range(0, 10_000_000)]
        [Source("Yu et al. 2024, appendix")]
        public int TopK { get; set; } = 50;

        /// <summary>Passes over the solutions.</summary>
        [Description("Passes over the solutions")]
        [Range(1, 10_000)]
        [Source("Yu et al. 2024, appendix; 10 for Game of 24")]
        public int Epochs { get; set; } = 1;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate of the value model; left out: training.rate")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Dropout of what the value is read from.</summary>
        [Description("Dropout of the features that values are read from")]
        [Range(0, 0.95)]
        [Source("the published code")]
        public double Dropout { get; set; } = 0.2;

        /// <summary>Weight of next-token training.</summary>
        [Description("Weight of the loss of next tokens of the same solutions beside that of values; 0: values alone")]
        [Range(0, 1000)]
        [Source("the published code")]
        public double LanguageWeight { get; set; } = 1;

        /// <summary>Which tokens are labelled.</summary>
        [Description("Which tokens of a solution have its outcome to learn: all, or the last alone, as an outcome reward model")]
        public LabelledTokens Labels { get; set; }

        /// <summary>The way to an answer.</summary>
        [Description("How an answer is come to: beam: a search over steps that values guide; best, weighted: whole solutions ranked by their last value; majority, greedy: without values")]
        public AnswerRule Search { get; set; } = AnswerRule.Beam;

        /// <summary>B.</summary>
        [Description("Beginnings that the search keeps; divides problem.samples, the next steps that are drawn at a time")]
        [Range(1, 1000)]
        [Source("Yu et al. 2024, section 4.1: 20 next steps, and 4 are kept")]
        public int Beams { get; set; } = 4;

        /// <summary>Most steps.</summary>
        [Description("Most steps of the search")]
        [Range(1, 1000)]
        [Source("the published code")]
        public int Steps { get; set; } = 10;

        /// <summary>Whether beginnings are kept once.</summary>
        [Description("Whether equal beginnings are kept once, as long as there are others")]
        [Source("the published code, for Game of 24")]
        public bool Unique { get; set; }
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        if (options.Search == AnswerRule.Beam && problem.Solving.Samples % options.Beams != 0) throw new RequestException($"method.beams: {options.Beams} does not divide problem.samples {problem.Solving.Samples}");
        run.Uses(typeof(StepBeamSearch));
        var policy = run.Reference(problem.Policy);
        var drawing = Foundation.Options.Resolve(new Options { Samples = options.Samples, Questions = options.Questions, Temperature = options.Temperature, TopK = options.TopK });
        var rated = run.Stage("solutions", problem.Describe(drawing), () => RatedSolutions.Draw(problem, run, policy, options.Samples, options.Temperature, options.TopK, options.Questions));
        return new(policy, problem.Checker, problem.Solving) { Verifier = Learn(problem, run, policy, rated), Rule = options.Search, Beams = options.Beams, IsUnique = options.Unique, MaxDepth = options.Steps };
    }

    private SolutionVerifier Learn(ReasoningProblem problem, Run run, LanguageModel policy, RatedSolutions rated)
    {
        var network = run.Onward(problem.Policy, policy);
        var head = run.New("value-head", () => new ValueHead(network.Options.Width, options.Dropout));
        head.SetWeights(network.MeanOutput());
        return run.TrainVerifier(problem, policy, network, head, rated, options.Epochs, options.Rate, (batch, solutions) => Loss(network, head, batch, solutions));
    }

    private Tensor Loss(LanguageNetwork network, ValueHead head, LanguageBatch batch, RatedSolution[] solutions)
    {
        var places = new SolutionPlaces(batch, _ => options.LanguageWeight > 0, (row, tokens, all) => options.Labels == LabelledTokens.Last && tokens < all ? null : solutions[row].Rating);
        var features = batch.Features(network);
        var loss = ValueLoss(head.forward(places.ToValue(features)), places.Labels(), batch.Count);
        if (options.LanguageWeight == 0) return loss;
        using Scalar weight = options.LanguageWeight;
        return loss + places.NextTokens(network, features) * weight;
    }

    /// <summary>The loss of values [N] against outcomes [N]: the squares' sum over tokens, and the mean over solutions.</summary>
    internal static Tensor ValueLoss(Tensor values, Tensor outcomes, int solutions)
    {
        using Scalar count = solutions;
        return (values - outcomes).square().sum() / count;
    }
}
