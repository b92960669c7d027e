using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Preceptor.Papers;

/// <summary>
/// Finds papers in the text of a page that lists them: a title, a blank line, an abstract, and so on, with dates, bylines, buttons and counts around. A block of many words is an abstract, and the
/// last block before it that can be a title is its title; an abstract that follows another without a title between them continues it.
/// </summary>
internal static partial class PageText
{
    private const int FewestWords = 40, MostTitleWords = 40;

    /// <summary>The blocks of a text: lines up to a blank one, joined.</summary>
    public static IEnumerable<string> Blocks(string? first, TextLines lines)
    {
        var block = new StringBuilder();
        for (var line = first; line is not null; line = lines.Read())
        {
            if (!line.AsSpan().Trim().IsEmpty)
            {
                block.Append(block.Length > 0 ? "\n" : "").Append(line);
                if (block.Length > TextLines.LongestLine) throw new Foundation.RequestException($"{lines.Path} line {lines.Number}: more than {TextLines.LongestLine >> 20} million letters without a blank line, so this is no list of papers");
                continue;
            }
            if (block.Length > 0) yield return block.ToString();
            block.Clear();
        }
        if (block.Length > 0) yield return block.ToString();
    }

    /// <summary>The papers of a page's blocks.</summary>
    public static IEnumerable<ImportedPaper> Read(IEnumerable<string> blocks, DateOnly today)
    {
        ImportedPaper? paper = null;
        string? title = null;
        var authors = "";
        DateOnly? date = null;
        foreach (var given in blocks)
        {
            // Title and abstract may follow each other without a blank line.
            foreach (var block in Words(given) >= FewestWords && given.IndexOf('\n') is > 0 and var end && Words(given[end..]) >= FewestWords && IsTitleLine(given[..end], given[(end + 1)..]) ? new[] { given[..end], given[(end + 1)..] } : [given])
            {
                var text = PaperFile.Clean(block);
                if (Date(text, today) is { } found) date = found;
                else if (Words(block) < FewestWords)
                {
                    if (title is not null && Names().IsMatch(text)) authors = text;
                    else if (IsTitle(text)) (title, authors) = (text, "");
                }
                else if (title is not null)
                {
                    if (paper is not null) yield return paper;
                    paper = new(title, text) { Published = date, Authors = authors };
                    title = null;
                }
                else if (paper is not null) paper = paper with { Abstract = $"{paper.Abstract} {text}" };
            }
        }
        if (paper is not null) yield return paper;
    }

    // A line of running text ends full, or goes on in the next one with a small letter.
    private static bool IsTitleLine(string line, string rest) => IsTitle(PaperFile.Clean(line)) && Words(line) <= MostTitleWords / 2 && !line.TrimEnd().EndsWith('.') && !char.IsLower(rest.TrimStart().FirstOrDefault());

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private static bool IsTitle(string text) => Words(text) <= MostTitleWords && text.Any(char.IsLetter) && !Furniture().IsMatch(text);

    // What stands around papers on such pages: bylines, buttons, counts, menus. A title that merely begins with such a word is longer.
    [GeneratedRegex(@"^(by\b?.{0,80}\bcommunity|by|subscribe|new|upvote.*|login.*|log in|sign (in|up).*|get trending papers.*|(daily|trending|weekly|monthly) papers|papers|submitted by.*|published (on|at).*|view (arxiv|pdf|on).*|view all.*|arxiv|pdf|html|github|code|abstract|add to collection|collections?|share|save|cite|read more|show more|load more|next|previous|search|menu|home|models?|datasets?|spaces|docs|pricing|\W*\d[\d.,]*\s*k?\s*(up)?(votes?|comments?|likes?|stars?|authors?|citations?)?|\W*(upvotes?|comments?|likes?|authors?)\W*\d*|[-–·•|/\\\s\d.,]+|https?://\S+|.{0,40}\bet al\.?|\S+@\S+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Furniture();

    // Two or more names of two to four words with capitals.
    [GeneratedRegex(@"^\p{Lu}[\p{L}.'’-]*( [\p{L}.'’-]+){1,3}((, | and |, and | · )\p{Lu}[\p{L}.'’-]*( [\p{L}.'’-]+){1,3})+,?$", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex(@"^(published (on|at)?\s*)?[·•\-–\s]*(?<date>((mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?[a-z]{3,9}\.?\s+\d{1,2}(st|nd|rd|th)?(,?\s+\d{4})?|\d{1,2}\s+[a-z]{3,9}\.?(\s+\d{4})?|\d{4}-\d{2}-\d{2})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DateLine();

    private static readonly string[] Forms = ["MMM d yyyy", "MMMM d yyyy", "d MMM yyyy", "d MMMM yyyy", "yyyy-MM-dd"], WithoutYear = ["MMM d", "MMMM d", "d MMM", "d MMMM"];

    private static DateOnly? Date(string text, DateOnly today)
    {
        if (text.Length > 40 || DateLine().Match(text) is not { Success: true } match) return null;
        var words = Ordinal().Replace(match.Groups["date"].Value.Replace(",", " ", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal), "$1");
        string[] parts = [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(p => Weekday().IsMatch(p))];
        var date = string.Join(' ', parts);
        if (DateOnly.TryParseExact(date, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var whole)) return whole;
        // A day without a year is the last one of its name; February 29th only some years have.
        for (var year = today.Year; year > today.Year - 8; year--)
            if (DateOnly.TryParseExact($"{date} {year.ToString(CultureInfo.InvariantCulture)}", [.. WithoutYear.Select(f => f + " yyyy")], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day <= today) return day;
        return null;
    }

    [GeneratedRegex(@"(\d)(st|nd|rd|th)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Ordinal();

    [GeneratedRegex("^(mon|tue|wed|thu|fri|sat|sun)[a-z]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Weekday();
}
