using System.Globalization;
using System.Text.RegularExpressions;

namespace Preceptor.Models;

/// <summary>
/// Cuts at the matches of a regular expression, and between them. .NET's expressions see the two halves of a code point beyond U+FFFF; the expression is therefore shown, in place of each such pair,
/// one character of the same Unicode category that the pattern does not name.
/// </summary>
internal sealed class PatternSplitter : TextSplitter
{
    private const int Longest = 4096;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Regex pattern;
    private readonly char[] standIns;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ArgumentException">It is no regular expression, or one whose meaning here would be another.</exception>
    public PatternSplitter(string pattern)
    {
        if (pattern.Length > Longest) throw new ArgumentException($"a pattern has {pattern.Length} characters, expected at most {Longest}");
        if (pattern.Contains("&&", StringComparison.Ordinal)) throw new ArgumentException("intersections of classes (&&) are not known here");
        if (pattern.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0) throw new ArgumentException("characters beyond U+FFFF in a pattern are not known here");
        // Elsewhere a long s is an s without regard to case; .NET's table of cases leaves it out.
        this.pattern = new(pattern.Replace("(?i:'s|", "(?i:'[s\u017F]|", StringComparison.Ordinal), RegexOptions.CultureInvariant, Limit);
        standIns = [.. Enum.GetValues<UnicodeCategory>().Order().Select(c => StandIn(c, pattern))];
    }

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<int> ends)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            Split(text, ends, null);
            return;
        }
        var (shown, places, count) = (new char[text.Length], new int[text.Length + 1], 0);
        for (var i = 0; i < text.Length; i++)
        {
            places[count] = i;
            var isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            shown[count++] = isPair ? standIns[(int)CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[i], text[i + 1]))] : text[i];
            if (isPair) i++;
        }
        places[count] = text.Length;
        Split(shown.AsSpan(0, count), ends, places);
    }

    private void Split(ReadOnlySpan<char> text, List<int> ends, int[]? places)
    {
        var done = 0;
        foreach (var match in pattern.EnumerateMatches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > done) ends.Add(places?[match.Index] ?? match.Index);
            done = match.Index + match.Length;
            ends.Add(places?[done] ?? done);
        }
        if (done < text.Length) ends.Add(places?[text.Length] ?? text.Length);
    }

    private static char StandIn(UnicodeCategory category, string pattern)
    {
        for (var unit = '\uFFFF'; unit > '\x7F'; unit--)
            if (CharUnicodeInfo.GetUnicodeCategory(unit) == category && !IsNamed(unit, pattern)) return unit;
        return '\uFFFD';
    }

    private static bool IsNamed(char unit, string pattern)
    {
        if (pattern.Contains(unit, StringComparison.Ordinal)) return true;
        for (var dash = pattern.IndexOf('-', 1); dash > 0 && dash + 1 < pattern.Length; dash = pattern.IndexOf('-', dash + 1))
            if (pattern[dash - 1] <= unit && unit <= pattern[dash + 1]) return true;
        return false;
    }
}
