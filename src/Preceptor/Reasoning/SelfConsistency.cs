using Preceptor.Foundation;
using Preceptor.Language;

namespace Preceptor.Reasoning;

/// <summary>
/// The plain way to reason: a language model is trained on worked solutions by next-token training, draws several solutions to a question, and gives the answer that most of them come to (self-consistency,
/// Wang et al. 2023). The training is the stage that all methods of reasoning begin with.
/// </summary>
[Method("self-consistency", "Self-consistency", Summary = "Next-token training on worked solutions; several are drawn a question, and the answer that most come to is given. The baseline of reasoning.", Citation = "Wang et al. 2023 (Self-Consistency Improves Chain of Thought Reasoning in Language Models)", IsPlain = true)]
[Distributed]
[Version(1)]
public sealed class SelfConsistency(SelfConsistency.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations>
{
    /// <summary>How it answers.</summary>
    public sealed record Options
    {
        /// <summary>Whether the likeliest solution is given instead.</summary>
        [System.ComponentModel.Description("Whether the likeliest solution, a token after the other, is given instead of the vote")]
        public bool Greedy { get; set; }
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        run.Uses(typeof(SolutionSampler));
        return new(run.Reference(problem.Policy), problem.Checker, problem.Solving) { Rule = options.Greedy ? AnswerRule.Greedy : AnswerRule.Majority };
    }
}
