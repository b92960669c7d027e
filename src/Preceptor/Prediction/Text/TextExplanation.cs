using System.Globalization;
using Options = Preceptor.Prediction.Text.IncrementalTextClassification.Options;

namespace Preceptor.Prediction.Text;

/// <summary>A part of a text and its confidence in each class.</summary>
/// <param name="Start">Where it starts in the text.</param>
/// <param name="Length">How many characters it has.</param>
/// <param name="Confidences">Its confidence in each class [C]; for a word that was never seen, zeros.</param>
/// <param name="Parts">What it consists of: the sentences of a paragraph, the words of a sentence; empty for a word.</param>
public sealed record TextBlock(int Start, int Length, IReadOnlyList<double> Confidences, IReadOnlyList<TextBlock> Parts)
{
    internal bool IsWord => Parts.Count == 0;
}

/// <summary>A word of a text and how much it says.</summary>
/// <param name="Word">The word in lower case.</param>
/// <param name="Confidence">What one occurrence of it says.</param>
/// <param name="Times">How often it occurs.</param>
public sealed record WordWeight(string Word, double Confidence, int Times)
{
    /// <summary>The word with its numbers: <c>refund 0.83 ×2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Word} {Confidence:0.00##}{(Times > 1 ? $" ×{Times}" : "")}");
}

/// <summary>What each paragraph, sentence and word of a text adds to the confidence in each class.</summary>
/// <param name="Text">The text as it was read: cleaned if the classifier cleans.</param>
/// <param name="Confidences">The text's confidence in each class [C].</param>
/// <param name="Paragraphs">Its paragraphs in order, each of sentences, these of words; those without words are left out.</param>
public sealed record TextExplanation(string Text, IReadOnlyList<double> Confidences, IReadOnlyList<TextBlock> Paragraphs)
{
    /// <summary>Each occurrence of a word, in order, with its confidence in one class.</summary>
    /// <param name="label">The class, 0 to C − 1.</param>
    public IEnumerable<(string Word, double Confidence)> Words(int label) =>
        Paragraphs.SelectMany(p => p.Parts).SelectMany(s => s.Parts).Select(w => (Text.Substring(w.Start, w.Length), w.Confidences[label]));

    /// <summary>The words that say most for a class, all their occurrences together, the strongest first; words that say nothing are left out.</summary>
    /// <param name="label">The class, 0 to C − 1.</param>
    /// <param name="most">At most this many.</param>
    public IReadOnlyList<WordWeight> Strongest(int label, int most) =>
        [.. Words(label).Where(w => w.Confidence > 0).GroupBy(w => w.Word.ToLowerInvariant()).Select(g => new WordWeight(g.Key, g.First().Confidence, g.Count()))
            .OrderByDescending(w => w.Confidence * w.Times).ThenBy(w => w.Word, StringComparer.Ordinal).Take(most)];

    internal delegate double[]? Lookup(ReadOnlySpan<char> word);

    internal static TextExplanation Of(string text, int classes, Options options, Lookup lookup)
    {
        var read = text.ToLowerInvariant();
        var paragraphs = new List<TextBlock>();
        foreach (var paragraph in read.AsSpan().Split('\n'))
        {
            var sentences = new List<TextBlock>();
            foreach (var sentence in read.AsSpan(paragraph).Split('.'))
            {
                var words = new List<TextBlock>();
                var start = paragraph.Start.Value + sentence.Start.Value;
                var ofSentence = read.AsSpan(paragraph)[sentence];
                var reader = new WordReader(ofSentence);
                while (reader.Next())
                {
                    var (offset, length) = reader.Current.GetOffsetAndLength(ofSentence.Length);
                    words.Add(new(start + offset, length, lookup(ofSentence[reader.Current]) ?? new double[classes], []));
                }
                if (words.Count > 0) sentences.Add(new(start, ofSentence.Length, Summary(options.Words, words, classes), words));
            }
            if (sentences.Count > 0) paragraphs.Add(new(paragraph.Start.Value, read.AsSpan(paragraph).Length, Summary(options.Sentences, sentences, classes), sentences));
        }
        return new(text, Summary(options.Paragraphs, paragraphs, classes), paragraphs);
    }

    private static double[] Summary(SummaryOperator by, List<TextBlock> parts, int classes)
    {
        var whole = new double[classes];
        foreach (var part in parts) IncrementalTextClassifier.Summarise(by, [.. part.Confidences], whole);
        return whole;
    }
}
