using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>Chains that a network of one layer half learns in a second or two.</summary>
internal static class SmallChains
{
    private static readonly LanguageModelOptions Small = new() { Layers = 1, Width = 32, Heads = 4, Length = 32, InitialDeviation = 0.1 };

    public static ReasoningProblem Problem(int examples = 300, int questions = 40, int epochs = 4, SolutionChecker? checker = null, double dropout = 0, int samples = 4)
    {
        var (sets, _) = ChainsProblem.Draw(new() { Examples = examples, Questions = questions, Modulus = 11, Operand = 4, Shortest = 2, Longest = 3 }, 3);
        TextRow[] Worked(Question[] of) => [.. of.Where(q => q.Solution.Length > 0).Select(q => new TextRow(q.Text, q.Solution))];
        var texts = new LanguageTexts(Worked(sets.Train), Worked(sets.Validation[..20]), []);
        var tokenizer = texts.Learn(TokenKind.Word);
        var form = new PromptForm { Between = "\n" };
        var policy = new LanguageProblem("chains", tokenizer, LanguageTexts.Encode(texts.Train, tokenizer, form, 32).Sequences, LanguageTexts.Encode(texts.Validation, tokenizer, form, 32).Sequences)
        {
            Form = form,
            Model = Small with { Dropout = dropout },
            Training = new() { Epochs = epochs, Batch = 16, Rate = 0.01 },
        };
        return new(policy, sets.Train, sets.Validation[..40], new(checker ?? new ChainChecker(11)), new() { Samples = samples, AnswerTokens = 24 });
    }

    /// <summary>A policy that nobody trained.</summary>
    public static LanguageModel Untrained(ReasoningProblem problem)
    {
        TorchSharp.torch.manual_seed(1);
        var network = new LanguageNetwork(problem.Policy.Model.Plain(), problem.Policy.Tokenizer.Size);
        network.eval();
        return new(problem.Policy.Tokenizer, network, [problem.Policy.Tokenizer.End!.Value], new([], 0, 0, 0), 1) { Form = problem.Policy.Form };
    }

    /// <summary>What a solver answers to the validation questions, and how it scores what it has drawn.</summary>
    public static (string?[] Texts, double[] Scores) Answers(Solver solver, ReasoningProblem problem)
    {
        var solved = solver.Solve([.. problem.Validation.Select(q => q.Text)], 1);
        return ([.. solved.Select(s => s.Chosen?.Text)], [.. solved.SelectMany(s => s.Candidates.Select(c => c.Score))]);
    }

    public static T Within<T>(Func<Run, T> work)
    {
        using var run = new Run(new RunSettings());
        return work(run);
    }
}
