using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>A file of a teacher's probabilities: every row checked, rows found by their ids.</summary>
internal sealed class TeacherFile
{
    private const double SumTolerance = 1e-3;

    private readonly double[] logits; // [rows × columns]
    private readonly int columns;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    /// <summary>Checks the rows.</summary>
    /// <param name="table">What was read.</param>
    /// <param name="columns">The columns of probabilities.</param>
    /// <param name="id">The column of ids, or null.</param>
    /// <exception cref="RequestException">A column is missing, a row holds no probabilities, or an id stands in several rows.</exception>
    public TeacherFile(Table table, string[] columns, string? id)
    {
        (Name, Rows, this.columns) = (table.Name, table.Rows, columns.Length);
        var values = columns.Select(name => Column(table, name) is NumberColumn numbers ? numbers.Values : throw new RequestException($"{Name}: column '{name}' does not hold numbers")).ToArray();
        logits = new double[Rows * columns.Length];
        for (var row = 0; row < Rows; row++)
            for (var c = 0; c < columns.Length; c++) logits[row * columns.Length + c] = values[c][row];
        Logarithms(logits, columns, row => $"{Name} row {row + 1}", mayBeBlank: true);
        if (id is null) return;
        var words = Column(table, id).Words();
        string[] repeated = [.. Enumerable.Range(0, Rows).Where(row => !places.TryAdd(words(row), row)).Select(words)];
        if (repeated.Length > 0) throw new RequestException($"{Name}: column '{id}' repeats {repeated.Length} of its ids, the first '{repeated[0]}'; each row needs one of its own");
    }

    /// <summary>What to call the file.</summary>
    public string Name { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>The log-probabilities of some rows [rows × columns]; −∞ where the file has 0.</summary>
    public double[] LogProbabilities(int[] rows)
    {
        var taken = new double[rows.Length * columns];
        for (var i = 0; i < rows.Length; i++) logits.AsSpan(rows[i] * columns, columns).CopyTo(taken.AsSpan(i * columns));
        return taken;
    }

    /// <summary>The places of the ids of as many rows as there are, or the ids that the file lacks.</summary>
    /// <param name="ids">The ids of our rows.</param>
    /// <param name="count">How many rows we have.</param>
    public (int[] Found, List<string> Missing) Find(Func<int, string> ids, int count)
    {
        List<string> missing = [];
        var found = new int[count];
        for (var row = 0; row < count; row++)
            if (!places.TryGetValue(ids(row), out found[row])) missing.Add(ids(row));
        return (found, missing);
    }

    /// <summary>Turns rows of probabilities into their logarithms, in place.</summary>
    /// <param name="values">[N × K].</param>
    /// <param name="names">What the K columns are called.</param>
    /// <param name="row">What to call a row.</param>
    /// <param name="mayBeBlank">Whether a row without any says nothing: all its columns are equally likely then.</param>
    /// <exception cref="RequestException">A row is not probabilities that add up to 1.</exception>
    public static void Logarithms(double[] values, string[] names, Func<int, string> row, bool mayBeBlank = false)
    {
        for (var start = 0; start < values.Length; start += names.Length)
        {
            if (mayBeBlank && values.AsSpan(start, names.Length).IndexOfAnyExcept(double.NaN) < 0) values.AsSpan(start, names.Length).Fill(1.0 / names.Length);
            var sum = 0.0;
            for (var k = 0; k < names.Length; k++)
            {
                var value = values[start + k];
                if (!(value is >= 0 and <= 1)) throw new RequestException($"{row(start / names.Length)}: '{names[k]}' is {(double.IsNaN(value) ? "missing" : Write(value))}, expected a probability in [0, 1]");
                sum += value;
            }
            if (Math.Abs(sum - 1) > SumTolerance) throw new RequestException($"{row(start / names.Length)}: the probabilities add up to {Write(sum)}, expected 1 (± {Write(SumTolerance)})");
            for (var k = 0; k < names.Length; k++) values[start + k] = Math.Log(values[start + k]);
        }
    }

    private static Column Column(Table table, string name) =>
        table.Find(name) ?? throw new RequestException($"{table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");

    private static string Write(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
