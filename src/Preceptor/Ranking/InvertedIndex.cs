using System.Buffers;
using System.Text;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Ranking;

/// <summary>What an index's folder says of its other files.</summary>
internal sealed record InvertedIndexHeader(int Format, TermForm Form, int Documents, int Terms, long PostingsBytes);

/// <summary>A document that a search found.</summary>
/// <param name="Document">Its number in the index.</param>
/// <param name="Score">How well it fits; more is better.</param>
public readonly record struct Hit(int Document, double Score);

/// <summary>
/// An inverted index on disk: for each term the documents that have it. Terms and document lengths are in memory, the postings of a query's terms are read when it is asked.
/// Several threads may search at once.
/// </summary>
public sealed class InvertedIndex : IDisposable
{
    internal const string HeaderFile = "index.json", TermsFile = "terms.bin", DocumentsFile = "documents.bin", PostingsFile = "postings.bin";
    internal const int Format = 1;

    private readonly Dictionary<string, Entry> terms;
    private readonly string[] names;
    private readonly int[] lengths;
    private readonly FileStream postings;
    private readonly TermForm form;

    private InvertedIndex(string folder, InvertedIndexHeader header)
    {
        form = header.Form;
        postings = new(Path.Combine(folder, PostingsFile), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0);
        try
        {
            if (postings.Length != header.PostingsBytes) throw new InvalidDataException($"{PostingsFile} has {postings.Length} bytes, not {header.PostingsBytes}");
            terms = ReadTerms(folder, header);
            (names, lengths) = ReadDocuments(folder, header);
        }
        catch
        {
            postings.Dispose();
            throw;
        }
        MeanLength = lengths.Length == 0 ? 0 : lengths.Average();
    }

    /// <summary>How many documents there are.</summary>
    public int Count => names.Length;

    /// <summary>How many different terms they have.</summary>
    public int Terms => terms.Count;

    /// <summary>Terms a document, the mean.</summary>
    public double MeanLength { get; }

    /// <summary>A document's name.</summary>
    public string NameOf(int document) => names[document];

    /// <summary>Opens an index.</summary>
    /// <exception cref="RequestException">There is none, or it is damaged.</exception>
    public static InvertedIndex Open(string folder)
    {
        RunFolder.Recover(Path.GetFullPath(folder));
        var header = Path.Combine(folder, HeaderFile);
        if (!File.Exists(header)) throw new RequestException($"{folder}: there is no index here (no {HeaderFile})");
        var read = ModelFiles.ReadJson<InvertedIndexHeader>(header);
        if (read.Format != Format) throw new RequestException($"{header}: format {read.Format} is not {Format}; index the documents again");
        try
        {
            return new(folder, read);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw new RequestException($"{folder}: the index is damaged ({e.Message}); index the documents again", e);
        }
    }

