using System.Globalization;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>Named texts: documents or queries.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Texts">Their texts.</param>
public sealed record NamedTexts(string[] Names, string[] Texts)
{
    /// <summary>Their dates in years, not a number where unknown; empty without any.</summary>
    public double[] Dates { get; init; } = [];

    /// <summary>Their topics; empty without any.</summary>
    public string[][] Topics { get; init; } = [];

    /// <summary>Reads the columns of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="id">The column of names.</param>
    /// <param name="text">The columns of text.</param>
    /// <param name="setting">Where the file was named, for messages.</param>
    /// <param name="date">A column of dates, as years or as year-month-day; null without.</param>
    /// <param name="topics">A column of topics, with | between them; null without.</param>
    /// <exception cref="RequestException">A column is missing, two rows have one name, or a date is none; the message names the line.</exception>
    public static NamedTexts Of(Table table, string id, IReadOnlyList<string> text, Setting? setting, string? date = null, string? topics = null)
    {
        Column Require(string name) => NamedTexts.Require(table, setting, name);
        var (ids, parts) = (Require(id), text.Select(Require).ToArray());
        var (names, seen) = (new string[table.Rows], new Dictionary<string, int>(table.Rows, StringComparer.Ordinal));
        for (var row = 0; row < names.Length; row++)
        {
            names[row] = Cell(ids, row);
            if (!seen.TryAdd(names[row], row)) throw Wrong(setting, $"{table.Name} {table.Place(row)}: the id '{names[row]}' is that of {table.Place(seen[names[row]])} too");
        }
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        var (dates, subjects) = (date is null ? null : Require(date), topics is null ? null : Require(topics));
        double Years(int row) => Year(Cell(dates, row)) ?? throw Wrong(setting, $"{table.Name} {table.Place(row)}: '{Cell(dates, row)}' in column '{date}' is no date; expected a year, or year-month-day, or nothing");
        return new(names, [.. rows.Select(row => string.Join(' ', parts.Select(p => Cell(p, row)).Where(t => t.Length > 0)))])
        {
            Dates = dates is null ? [] : [.. rows.Select(Years)],
            Topics = subjects is null ? [] : [.. rows.Select(row => Cell(subjects, row).Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
        };
    }

    private static double? Year(string cell)
    {
        if (cell.Length == 0) return double.NaN;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var year)) return year;
        return DateTime.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date.Year + (date.DayOfYear - 1) / (DateTime.IsLeapYear(date.Year) ? 366.0 : 365) : null;
    }

    /// <summary>The cells of columns, a row each.</summary>
    /// <exception cref="RequestException">A column is missing.</exception>
    internal static string[][] Cells(Table table, Setting? setting, params string[] columns)
    {
        Column[] read = [.. columns.Select(name => Require(table, setting, name))];
        return [.. Enumerable.Range(0, table.Rows).Select(row => read.Select(c => Cell(c, row)).ToArray())];
    }

    /// <summary>Those of the rows with given names.</summary>
    internal NamedTexts Only(Func<string, bool> isKept)
    {
        int[] rows = [.. Enumerable.Range(0, Names.Length).Where(row => isKept(Names[row]))];
        T[] Take<T>(T[] values) => values.Length == 0 ? [] : [.. rows.Select(row => values[row])];
        return new(Take(Names), Take(Texts)) { Dates = Take(Dates), Topics = Take(Topics) };
    }

    private static Column Require(Table table, Setting? setting, string name)
    {
        string[] columns = [.. table.Columns.Select(c => c.Name)];
        return table.Find(name) ?? throw Wrong(setting, $"{table.Name}: has no column '{name}'{Spelling.Hint(name, columns)}; it has {string.Join(", ", columns)}");
    }

    private static string Cell(Column? column, int row) => column is NumberColumn numbers ? numbers.Values[row].ToString("R", CultureInfo.InvariantCulture) : column is TextColumn texts ? texts[row].ToString() : "";

    private static RequestException Wrong(Setting? setting, string what) => setting?.Wrong(what) ?? new(what);
}

