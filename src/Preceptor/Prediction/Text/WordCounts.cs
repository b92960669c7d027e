using System.Runtime.InteropServices;

namespace Preceptor.Prediction.Text;

/// <summary>
/// How often each word occurred in the texts of each class. Counts are all that training keeps: they can be added to at any time, and
/// neither the order of the texts nor how many were added at once changes them.
/// </summary>
public sealed class WordCounts
{
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly List<string> words = [];
    private readonly int[] largest;
    private readonly long[] totals;
    private int[] counts = [];

    /// <summary>Creates empty counts.</summary>
    /// <param name="classes">How many classes, C.</param>
    public WordCounts(int classes) => (largest, totals) = (new int[classes], new long[classes]);

    /// <summary>How many classes there are, C.</summary>
    public int Classes => largest.Length;

    /// <summary>The different words, in the order of their first occurrence [V].</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>The count of the most frequent word of each class [C].</summary>
    public ReadOnlySpan<int> Largest => largest;

    /// <summary>How many words, repetitions included, the texts of each class had [C].</summary>
    public ReadOnlySpan<long> Totals => totals;

    /// <summary>Another number after every text: what was reckoned from the counts of an earlier one is out of date.</summary>
    internal int Version { get; private set; } = 1;

    /// <summary>The counts of a word in the classes [C].</summary>
    public ReadOnlySpan<int> Of(int word) => counts.AsSpan(word * Classes, Classes);

    /// <summary>The index of a word, or −1.</summary>
    /// <param name="word">The word in lower case.</param>
    public int Find(ReadOnlySpan<char> word) => ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var id) ? id : -1;

    /// <summary>Counts the words of a text.</summary>
    /// <param name="text">The text in lower case.</param>
    /// <param name="label">Its class.</param>
    internal void Add(ReadOnlySpan<char> text, int label)
    {
        Version++;
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var reader = new WordReader(text);
        while (reader.Next())
        {
            var word = text[reader.Current];
            ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out var known);
            if (!known) id = Append(word.ToString());
            ref var count = ref counts[id * Classes + label];
            count = checked(count + 1);
            if (count > largest[label]) largest[label] = count;
            totals[label]++;
        }
    }

    /// <summary>All counts, word by word [V × C].</summary>
    internal ReadOnlySpan<int> All => counts.AsSpan(0, words.Count * Classes);

    /// <summary>Makes counts of what a file held; null if they are impossible.</summary>
    /// <param name="classes">C.</param>
    /// <param name="words">The words [V].</param>
    /// <param name="counts">[V × C].</param>
    internal static WordCounts? From(int classes, IReadOnlyList<string> words, int[] counts)
    {
        if (counts.LongLength != (long)words.Count * classes || counts.AsSpan().IndexOfAnyExceptInRange(0, int.MaxValue) >= 0) return null;
        var made = new WordCounts(classes) { counts = counts };
        foreach (var word in words)
        {
            if (string.IsNullOrEmpty(word) || !made.ids.TryAdd(word, made.words.Count)) return null;
            made.words.Add(word);
        }
        for (var i = 0; i < counts.Length; i++)
        {
            made.largest[i % classes] = Math.Max(made.largest[i % classes], counts[i]);
            made.totals[i % classes] += counts[i];
        }
        return made;
    }

    private int Append(string word)
    {
        words.Add(word);
        if (words.Count * Classes > counts.Length) Array.Resize(ref counts, Math.Max(1024 * Classes, checked(2 * counts.Length)));
        return words.Count - 1;
    }
}
