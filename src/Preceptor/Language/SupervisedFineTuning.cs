using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Language;

/// <summary>
/// Next-token training: cross entropy of every token given those before it. Where the problem has prompts, only the tokens of responses count (supervised fine-tuning; Wei et al. 2022, Ouyang et al. 2022);
/// where it has text alone, all do. The mean is over the batch's tokens.
/// </summary>
[Method("sft", "Next-token training", Summary = "Maximum likelihood of the next token: of responses, given their prompts, or of plain text; the baseline of language.", Citation = "Ouyang et al. 2022 (Training language models to follow instructions with human feedback)", IsPlain = true)]
[Distributed]
[Version(1)]
public sealed class SupervisedFineTuning(SupervisedFineTuning.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<Responses>, INeeds<RawText>
{
    /// <summary>No options.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        _ = options;
        return run.Train(problem, LanguageTraining.NextToken);
    }
}
