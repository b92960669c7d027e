using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>The share of wrong labels among all rows, estimated from those that somebody checked.</summary>
/// <param name="Share">The share and its interval.</param>
/// <param name="Checked">How many rows were checked.</param>
public sealed record NoiseEstimate(Interval Share, int Checked)
{
    /// <summary>The estimate in words.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"estimated noise {Share.Mean * 100:0.0} % [{Share.Low * 100:0.0}, {Share.High * 100:0.0}], by {Checked:#,0} rows that were checked");
}

/// <summary>A file that <c>review</c> wrote and somebody filled in: rows of the data, their checked labels, and how many rows each stands for.</summary>
/// <param name="Labels">The checked label of each row that has one, as written, by its place in the data.</param>
/// <param name="Weights">How many rows each stands for: one over its probability of being drawn, corrected for rows of its stratum that nobody filled in.</param>
/// <param name="Noise">The share of wrong labels that follows.</param>
public sealed record ReviewedRows(IReadOnlyDictionary<int, string> Labels, IReadOnlyDictionary<int, double> Weights, NoiseEstimate? Noise)
{
    /// <summary>The columns by which such a file is known.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["row", "stratum", "weight", "given", "label"];

    // Labels such as 007 stay as they are written.
    internal static string[] Texts { get; } = ["row", "stratum", "given", "label"];

    private const int LeastRows = 4;

    /// <summary>Whether a table is such a file.</summary>
    public static bool IsReview(Table table) => Columns.All(name => table.Find(name) is not null);

    /// <summary>Finds the rows of a review in the data.</summary>
    /// <param name="file">The review.</param>
    /// <param name="data">The data.</param>
    /// <param name="given">The data's labels as written.</param>
    /// <param name="id">The data's column of ids, by which rows are found where both have it; else they are found by their number.</param>
    /// <param name="at">What named the file.</param>
    /// <exception cref="RequestException">Too few rows are filled in, or a row is not one of the data.</exception>
    public static ReviewedRows Of(Table file, Table data, Func<int, string> given, string? id, Setting at)
    {
        var (rows, strata, givenThen, label) = (file.Find("row")!.Words(), file.Find("stratum")!.Words(), file.Find("given")!.Words(), file.Find("label")!.Words());
        if (file.Find("weight") is not NumberColumn weight) throw at.Wrong($"{file.Name}: column 'weight' does not hold numbers");
        Func<int, int> place = id is not null && file.Find(id) is { } ids && data.Find(id) is { } own ? ById(ids.Words(), own.Words(), data.Rows) : row => int.TryParse(rows(row), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number - 1 : -1;
        var (labels, weights) = (new Dictionary<int, string>(), new Dictionary<int, double>());
        var sampled = new List<SampledStratum>();
        foreach (var stratum in Enumerable.Range(0, file.Rows).GroupBy(strata))
        {
            var found = new List<(int Row, bool IsWrong)>();
            foreach (var row in stratum)
            {
                if (!(weight.Values[row] >= 1)) throw at.Wrong($"{file.Name} row {row + 1}: weight is {(double.IsNaN(weight.Values[row]) ? "blank" : weight.Values[row].ToString("R", CultureInfo.InvariantCulture))}, expected at least 1, as review wrote it");
                if (label(row).Length == 0) continue;
                var mine = place(row);
                if (mine < 0 || mine >= data.Rows) throw at.Wrong($"{file.Name} row {row + 1}: {data.Name} has no {(id is null ? $"row {rows(row)}" : $"row of its {id}")}");
                if (given(mine) != givenThen(row)) throw at.Wrong($"{file.Name} row {row + 1}: was given '{givenThen(row)}' when it was drawn, and row {mine + 1} of {data.Name} is '{given(mine)}'; the data have changed since");
                if (!labels.TryAdd(mine, label(row))) throw at.Wrong($"{file.Name} row {row + 1}: repeats row {mine + 1} of {data.Name}");
                found.Add((mine, label(row) != givenThen(row)));
            }
            var all = (int)Math.Round(stratum.Sum(row => weight.Values[row]));
            foreach (var (mine, _) in found) weights[mine] = (double)all / found.Count;
            sampled.Add(new(all, [.. found.Select(f => f.IsWrong ? 1.0 : 0)]));
        }
        return labels.Count >= LeastRows ? new(labels, weights, new(StratifiedSample.Share(sampled), labels.Count))
            : throw at.Wrong($"{file.Name}: column 'label' is filled in for {labels.Count} of {file.Rows} rows; at least {LeastRows} are needed");
    }

    /// <summary>Labels as written, with the checked ones over those of the data.</summary>
    /// <param name="table">Rows of the data, or some of them.</param>
    /// <param name="words">Their labels.</param>
    public Func<int, string> Over(Table table, Func<int, string> words) => row => Labels.TryGetValue(table.Origin(row), out var word) ? word : words(row);

    private static Func<int, int> ById(Func<int, string> theirs, Func<int, string> ours, int rows)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < rows; row++) places.TryAdd(ours(row), row);
        return row => places.GetValueOrDefault(theirs(row), -1);
    }
}
