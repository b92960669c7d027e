using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Tests.Language;

/// <summary>Next-token training: what it learns, what stops it, and what is saved of it.</summary>
public sealed class SupervisedFineTuningTests
{
    private static readonly LanguageModelOptions Small = new() { Layers = 1, Width = 32, Heads = 4, Length = 24 };

    internal static LanguageProblem Sums(int examples = 60, int epochs = 6, LanguageModelOptions? model = null, double wrong = 0)
    {
        var (texts, _) = SumsProblem.Draw(new() { Examples = examples, Largest = 30, Wrong = wrong }, 3);
        var tokenizer = texts.Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] rows) => LanguageTexts.Encode(rows, tokenizer, new(), 24).Sequences;
        return new("sums", tokenizer, Encode(texts.Train), Encode(texts.Validation[..20])) { Check = new(Preceptor.Supervision.CheckRule.Exact, [.. texts.Train.Select(r => r.Wanted ?? r.Response)]), Model = model ?? Small, Training = new() { Epochs = epochs, Batch = 8, Rate = 0.01 } };
    }

    internal static double[] Answers(LanguageModel model, LanguageProblem problem) => [.. model.LogProbabilities(problem.Validation).SelectMany(l => l)];

    /// <summary>Copies of three letters between signs: what a small network learns in seconds.</summary>
    private static LanguageProblem Copies(int epochs, LanguageArchitecture architecture)
    {
        var random = RandomStream.Of(1, "copies");
        string Word() => string.Concat(Enumerable.Range(0, 3).Select(_ => "abcdef"[random.Next(6)]));
        TextRow[] pairs = [.. Enumerable.Range(0, 180).Select(_ => Word()).Distinct().Select(w => new TextRow(w + "=", w))];
        var texts = new LanguageTexts(pairs[20..], pairs[..20], []);
        var tokenizer = texts.Learn(TokenKind.Character);
        return new("copies", tokenizer, LanguageTexts.Encode(texts.Train, tokenizer, new(), 24).Sequences, LanguageTexts.Encode(texts.Validation, tokenizer, new(), 24).Sequences)
        {
            Model = Small with { Layers = 2, Architecture = architecture, InitialDeviation = 0.1 },
            Training = new() { Epochs = epochs, Batch = 16, Rate = 0.005 },
        };
    }

    [Theory]
    [InlineData(LanguageArchitecture.Decoder, 60, 1.9672, 0.05)]
    [InlineData(LanguageArchitecture.EncoderDecoder, 120, 1.87037, 0.1)]
    public void It_learns_to_copy(LanguageArchitecture architecture, int epochs, double first, double last)
    {
        double Copied(int passes, double rate, out TrainingSummary summary)
        {
            var problem = Copies(passes, architecture);
            problem = problem with { Training = problem.Training with { Rate = rate } };
            using var run = new Run(new RunSettings());
            using var model = new SupervisedFineTuning(new()).Fit(problem, run);
            summary = model.Training;
            var made = model.Generate([.. Enumerable.Range(0, problem.Validation.Count).Select(i => problem.Validation.PromptOf(i).ToArray())], new() { MaxTokens = 6 });
            return made.Select((m, i) => m[0].Ended && m[0].Tokens.SequenceEqual(problem.Validation.AnswerOf(i)[..^1].ToArray()) ? 1.0 : 0).Average();
        }
        var (trained, untrained) = (Copied(epochs, 0.005, out var course), Copied(1, 1e-9, out _));
        Assert.True(trained > 0.6 && untrained < 0.1, $"{trained} {untrained}");
        Assert.True(Math.Abs(course.Epochs[0].Loss - first) < 0.003 * first, $"the first loss is {course.Epochs[0].Loss:R}");
        Assert.True(course.Epochs[^1].Loss < last, $"the last loss is {course.Epochs[^1].Loss:R}");
    }

    [Fact]
    public void Only_responses_count()
    {
        // The prompts' tokens are the same whatever they are predicted from: changing one changes the loss, but never as a target.
        var problem = Sums(epochs: 1);
        var batch = new LanguageBatch(LanguageArchitecture.Decoder, 0);
        batch.Fill(problem.Train, [.. Enumerable.Range(0, problem.Train.Count)]);
        Assert.Equal(problem.Train.Tokens.Length - problem.Train.Prompts.Sum(), batch.TargetCount);
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Sums(model: Small with { Dropout = 0.1 });
        var tensors = LiveTensors.Count();
        double[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = new SupervisedFineTuning(new()).Fit(problem, run)) unbroken = Answers(model, problem);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Resume(13, run => run.Stage("sft", problem.Describe(), () => new SupervisedFineTuning(new()).Fit(problem, run)), model => Assert.Equal(unbroken, Answers(model, problem)));
    }

    /// <summary>Stops a run every few steps and goes on, until it is done.</summary>
    internal static void Resume(int steps, Func<Run, LanguageModel> fit, Action<LanguageModel> check) => Interruptions.Outlast(steps, run =>
    {
        using var model = fit(run);
        check(model);
    }, attempts: 40);

    [Theory]
    [InlineData(LanguageArchitecture.Decoder, PositionKind.Rotary)]
    [InlineData(LanguageArchitecture.EncoderDecoder, PositionKind.Relative)]
    public void Saved_and_loaded_it_answers_the_same_to_the_bit_and_another_training_goes_on_from_it(LanguageArchitecture architecture, PositionKind positions)
    {
        var problem = Sums(epochs: 2, model: Small with { Architecture = architecture, Positions = positions, Dropout = 0.1 });
        using var run = new Run(new RunSettings());
        using var model = new SupervisedFineTuning(new()).Fit(problem, run);
        var folder = Directory.CreateTempSubdirectory("preceptor-language-").FullName;
        try
        {
            model.Save(folder);
            using (var again = LanguageModel.Load(folder))
            {
                Assert.Equal(Answers(model, problem), Answers(again, problem));
                Assert.Equal(model.Network.Options.Plain(), again.Network.Options);
                Assert.Equal(model.Generate(["3+4="], new()), again.Generate(["3+4="], new()));
                Assert.Equal(model.Training.Epochs, again.Training.Epochs);
            }
            var (onward, still) = (problem with { Model = new() { Base = folder } }, problem with { Model = new() { Base = folder }, Training = problem.Training with { Rate = 1e-12 } });
            using var second = new Run(new RunSettings());
            using var same = new SupervisedFineTuning(new()).Fit(still, second);
            Assert.Equal(Answers(model, problem)[0], Answers(same, problem)[0], 1e-5);
            using var third = new Run(new RunSettings());
            using var better = new SupervisedFineTuning(new()).Fit(onward, third);
            Assert.True(better.Training.Epochs[0].Loss < model.Training.Epochs[0].Loss, "it goes on from what was learned");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
