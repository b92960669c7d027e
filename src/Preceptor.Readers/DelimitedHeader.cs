using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Finds a delimited file's columns: their names and what is declared about them.</summary>
internal static class DelimitedHeader
{
    /// <summary>The columns' names, from the options or the first row.</summary>
    /// <exception cref="RequestException">A name is empty or occurs twice, or there are more or fewer names than cells.</exception>
    public static string[] Names(string file, long line, IReadOnlyList<string> firstRow, DelimitedOptions options)
    {
        if (options.Names is { } given)
        {
            if (given.Count != firstRow.Count) throw new RequestException(
                $"{file} line {line}: {firstRow.Count} columns, but {given.Count} names are given ({string.Join(", ", given)})");
            return Checked($"{file}: the names given", given);
        }
        if (!options.HasHeader) return [.. Enumerable.Range(1, firstRow.Count).Select(number => $"column{number}")];
        return Checked($"{file} line {line}: the header", firstRow);
    }

    /// <summary>The columns' types: as declared, else numbers until a cell is none.</summary>
    /// <exception cref="RequestException">A declared column does not exist.</exception>
    public static ColumnType[] Types(string file, string[] names, DelimitedOptions options)
    {
        foreach (var declared in options.AllowAbsent ? [] : options.Text.Concat(options.Numbers))
            if (!names.Contains(declared)) throw new RequestException(
                $"{file}: no column '{declared}'{Spelling.Hint(declared, names)}; columns are {string.Join(", ", names)}");
        return [.. names.Select(name =>
            options.Text.Contains(name) ? ColumnType.Text :
            options.Numbers.Contains(name) ? ColumnType.Numbers : ColumnType.NumbersSoFar)];
    }

    private static string[] Checked(string where, IReadOnlyList<string> names)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var column = 0; column < names.Count; column++)
        {
            if (names[column].Length == 0) throw new RequestException($"{where} has no name for column {column + 1} of {names.Count}");
            if (!places.TryAdd(names[column], column)) throw new RequestException(
                $"{where} names two columns '{names[column]}' (columns {places[names[column]] + 1} and {column + 1})");
        }
        return [.. names];
    }
}
