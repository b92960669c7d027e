using System.Runtime.CompilerServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Options = Preceptor.Prediction.Text.IncrementalTextClassification.Options;

namespace Preceptor.Prediction.Text;

/// <summary>
/// Word counts of classes as a classifier of texts (<see cref="IncrementalTextClassification"/>), which can learn on at any time. One thread at a time.
/// </summary>
public sealed class IncrementalTextClassifier : IExplainsText
{
    /// <summary>The name of the format, and the slug of the method.</summary>
    public const string FormatName = "ss3";

    private const string FormFile = "words.json", CountsFile = "counts.safetensors";

    // What is spread evenly over the classes, so that a class that no word of a text speaks for is unlikely rather than impossible.
    private const double EvenShare = 0.001;

    private readonly WordConfidences confidences;

    /// <summary>Creates a classifier that has seen no text.</summary>
    /// <param name="classes">How many classes, C.</param>
    /// <param name="options">How counts become confidences.</param>
    public IncrementalTextClassifier(int classes, Options options) : this(new WordCounts(classes), options) { }

    private IncrementalTextClassifier(WordCounts counts, Options options) => (Counts, Settings, confidences) = (counts, options, new(counts, options));

    /// <summary>What it has learned.</summary>
    public WordCounts Counts { get; }

    /// <summary>How counts become confidences.</summary>
    public Options Settings { get; }

    /// <inheritdoc/>
    public string Format => FormatName;

    /// <summary>The class whose texts have had most words: the answer where no word says anything. The last of equals.</summary>
    public int MostFrequentClass
    {
        get
        {
            var most = 0;
            for (var c = 1; c < Counts.Classes; c++)
                if (Counts.Totals[c] >= Counts.Totals[most]) most = c;
            return most;
        }
    }

