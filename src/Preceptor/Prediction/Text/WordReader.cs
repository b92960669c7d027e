using System.Text;

namespace Preceptor.Prediction.Text;

/// <summary>
/// The words of a text: runs of letters, numbers and underscores, which one apostrophe may join (<c>don't</c>); what the regular expression
/// <c>\w+(?:'\w+)?</c> finds. The text must be in lower case already, since <c>The</c> and <c>the</c> are one word.
/// </summary>
/// <param name="text">The text.</param>
internal ref struct WordReader(ReadOnlySpan<char> text)
{
    private static readonly bool[] Ascii = [.. Enumerable.Range(0, 128).Select(c => char.IsAsciiLetterOrDigit((char)c) || c == '_')];
    private readonly ReadOnlySpan<char> text = text;
    private int at;

    /// <summary>The place of the word that <see cref="Next"/> found.</summary>
    public Range Current { get; private set; }

    /// <summary>Goes to the next word, if there is one.</summary>
    public bool Next()
    {
        while (at < text.Length && !IsPart(text, at)) at++;
        var start = at;
        SkipRun();
        if (at > start && at + 1 < text.Length && text[at] == '\'' && IsPart(text, at + 1))
        {
            at++;
            SkipRun();
        }
        Current = start..at;
        return at > start;
    }

    private void SkipRun()
    {
        while (at < text.Length && IsPart(text, at)) at++;
    }

    private static bool IsPart(ReadOnlySpan<char> text, int at)
    {
        var letter = text[at];
        if (letter < 128) return Ascii[letter];
        if (!char.IsSurrogate(letter)) return char.IsLetter(letter) || char.IsNumber(letter);
        // Both halves of a pair are judged by the letter that they are together.
        var first = char.IsHighSurrogate(letter) ? at : at - 1;
        return first >= 0 && first + 1 < text.Length && Rune.TryCreate(text[first], text[first + 1], out var whole) && (Rune.IsLetter(whole) || Rune.IsNumber(whole));
    }
}
