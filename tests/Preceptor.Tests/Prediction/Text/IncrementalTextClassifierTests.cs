using CsCheck;
using Preceptor.Prediction.Text;
using Options = Preceptor.Prediction.Text.IncrementalTextClassification.Options;

namespace Preceptor.Tests.Prediction.Text;

public sealed class IncrementalTextClassifierTests
{
    private static readonly string[] Vocabulary = ["the", "a", "soup", "goal", "song", "train", "it's", "ÄRGER", ".", "\n", ","];

    private static readonly Gen<(string Text, int Label)[]> Documents =
        Gen.Select(Gen.Int[0, Vocabulary.Length - 1].Array[1, 12].Select(words => string.Join(' ', words.Select(w => Vocabulary[w]))), Gen.Int[0, 2]).Array[1, 20];

    private static IncrementalTextClassifier Learn(Options options, int classes, params (string Text, int Label)[] documents)
    {
        var classifier = new IncrementalTextClassifier(classes, options);
        foreach (var (text, label) in documents) classifier.Learn(text, label);
        return classifier;
    }

    [Theory]
    [InlineData("Don't stop: it's 3 o'clock, rock'n'roll!", new[] { "don't", "stop", "it's", "3", "o'clock", "rock'n", "roll" })]
    [InlineData("snake_case 'quoted' the dogs' ½ Ärger 漢字", new[] { "snake_case", "quoted", "the", "dogs", "½", "ärger", "漢字" })]
    [InlineData("\U00020000\U00020001 \U0001F600ok", new[] { "\U00020000\U00020001", "ok" })]
    [InlineData(" .,'' ", new string[0])]
    public void Words_are_runs_of_letters_numbers_and_underscores_with_an_apostrophe_inside(string text, string[] words) =>
        Assert.Equal(words, Learn(new(), 1, (text, 0)).Counts.Words);

    /// <summary>Reckoned by hand: class 0 has a 4 and b 2; class 1 has a 4, c 2; class 2 has a 4, b 1.</summary>
    [Fact]
    public void Values_are_those_reckoned_by_hand()
    {
        var options = new Options { Smoothness = 1, Significance = 1, LeastCount = 1, StopWordFilter = false };
        var classifier = Learn(options, 3, ("a a a a b b", 0), ("a a a a c c", 1), ("a a a a b", 2));
        Assert.Equal([1, 1, 1], classifier.ExplainWord("a")!.Local);
        Assert.Equal([1, 1, 1], classifier.ExplainWord("a")!.Significance); // no deviation, and a value
        Assert.Equal([0, 0, 0], classifier.ExplainWord("a")!.Sanction);     // claimed by all
        Assert.Equal([0, 0.5, 0], classifier.ExplainWord("c")!.Local);
        // M = 0, MAD = 1/6: the sigmoid at three deviations.
        Assert.Equal(0.5 * Math.Tanh(6) + 0.5, classifier.ExplainWord("C")!.Significance[1], 1e-15);
        Assert.Equal(1, classifier.ExplainWord("c")!.Sanction[1], 1e-15);
        // b: lv = ½, 0, ¼; M = ¼, MAD = 1/6; class 1 never saw it and claims nothing.
        var (first, last) = (0.5 * Math.Tanh(1.5) + 0.5, 0.5 * Math.Tanh(-3) + 0.5);
        Assert.All(classifier.ExplainWord("b")!.Significance.Zip([first, 0, last]), p => Assert.Equal(p.Second, p.First, 1e-15));
        Assert.Equal((2 - last) / (2 * (last + 1)), classifier.ExplainWord("b")!.Sanction[0], 1e-15);
        Assert.Equal(0.5 * first * (2 - last) / (2 * (last + 1)), classifier.ExplainWord("b")!.Global[0], 1e-15);
        Assert.Null(classifier.ExplainWord("d"));
    }

    [Fact]
    public void A_sanction_is_the_harder_the_more_classes_claim_a_word()
    {
        // Words of one, two and four claimants of full significance: 1, ⅓ and 0; ρ = 2 squares them.
        var documents = new[] { ("x x y y z z", 0), ("y y z z", 1), ("z z", 2), ("z z", 3) };
        double[] Sanctions(double sanction) => [.. "xyz".Select(w => Learn(new Options { Significance = 0.01, Sanction = sanction, StopWordFilter = false }, 4, documents).ExplainWord($"{w}")!.Sanction[0])];
        Assert.All(Sanctions(1).Zip([1, 1 / 3.0, 0]), p => Assert.Equal(p.Second, p.First, 1e-12));
        Assert.All(Sanctions(2).Zip([1, 1 / 9.0, 0]), p => Assert.Equal(p.Second, p.First, 1e-12));
    }