/// <summary>The field's own files: TREC's relevance judgements and runs, features as SVM-rank and LETOR write them, the Cranfield collection.</summary>
public static class RankingFiles
{
    /// <summary>Reads judgements, a line each: query, anything, document, grade.</summary>
    /// <exception cref="RequestException">A line is something else, or judges a pair twice differently.</exception>
    public static Dictionary<string, Dictionary<string, int>> Judgements(string path)
    {
        var judged = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var (number, parts) in Lines(path))
        {
            if (parts.Length != 4 || !int.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var grade)) throw Malformed(path, number, "query, anything, document and a whole grade", parts);
            if (!judged.TryGetValue(parts[0], out var of)) judged[parts[0]] = of = new(StringComparer.Ordinal);
            if (!of.TryAdd(parts[2], grade) && of[parts[2]] != grade) throw new RequestException($"{path} line {number}: document {parts[2]} of query {parts[0]} has the grades {of[parts[2]]} and {grade}");
        }
        return judged;
    }

    /// <summary>Reads links: rows with the name of a query and of a document, or of a document and one of those it is linked with. All have grade 1.</summary>
    /// <exception cref="RequestException">A column is missing, or a cell is blank.</exception>
    public static Dictionary<string, Dictionary<string, int>> Links(Table table, string from, string to, Setting? setting)
    {
        var pairs = NamedTexts.Cells(table, setting, from, to);
        var judged = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        for (var row = 0; row < pairs.Length; row++)
        {
            if (pairs[row].Any(c => c.Length == 0)) throw setting?.Wrong($"{table.Name} {table.Place(row)}: a link has no {(pairs[row][0].Length == 0 ? from : to)}") ?? new RequestException($"{table.Name} {table.Place(row)}: half a link");
            if (!judged.TryGetValue(pairs[row][0], out var of)) judged[pairs[row][0]] = of = new(StringComparer.Ordinal);
            of[pairs[row][1]] = 1;
        }
        return judged;
    }

    /// <summary>The same judgements with queries and documents exchanged.</summary>
    public static Dictionary<string, Dictionary<string, int>> Reversed(Dictionary<string, Dictionary<string, int>> judged)
    {
        var reversed = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var (query, documents) in judged)
            foreach (var (document, grade) in documents)
            {
                if (!reversed.TryGetValue(document, out var of)) reversed[document] = of = new(StringComparer.Ordinal);
                of[query] = grade;
            }
        return reversed;
    }

    /// <summary>Reads a run, a line each: query, anything, document, rank, score, anything.</summary>
    /// <exception cref="RequestException">A line is something else, or has a pair again.</exception>
    public static Dictionary<string, Dictionary<string, double>> Run(string path)
    {
        var run = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        foreach (var (number, parts) in Lines(path))
        {
            if (parts.Length is < 5 or > 6 || !double.TryParse(parts[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || !double.IsFinite(score)) throw Malformed(path, number, "query, Q0, document, rank, score and a tag", parts);
            if (!run.TryGetValue(parts[0], out var of)) run[parts[0]] = of = new(StringComparer.Ordinal);
            if (!of.TryAdd(parts[2], score)) throw new RequestException($"{path} line {number}: document {parts[2]} is in the list of query {parts[0]} already");
        }
        return run;
    }

    /// <summary>Reads features, a candidate a line: its grade, <c>qid:QUERY</c>, and <c>number:value</c> for the features that are not 0; after # a comment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="queries">The query of each line where the file does not say; null where it does.</param>
    /// <returns>Lists with their grades, and how many features there are.</returns>
    /// <exception cref="RequestException">A line is something else.</exception>
    public static (List<(string Query, List<(int Grade, (int Feature, float Value)[] Values)> Rows)> Lists, int Features) Features(string path, IReadOnlyList<string>? queries = null)
    {
        var (lists, byQuery, features, row) = (new List<(string Query, List<(int, (int, float)[])> Rows)>(), new Dictionary<string, int>(StringComparer.Ordinal), 0, 0);
        foreach (var (number, parts) in Lines(path))
        {
            var first = queries is null ? 2 : 1;
            if (parts.Length < first || !int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var grade) || queries is null && !parts[1].StartsWith("qid:", StringComparison.Ordinal))
                throw Malformed(path, number, queries is null ? "a whole grade, qid:QUERY, number:value …" : "a whole grade, number:value …", parts);
            if (queries is not null && row >= queries.Count) throw new RequestException($"{path} line {number}: there are more rows than the file of queries counts");
            var query = queries is null ? parts[1][4..] : queries[row];
            row++;
            var values = new (int, float)[parts.Length - first];
            for (var i = 0; i < values.Length; i++)
            {
                var pair = parts[first + i].Split(':');
                if (pair.Length != 2 || !int.TryParse(pair[0], NumberStyles.None, CultureInfo.InvariantCulture, out var feature) || feature is < 1 or > 100_000 || !float.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !float.IsFinite(value))
                    throw new RequestException($"{path} line {number}: '{parts[first + i]}' is no number:value of a feature from 1 on");
                values[i] = (feature - 1, value);
                features = Math.Max(features, feature);
            }
            if (!byQuery.TryGetValue(query, out var list))
            {
                byQuery[query] = list = lists.Count;
                lists.Add((query, []));
            }
            lists[list].Rows.Add((grade, values));
        }
        return lists.Count > 0 ? (lists, features) : throw new RequestException($"{path}: holds no candidate");
    }

    /// <summary>Reads the Cranfield collection: abstracts, queries by their position, and grades, of which 1 is the best there and the highest here.</summary>
    public static (NamedTexts Documents, NamedTexts Queries, Dictionary<string, Dictionary<string, int>> Judgements) Cranfield(string folder)
    {
        var documents = Smart(Path.Combine(folder, "cran.all.1400"), ["T", "W"]);
        var queries = Smart(Path.Combine(folder, "cran.qry"), ["W"]);
        var judged = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var (number, parts) in Lines(Path.Combine(folder, "cranqrel")))
        {
            if (parts.Length != 3 || !int.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)) throw Malformed(Path.Combine(folder, "cranqrel"), number, "query, document, code", parts);
            if (!judged.TryGetValue(parts[0], out var of)) judged[parts[0]] = of = new(StringComparer.Ordinal);
            // -1 is no relevance; 4, of the least interest, is relevant still.
            of[parts[1]] = code < 0 ? 0 : Math.Max(of.GetValueOrDefault(parts[1]), 5 - code);
        }
        return (documents, new([.. Enumerable.Range(1, queries.Names.Length).Select(n => n.ToString(CultureInfo.InvariantCulture))], queries.Texts), judged);
    }

    private static NamedTexts Smart(string path, string[] sections)
    {
        var (names, texts, text, reads) = (new List<string>(), new List<string>(), new StringBuilder(), false);
        void End()
        {
            if (names.Count > texts.Count) texts.Add(text.ToString());
            text.Clear();
        }
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith(".I", StringComparison.Ordinal))
            {
                End();
                names.Add(line[2..].Trim());
                reads = false;
            }
            else if (line.Length >= 2 && line[0] == '.' && char.IsAsciiLetterUpper(line[1]) && line.Trim().Length == 2) reads = sections.Contains(line.Trim()[1..]);
            else if (reads) text.Append(line.Trim()).Append(' ');
        }
        End();
        return new([.. names], [.. texts]);
    }

    private static IEnumerable<(long Number, string[] Parts)> Lines(string path)
    {
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file");
        var number = 0L;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var comment = line.IndexOf('#', StringComparison.Ordinal);
            var parts = (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 0) yield return (number, parts);
        }
    }

    private static RequestException Malformed(string path, long number, string expected, string[] parts)
    {
        var found = string.Join(' ', parts);
        return new($"{path} line {number}: expected {expected}; found '{(found.Length > 60 ? found[..60] + "…" : found)}'");
    }
}
