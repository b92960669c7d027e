using CsCheck;
using Preceptor.Foundation;
using Preceptor.Language.BuiltIn;
using static Preceptor.Language.BuiltIn.AgreementProblem;

namespace Preceptor.Tests.Language;

/// <summary>Sentences by a grammar: verbs agree, and what is spoilt is spoilt in one way.</summary>
public sealed class AgreementProblemTests
{
    /// <summary>Whether a verb has its subject's number, as the first word of the clause tells it.</summary>
    private static bool Agrees(string[] words)
    {
        var start = 0;
        var clauses = new List<string[]>();
        for (var i = 0; i < words.Length; i++)
        {
            if (!AgreementWords.Conjunctions.Contains(words[i]) && words[i] != ".") continue;
            clauses.Add(words[start..i]);
            start = i + 1;
        }
        return clauses.All(c => c.Where(w => AgreementWords.Verbs.SelectMany(v => v).Any(v => w == v || w == v + "s")).All(v => v.EndsWith('s') != AgreementWords.Many.Contains(c[0])));
    }

    [Fact]
    public void Sentences_agree_and_spoilt_ones_do_not() => Gen.ULong.Sample(seed =>
    {
        var (sentences, labels) = Ask(Probe.Agreement, 20, RandomStream.Of(seed, "probe"));
        Assert.Equal(10, labels.Sum());
        for (var i = 0; i < 20; i++) Assert.Equal(labels[i] == 0, Agrees(sentences[i]));
        var (words, verbs, openings) = Write(RandomStream.Of(seed, "sentence"), isPast: true);
        Assert.All(verbs, v => Assert.EndsWith("ed", words[v], StringComparison.Ordinal));
        Assert.All(openings, o => Assert.Contains(words[o], AgreementWords.One.Concat(AgreementWords.Many)));
        Assert.InRange(words.Length, 8, 32);
    }, iter: 100);

    [Fact]
    public void Words_out_of_order_follow_no_opening_and_a_word_too_many_is_one_more()
    {
        string[] determiners = [.. AgreementWords.One, .. AgreementWords.Many];
        bool Ordered(string[] words) => Enumerable.Range(0, words.Length).All(i => !determiners.Contains(words[i]) || i + 1 < words.Length && (AgreementWords.Adjectives.SelectMany(a => a).Contains(words[i + 1]) || AgreementWords.Nouns.SelectMany(n => n).Any(n => words[i + 1] == n || words[i + 1] == n + "s")));
        bool Starts(string[] words) => Enumerable.Range(0, words.Length).All(i => !AgreementWords.Adjectives.SelectMany(a => a).Contains(words[i]) || i > 0 && determiners.Contains(words[i - 1]));
        var (sentences, labels) = Ask(Probe.Order, 200, RandomStream.Of(1, "probe"));
        for (var i = 0; i < 200; i++) Assert.Equal(labels[i] == 0, Ordered(sentences[i]) && Starts(sentences[i]) && determiners.Contains(sentences[i][0]));
        var (past, isPast) = Ask(Probe.Tense, 100, RandomStream.Of(1, "probe"));
        for (var i = 0; i < 100; i++) Assert.Equal(isPast[i] == 1, past[i].Any(w => w.EndsWith("ed", StringComparison.Ordinal)));
        // Of a spoilt sentence one word can be left out so that every clause has what it must have: at least it is longer on the mean by one.
        var (inserted, more) = Ask(Probe.Insertion, 2000, RandomStream.Of(1, "probe"));
        double Length(int label) => inserted.Where((_, i) => more[i] == label).Average(s => s.Length);
        Assert.InRange(Length(1) - Length(0), 0.5, 1.5);
    }

    [Fact]
    public void Labels_and_tests_are_others_than_the_sentences_to_learn_from()
    {
        var texts = Draw(new() { Sentences = 100 }, 3);
        Assert.Equal((100, 200, 200), (texts.Train.Length, texts.Validation.Length, texts.Test.Length));
        Assert.Equal(texts.Train.Select(t => t.Response), Draw(new() { Sentences = 100 }, 3).Train.Select(t => t.Response));
        Assert.NotEqual(texts.Train[0].Response, Draw(new() { Sentences = 100 }, 4).Train[0].Response);
        Assert.True(texts.Train.SelectMany(t => t.Response.Split(' ')).Distinct().Count() > 80);
    }
}
