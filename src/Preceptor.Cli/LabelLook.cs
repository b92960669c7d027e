using System.Globalization;
using Preceptor.Data;
using Preceptor.Prediction;

namespace Preceptor.Cli;

/// <summary>Guesses by looking what a label column holds: one class a row, label sets or numbers.</summary>
internal static class LabelLook
{
    private const int MostShown = 8, MostClasses = 50;

    /// <summary>The form: numbers where there are fractions or more than fifty different ones, sets where cells such as a|b share their labels.</summary>
    public static TargetKind KindOf(Column column)
    {
        if (Values(column) is { } values)
            return values.Any(v => v != Math.Floor(v)) || values.Where(v => !double.IsNaN(v)).Distinct().Skip(MostClasses).Any() ? TargetKind.Number : TargetKind.One;
        var cells = Words(column).Where(w => w.Length > 0).Distinct().ToArray();
        // Two cells that share a label: what one class a row named a|b never has.
        return cells.Any(c => c.Contains(TargetColumn.Separator)) && cells.SelectMany(Split).Distinct().Count() < cells.Sum(c => Split(c).Length) ? TargetKind.Many : TargetKind.One;
    }

    /// <summary>What the column holds, in a line.</summary>
    public static string Describe(Column column, TargetKind kind)
    {
        string[] cells = [.. Words(column).Where(w => w.Length > 0)];
        var blank = column.Rows - cells.Length;
        var held = kind switch
        {
            TargetKind.Number => Numbers(Values(column)!),
            TargetKind.Many => $"{Counts("label", cells.Where(c => c != TargetColumn.None).SelectMany(Split))}, any number of them a row{(cells.Count(c => c == TargetColumn.None) is > 0 and var none ? $", none in {none.ToString("#,0", CultureInfo.InvariantCulture)}" : "")}",
            _ => Counts("class", cells),
        };
        return $"label {column.Name}: {held}{(blank > 0 ? $", {blank.ToString("#,0", CultureInfo.InvariantCulture)} rows without" : "")}";
    }

    // Known data sets have their label as text.
    private static double[]? Values(Column column)
    {
        if (column is NumberColumn { Values: var values }) return values;
        var numbers = Words(column).Select(w => w.Length == 0 ? double.NaN : double.TryParse(w, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : (double?)null).ToArray();
        return numbers.All(n => n is not null) ? [.. numbers.Select(n => n!.Value)] : null;
    }

    private static string Numbers(double[] values)
    {
        double[] known = [.. values.Where(v => !double.IsNaN(v))];
        return known.Length == 0 ? "no numbers" : string.Create(CultureInfo.InvariantCulture, $"numbers from {known.Min():G6} to {known.Max():G6}, mean {known.Average():G6}");
    }

    private static string Counts(string thing, IEnumerable<string> words)
    {
        var counts = words.CountBy(w => w).OrderByDescending(c => c.Value).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{counts.Length} {thing}{(thing == "class" ? "es" : "s")} ({string.Join(", ", counts.Take(MostShown).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:#,0}")))}{(counts.Length > MostShown ? ", …" : "")})");
    }

    private static string[] Split(string cell) => [.. cell.Split(TargetColumn.Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static IEnumerable<string> Words(Column column) => Enumerable.Range(0, column.Rows).Select(column.Words());
}
