using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>What the numbers of a prediction file are.</summary>
public enum PredictionForm
{
    /// <summary>Probabilities if most rows lie in [0, 1], otherwise logits.</summary>
    Auto,

    /// <summary>Probabilities, which add up to 1 in every row.</summary>
    Probabilities,

    /// <summary>Logits: log-probabilities up to a constant a row.</summary>
    Logits,
}

/// <summary>Answers of a classifier to items, and what is true of them.</summary>
/// <param name="Classes">The classes, C.</param>
/// <param name="Labels">The true class of each item; −1 for an item of none of them [N].</param>
/// <param name="Logits">[N × C].</param>
/// <param name="AreLogits">Whether the logits are a network's own; otherwise they are logarithms of probabilities, whose constant a row is lost.</param>
public sealed record ClassPredictions(IReadOnlyList<string> Classes, int[] Labels, float[] Logits, bool AreLogits)
{
    /// <summary>How far a row's probabilities may be from 1 in sum, for files of two decimals.</summary>
    public const double SumTolerance = 0.02;

    private const string ProbabilityPrefix = "probability:", LogitPrefix = "logit:";

    /// <summary>What each item belongs to, such as a strength of noise [N]; empty where all belong together.</summary>
    public string[] Levels { get; init; } = [];

    /// <summary>Reads predictions from the columns of a table.</summary>
    /// <param name="table">A row an item.</param>
    /// <param name="label">The column of true classes.</param>
    /// <param name="columns">The columns with a number a class; none for all that are named probability:CLASS or logit:CLASS, or else after a class of the label column.</param>
    /// <param name="form">What their numbers are.</param>
    /// <param name="outside">Labels of items that belong to no class; a blank one is always such.</param>
    /// <param name="level">The column that divides the items; null for none.</param>
    /// <exception cref="RequestException">A column is missing, a label is no class, or a row holds no distribution; the message names file, line and column.</exception>
    public static ClassPredictions Of(Table table, string label, string[] columns, PredictionForm form, string[] outside, string? level)
    {
        var labels = Require(table, label, "problem.label").Words();
        var chosen = Columns(table, label, labels, columns, level);
        string[] classes = [.. chosen.Select(ClassOf)];
        if (classes.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } repeated) throw new RequestException($"{table.Name}: two columns are of the class '{repeated.Key}'; name one in method.columns");
        var numbers = chosen.Select(name => Require(table, name, "method.columns") is NumberColumn column ? column.Values : throw new RequestException($"{table.Name}: column '{name}' does not hold numbers, expected a probability or logit of the class '{ClassOf(name)}'")).ToArray();
        var truth = new int[table.Rows];
        for (var row = 0; row < truth.Length; row++)
        {
            var word = labels(row);
            truth[row] = word.Length == 0 || outside.Contains(word) ? -1 : Array.IndexOf(classes, word) is >= 0 and var c ? c : throw new RequestException(
                $"{table.Name} {table.Place(row)}, column '{label}': found '{word}'{Spelling.Hint(word, classes)}, expected one of the classes {string.Join(", ", classes)}; rows of no class are blank, or named in method.outside");
        }
        if (truth.All(t => t < 0)) throw new RequestException($"{table.Name}: no row has a class in column '{label}'");
        var areLogits = form == PredictionForm.Logits || form == PredictionForm.Auto && (chosen.All(c => c.StartsWith(LogitPrefix, StringComparison.Ordinal)) || 2 * Enumerable.Range(0, table.Rows).Count(row => numbers.Any(n => n[row] is < 0 or > 1)) > table.Rows);
        return new(classes, truth, ReadLogits(table, chosen, numbers, areLogits), areLogits) { Levels = level is null ? [] : LevelsOf(table, level) };
    }

    /// <summary>The items of some rows.</summary>
    public ClassPredictions Take(int[] rows) => this with
    {
        Labels = [.. rows.Select(r => Labels[r])],
        Logits = Contents.Take(Logits, Classes.Count, rows),
        Levels = Levels.Length == 0 ? [] : [.. rows.Select(r => Levels[r])],
    };

    private static string[] Columns(Table table, string label, Func<int, string> labels, string[] named, string? level)
    {
        string[] columns = named.Length > 0 ? named : [.. table.Columns.Select(c => c.Name).Where(n => n.StartsWith(ProbabilityPrefix, StringComparison.Ordinal) || n.StartsWith(LogitPrefix, StringComparison.Ordinal))];
        if (columns.Length == 0)
        {
            var words = Enumerable.Range(0, table.Rows).Select(labels).ToHashSet();
            columns = [.. table.Columns.Where(c => c is NumberColumn && c.Name != label && c.Name != level && words.Contains(c.Name)).Select(c => c.Name)];
        }
        return columns.Length >= 2 ? columns : throw new RequestException(
            $"{table.Name}: expected a column of numbers for each of two classes or more, named probability:CLASS or logit:CLASS, or as the class, or in method.columns; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
    }

    private static string ClassOf(string column) => column.StartsWith(ProbabilityPrefix, StringComparison.Ordinal) ? column[ProbabilityPrefix.Length..]
        : column.StartsWith(LogitPrefix, StringComparison.Ordinal) ? column[LogitPrefix.Length..] : column;

    private static float[] ReadLogits(Table table, string[] names, double[][] numbers, bool areLogits)
    {
        var logits = new float[table.Rows * names.Length];
        for (var row = 0; row < table.Rows; row++)
        {
            var sum = 0.0;
            for (var c = 0; c < names.Length; c++)
            {
                var value = numbers[c][row];
                if (double.IsNaN(value)) throw Wrong(row, $", column '{names[c]}': is blank, expected a number");
                if (!areLogits && value is < 0 or > 1) throw Wrong(row, $", column '{names[c]}': found {Write(value)}, expected a probability in [0, 1] (or method.form: logits)");
                sum += value;
                logits[row * names.Length + c] = (float)(areLogits ? value : Math.Log(Math.Max(value, Evaluation.ClassificationScores.SmallestProbability)));
            }
            if (!areLogits && Math.Abs(sum - 1) > SumTolerance) throw Wrong(row, $": the probabilities add up to {Write(sum)}, expected 1 (± {Write(SumTolerance)}; or method.form: logits)");
        }
        return logits;

        RequestException Wrong(int row, string what) => new($"{table.Name} {table.Place(row)}{what}");
    }

    private static string[] LevelsOf(Table table, string level)
    {
        var words = Require(table, level, "method.level").Words();
        return [.. Enumerable.Range(0, table.Rows).Select(row => words(row) is { Length: > 0 } word ? word : throw new RequestException($"{table.Name} {table.Place(row)}, column '{level}': is blank; it has to name the level"))];
    }

    private static string Write(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A column of a table that an option names.</summary>
    /// <exception cref="RequestException">There is none; the message has the option's key.</exception>
    internal static Column Require(Table table, string name, string key) => table.Find(name)
        ?? throw new RequestException($"{key}: {table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
}
