using System.Runtime.InteropServices;
using Preceptor.Data;

namespace Preceptor.Ranking;

/// <summary>How text is cut into the terms of an index.</summary>
public enum TermForm
{
    /// <summary>English: words in lower case cut down to their stems, without the commonest.</summary>
    English,

    /// <summary>Words in lower case as they are, whatever the language.</summary>
    Words,
}

/// <summary>Terms and their numbers. A word's stem is found once, not each time that it occurs.</summary>
/// <param name="form">How text is cut.</param>
internal sealed class TermDictionary(TermForm form)
{
    private const int Left = -1;

    // The stop words of Lucene's English analyser.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
    };

    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal), ids = new(StringComparer.Ordinal);
    private readonly List<string> terms = [];
    private readonly bool isClosed;

    /// <summary>A dictionary of the given terms, which ignores all others.</summary>
    public TermDictionary(TermForm form, IReadOnlyList<string> terms) : this(form)
    {
        foreach (var term in terms)
        {
            ids.Add(term, this.terms.Count);
            this.terms.Add(term);
        }
        isClosed = true;
    }

    /// <summary>The terms, by number.</summary>
    public IReadOnlyList<string> Terms => terms;

    /// <summary>Cuts a text into the numbers of its terms, unknown ones added.</summary>
    public void Read(ReadOnlySpan<char> text, List<int> into)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> room = stackalloc char[WordEnumerator.MaximumWord];
        foreach (var range in new WordEnumerator(text))
        {
            var word = WordEnumerator.Lower(text[range], room);
            if (!lookup.TryGetValue(word, out var id)) id = Add(word);
            if (id != Left) into.Add(id);
        }
    }

    /// <summary>The terms of a text as they are in an index.</summary>
    public static IEnumerable<string> Of(string text, TermForm form)
    {
        var (dictionary, found) = (new TermDictionary(form), new List<int>());
        dictionary.Read(text, found);
        return found.Select(id => dictionary.terms[id]);
    }

    private int Add(ReadOnlySpan<char> word)
    {
        var id = Form(word, form) is { } term ? Find(term) : Left;
        // What a closed dictionary does not know comes from queries without end.
        if (!isClosed || id != Left) words[word.ToString()] = id;
        return id;
    }

    private int Find(string term)
    {
        if (isClosed) return ids.GetValueOrDefault(term, Left);
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, term, out var known);
        if (known) return id;
        terms.Add(term);
        return id = terms.Count - 1;
    }

    private static string? Form(ReadOnlySpan<char> word, TermForm form)
    {
        if (form == TermForm.Words) return word.ToString();
        word = word.Trim('\'');
        if (word.EndsWith("'s", StringComparison.Ordinal)) word = word[..^2];
        return word.IsEmpty || Common.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) ? null : PorterStemmer.Stem(word);
    }
}