    [Fact]
    public void Neither_the_order_of_the_texts_nor_looking_in_between_changes_anything() =>
        Documents.Sample(documents =>
        {
            var options = new Options { Normalised = documents.Length % 2 == 0 };
            var batch = Learn(options, 3, documents);
            var incremental = new IncrementalTextClassifier(3, options);
            foreach (var (text, label) in documents.Reverse())
            {
                incremental.Learn(text, label);
                incremental.Confidences("the soup");
            }
            Assert.Equal(batch.Counts.Words.Order(), incremental.Counts.Words.Order());
            foreach (var word in batch.Counts.Words)
            {
                Assert.Equal(batch.Counts.Of(batch.Counts.Find(word)).ToArray(), incremental.Counts.Of(incremental.Counts.Find(word)).ToArray());
                Assert.Equal(batch.ExplainWord(word)!.Confidence, incremental.ExplainWord(word)!.Confidence);
            }
        }, iter: 100);

    [Fact]
    public void Local_values_grow_with_counts_and_all_values_lie_between_nothing_and_one() =>
        Documents.Sample(documents =>
        {
            var classifier = Learn(new() { StopWordFilter = documents.Length % 3 == 0, Normalised = documents.Length % 2 == 0, Sanction = 0.5 }, 3, documents);
            for (var c = 0; c < 3; c++)
            {
                var byCount = classifier.Counts.Words.Select(w => (Count: classifier.Counts.Of(classifier.Counts.Find(w))[c], classifier.ExplainWord(w)!.Local)).OrderBy(w => w.Count).Select(w => w.Local[c]).ToArray();
                Assert.Equal(byCount.Order(), byCount);
            }
            Assert.All(classifier.Counts.Words.SelectMany(w => classifier.ExplainWord(w) is var v ? v!.Local.Concat(v.Significance).Concat(v.Sanction).Concat(v.Global).Concat(v.Confidence) : []), v => Assert.InRange(v, 0, 1));
        }, iter: 100);

    [Fact]
    public void Texts_one_after_the_other_add_up_to_the_text_of_both() =>
        Documents.Sample(documents =>
        {
            var classifier = Learn(new() { LeastCount = 1 }, 3, documents);
            var (first, last) = (documents[0].Text, documents[^1].Text);
            var sum = classifier.Confidences(first).Zip(classifier.Confidences(last), (a, b) => a + b);
            Assert.All(classifier.Confidences($"{first}\n{last}").Zip(sum), p => Assert.Equal(p.Second, p.First, 1e-12));
        }, iter: 100);

    [Fact]
    public void An_explanation_adds_up_to_the_confidences_whatever_the_operators() =>
        Gen.Select(Documents, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool).Sample((documents, words, sentences, paragraphs, cleaned) =>
        {
            SummaryOperator Of(bool maximum) => maximum ? SummaryOperator.Maximum : SummaryOperator.Sum;
            var classifier = Learn(new() { LeastCount = 1, Cleaned = cleaned, Words = Of(words), Sentences = Of(sentences), Paragraphs = Of(paragraphs) }, 3, documents);
            foreach (var (text, _) in documents)
            {
                var explanation = classifier.Explain(text);
                Assert.Equal(classifier.Confidences(text), explanation.Confidences);
                Assert.All(explanation.Paragraphs.SelectMany(p => p.Parts).SelectMany(s => s.Parts), w =>
                    Assert.Equal(classifier.ExplainWord(explanation.Text.Substring(w.Start, w.Length))!.Confidence, w.Confidences));
            }
        }, iter: 60);

    [Fact]
    public void An_explanation_names_the_words_as_they_stand_in_the_text()
    {
        var classifier = Learn(new(), 2, ("goal goal match match the the", 0), ("soup soup the the", 1));
        var explanation = classifier.Explain("The GOAL. A match\nof Soup");
        Assert.Equal(["The", "GOAL", "A", "match", "of", "Soup"], explanation.Words(0).Select(w => w.Word));
        Assert.Equal([("GOAL", 1.0), ("match", 1.0)], explanation.Words(0).Where(w => w.Confidence > 0.5));
        Assert.Equal([2, 1], explanation.Paragraphs.Select(p => p.Parts.Count));
        Assert.Equal(["goal", "match"], classifier.TopWords(0, 2).Select(w => w.Word));
        Assert.Equal(["soup"], classifier.TopWords(1, 1).Select(w => w.Word));
    }

    [Fact]
    public void The_largest_sentence_decides_where_the_operator_says_so()
    {
        var classifier = Learn(new() { Sentences = SummaryOperator.Maximum }, 2, ("goal goal", 0), ("soup soup", 1));
        Assert.Equal([1, 2], classifier.Confidences("goal. goal. soup soup"));
        Assert.Equal([2, 2], classifier.With(new()).Confidences("goal. goal. soup soup"));
    }

    [Fact]
    public void Accents_go_whether_they_are_part_of_the_letter_or_follow_it() =>
        Assert.Equal("creme brulee zlot .", TextCleaning.Clean("Cre\u0300me Brûlée Źlöť"));

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_class_that_is_none_is_refused(int label) => Assert.Throws<ArgumentOutOfRangeException>(() => new IncrementalTextClassifier(2, new()).Learn("a", label));
}
