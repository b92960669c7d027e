using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;

namespace Preceptor.Tests.Language;

/// <summary>AugZero: what the copies are.</summary>
public sealed class VocabularyCopiesTests
{
    private static LanguageProblem Improved(LanguageProblem problem, int copies)
    {
        using var run = new Run(new RunSettings());
        return new VocabularyCopies(new() { Copies = copies }).Improve(problem, run);
    }

    [Fact]
    public void Copies_are_the_pairs_in_tokens_of_their_own()
    {
        var problem = SupervisedFineTuningTests.Sums();
        int[] special = [problem.Tokenizer.End!.Value, problem.Tokenizer.Padding!.Value];
        HashSet<int> Words(TokenSequences of, int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(i => of.Of(i).ToArray()).Except(special)];
        var words = Words(problem.Train, 0, problem.Train.Count);
        Gen.Int[1, 8].Sample(copies =>
        {
            var improved = Improved(problem, copies);
            var (train, count) = (improved.Train, problem.Train.Count);
            Assert.Equal(((copies + 1) * count, copies, copies * words.Count), (train.Count, improved.Copies, improved.FurtherTokens));
            // The vocabulary is (K + 1) |V|, each copy's part disjoint from all others.
            var parts = Enumerable.Range(0, copies + 1).Select(c => Words(train, c * count, (c + 1) * count)).ToArray();
            Assert.All(parts, p => Assert.Equal(words.Count, p.Count));
            Assert.Equal((copies + 1) * words.Count, parts.SelectMany(p => p).Distinct().Count());
            Assert.All(parts[1..].SelectMany(p => p), t => Assert.InRange(t, problem.Tokenizer.Size, problem.Tokenizer.Size + improved.FurtherTokens - 1));
            for (var copy = 0; copy <= copies; copy++)
            {
                // Renaming is a bijection: its inverse gives the originals back.
                var names = copy == 0 ? [] : VocabularyCopies.Renaming([.. words.Order()], problem.Tokenizer.Size, copy).ToDictionary(n => n.Value, n => n.Key);
                for (var i = 0; i < count; i++)
                {
                    Assert.Equal(problem.Train.Of(i).ToArray(), train.Of(copy * count + i).ToArray().Select(t => names.GetValueOrDefault(t, t)));
                    Assert.Equal(problem.Train.Prompts[i], train.Prompts[copy * count + i]);
                }
            }
            Assert.Same(problem.Validation, improved.Validation);
        }, iter: 8);
    }

    [Fact]
    public void Without_copies_nothing_changes()
    {
        var problem = SupervisedFineTuningTests.Sums();
        Assert.Same(problem, Improved(problem, 0));
    }

    [Fact]
    public void A_model_knows_the_copies_and_answers_in_the_tokenizers_words()
    {
        var problem = Improved(SupervisedFineTuningTests.Sums(epochs: 1), 3);
        using var run = new Run(new RunSettings());
        using var model = new SupervisedFineTuning(new()).Fit(problem, run);
        Assert.Equal(problem.Tokenizer.Size + problem.FurtherTokens, model.Network.Vocabulary);
        var made = model.Generate([problem.Validation.PromptOf(0).ToArray()], new() { MaxTokens = 40, Temperature = 50, StopsAtEnd = false });
        Assert.All(made[0][0].Tokens, t => Assert.InRange(t, 0, problem.Tokenizer.Size - 1));
        var folder = Directory.CreateTempSubdirectory("preceptor-copies-").FullName;
        try
        {
            model.Save(folder);
            using var again = LanguageModel.Load(folder);
            Assert.Equal(SupervisedFineTuningTests.Answers(model, problem), SupervisedFineTuningTests.Answers(again, problem));
            // A model goes on from one with as many tokens, and not from one with fewer.
            using var second = new Run(new RunSettings());
            using var onward = new SupervisedFineTuning(new()).Fit(problem with { Model = new() { Base = folder } }, second);
            Assert.Equal(model.Network.Vocabulary, onward.Network.Vocabulary);
            var more = Improved(SupervisedFineTuningTests.Sums(epochs: 1), 4) with { Model = new() { Base = folder } };
            using var third = new Run(new RunSettings());
            Assert.Contains("has no room", Assert.Throws<RequestException>(() => new SupervisedFineTuning(new()).Fit(more, third)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Copies_of_copies_are_refused()
    {
        var problem = Improved(SupervisedFineTuningTests.Sums(), 2);
        Assert.Contains("already added", Assert.Throws<RequestException>(() => Improved(problem, 2)).Message);
    }
}
