using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;

namespace Preceptor.Reasoning;

/// <summary>Worked solutions to learn from.</summary>
/// <param name="Fingerprint">A hash of their contents.</param>
public sealed record Demonstrations(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A program says whether a solution of a training question comes to the right answer.</summary>
/// <param name="Fingerprint">A hash of the questions, the answers and the program's name.</param>
public sealed record AnswerCheck(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A program says of each step whether it is right.</summary>
/// <param name="Fingerprint">The program's name.</param>
public sealed record StepCheck(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A program knows which steps are legal, and where each leads.</summary>
/// <param name="Fingerprint">The program's name.</param>
public sealed record LegalSteps(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A problem of reasoning: what a method may see. Its policy is a language model, and what that learns from is a problem of language.</summary>
/// <param name="Policy">Questions as prompts and worked solutions as responses, the network and its training.</param>
/// <param name="Train">Questions whose answers are known; all that have a solution are in the policy's problem as well.</param>
/// <param name="Validation">Others.</param>
/// <param name="Checker">Reads solutions and checks answers.</param>
/// <param name="Solving">How solutions are sought in the exam; <see cref="SolvingOptions.AnswerTokens"/> is known.</param>
public sealed record ReasoningProblem(LanguageProblem Policy, IReadOnlyList<Question> Train, IReadOnlyList<Question> Validation, GuardedChecker Checker, SolvingOptions Solving) : ITrainingProblem
{
    /// <inheritdoc/>
    public string Name => Policy.Name;

    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision =>
    [
        .. Policy.Train.Count == 0 ? [] : new ISupervision[] { new Demonstrations(Policy.Train.Fingerprint) },
        .. Train.Any(q => q.Answer.Length > 0) ? new ISupervision[] { new AnswerCheck($"{Checker.Checker.Name}-{QuestionSets.Hash(Train)}") } : [],
        .. Checker.Checker.ChecksSteps ? new ISupervision[] { new StepCheck(Checker.Checker.Name) } : [],
        .. Checker.Checker is IStepSimulator ? new ISupervision[] { new LegalSteps(Checker.Checker.Name) } : [],
    ];

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = Policy.Describe(method);
        (description["questions"], description["other-questions"], description["checker"]) = (QuestionSets.Hash(Train), QuestionSets.Hash(Validation), Checker.Checker.Name);
        description["solving"] = Options.Resolve(Solving.Plain());
        return description;
    }

    /// <summary>The tokens that a policy is asked with.</summary>
    internal int[] PromptOf(string question) => Policy.Form.Encode(Policy.Tokenizer, question);

    /// <summary>The same of some training questions.</summary>
    internal int[][] PromptsOf(IEnumerable<int> questions) => [.. questions.Select(i => PromptOf(Train[i].Text))];

    /// <summary>Some training questions as sequences to make batches of, where a policy itself says what follows them.</summary>
    /// <param name="questions">Their rows.</param>
    /// <param name="response">The token that stands for what follows.</param>
    internal TokenSequences Prompts(IEnumerable<int> questions, int response) => TokenSequences.Of([.. PromptsOf(questions).Select(p => (p, (int[])[response]))]);
}
