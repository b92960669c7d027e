using System.Text;
using System.Text.Json.Nodes;

namespace Preceptor.Models;

/// <summary>A token a character (a code point of Unicode), for languages of few.</summary>
public sealed class CharacterTokenizer : ListTokenizer
{
    /// <summary>With some characters.</summary>
    /// <param name="characters">The characters, each once, in the order of their tokens.</param>
    /// <param name="unknown">Whether there is a token for all others; without one, <see cref="Encode"/> refuses them.</param>
    public CharacterTokenizer(string characters, bool unknown = false)
        : this((characters ?? throw new ArgumentNullException(nameof(characters))).EnumerateRunes().Select(r => r.ToString()), unknown, []) { }

    internal CharacterTokenizer(IEnumerable<string> characters, bool unknown, IReadOnlyList<string> control)
        : base(characters.Select(c => Rune.TryGetRuneAt(c, 0, out var rune) && rune.Utf16SequenceLength == c.Length ? c : throw new ArgumentException($"'{JsonKey.Shown(c)}' is not one character")), unknown, Cutting, control) { }

    /// <summary>How texts are cut, in the file's form.</summary>
    internal static JsonNode Cutting { get; } = Split(@"[\s\S]", "Isolated");

    /// <summary>With the characters of some texts in the order of their code points, and a token for all others.</summary>
    public static CharacterTokenizer Learn(IEnumerable<string> texts) =>
        new(texts.SelectMany(t => t.EnumerateRunes()).Distinct().Order().Select(r => r.ToString()), unknown: true, []);

    /// <inheritdoc/>
    private protected override void Encode(string text, List<int> ids)
    {
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes()) ids.Add(NumberOf(units[..rune.EncodeToUtf16(units)]));
    }
}
