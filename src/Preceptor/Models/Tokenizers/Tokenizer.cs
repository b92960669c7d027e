using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>From text to tokens and back.</summary>
public abstract class Tokenizer
{
    /// <summary>How many tokens there are.</summary>
    public abstract int Size { get; }

    /// <summary>The token that ends a text; null without one.</summary>
    public abstract int? End { get; }

    /// <summary>The token of padding; null without one.</summary>
    public abstract int? Padding { get; }

    /// <summary>A hash of all that decides its answers.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>The tokens of a text.</summary>
    public abstract int[] Encode(string text, bool special = true);

    /// <summary>The text of tokens.</summary>
    public abstract string Decode(ReadOnlySpan<int> tokens);

    /// <summary>Writes its files into a folder.</summary>
    public abstract void Save(string folder);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Tokenizer Load(string folder) => CharacterTokenizer.Read(folder);
}

/// <summary>A token a character.</summary>
public sealed class CharacterTokenizer(string characters) : Tokenizer
{
    /// <inheritdoc/>
    public override int Size => characters.Length + 2;

    /// <inheritdoc/>
    public override int? End => 1;

    /// <inheritdoc/>
    public override int? Padding => 0;

    /// <inheritdoc/>
    public override string Fingerprint => characters;

    /// <inheritdoc/>
    public override int[] Encode(string text, bool special = true) => [.. text.Select(c => characters.IndexOf(c, StringComparison.Ordinal) is var i and >= 0 ? i + 2 : throw new RequestException($"'{c}' is no token"))];

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens) => string.Concat(tokens.ToArray().Where(t => t > 1).Select(t => characters[t - 2]));

    /// <inheritdoc/>
    public override void Save(string folder) => File.WriteAllText(Path.Combine(folder, "characters.txt"), characters);

    /// <summary>Learns one.</summary>
    public static CharacterTokenizer Learn(IEnumerable<string> texts) => new(string.Concat(texts.SelectMany(t => t).Distinct().Order()));

    internal static CharacterTokenizer Read(string folder) => new(File.ReadAllText(Path.Combine(folder, "characters.txt")));
}

/// <summary>A token a word.</summary>
public static class WordTokenizer
{
    /// <summary>Learns one.</summary>
    public static Tokenizer Learn(IEnumerable<string> texts) => CharacterTokenizer.Learn(texts);
}
