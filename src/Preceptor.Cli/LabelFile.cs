using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>A row's label and how it came about.</summary>
/// <param name="Label">The class, as its place; −1 for none.</param>
/// <param name="Confidence">In [0, 1]; null where nothing is known of it.</param>
/// <param name="Source">Who gave it.</param>
/// <param name="Probabilities">Its distribution [C]; null for one that the confidence alone says.</param>
internal sealed record GivenLabel(int Label, double? Confidence, string Source, IReadOnlyList<double>? Probabilities = null);

/// <summary>
/// Labels in parts of some rows each: row, id, label, confidence, source, abstain, and the probability of each class, blank where there is no label. A
/// part is there when all its rows have their answer. Read back as a teacher's <c>probabilities:</c>.
/// </summary>
internal sealed class LabelFile
{
    private static readonly string[] Columns = ["row", "id", "label", "confidence", "source", "abstain"];
    private readonly string folder;
    private readonly RowsToLabel rows;

    public LabelFile(string folder, RowsToLabel rows)
    {
        (this.folder, this.rows) = (folder, rows);
        if (rows.Classes.FirstOrDefault(c => Columns.Contains(c)) is { } taken) throw new RequestException($"the class '{taken}' has the name of a column of the labels' files ({string.Join(", ", Columns)}); give it another name");
    }

    /// <summary>Rows a part.</summary>
    public const int PartRows = 1000;

    /// <summary>The rows of each part.</summary>
    public IEnumerable<int[]> Parts => Enumerable.Range(0, rows.Rows.Rows).Chunk(PartRows);

    public string PathOf(int part) => Path.Combine(folder, $"part-{part:00000}.csv");

    /// <summary>Writes a part beside its place and renames it.</summary>
    public void Write(int part, IReadOnlyList<int> places, IReadOnlyList<GivenLabel> labels) =>
        DelimitedWriter.Write([.. Columns, .. rows.Classes], places.Select((row, i) => (IReadOnlyList<string>)
        [
            (row + 1).ToString(CultureInfo.InvariantCulture), rows.Ids(row), labels[i].Label < 0 ? "" : rows.Classes[labels[i].Label], Number(labels[i].Confidence), labels[i].Source, labels[i].Label < 0 ? "yes" : "no",
            .. Enumerable.Range(0, rows.Classes.Count).Select(c => labels[i].Label < 0 ? "" : Number(Probability(labels[i], c))),
        ]), PathOf(part));

    /// <summary>Removes the parts of an earlier labelling of more rows.</summary>
    public void RemoveFrom(int part)
    {
        for (; File.Exists(PathOf(part)); part++) File.Delete(PathOf(part));
    }

    // What a confidence leaves is spread evenly. The label stays the likeliest class, however unsure its words were.
    private double Probability(GivenLabel label, int c)
    {
        if (label.Probabilities is { } all) return all[c];
        var own = Math.Max(label.Confidence ?? 1, 1.02 / rows.Classes.Count);
        return c == label.Label ? own : (1 - own) / (rows.Classes.Count - 1);
    }

    private static string Number(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
