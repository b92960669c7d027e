using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>Two forks one behind the other, each left or right: a tree of four ends that are worth 1, 2, 3 and 4, so that the probabilities of a flow are known: 0.1, 0.2, 0.3 and 0.4. The last end is the right one.</summary>
internal sealed class Forks : SolutionChecker, IStepSimulator
{
    public override string Name => "forks";

    public override string? AnswerOf(string question, string solution) => StepsOf(solution).Length == 2 ? solution : null;

    public override bool IsRight(Question question, string solution) => string.Join(' ', StepsOf(solution)) == "r r";

    public StepState? Begin(string question) => question.StartsWith('q') ? new At("") : null;

    public static ReasoningProblem Problem(int questions = 4, int epochs = 4, double dropout = 0)
    {
        var random = RandomStream.Of(1, "forks");
        Question[] all = [.. Enumerable.Range(0, 10 * questions).Select(i => new Question($"q{i % questions}", "r") { Solution = $"{"lr"[random.Next(2)]}\n{"lr"[random.Next(2)]}" })];
        var texts = new LanguageTexts([.. all.Select(q => new TextRow(q.Text, q.Solution))], [], []);
        var (tokenizer, form) = (texts.Learn(TokenKind.Word), new PromptForm { Between = "\n" });
        var train = LanguageTexts.Encode(texts.Train, tokenizer, form, 16).Sequences;
        var policy = new LanguageProblem("forks", tokenizer, train, train.Take([0, 1, 2, 3]))
        {
            Form = form,
            Model = new() { Layers = 1, Width = 32, Heads = 2, Length = 16, InitialDeviation = 0.1, Dropout = dropout },
            Training = new() { Epochs = epochs, Batch = 16, Rate = 0.01 },
        };
        return new(policy, all, all[..questions], new(new Forks()), new() { Samples = 4, Temperature = 1, TopK = 0, AnswerTokens = 6 });
    }

    private sealed class At(string path) : StepState
    {
        public override string Key => path;

        public override bool IsSolved => path == "rr";

        public override double Reached => path switch { "ll" => 0.1, "lr" => 0.2, "rl" => 0.3, "rr" => 1, _ => 0 };

        protected override IEnumerable<NextStep> Next() => path.Length == 2 ? [] : [new("l", new At(path + "l")), new("r", new At(path + "r"))];
    }
}
