using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>A policy that is shown the answer, so that it finds a way there more often (the guide of Phan et al. 2023; the rationalisation of Zelikman et al. 2022).</summary>
internal sealed class HintedGuide : IDisposable
{
    /// <summary>How a question shows its answer, where nobody says.</summary>
    public const string Usual = "{question} = {answer}";

    private readonly ReasoningProblem problem;
    private readonly LanguageModel model;
    private readonly string hint;
    private readonly bool isOwner;

    private HintedGuide(ReasoningProblem problem, LanguageModel model, string hint, bool isOwner) => (this.problem, this.model, this.hint, this.isOwner) = (problem, model, hint, isOwner);

    /// <summary>Next-token training on worked solutions whose questions show the answer, a stage of its own; with a model to go on from, that model; null where there is neither.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run.</param>
    /// <param name="reference">The policy before the training.</param>
    /// <param name="hint">How a question shows its answer.</param>
    /// <exception cref="RequestException">The hint does not show the answer.</exception>
    public static HintedGuide? Create(ReasoningProblem problem, Run run, LanguageModel reference, string hint)
    {
        if (!hint.Contains("{answer}", StringComparison.Ordinal) || !hint.Contains("{question}", StringComparison.Ordinal)) throw new RequestException($"method.hint: '{hint}', expected a text with {{question}} and {{answer}}, such as {Usual}");
        if (problem.Policy.Model.Base is not null) return new(problem, reference, hint, isOwner: false);
        var hinted = problem.Policy with { Train = Worked(problem, problem.Train, hint), Validation = Worked(problem, problem.Validation, hint) };
        return hinted.Train.Count == 0 ? null : new(problem, run.Stage("guide", hinted.Describe(new JsonObject { ["hint"] = hint }), () => new SupervisedFineTuning(new()).Fit(hinted, run)), hint, isOwner: true);
    }

    /// <summary>Draws solutions of training questions whose answers are shown [questions][samples].</summary>
    /// <param name="questions">Their places among the training questions.</param>
    /// <param name="samples">Solutions of each.</param>
    /// <param name="drawing">How.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solution[][] Draw(IEnumerable<int> questions, int samples, Drawing drawing, CancellationToken cancellation) =>
        new SolutionSampler(model).Draw([.. questions.Select(i => problem.PromptOf(Shown(problem.Train[i], hint)))], samples, drawing, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOwner) model.Dispose();
    }

    private static Data.TokenSequences Worked(ReasoningProblem problem, IEnumerable<Question> questions, string hint) =>
        LanguageTexts.Encode([.. questions.Where(q => q.Solution.Length > 0).Select(q => new TextRow(Shown(q, hint), q.Solution))], problem.Policy.Tokenizer, problem.Policy.Form, problem.Policy.Model.Length).Sequences;

    private static string Shown(Question question, string hint) => hint.Replace("{question}", question.Text, StringComparison.Ordinal).Replace("{answer}", question.Answer, StringComparison.Ordinal);
}
