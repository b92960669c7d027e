using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Ranking;

namespace Preceptor.Papers;

/// <summary>A paper that a search found.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="Score">Between 0 and 1; more is better.</param>
public readonly record struct FoundPaper(long Id, double Score);

/// <summary>
/// Searches a store by words and by vectors. Words: BM25 over titles, which count twice, and abstracts. Vectors: a bi-encoder that learned from the store itself which abstract belongs to which title. The
/// score is 0.7 times BM25, divided by the best of the query, and 0.3 times the vectors' product. Both are kept in a folder beside the store and made anew when the store has changed.
/// </summary>
public sealed class PaperSearch : IDisposable
{
    private const double WordsShare = 0.7;
    private const string HeaderFile = "search.json", IndexFolder = "index", EncoderFolder = "encoder", VectorsFile = "vectors.bin";

    private static readonly Bm25 Weights = new();
    private readonly InvertedIndex index;
    private readonly BiEncoder? encoder;
    private readonly VectorIndex? vectors;

    private PaperSearch(string folder)
    {
        index = InvertedIndex.Open(Path.Combine(folder, IndexFolder));
        if (!Directory.Exists(Path.Combine(folder, EncoderFolder))) return;
        encoder = BiEncoder.Load(Path.Combine(folder, EncoderFolder));
        vectors = VectorIndex.Read(Path.Combine(folder, VectorsFile), index.Count, encoder.Width);
    }

    /// <summary>Opens the search of a store, and makes it where it is missing, damaged or of an earlier state of the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stop">Stops it; the search is then made the next time.</param>
    public static PaperSearch Open(PaperStore store, CancellationToken stop = default)
    {
        var folder = store.Place + ".search";
        RunFolder.Recover(folder);
        if (!IsCurrent(folder, store.Revision)) Make(store, folder, stop);
        try
        {
            return new(folder);
        }
        catch (Exception e) when (e is RequestException or IOException)
        {
            Make(store, folder, stop);
            return new(folder);
        }
    }

    /// <summary>The papers that fit some words best.</summary>
    /// <param name="words">The words.</param>
    /// <param name="most">How many.</param>
    public IReadOnlyList<FoundPaper> Find(string words, int most)
    {
        var (byWords, byVector) = (ArrayPool<double>.Shared.Rent(index.Count), ArrayPool<float>.Shared.Rent(index.Count));
        try
        {
            var scores = byWords.AsSpan(0, index.Count);
            scores.Clear();
            index.Score(words, Weights, scores);
            var best = 0.0;
            foreach (var score in scores) best = Math.Max(best, score);
            var query = new float[encoder?.Width ?? 0];
            encoder?.Encode(words, query);
            var knows = query.Any(v => v != 0);
            if (knows) vectors!.Score(query, byVector);
            for (var i = 0; i < scores.Length; i++)
                scores[i] = (best > 0 ? WordsShare * scores[i] / best : 0) + (knows ? (1 - WordsShare) * Math.Max(0, byVector[i]) : 0);
            return [.. InvertedIndex.Best(scores, most).Select(h => new FoundPaper(long.Parse(index.NameOf(h.Document), CultureInfo.InvariantCulture), h.Score))];
        }
        finally
        {
            ArrayPool<double>.Shared.Return(byWords);
            ArrayPool<float>.Shared.Return(byVector);
        }
    }

    private static bool IsCurrent(string folder, string revision)
    {
        var header = Path.Combine(folder, HeaderFile);
        try
        {
            return File.Exists(header) && JsonNode.Parse(File.ReadAllText(header))?["revision"]?.ToString() == revision;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static void Make(PaperStore store, string folder, CancellationToken stop)
    {
        var revision = store.Revision;
        RunFolder.ReplaceWhole(folder, place =>
        {
            var (writer, pairs) = (new InvertedIndexWriter(TermForm.English), new List<(string Query, string Document)>());
            foreach (var paper in store.All())
            {
                stop.ThrowIfCancellationRequested();
                // What the catalogue says of a paper helps to find it: the supervision it uses, what its methods are called.
                var known = paper.Known is { } k ? $"{k.Slug} {string.Join(' ', k.Methods.Select(m => $"{m.Slug} {m.Declaration.Title}"))} {string.Join(' ', k.Entry.Supervision)}" : "";
                writer.Add(paper.Id.ToString(CultureInfo.InvariantCulture), paper.Title, paper.Title, paper.Abstract, known);
                pairs.Add((paper.Title, paper.Abstract));
            }
            writer.Write(Path.Combine(place, IndexFolder));
            if (Learn(pairs, stop) is { } encoder)
            {
                encoder.Save(Path.Combine(place, EncoderFolder));
                var vectors = new float[pairs.Count * encoder.Width];
                for (var i = 0; i < pairs.Count; i++) encoder.Encode($"{pairs[i].Query} {pairs[i].Document}", vectors.AsSpan(i * encoder.Width, encoder.Width));
                new VectorIndex(vectors, encoder.Width).Write(Path.Combine(place, VectorsFile));
            }
            File.WriteAllText(Path.Combine(place, HeaderFile), new JsonObject { ["revision"] = revision }.ToJsonString());
        });
    }

    // Without an abstract there is nothing to learn from, and words alone must do.
    private static BiEncoder? Learn(List<(string Query, string Document)> pairs, CancellationToken stop)
    {
        if (!pairs.Any(p => p.Document.Length > 0)) return null;
        using var run = new Run(new() { Cancellation = stop });
        try
        {
            return run.Stage("bi-encoder", new JsonObject(), () => BiEncoder.Train(run, pairs, new()));
        }
        catch (RequestException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => index.Dispose();
}
