using Preceptor.Models;

namespace Preceptor.Ranking;

/// <summary>How a <see cref="DocumentSearch"/> fetches.</summary>
/// <param name="Bm25">The weights of BM25.</param>
/// <param name="WordsShare">a: BM25's share of the mixture with the vectors' cosine, in [0, 1].</param>
/// <param name="Most">K, how many documents are fetched.</param>
/// <param name="FromYears">Documents from this many years after the query on; −∞ for all.</param>
/// <param name="ToYears">Documents up to this many years after the query; ∞ for all.</param>
internal sealed record DocumentSearchOptions(Bm25 Bm25, double WordsShare, int Most, double FromYears, double ToYears);

/// <summary>
/// Fetches documents for documents (Chalkidis et al. 2021): a · norm(BM25) + (1 − a) · norm(cosine of the vectors), each from 0 for the worst to 1 for the best document of the query; documents outside of the window of
/// dates fall out before the best K are taken, and those without a date pass.
/// </summary>
internal sealed class DocumentSearch(DocumentSearchOptions options, TopicEncoder? encoder, double[] dates) : IDisposable
{
    private const string FileName = "search.json", DatesFile = "dates.json", EncoderFolder = "encoder";
    private IReadOnlyList<string>? indexed;
    private InvertedIndex? index;
    private float[] vectors = [];

    /// <summary>How it fetches.</summary>
    public DocumentSearchOptions Options => options;

    /// <summary>The list of a query's fetched documents, its first scores the mixture.</summary>
    public CandidateList Fetch(CandidateList query, IReadOnlyList<string> documents)
    {
        var (words, cosine) = Scores(query, documents);
        var scores = Mix(options.WordsShare, words, cosine);
        int[] kept = [.. Enumerable.Range(0, scores.Length).Where(d => d != query.Itself && IsWithin(query.Date, d)).OrderByDescending(d => scores[d]).ThenBy(d => d).Take(options.Most)];
        return query with { Documents = kept, FirstScores = [.. kept.Select(d => scores[d])], Features = [] };
    }

    /// <summary>BM25 and cosine of every document.</summary>
    public (double[] Words, double[] Cosine) Scores(CandidateList query, IReadOnlyList<string> documents)
    {
        Prepare(documents);
        var (words, cosine) = (new double[documents.Count], new double[documents.Count]);
        index!.Score(query.Text, options.Bm25, words);
        if (encoder is null) return (words, cosine);
        var vector = encoder.Encode([query.Text]);
        for (var d = 0; d < cosine.Length; d++) cosine[d] = VectorIndex.Dot(vector, vectors.AsSpan(d * encoder.Width, encoder.Width));
        return (words, cosine);
    }

    /// <summary>The mixture of two lists of scores, each brought between 0 and 1.</summary>
    public static double[] Mix(double share, double[] words, double[] cosine)
    {
        var (a, b) = (MinMax(words), MinMax(cosine));
        return [.. a.Zip(b, (x, y) => share * x + (1 - share) * y)];
    }

    /// <summary>Scores from 0 for the least to 1 for the greatest; a list of equal ones is 0.</summary>
    public static double[] MinMax(double[] scores)
    {
        if (scores.Length == 0) return [];
        var (low, high) = (scores.Min(), scores.Max());
        return [.. scores.Select(s => high > low ? (s - low) / (high - low) : 0)];
    }

    private bool IsWithin(double queryDate, int document)
    {
        var years = document < dates.Length ? dates[document] - queryDate : double.NaN;
        return double.IsNaN(years) || years >= options.FromYears && years <= options.ToYears;
    }

    private void Prepare(IReadOnlyList<string> documents)
    {
        if (ReferenceEquals(documents, indexed)) return;
        index?.Dispose();
        var folder = Directory.CreateTempSubdirectory("preceptor-index-").FullName;
        var writer = new InvertedIndexWriter(TermForm.English);
        for (var d = 0; d < documents.Count; d++) writer.Add("", documents[d]);
        writer.Write(Path.Combine(folder, "index"));
        index = InvertedIndex.Open(Path.Combine(folder, "index"));
        Directory.Delete(folder, recursive: true); // the postings stay open
        vectors = encoder?.Encode(documents) ?? [];
        indexed = documents;
    }

    /// <summary>A search with other options over the same documents.</summary>
    public DocumentSearch With(DocumentSearchOptions other) => new(other, encoder, dates) { indexed = indexed, index = index, vectors = vectors };

    /// <summary>Writes it.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(options.Bm25, options.WordsShare, options.Most, Finite(options.FromYears), Finite(options.ToYears)));
        ModelFiles.WriteJson(Path.Combine(folder, DatesFile), dates.Select(Finite).ToArray());
        encoder?.Save(Path.Combine(folder, EncoderFolder));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static DocumentSearch Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var encoder = Directory.Exists(Path.Combine(folder, EncoderFolder)) ? TopicEncoder.Load(Path.Combine(folder, EncoderFolder)) : null;
        return new(new(d.Bm25, d.WordsShare, d.Most, d.FromYears ?? double.NegativeInfinity, d.ToYears ?? double.PositiveInfinity), encoder,
            [.. ModelFiles.ReadJson<double?[]>(Path.Combine(folder, DatesFile)).Select(date => date ?? double.NaN)]);
    }

    private static double? Finite(double number) => double.IsFinite(number) ? number : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        index?.Dispose();
        index = null;
        indexed = null;
    }

    private sealed record Description(Bm25 Bm25, double WordsShare, int Most, double? FromYears, double? ToYears);
}
