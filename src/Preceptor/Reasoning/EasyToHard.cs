using System.ComponentModel;
using Preceptor.Foundation;
using Preceptor.Language;

namespace Preceptor.Reasoning;

/// <summary>
/// Easy-to-hard generalisation by evaluators (Sun et al. 2024): judging a solution carries over from easy to hard questions better than finding one. A policy learns from worked solutions of easy questions; an evaluator learns, on easy questions as well,
/// which steps and which answers are right (<see cref="SolutionEvaluator"/>); on hard questions, which nobody supervises, it weighs the votes of what the policy draws. With <c>search: majority</c> it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("easy-to-hard", "Easy-to-hard re-ranking", Summary = "An evaluator that learned on easy questions which steps and answers are right weighs the votes on hard ones, which nobody supervised.", Citation = "Sun et al. 2024 (Easy-to-Hard Generalization: Scalable Alignment Beyond Human Supervision)", Paper = 4)]
[Version(1)]
public sealed class EasyToHard(EasyToHard.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations, AnswerCheck>
{
    /// <summary>How the evaluator is trained and used.</summary>
    public sealed record Options : EvaluatorOptions
    {
        /// <summary>The way to an answer.</summary>
        [Description("How an answer is come to: weighted: votes weighed by the evaluator; best; majority, greedy: without it; beam: a search over steps")]
        [Source("Sun et al. 2024, section 4.2")]
        public AnswerRule Search { get; set; } = AnswerRule.Weighted;
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        var policy = run.Reference(problem.Policy);
        return new(policy, problem.Checker, problem.Solving) { Verifier = run.Evaluator(problem, policy, options), Rule = options.Search };
    }
}
