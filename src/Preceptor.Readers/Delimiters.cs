namespace Preceptor.Readers;

/// <summary>Finds which character separates a file's cells.</summary>
internal static class Delimiters
{
    /// <summary>Those that are looked for, the likeliest first.</summary>
    public const string Known = ",;\t";

    private const int LinesLookedAt = 50;

    /// <summary>
    /// The tab for .tsv and .tab; else the character that occurs outside quotes equally often in each of the first lines, the most
    /// frequent if several do; else the most frequent in the first line; else the comma.
    /// </summary>
    public static char Find(string name, ReadOnlySpan<byte> start, DelimitedOptions options)
    {
        if (ByExtension(name) is { } known) return known;
        var counts = Count(start, options.Quote);
        var consistent = Best(kind => counts.All(line => line[kind] == counts[0][kind]));
        return consistent ?? Best(_ => true) ?? ',';

        char? Best(Func<int, bool> isCandidate) => Enumerable.Range(0, Known.Length)
            .Where(kind => counts.Count > 0 && counts[0][kind] > 0 && isCandidate(kind))
            .OrderByDescending(kind => counts[0][kind])
            .Select(kind => (char?)Known[kind]).FirstOrDefault();
    }

    /// <summary>The delimiter that a file's name promises (.gz aside), or null.</summary>
    public static char? ByExtension(string name) => InputFile.Extension(name) is ".tsv" or ".tab" ? '\t' : null;

    /// <summary>How often each occurs outside quotes [lines][<see cref="Known"/>]; a quote opens a cell after any of them.</summary>
    private static List<int[]> Count(ReadOnlySpan<byte> text, char? quote)
    {
        var lines = new List<int[]>();
        var line = new int[Known.Length];
        var (isQuoted, isCellStart, isEmpty) = (false, true, true);
        for (var at = 0; at < text.Length && lines.Count < LinesLookedAt; at++)
        {
            var letter = (char)text[at];
            if (isQuoted)
            {
                if (letter != quote) continue;
                if (at + 1 < text.Length && text[at + 1] == quote) at++;
                else isQuoted = false;
            }
            else if (letter == '\n')
            {
                if (!isEmpty) lines.Add(line);
                (line, isCellStart, isEmpty) = (new int[Known.Length], true, true);
            }
            else
            {
                var kind = Known.IndexOf(letter, StringComparison.Ordinal);
                if (kind >= 0) line[kind]++;
                isQuoted = isCellStart && letter == quote;
                isCellStart = kind >= 0 || (isCellStart && letter == ' ');
                isEmpty &= letter == '\r';
            }
        }
        // The last line may be cut off, so it counts only if there is no other.
        if (lines.Count == 0 && !isEmpty) lines.Add(line);
        return lines;
    }
}
