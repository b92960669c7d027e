using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Preceptor.Prediction.Text;

/// <summary>
/// The released program's cleaning of English text: accents off, numbers, amounts of money, percentages, temperatures and dates each one
/// word of their own, punctuation a sentence's end, and only letters from a to z left.
/// </summary>
internal static partial class TextCleaning
{
    // The letters from U+00C0 to U+017F without their accents; a blank where there is none to take off.
    private const string Plain =
        "AAAAAA CEEEEIIII NOOOOO  UUUUY  aaaaaa ceeeeiiii nooooo  uuuuy y" +
        "AaAaAaCcCcCcCcDd  EeEeEeEeEeGgGgGgGgHh  IiIiIiIiI   JjKk LlLlLl    NnNnNn   OoOoOo  RrRrRrSsSsSsSsTtTt  UuUuUuUuUuUuWwYyYZzZzZzs";

    /// <summary>Cleans a text; lower case.</summary>
    public static string Clean(string text)
    {
        var numbered = WithoutAccents(text) + " ";
        numbered = Temperature().Replace(numbered, "NNBRRT");
        numbered = Date().Replace(numbered, "NNBRRD");
        numbered = Money().Replace(numbered, "MNNBRR");
        numbered = Percentage().Replace(numbered, "NNBRRP");
        numbered = Number().Replace(numbered, "NNBRR");
        var ended = Punctuation().Replace(Hashtags().Replace(numbered, "$1."), ".") + ".";
        return string.Join(' ', Kept().Matches(ended).Select(m => m.Value)).ToLowerInvariant();
    }

    // String.Normalize does nothing where the program runs without the system's language data.
    private static string WithoutAccents(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter == '\'' || CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark) continue;
            plain.Append(letter - '\u00C0' is >= 0 and < 192 and var at && Plain[at] != ' ' ? Plain[at] : letter);
        }
        return plain.ToString();
    }

    [GeneratedRegex(@"\d+([.,]\d+)?\s*[CcFf](?=[^a-zA-Z])")]
    private static partial Regex Temperature();

    [GeneratedRegex(@"\d+([.,]\d+)?[-/\\]\d+([.,]\d+)?[-/\\]\d+([.,]\d+)?")]
    private static partial Regex Date();

    [GeneratedRegex(@"\$\s*\d+([.,]\d+)?")]
    private static partial Regex Money();

    [GeneratedRegex(@"\d+([.,]\d+)?\s*%")]
    private static partial Regex Percentage();

    [GeneratedRegex(@"\d+([.,]\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"(#[a-zA-Z0-9]+)\s*(?=#)")]
    private static partial Regex Hashtags();

    [GeneratedRegex(@"[(),;:?!=""/.|<>\[\]]+|#(?![a-zA-Z])")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"[a-zA-Z\n]+|\.")]
    private static partial Regex Kept();
}
