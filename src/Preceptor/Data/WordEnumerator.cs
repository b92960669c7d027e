namespace Preceptor.Data;

/// <summary>Runs of letters, digits and apostrophes.</summary>
internal ref struct WordEnumerator(ReadOnlySpan<char> text)
{
    /// <summary>Letters of a word that count; the rest is cut off.</summary>
    public const int MaximumWord = 64;

    private readonly ReadOnlySpan<char> text = text;
    private int at;

    public Range Current { get; private set; }

    public readonly WordEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        while (at < text.Length && !IsWord(text[at])) at++;
        var start = at;
        while (at < text.Length && IsWord(text[at])) at++;
        Current = start..at;
        return at > start;
    }

    /// <summary>A word in lower case, at most <see cref="MaximumWord"/> letters.</summary>
    /// <param name="word">The word.</param>
    /// <param name="into">Room for it.</param>
    public static ReadOnlySpan<char> Lower(ReadOnlySpan<char> word, Span<char> into)
    {
        if (word.Length > MaximumWord) word = word[..MaximumWord];
        return into[..word.ToLowerInvariant(into)];
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '\'';
}
