using CsCheck;
using Preceptor.Prediction.Text;

namespace Preceptor.Tests.Prediction.Text;

public sealed class RowExplanationTests
{
    private static IncrementalTextClassifier Trained()
    {
        var classifier = new IncrementalTextClassifier(3, new() { LeastCount = 1 });
        classifier.Learn("refund refund invoice", 0);
        classifier.Learn("crash crash crash error", 1);
        classifier.Learn("password login", 2);
        return classifier;
    }

    [Fact]
    public void The_strongest_words_are_those_that_say_most_in_all_their_occurrences()
    {
        var explained = Trained().Explain("Error crash! REFUND crash error error, refund? error");
        double error = Trained().ExplainWord("error")!.Confidence[1], crash = Trained().ExplainWord("crash")!.Confidence[1];
        Assert.True(4 * error > 2 * crash && crash > error);
        Assert.Equal([new("error", error, 4), new("crash", crash, 2)], explained.Strongest(1, 5));
        Assert.Equal(["error"], explained.Strongest(1, 1).Select(w => w.Word));
        Assert.Empty(explained.Strongest(2, 5));
        Assert.Equal("refund 0.83 ×2", new WordWeight("refund", 0.83, 2).ToString());
        Assert.Equal("refund 0.1235", new WordWeight("refund", 0.12345, 1).ToString());
    }

    [Fact]
    public void An_explanation_is_cut_to_two_classes_and_the_words_that_speak_for_them()
    {
        var row = RowExplanation.Of(Trained().Explain("crash and refund. login"), 1, 0);
        Assert.Equal([1, 0], row.Classes);
        Assert.Equal([["crash", "refund"], []], row.Excerpt.Paragraphs.Single().Parts.Select(s => s.Parts.Select(w => row.Excerpt.Text.Substring(w.Start, w.Length)).ToArray()));
        Assert.All(row.Excerpt.Paragraphs.Single().Parts[0].Parts, w => Assert.Equal(2, w.Confidences.Count));
        Assert.Equal([["crash"], ["refund"]], row.Strongest.Select(s => s.Select(w => w.Word).ToArray()));
        Assert.Equal([1], RowExplanation.Of(Trained().Explain("crash"), 1, 1).Classes);
    }

    [Fact]
    public void A_long_text_is_cut_behind_a_word_while_its_strongest_words_are_those_of_the_whole()
    {
        var text = $"{string.Concat(Enumerable.Repeat("crash ", 300))}\u0001. refund";
        var row = RowExplanation.Of(Trained().Explain(text), 1, 0);
        Assert.InRange(row.Excerpt.Text.Length, RowExplanation.LongestExcerpt - 6, RowExplanation.LongestExcerpt);
        Assert.EndsWith("crash", row.Excerpt.Text, StringComparison.Ordinal);
        Assert.Equal(text.Length, row.Excerpt.Text.Length + row.LeftOut);
        Assert.Equal("refund", row.Strongest[1].Single().Word);
        Assert.Equal(300, row.Strongest[0].Single().Times);
    }

    [Fact]
    public void Every_part_lies_in_its_whole_and_nothing_of_the_text_is_moved()
    {
        string[] pieces = ["crash", "refund", "login", " ", ". ", "\n", "\u0000", "\U0001F600", "ß", new string('x', 700)];
        Gen.Int[0, pieces.Length - 1].Array[0, 40].Select(chosen => string.Concat(chosen.Select(i => pieces[i]))).Sample(text =>
        {
            var row = RowExplanation.Of(Trained().Explain(text), 0, 1);
            Assert.Equal(text.Length, row.Excerpt.Text.Length + row.LeftOut);
            Assert.Equal(new string([.. text.Take(row.Excerpt.Text.Length).Select(c => char.IsControl(c) ? ' ' : c)]), row.Excerpt.Text);
            Assert.False(row.Excerpt.Text.Length > 0 && char.IsHighSurrogate(row.Excerpt.Text[^1]));
            var at = 0;
            foreach (var paragraph in row.Excerpt.Paragraphs)
            {
                Assert.True(paragraph.Start >= at && paragraph.Start + paragraph.Length <= row.Excerpt.Text.Length);
                at = paragraph.Start;
                foreach (var part in paragraph.Parts.SelectMany(s => s.Parts.Prepend(s)))
                {
                    Assert.True(part.Start >= at && part.Start + part.Length <= paragraph.Start + paragraph.Length);
                    at = part.Start;
                }
            }
        });
    }
}
