using System.Globalization;
using System.Text;

namespace Preceptor.Models;

/// <summary>What a code point is to the patterns that cut texts into words.</summary>
internal enum CharacterClass : byte
{
    Other,
    Letter,
    Number,
    Space,
}

/// <summary>Letters (\p{L}), numbers (\p{N}) and white space (\s), of code points and not of halves of pairs, which .NET's regular expressions see.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Units = [.. Enumerable.Range(0, 0x10000).Select(c => char.IsWhiteSpace((char)c) ? CharacterClass.Space : Of(CharUnicodeInfo.GetUnicodeCategory((char)c)))];

    /// <summary>The class of the code point at a place, and how many units it takes. Half a pair is of no class.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int place, out int length)
    {
        var unit = text[place];
        length = 1;
        if (!char.IsHighSurrogate(unit) || place + 1 == text.Length || !char.IsLowSurrogate(text[place + 1])) return Units[unit];
        length = 2;
        return Of(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(unit, text[place + 1])));
    }

    /// <summary>The text with U+FFFD in place of each half of a pair that stands alone; the same object where there is none.</summary>
    public static string WellFormed(string text)
    {
        var start = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0) return text;
        StringBuilder? mended = null;
        for (var i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else (mended ??= new(text))[i] = '\uFFFD';
        }
        return mended?.ToString() ?? text;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
