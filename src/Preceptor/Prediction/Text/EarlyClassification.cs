using Preceptor.Data;
using Preceptor.Evaluation;

namespace Preceptor.Prediction.Text;

/// <summary>What is known of a stream after some of its texts.</summary>
/// <param name="Texts">How many texts were read.</param>
/// <param name="Confidences">The confidence in each class so far [C].</param>
/// <param name="Latest">What the latest text added [C].</param>
public sealed record StreamEvidence(int Texts, IReadOnlyList<double> Confidences, IReadOnlyList<double> Latest);

/// <summary>Whether the evidence suffices to call a stream positive now.</summary>
public delegate bool StoppingPolicy(StreamEvidence evidence);

/// <summary>
/// Early classification of a stream of texts, such as a user's posts: after each text a policy says whether the evidence suffices to call
/// the stream positive. That decision is final; a stream that ends without it is negative. Nothing is read twice: what was read is kept as
/// one confidence a class.
/// </summary>
/// <param name="classifier">A trained classifier.</param>
/// <param name="policy">When the evidence suffices.</param>
public sealed class EarlyClassification(IncrementalTextClassifier classifier, StoppingPolicy policy)
{
    private readonly double[] confidences = new double[classifier.Counts.Classes];

    /// <summary>The paper's policy: the confidence in the positive class is above that in every other class.</summary>
    /// <param name="positive">The positive class, 0 to C − 1.</param>
    /// <param name="margin">By how much at least it must be above; 0 as in the paper. More makes later and fewer alarms.</param>
    public static StoppingPolicy Outweighs(int positive, double margin = 0) => evidence =>
    {
        for (var c = 0; c < evidence.Confidences.Count; c++)
            if (c != positive && !(evidence.Confidences[positive] > evidence.Confidences[c] + margin)) return false;
        return true;
    };

    /// <summary>How many texts were read.</summary>
    public int Texts { get; private set; }

    /// <summary>The confidence in each class so far [C].</summary>
    public IReadOnlyList<double> Confidences => confidences;

    /// <summary>After how many texts the stream was called positive; null if it was not.</summary>
    public int? PositiveAfter { get; private set; }

    /// <summary>Reads the next text, unless the decision is made.</summary>
    /// <returns>Whether the stream is called positive.</returns>
    public bool Read(ReadOnlySpan<char> text)
    {
        if (PositiveAfter is not null) return true;
        var latest = classifier.Confidences(text);
        IncrementalTextClassifier.Summarise(classifier.Settings.Paragraphs, latest, confidences);
        Texts++;
        if (policy(new(Texts, [.. confidences], latest))) PositiveAfter = Texts;
        return PositiveAfter is not null;
    }

    /// <summary>Reads the text of a row as the stream's next, unless the decision is made.</summary>
    /// <returns>Whether the stream is called positive.</returns>
    public bool Read(Examples examples, int row) => Read(IncrementalTextClassifier.Document(examples, row));

    /// <summary>The decision on a stream that has ended, for its evaluation.</summary>
    /// <param name="truth">Whether the stream is truly positive.</param>
    public EarlyDecision Decision(bool truth) => new(PositiveAfter is not null, PositiveAfter ?? Texts, truth);
}
