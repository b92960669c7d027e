using System.Text.Json.Nodes;

namespace Preceptor.Models;

/// <summary>
/// A token a word, for languages of few: a word is what stands between white space, a line break is a token of its own, and other white space is one blank between words, whatever it was. Texts with single blanks, and none beside
/// line breaks, come back as they were.
/// </summary>
public sealed class WordTokenizer : ListTokenizer
{
    private readonly int line;

    /// <summary>With some words.</summary>
    /// <param name="words">The words, each once, in the order of their tokens; a line break may be one.</param>
    /// <param name="unknown">Whether there is a token for all others; without one, <see cref="Encode"/> refuses them.</param>
    public WordTokenizer(IEnumerable<string> words, bool unknown = false) : this(words, unknown, []) { }

    internal WordTokenizer(IEnumerable<string> words, bool unknown, IReadOnlyList<string> control)
        : base(words.Select(w => w == "\n" || w.Length > 0 && !w.Any(char.IsWhiteSpace) ? CharacterClasses.WellFormed(w) : throw new ArgumentException($"'{JsonKey.Shown(w)}' is not one word")), unknown, Cutting, control) =>
        line = Find("\n") ?? -1;

    /// <summary>How texts are cut, in the file's form.</summary>
    internal static JsonNode Cutting { get; } = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(Split(@"[^\S\n]+", "Removed"), Split(@"\n", "Isolated")) };

    /// <summary>With the words of some texts, the most frequent first, and a token for all others.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="most">Most words to keep.</param>
    public static WordTokenizer Learn(IEnumerable<string> texts, int most = 1_000_000)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            Cut(CharacterClasses.WellFormed(text), (word, all) => all[word.ToString()] = all.GetValueOrDefault(word.ToString()) + 1, counts);
        foreach (var name in new[] { "<pad>", "<end>", "<unk>" }) counts.Remove(name); // names of tokens; as words they are unknown
        return new(counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(most).Select(c => c.Key), unknown: true);
    }

    /// <inheritdoc/>
    private protected override void Encode(string text, List<int> ids) => Cut(text, (word, all) => all.Add(NumberOf(word)), ids);

    private protected override ReadOnlySpan<byte> Between(int before, int token) => before == line || token == line ? [] : " "u8;

    private static void Cut<T>(string text, Action<ReadOnlySpan<char>, T> word, T state)
    {
        for (int at = 0, end; at < text.Length; at = end)
        {
            end = at + 1;
            if (text[at] == '\n') word("\n", state);
            else if (!char.IsWhiteSpace(text[at]))
            {
                while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
                word(text.AsSpan(at..end), state);
            }
        }
    }
}
