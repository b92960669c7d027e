using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;

namespace Preceptor.Reasoning;

/// <summary>
/// Self-taught reasoning (Zelikman et al. 2022, STaR): in each round the policy answers each training question once, a token after the other; where that is wrong it tries again with the answer shown; and from the policy before all rounds
/// a new one is trained on what ended right. Questions that are never answered teach nothing. With <c>rounds: 0</c> it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("star", "Self-taught reasoning", Summary = "Trains again and again on its own right solutions, with a second try at the others when the answer is shown; a baseline of trice.", Citation = "Zelikman et al. 2022 (STaR: Bootstrapping Reasoning With Reasoning)", IsPlain = true)]
[Version(1)]
public sealed class SelfTaughtReasoning(SelfTaughtReasoning.Options options) : IFit<ReasoningProblem, Solver>, INeeds<AnswerCheck>
{
    /// <summary>How rounds go.</summary>
    public sealed record Options
    {
        /// <summary>Rounds.</summary>
        [Description("Rounds of answering and training; 0: the policy stays what next-token training made it")]
        [Range(0, 1000)]
        public int Rounds { get; set; } = 3;

        /// <summary>Passes of a round.</summary>
        [Description("Passes over a round's right solutions")]
        [Range(1, 10_000)]
        public int Epochs { get; set; } = 5;

        /// <summary>Questions.</summary>
        [Description("Most training questions, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        public int Questions { get; set; }

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the policy has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Whether there is a second try.</summary>
        [Description("Whether questions that were answered wrongly are tried again with the answer shown")]
        [Source("Zelikman et al. 2022, section 3.2, rationalization")]
        public bool Rationalise { get; set; } = true;

        /// <summary>The hint.</summary>
        [Description("How a question shows its answer; {question} and {answer} stand for them")]
        public string Hint { get; set; } = HintedGuide.Usual;

        /// <summary>Whether the likeliest solution is given.</summary>
        [Description("Whether the likeliest solution, a token after the other, is given instead of the vote")]
        public bool Greedy { get; set; }
    }

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        run.Uses(typeof(SolutionSampler));
        var reference = run.Reference(problem.Policy);
        var policy = reference;
        for (var round = 0; round < options.Rounds; round++)
        {
            var (taught, before) = (Foundation.Options.Resolve(options with { Rounds = round + 1 }), policy);
            policy = run.Stage("round", problem.Describe(taught), () => Train(problem, run, reference, Right(problem, run, before)));
            if (before != reference) before.Dispose();
        }
        if (policy != reference) reference.Dispose();
        return new(policy, problem.Checker, problem.Solving) { Rule = options.Greedy ? AnswerRule.Greedy : AnswerRule.Majority };
    }

    // The policy's own right solutions, and those that it finds when the answer is shown.
    private List<(int Question, int[] Tokens)> Right(ReasoningProblem problem, Run run, LanguageModel policy)
    {
        var (right, likeliest) = (new List<(int, int[])>(), new Drawing(0, 0, problem.Solving.AnswerTokens, 0));
        int[] Keep(int[] asked, Solution[][] drawn)
        {
            bool[] isRight = [.. asked.Zip(drawn, (i, of) => problem.Checker.Check(problem.Train[i], of[0]) == CheckOutcome.Right)];
            right.AddRange(asked.Zip(drawn, (i, of) => (i, of[0].Tokens.ToArray())).Where((_, k) => isRight[k]));
            return [.. asked.Where((_, k) => !isRight[k])];
        }
        int[] asked = RatedSolutions.Askable(problem, options.Questions);
        var wrong = Keep(asked, new SolutionSampler(policy).Draw(problem.PromptsOf(asked), 1, likeliest, run.Cancellation));
        var own = right.Count;
        if (options.Rationalise && wrong.Length > 0 && HintedGuide.Create(problem, run, policy, options.Hint) is { } guide)
            using (guide) Keep(wrong, guide.Draw(wrong, 1, likeliest, run.Cancellation));
        if (right.Count == 0) throw new WorkException($"{problem.Name}: of {asked.Length} training questions none is answered rightly, so that there is nothing to learn from; train the policy for longer, or begin with easier questions");
        run.Log.LogInformation("{Own} of {Asked} questions answered rightly, {Shown} more with the answer shown", own, asked.Length, right.Count - own);
        return right;
    }

    private LanguageModel Train(ReasoningProblem problem, Run run, LanguageModel reference, List<(int Question, int[] Tokens)> right)
    {
        var network = run.Onward(problem.Policy, reference);
        var training = problem.Policy.Training.Onward(options.Epochs, options.Rate);
        var taught = problem.Policy with { Training = training, Train = TokenSequences.Of([.. right.Select(r => (problem.PromptOf(problem.Train[r.Question].Text), r.Tokens))]) };
        return run.Train(taught, network, reference.Ends, new SequenceBatches(run, taught.Train, training.Batch, network.Options.Architecture, reference.Start), LanguageTraining.NextToken(network));
    }
}
