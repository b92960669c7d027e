using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>
/// Solutions of four lines of a word each, drawn at random from six of which two are bad; one is right if no word is bad. So the chance to end right is known exactly at every step: 0 behind a bad
/// word, else (2/3) to the number of words to come; and whoever searches by it ends right always.
/// </summary>
internal sealed class FateWords : SolutionChecker
{
    public const int Lines = 4;

    public override string Name => "fate";

    public override bool ChecksSteps => true;

    public override string? AnswerOf(string question, string solution) => StepsOf(solution).Length == Lines ? solution : null;

    public override bool IsRight(Question question, string solution) => StepsOf(solution).Length == Lines && !solution.Contains('b', StringComparison.Ordinal);

    public override bool[]? AreStepsRight(string question, string solution)
    {
        var steps = StepsOf(solution);
        return [.. steps.Select((_, i) => !string.Concat(steps[..(i + 1)]).Contains('b', StringComparison.Ordinal))];
    }

    /// <summary>The chance that a solution ends right, after some of its lines.</summary>
    public static double Chance(string[] lines) => lines.Any(l => l.Contains('b', StringComparison.Ordinal)) ? 0 : Math.Pow(2.0 / 3, Lines - lines.Length);

    public static ReasoningProblem Problem(int questions = 80, int epochs = 8, double dropout = 0, int samples = 4)
    {
        var random = RandomStream.Of(1, "fate");
        string Line() => random.Next(6) is var k && k < 4 ? $"g{k}" : $"b{k}";
        Question[] all = [.. Enumerable.Range(0, questions + 20).Select(i => new Question($"q{i % 10}", "good") { Solution = string.Join('\n', Enumerable.Range(0, Lines).Select(_ => Line())) })];
        var texts = new LanguageTexts([.. all.Select(q => new TextRow(q.Text, q.Solution))], [], []);
        var (tokenizer, form) = (texts.Learn(TokenKind.Word), new PromptForm { Between = "\n" });
        var policy = new LanguageProblem("fate", tokenizer, LanguageTexts.Encode(texts.Train[..questions], tokenizer, form, 16).Sequences, LanguageTexts.Encode(texts.Train[questions..], tokenizer, form, 16).Sequences)
        {
            Form = form,
            Model = new() { Layers = 2, Width = 32, Heads = 2, Length = 16, InitialDeviation = 0.1, Dropout = dropout },
            Training = new() { Epochs = epochs, Batch = 16, Rate = 0.01 },
        };
        return new(policy, all[..questions], all[questions..], new(new FateWords()), new() { Samples = samples, Temperature = 1, TopK = 0, AnswerTokens = 10 });
    }
}
