using Preceptor.Evaluation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>The built-in problem stories, and the words that are missing in them.</summary>
internal static class StoriesExam
{
    /// <summary>Draws the problem and its exam.</summary>
    internal static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, ulong seed)
    {
        var options = (StoriesProblem.Options)specification.Problem;
        var texts = StoriesProblem.Draw(options, seed);
        var task = LanguageKind.Task(specification, new() { Tokens = TokenKind.Word }, texts, ScoredOn.Truth);
        int[][] Of(TextRow[] rows) => [.. rows.Select(r => task.Problem.Tokenizer.Encode(r.Response))];
        return MissingWordsExam.Of(task, Of(texts.Validation), Of(texts.Test), seed, options.Asked);
    }
}