    /// <summary>The documents that fit a query best, by BM25; equal scores in the documents' order. None where no term of it occurs.</summary>
    /// <param name="query">The words.</param>
    /// <param name="most">How many.</param>
    /// <param name="options">The weights.</param>
    /// <exception cref="RequestException">The index is damaged.</exception>
    public Hit[] Search(string query, int most, Bm25 options)
    {
        var scores = ArrayPool<double>.Shared.Rent(Count);
        try
        {
            var all = scores.AsSpan(0, Count);
            all.Clear();
            Score(query, options, all);
            return Best(all, most);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scores);
        }
    }

    /// <summary>Adds the BM25 score of every document.</summary>
    /// <param name="query">The words.</param>
    /// <param name="options">The weights.</param>
    /// <param name="scores">By document.</param>
    public void Score(string query, Bm25 options, Span<double> scores)
    {
        foreach (var (term, count) in QueryTerms(query, options))
        {
            if (!terms.TryGetValue(term, out var entry)) continue;
            var bytes = ArrayPool<byte>.Shared.Rent(entry.Bytes);
            try
            {
                var read = bytes.AsSpan(0, entry.Bytes);
                for (var done = 0; done < read.Length;)
                {
                    var got = RandomAccess.Read(postings.SafeFileHandle, read[done..], entry.Start + done);
                    if (got == 0) throw Damaged();
                    done += got;
                }
                Add(read, entry, Bm25.Idf(Count, entry.Documents) * (options.CountsRepeats ? count : 1), options, scores);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    /// <summary>The terms of a query that count, with how often it has them, in its order or, of a shortened one, the heaviest first.</summary>
    internal IEnumerable<KeyValuePair<string, int>> QueryTerms(string query, Bm25 options)
    {
        var all = TermDictionary.Of(query, form).CountBy(t => t);
        return options.QueryTerms == 0 ? all : all.OrderByDescending(t => t.Value * Bm25.Idf(Count, terms.TryGetValue(t.Key, out var entry) ? entry.Documents : 0)).Take(options.QueryTerms);
    }

    private void Add(ReadOnlySpan<byte> read, Entry entry, double weight, Bm25 options, Span<double> scores)
    {
        var (document, at, perLength, constant) = (-1, 0, options.K1 * options.B / MeanLength, options.K1 * (1 - options.B));
        for (var i = 0; i < entry.Documents; i++)
        {
            document += Take(read, ref at);
            var count = Take(read, ref at);
            if ((uint)document >= (uint)scores.Length) throw Damaged();
            scores[document] += weight * count * (options.K1 + 1) / (count + constant + perLength * lengths[document]);
        }
    }

    private int Take(ReadOnlySpan<byte> bytes, ref int at)
    {
        for (int value = 0, shift = 0; shift < 32; shift += 7)
        {
            if ((uint)at >= (uint)bytes.Length) throw Damaged();
            var next = bytes[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value >= 0 ? value : throw Damaged();
        }
        throw Damaged();
    }

    private RequestException Damaged() => new($"{postings.Name}: the index is damaged; index the documents again");

    /// <summary>The documents of the highest scores above 0, best first; equal ones in their order.</summary>
    public static Hit[] Best(ReadOnlySpan<double> scores, int most)
    {
        // The worst of the kept ones comes out first: the lowest score, and of equal ones the last document.
        var kept = new PriorityQueue<int, (double Score, int Before)>(most + 1);
        var least = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] <= least) continue;
            kept.Enqueue(i, (scores[i], -i));
            if (kept.Count > most) kept.Dequeue();
            if (kept.Count == most && kept.TryPeek(out _, out var worst)) least = worst.Score;
        }
        var found = new Hit[kept.Count];
        for (var i = found.Length; i-- > 0;)
        {
            kept.TryDequeue(out var document, out var priority);
            found[i] = new(document, priority.Score);
        }
        return found;
    }

    private static Dictionary<string, Entry> ReadTerms(string folder, InvertedIndexHeader header)
    {
        using var file = new BinaryReader(File.OpenRead(Path.Combine(folder, TermsFile)), Encoding.UTF8);
        // A damaged header must not ask for more memory than the file could fill: a term takes three bytes at least.
        if (header.Terms < 0 || header.Terms > file.BaseStream.Length / 3) throw new InvalidDataException($"{TermsFile} is too short for {header.Terms} terms");
        var (terms, start) = (new Dictionary<string, Entry>(header.Terms, StringComparer.Ordinal), 0L);
        for (var i = 0; i < header.Terms; i++)
        {
            var term = file.ReadString();
            var entry = new Entry(start, file.Read7BitEncodedInt(), file.Read7BitEncodedInt());
            start += entry.Bytes;
            if (entry.Bytes < 0 || start > header.PostingsBytes || entry.Documents < 1 || entry.Documents > header.Documents) throw new InvalidDataException($"{TermsFile}: '{term}' points outside {PostingsFile}");
            terms.Add(term, entry);
        }
        return terms;
    }

    private static (string[] Names, int[] Lengths) ReadDocuments(string folder, InvertedIndexHeader header)
    {
        using var file = new BinaryReader(File.OpenRead(Path.Combine(folder, DocumentsFile)), Encoding.UTF8);
        if (header.Documents < 0 || header.Documents > file.BaseStream.Length / 2) throw new InvalidDataException($"{DocumentsFile} is too short for {header.Documents} documents");
        var (names, lengths) = (new string[header.Documents], new int[header.Documents]);
        for (var i = 0; i < names.Length; i++) (names[i], lengths[i]) = (file.ReadString(), file.Read7BitEncodedInt());
        return (names, lengths);
    }

    /// <inheritdoc/>
    public void Dispose() => postings.Dispose();

    private readonly record struct Entry(long Start, int Documents, int Bytes);
}
