using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>Reads a label column that holds label sets or numbers, and says what does not fit.</summary>
/// <param name="column">The column's name.</param>
/// <param name="key">Where the specification names it, for messages.</param>
public sealed class TargetColumn(string column, Setting key)
{
    /// <summary>What stands between the labels of a row.</summary>
    public const char Separator = '|';

    /// <summary>The cell of a row that has none of the labels; a blank cell is a row whose labels are not known.</summary>
    public const string None = "-";

    /// <summary>A row's labels as its cell is written.</summary>
    public static string Write(IEnumerable<string> labels) => string.Join(Separator, labels) is { Length: > 0 } cell ? cell : None;

    /// <summary>All labels of a table's rows, sorted. A label that only test rows have counts too: to miss it is a mistake.</summary>
    /// <exception cref="RequestException">There is none, or the training rows all have the same ones.</exception>
    public string[] Names(Table table, int[] train)
    {
        var words = Words(table);
        var names = Enumerable.Range(0, table.Rows).SelectMany(row => Split(words(row)) ?? []).Distinct().Order(StringComparer.Ordinal).ToArray();
        var sets = train.Select(row => Split(words(row))).OfType<string[]>().Select(set => string.Join(Separator, set.Order(StringComparer.Ordinal))).ToHashSet(StringComparer.Ordinal);
        if (sets.Count == 0) throw Blank(table);
        if (names.Length == 0 || sets.Count == 1) throw key.Wrong($"{table.Name}: column '{column}' says the same, '{(sets.First() is { Length: > 0 } same ? same : None)}', in every labelled training row; there is nothing to learn");
        return names;
    }

    /// <summary>The rows' labels as indices; null for a blank cell.</summary>
    /// <exception cref="RequestException">A label is not among the names.</exception>
    public int[]?[] Sets(Table table, IReadOnlyList<string> names)
    {
        var words = Words(table);
        var index = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        return [.. Enumerable.Range(0, table.Rows).Select(row => Split(words(row))?.Select(Index(row)).Order().ToArray())];

        Func<string, int> Index(int row) => label => index.TryGetValue(label, out var i) ? i
            : throw key.Wrong($"{table.Name}: row {table.Origin(row) + 1} has the label '{label}', which is not known{Spelling.Hint(label, names)}; known: {string.Join(", ", names.Take(20))}");
    }

    /// <summary>The rows' numbers; NaN for a blank cell.</summary>
    /// <exception cref="RequestException">A cell is no finite number.</exception>
    public double[] Numbers(Table table)
    {
        if (table.Find(column) is NumberColumn numbers) return numbers.Values;
        var words = Words(table);
        return [.. Enumerable.Range(0, table.Rows).Select(Number)];

        double Number(int row) => words(row) is not { Length: > 0 } word ? double.NaN
            : double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw key.Wrong($"{table.Name}: row {table.Origin(row) + 1}, column '{column}': '{word}' is not a finite number, as labels: number wants it");
    }

    /// <summary>Checks that training rows have numbers that differ.</summary>
    /// <exception cref="RequestException">They do not.</exception>
    public void RequireSpread(Table train, NumberTargets numbers)
    {
        double[] known = [.. numbers.Labelled.Select(row => numbers.Train[row])];
        if (known.Length == 0) throw Blank(train);
        if (known.All(n => n == known[0])) throw key.Wrong(string.Create(CultureInfo.InvariantCulture, $"{train.Name}: column '{column}' is {known[0]} in every labelled training row; there is nothing to learn"));
    }

    private static string[]? Split(string cell) => cell.Length == 0 ? null : cell == None ? [] : [.. cell.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private RequestException Blank(Table table) => key.Wrong($"{table.Name}: column '{column}' is blank in every training row");

    private Func<int, string> Words(Table table) =>
        (table.Find(column) ?? throw key.Wrong($"{table.Name} has no column '{column}'{Spelling.Hint(column, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}")).Words();
}
