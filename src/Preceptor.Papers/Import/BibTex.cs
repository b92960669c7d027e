using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>Papers of a BibTeX file: entries with a title; <c>@string</c>, <c>@comment</c> and <c>@preamble</c> are passed over.</summary>
internal static partial class BibTex
{
    private const int LongestEntry = 1 << 20;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static IEnumerable<ImportedPaper> Read(string first, TextLines lines)
    {
        var (entry, start, depth, number) = (new StringBuilder(), 0, 0, 0);
        for (var line = first; line is not null; line = lines.Read())
        {
            if (depth == 0 && (!line.TrimStart().StartsWith('@') || !line.Contains('{', StringComparison.Ordinal) && entry.Length == 0 && !Kind().IsMatch(line))) continue;
            if (entry.Length == 0) start = lines.Number;
            entry.Append(line).Append('\n');
            if (entry.Length > LongestEntry) throw new RequestException($"{lines.Path} line {start}: the entry that begins here does not end within {LongestEntry >> 20} million letters; a brace is missing");
            depth += Depth(line);
            if (depth < 0) throw new RequestException($"{lines.Path} line {lines.Number}: a brace too many");
            number = lines.Number;
            if (depth > 0) continue;
            if (Parse(entry.ToString(), $"{lines.Path} line {start}") is { } paper) yield return paper;
            entry.Clear();
        }
        if (depth > 0) throw new RequestException($"{lines.Path} line {start}: the entry that begins here has no end by line {number}; a brace is missing");
    }

    private static int Depth(string line)
    {
        var depth = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\') i++;
            else if (line[i] == '{') depth++;
            else if (line[i] == '}') depth--;
        }
        return depth;
    }

    private static ImportedPaper? Parse(string entry, string place)
    {
        var open = entry.IndexOf('{', StringComparison.Ordinal);
        if (open < 0 || entry[..open].Trim().TrimStart('@').ToLowerInvariant() is "comment" or "string" or "preamble") return null;
        var fields = Fields(entry, open, place);
        if (!fields.TryGetValue("title", out var title) || title.Length == 0) throw new RequestException($"{place}: the entry has no title; it has {string.Join(", ", fields.Keys)}");
        var arxiv = PaperIdentifier.Arxiv(fields.GetValueOrDefault("eprint", "")) ?? PaperIdentifier.Arxiv(fields.GetValueOrDefault("url", ""));
        var identifier = arxiv ?? (fields.GetValueOrDefault("doi") is { Length: > 0 } doi ? $"doi:{doi.ToLowerInvariant()}" : "");
        return new(title, fields.GetValueOrDefault("abstract", ""))
        {
            Authors = string.Join(", ", fields.GetValueOrDefault("author", "").Split(" and ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Author)),
            Published = int.TryParse(fields.GetValueOrDefault("year"), NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is > 0 and < 10000 ? new DateOnly(year, Month(fields.GetValueOrDefault("month")), 1) : null,
            Identifier = identifier,
            Address = PaperFile.WebAddress(fields.GetValueOrDefault("url")) is { Length: > 0 } address ? address : PaperIdentifier.Address(identifier),
        };
    }

    private static Dictionary<string, string> Fields(string entry, int open, string place)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = entry.IndexOf(',', open);
        if (at < 0) return fields;
        while (Name().Match(entry, at) is { Success: true } name)
        {
            at = name.Index + name.Length;
            var value = new StringBuilder();
            do
            {
                while (at < entry.Length && (char.IsWhiteSpace(entry[at]) || entry[at] == '#')) at++;
                value.Append(Value(entry, ref at, place));
                while (at < entry.Length && char.IsWhiteSpace(entry[at])) at++;
            }
            while (at < entry.Length && entry[at] == '#');
            fields[name.Groups["name"].Value] = PaperFile.Clean(Plain(value.ToString()));
        }
        return fields;
    }

    private static string Value(string entry, ref int at, string place)
    {
        var start = at;
        if (at < entry.Length && entry[at] is '{' or '"')
        {
            var (quoted, depth) = (entry[at] == '"', entry[at] == '{' ? 1 : 0);
            for (at++; at < entry.Length; at++)
            {
                if (entry[at] == '\\') at++;
                else if (entry[at] == '{') depth++;
                else if (entry[at] == '}') depth--;
                if (at < entry.Length && (quoted ? entry[at] == '"' && depth == 0 : depth == 0)) return entry[(start + 1)..at++];
            }
            throw new RequestException($"{place}: a value has no end: {entry[start..Math.Min(entry.Length, start + 40)]}");
        }
        while (at < entry.Length && (char.IsLetterOrDigit(entry[at]) || entry[at] is '-' or '_')) at++;
        return entry[start..at];
    }

    private static string Author(string name) => name.Split(',', 2, StringSplitOptions.TrimEntries) is [var last, var first] ? $"{first} {last}" : name;

    private static int Month(string? month) => month is { Length: >= 3 } && Array.IndexOf(Months, month[..3].ToLowerInvariant()) is >= 0 and var index ? index + 1
        : int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 12 ? number : 1;

    // TeX in titles is mostly accents and protected capitals.
    private static string Plain(string tex)
    {
        var text = Accent().Replace(tex, m => Accented(m.Groups["accent"].Value[0], m.Groups["letter"].Value[0]));
        text = Escaped().Replace(text, "$1").Replace("``", "“", StringComparison.Ordinal).Replace("''", "”", StringComparison.Ordinal).Replace("---", "—", StringComparison.Ordinal).Replace("--", "–", StringComparison.Ordinal).Replace('~', ' ');
        return text.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
    }

    // Unicode's own tables are not there without ICU.
    private static string Accented(char accent, char letter)
    {
        var letters = Accents.GetValueOrDefault(accent, "");
        for (var i = 0; i < letters.Length; i += 2)
            if (letters[i] == letter) return letters[i + 1].ToString();
        return letter.ToString();
    }

    private static readonly Dictionary<char, string> Accents = new()
    {
        ['\''] = "aáeéiíoóuúyýcćnńsśzźlĺrŕAÁEÉIÍOÓUÚYÝCĆNŃSŚZŹ",
        ['`'] = "aàeèiìoòuùAÀEÈIÌOÒUÙ",
        ['^'] = "aâeêiîoôuûwŵyŷAÂEÊIÎOÔUÛ",
        ['"'] = "aäeëiïoöuüyÿAÄEËIÏOÖUÜ",
        ['~'] = "aãnñoõAÃNÑOÕ",
        ['='] = "aāeēiīoōuūAĀEĒIĪOŌUŪ",
        ['.'] = "zżeėgġZŻ",
        ['c'] = "cçsştţCÇSŞTŢ",
        ['v'] = "cčdďeěnňrřsštťzžCČDĎEĚNŇRŘSŠTŤZŽ",
        ['H'] = "oőuűOŐUŰ",
    };

    [GeneratedRegex(@"\G[\s,]*(?<name>[A-Za-z][A-Za-z0-9_+:.-]*)\s*=")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*@[A-Za-z]+\s*$")]
    private static partial Regex Kind();

    [GeneratedRegex(@"\{?\\(?<accent>['`^""~.=]|[cvH](?=\s*\{|\s+))\s*\{?\\?(?<letter>[A-Za-z])\}?\}?")]
    private static partial Regex Accent();

    [GeneratedRegex(@"\\([&%$#_{}])")]
    private static partial Regex Escaped();
}
