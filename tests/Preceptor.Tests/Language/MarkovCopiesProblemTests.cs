using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using static Preceptor.Language.BuiltIn.MarkovCopiesProblem;

namespace Preceptor.Tests.Language;

/// <summary>Texts whose true probabilities are known: they are as told, and the exam measures the distance from them.</summary>
public sealed class MarkovCopiesProblemTests
{
    [Fact]
    public void Copies_say_again_what_stood_before_and_chains_follow_their_rows()
    {
        var (texts, rows) = Draw(new() { Texts = 2000, Words = 5 }, 3);
        Assert.Equal((2000, 200, 200), (texts.Train.Length, texts.Validation.Length, texts.Test.Length));
        Assert.All(rows, r => Assert.Equal(1, r.Sum(), 1e-12));
        var counts = new double[6, 5];
        var spans = new int[2];
        foreach (var row in texts.Train)
        {
            var words = row.Response.Split(' ');
            Assert.Equal(Length, words.Length);
            var places = Places(words);
            Assert.Equal(Chain, words[0]);
            for (var i = 0; i < Length; i++)
            {
                Assert.Equal(i % Span == 0, places[i] == Place.Mark);
                Assert.Equal(places[i] == Place.Mark, words[i] is Chain or Copy);
                if (places[i] == Place.Mark && i > 0) spans[words[i] == Copy ? 1 : 0]++;
                if (places[i] == Place.Copy) Assert.Equal(words[i - Span], words[i]);
                if (places[i] == Place.Chain) counts[words[i - 1] == Chain ? 5 : words[i - 1][1] - '0', words[i][1] - '0']++;
            }
        }
        Assert.InRange(spans[1] / (double)spans.Sum(), 0.47, 0.53);
        for (var from = 0; from < 6; from++)
        {
            var all = Enumerable.Range(0, 5).Sum(to => counts[from, to]);
            for (var to = 0; to < 5; to++) Assert.True(Math.Abs(counts[from, to] / all - rows[from][to]) <= 5 * Math.Sqrt(rows[from][to] * (1 - rows[from][to]) / all) + 1e-9, $"{from} {to}");
        }
    }

    [Fact]
    public void A_model_that_knows_nothing_is_off_by_what_the_truth_is_surer_and_one_that_learns_comes_nearer()
    {
        var (texts, rows) = Draw(new() { Texts = 300, Words = 6 }, 3);
        var tokenizer = texts.Learn(TokenKind.Word);
        TokenSequences Encode(TextRow[] some) => LanguageTexts.Encode(some, tokenizer, new(), 64, isPacked: false).Sequences;
        var problem = new LanguageProblem("markov-copies", tokenizer, Encode(texts.Train), Encode(texts.Validation[..20])) { Model = new() { Layers = 1, Width = 32, Length = 64, InitialDeviation = 1e-6 }, Training = new() { Epochs = 1, Batch = 32, Rate = 1e-9 } };
        using var run = new Run(new RunSettings());
        using var ignorant = new SupervisedFineTuning(new()).Fit(problem, run);
        var (chain, copies, _) = MarkovCopiesExam.Compare(ignorant, texts.Test, rows);
        Assert.All(copies.SelectMany(c => c), c => Assert.Equal(Math.Log(tokenizer.Size), c, 1e-3));
        for (var i = 0; i < 20; i++)
        {
            var words = texts.Test[i].Response.Split(' ');
            var places = Places(words);
            double[] expected = [.. Enumerable.Range(0, Length).Where(p => places[p] == Place.Chain).Select(p => rows[words[p - 1] == Chain ? 6 : words[p - 1][1] - '0']).Select(r => Math.Log(tokenizer.Size) + r.Where(q => q > 0).Sum(q => q * Math.Log(q)))];
            for (var p = 0; p < expected.Length; p++) Assert.Equal(expected[p], chain[i][p], 1e-3);
        }
        using var again = new Run(new RunSettings());
        using var learned = new SupervisedFineTuning(new()).Fit(problem with { Model = problem.Model with { InitialDeviation = 0.1 }, Training = new() { Epochs = 5, Batch = 32, Rate = 0.01 } }, again);
        var (nearer, _, right) = MarkovCopiesExam.Compare(learned, texts.Test, rows);
        Assert.True(nearer.SelectMany(c => c).Average() < 0.2 * chain.SelectMany(c => c).Average());
        Assert.All(nearer.SelectMany(c => c), c => Assert.True(c > -1e-6));
        Assert.InRange(right.SelectMany(r => r).Average(), 0.1, 1);
    }
}