    /// <summary>Learns one more text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">Its class, 0 to C − 1.</param>
    public void Learn(ReadOnlySpan<char> text, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Counts.Classes);
        Counts.Add(Read(text), label);
    }

    /// <summary>The same counts under other options; what either learns, both know.</summary>
    public IncrementalTextClassifier With(Options options) => new(Counts, options);

    /// <summary>A text's confidence in each class [C], ≥ 0: the sum of its words', unless other operators are set.</summary>
    public double[] Confidences(ReadOnlySpan<char> text)
    {
        var classes = Counts.Classes;
        var whole = new double[classes];
        Span<double> paragraphs = new double[classes], sentences = new double[classes];
        var read = Read(text);
        foreach (var paragraph in read.Split('\n'))
        {
            paragraphs.Clear();
            foreach (var sentence in read[paragraph].Split('.'))
            {
                sentences.Clear();
                var ofSentence = read[paragraph][sentence];
                var reader = new WordReader(ofSentence);
                while (reader.Next())
                    if (Counts.Find(ofSentence[reader.Current]) is >= 0 and var word) Summarise(Settings.Words, confidences.Of(word), sentences);
                Summarise(Settings.Sentences, sentences, paragraphs);
            }
            Summarise(Settings.Paragraphs, paragraphs, whole);
        }
        return whole;
    }

    /// <summary>The class of largest confidence, the first of equals; <see cref="MostFrequentClass"/> where no word says anything.</summary>
    public int Classify(ReadOnlySpan<char> text)
    {
        var values = Confidences(text);
        var largest = values.Max();
        return largest > 0 ? Array.IndexOf(values, largest) : MostFrequentClass;
    }

    /// <summary>What a word says of each class, and how that comes about; null if it was never seen.</summary>
    /// <param name="word">The word; case does not matter.</param>
    public WordConfidence? ExplainWord(string word) => Counts.Find(word.ToLowerInvariant()) is >= 0 and var known ? confidences.Explain(known) : null;

    /// <summary>What each paragraph, sentence and word of a text adds to the confidence in each class.</summary>
    public TextExplanation Explain(ReadOnlySpan<char> text)
    {
        var read = Settings.Cleaned ? TextCleaning.Clean(text.ToString()) : text.ToString();
        return TextExplanation.Of(read, Counts.Classes, Settings, word => Counts.Find(word) is >= 0 and var known ? confidences.Of(known).ToArray() : null);
    }

    /// <inheritdoc/>
    public TextExplanation Explain(Examples examples, int row) => Explain(Document(examples, row));

    /// <summary>The words of largest confidence in a class, the largest first; words of no confidence are left out.</summary>
    /// <param name="label">The class, 0 to C − 1.</param>
    /// <param name="most">At most this many.</param>
    public IReadOnlyList<(string Word, double Confidence)> TopWords(int label, int most) =>
        [.. Enumerable.Range(0, Counts.Words.Count).Select(w => (Word: Counts.Words[w], Confidence: confidences.Of(w)[label]))
            .Where(w => w.Confidence > 0).OrderByDescending(w => w.Confidence).ThenBy(w => w.Word, StringComparer.Ordinal).Take(most)];

    /// <inheritdoc/>
    /// <remarks>Logarithms of each class's share of the summed confidence; where that is 0, of its share of all words seen in training.</remarks>
    public float[] Logits(Examples examples)
    {
        if (examples.Count > 0 && examples.Texts.Count == 0) throw new RequestException($"{FormatName} reads words, and the rows have no text");
        var classes = Counts.Classes;
        var logits = new float[examples.Count * classes];
        double[] seen = [.. Counts.Totals.ToArray().Select(total => (double)total)];
        for (var row = 0; row < examples.Count; row++)
        {
            var values = Confidences(Document(examples, row));
            if (values.Sum() == 0) values = seen;
            var sum = values.Sum();
            for (var c = 0; c < classes; c++)
                logits[row * classes + c] = (float)Math.Log(EvenShare / classes + (sum > 0 ? (1 - EvenShare) * values[c] / sum : 0));
        }
        return logits;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, FormFile), new Form(Counts.Classes, Settings, Counts.Words));
        var state = new State();
        state.Add("counts", Counts.All, Counts.Words.Count, Counts.Classes);
        state.Write(Path.Combine(folder, CountsFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static IncrementalTextClassifier Load(string folder)
    {
        var path = Path.Combine(folder, FormFile);
        var form = ModelFiles.ReadJson<Form>(path);
        if (form.Classes is < 1 or > 1_000_000 || form.Options is null || form.Words is null) throw new RequestException($"{path}: describes no word counts");
        if (form.Options is not { Smoothness: > 0 and <= 1, Significance: >= 0 and <= 1000, Sanction: >= 0 and <= 1000, LeastConfidence: >= 0 and <= 1, LeastCount: >= 1 })
            throw new RequestException($"{path}: an option lies outside its range");
        var counts = State.Load(Path.Combine(folder, CountsFile)).ReadArray<int>("counts");
        return new(WordCounts.From(form.Classes, form.Words, counts)
            ?? throw new RequestException($"{Path.Combine(folder, CountsFile)}: its {counts.Length} counts do not fit the {form.Words.Count} words and {form.Classes} classes of {FormFile}"), form.Options);
    }

    /// <summary>Holds nothing but managed memory.</summary>
    public void Dispose() { }

    /// <summary>The text of a row; several columns are paragraphs of one text.</summary>
    internal static ReadOnlySpan<char> Document(Examples examples, int row) =>
        examples.Texts is [var only] ? only[row] : string.Join('\n', examples.Texts.Select(column => column[row].ToString()));

#pragma warning disable CA2255 // Reading a saved model must know this format, whatever else of the library was used before.
    [ModuleInitializer]
    internal static void Register() => ClassifierFormats.Register(FormatName, Load);
#pragma warning restore CA2255

    internal static void Summarise(SummaryOperator by, ReadOnlySpan<double> part, Span<double> whole)
    {
        for (var c = 0; c < whole.Length; c++) whole[c] = by == SummaryOperator.Sum ? whole[c] + part[c] : Math.Max(whole[c], part[c]);
    }

    private ReadOnlySpan<char> Read(ReadOnlySpan<char> text)
    {
        if (Settings.Cleaned) return TextCleaning.Clean(text.ToString());
        var lower = new char[text.Length];
        text.ToLowerInvariant(lower);
        return lower;
    }

    private sealed record Form(int Classes, Options Options, IReadOnlyList<string> Words);
}
