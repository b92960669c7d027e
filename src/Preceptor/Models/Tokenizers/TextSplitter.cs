namespace Preceptor.Models;

/// <summary>Cuts a text into the pieces that merges stay within.</summary>
internal abstract class TextSplitter
{
    /// <summary>Adds the end of each piece; together the pieces are the whole text.</summary>
    public abstract void Split(ReadOnlySpan<char> text, List<int> ends);

    /// <summary>The splitter of a pattern: a scanner for those of the known tokenizers, else a regular expression.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression, or one whose meaning here would be another.</exception>
    public static TextSplitter Of(string pattern) => WordScanner.Find(pattern) ?? (TextSplitter)new PatternSplitter(pattern);
}

/// <summary>
/// The patterns of GPT-2 and of its successors (GPT-4, Llama 3, Qwen2), scanned by hand: exact for letters beyond U+FFFF, of which a regular expression of .NET sees two halves without a class, and some ten times faster.
/// </summary>
internal sealed class WordScanner : TextSplitter
{
    /// <summary>GPT-2's pattern.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Qwen2's pattern, digits one by one.</summary>
    public const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Llama 3's pattern, at most three digits.</summary>
    public const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // 0: GPT-2's pattern.
    private readonly int digits;

    private WordScanner(int digits) => this.digits = digits;

    /// <summary>The scanner of a pattern; null for one that is not known.</summary>
    public static WordScanner? Find(string pattern) => pattern switch
    {
        Gpt2 => new(0),
        Qwen2 => new(1),
        Llama3 => new(3),
        _ => null,
    };

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<int> ends)
    {
        for (var place = 0; place < text.Length; ends.Add(place)) place = digits == 0 ? First(text, place) : Later(text, place);
    }

    private static int First(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, anyCase: false) is > 0 and var end) return end;
        var place = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var now = CharacterClasses.At(text, place, out var length);
        return now == CharacterClass.Space ? Spaces(text, start) : Run(text, place + length, now);
    }

    private int Later(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, anyCase: true) is > 0 and var end) return end;
        var now = CharacterClasses.At(text, start, out var length);
        var place = start + length;
        if (now == CharacterClass.Letter) return Run(text, place, now);
        if (now == CharacterClass.Number)
        {
            for (var count = 1; count < digits && place < text.Length && CharacterClasses.At(text, place, out length) == now; count++) place += length;
            return place;
        }
        var next = place < text.Length ? CharacterClasses.At(text, place, out length) : CharacterClass.Space;
        if (next == CharacterClass.Letter && text[start] is not ('\r' or '\n')) return Run(text, place + length, next);
        if (now == CharacterClass.Space && (text[start] != ' ' || next != CharacterClass.Other)) return LinesOrSpaces(text, start);
        place = Run(text, place, CharacterClass.Other);
        while (place < text.Length && text[place] is '\r' or '\n') place++;
        return place;
    }

    /// <summary>The end of the contraction at an apostrophe, or 0. Without regard to case the long s is an s.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int start, bool anyCase)
    {
        var rest = text[(start + 1)..];
        char first = rest.Length > 0 ? rest[0] : '\0', second = rest.Length > 1 ? rest[1] : '\0';
        if (anyCase) (first, second) = (first == '\u017F' ? 's' : Lower(first), Lower(second));
        if (first is 's' or 't' or 'm' or 'd') return start + 2;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? start + 3 : 0;
    }

    private static char Lower(char unit) => char.IsAsciiLetterUpper(unit) ? (char)(unit | 0x20) : unit;

    private static int Run(ReadOnlySpan<char> text, int place, CharacterClass of)
    {
        while (place < text.Length && CharacterClasses.At(text, place, out var length) == of) place += length;
        return place;
    }

    /// <summary>White space up to its last line break, where it has one.</summary>
    private static int LinesOrSpaces(ReadOnlySpan<char> text, int start)
    {
        var end = Run(text, start, CharacterClass.Space);
        var line = text[start..end].LastIndexOfAny('\r', '\n');
        return line >= 0 ? start + line + 1 : Spaces(text, start);
    }

    /// <summary>White space without the last blank before a word, which goes with the word.</summary>
    private static int Spaces(ReadOnlySpan<char> text, int start)
    {
        var end = Run(text, start, CharacterClass.Space);
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }
}
