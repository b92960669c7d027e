using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>How text becomes token ids.</summary>
public enum TextTokens
{
    /// <summary>Words of a vocabulary learned from the training rows.</summary>
    Words,

    /// <summary>Words and pairs of neighbouring words, hashed into a fixed number of buckets: no vocabulary to learn or to miss.</summary>
    Ngrams,
}

/// <summary>Text columns to token ids; 0 is padding, 1 an unknown word.</summary>
/// <param name="Columns">The columns, read one after the other.</param>
/// <param name="Tokens">Words or hashed n-grams.</param>
/// <param name="Size">Token ids in all, padding included.</param>
/// <param name="Limit">Most tokens a row.</param>
/// <param name="Vocabulary">The known words in order of their ids, from 2; empty for n-grams.</param>
[Version(1)]
public sealed record TextEncoding(IReadOnlyList<string> Columns, TextTokens Tokens, int Size, int Limit, IReadOnlyList<string> Vocabulary)
{
    private const int FirstId = 2;
    private Dictionary<string, int>? ids;

    /// <summary>Learns the vocabulary: the most frequent words that occur at least twice, ties in alphabetical order.</summary>
    public static TextEncoding Fit(IReadOnlyList<TextColumn> columns, TextTokens tokens, int size, int limit)
    {
        string[] names = [.. columns.Select(c => c.Name)];
        if (tokens == TextTokens.Ngrams) return new(names, tokens, size, limit, []);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> word = stackalloc char[WordEnumerator.MaximumWord];
        foreach (var column in columns)
            for (var row = 0; row < column.Rows; row++)
                foreach (var range in new WordEnumerator(column[row]))
                    CollectionsMarshal.GetValueRefOrAddDefault(lookup, WordEnumerator.Lower(column[row][range], word), out _)++;
        string[] vocabulary = [.. counts.Where(c => c.Value > 1).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(size - FirstId).Select(c => c.Key)];
        return new(names, tokens, vocabulary.Length + FirstId, limit, vocabulary);
    }

    /// <summary>Encodes all rows into ragged ids.</summary>
    /// <returns>The ids of all rows, and where each row starts [rows + 1].</returns>
    public (int[] Tokens, int[] Starts) Encode(IReadOnlyList<TextColumn> columns, int rows)
    {
        ids ??= Vocabulary.Select((w, i) => (w, i)).ToDictionary(p => p.w, p => p.i + FirstId, StringComparer.Ordinal);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var all = new List<int>(rows * 16);
        var starts = new int[rows + 1];
        Span<char> word = stackalloc char[WordEnumerator.MaximumWord];
        for (var row = 0; row < rows; row++)
        {
            var end = all.Count + Limit;
            foreach (var column in columns)
            {
                var previous = 0UL;
                foreach (var range in new WordEnumerator(column[row]))
                {
                    var lower = WordEnumerator.Lower(column[row][range], word);
                    if (Tokens == TextTokens.Words)
                    {
                        Add(all, end, lookup.TryGetValue(lower, out var id) ? id : 1);
                        continue;
                    }
                    var hash = Hash(lower);
                    Add(all, end, Bucket(hash));
                    if (previous != 0) Add(all, end, Bucket(previous * 0x9E3779B97F4A7C15UL ^ hash));
                    previous = hash;
                }
            }
            starts[row + 1] = all.Count;
        }
        return ([.. all], starts);
    }

    private static void Add(List<int> all, int end, int id)
    {
        if (all.Count < end) all.Add(id);
    }

    private int Bucket(ulong hash) => FirstId + (int)Math.BigMul(hash * 0xBF58476D1CE4E5B9UL, (ulong)(Size - FirstId), out _);

    // FNV-1a: the same on every system, unlike string.GetHashCode.
    private static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in word) hash = (hash ^ letter) * 1099511628211UL;
        return hash;
    }
}
