using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Preceptor.Data;
using Preceptor.Prediction.Text;

namespace Preceptor.Prediction;

/// <summary>Where a row stands in the user's files.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Row">The row, from 1, headings not counted: the one that predictions.csv gives.</param>
public sealed record RowPlace(string File, int Row);

/// <summary>What people need to recognise a test or training row.</summary>
/// <param name="Row">Its place among the test or training rows, from 0.</param>
/// <param name="Key">The cell that names it, such as an id; null where no column does.</param>
/// <param name="Text">Its inputs in at most <see cref="LongestText"/> characters; empty for a row that is an image alone.</param>
/// <param name="Image">Its image, thinned to at most <see cref="RowImage.LargestSide"/> pixels a side; null without one.</param>
/// <param name="Place">Where it stands in the user's files; null for a generated row.</param>
public sealed record ShownRow(int Row, string? Key, string Text, RowImage? Image, RowPlace? Place = null)
{
    /// <summary>Which of its words speak for which class; null where the model can't say, or nobody asked it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowExplanation? Explanation { get; init; }

    /// <summary>Most characters of a row's text.</summary>
    public const int LongestText = 200;

    /// <summary>Describes the chosen rows.</summary>
    /// <param name="table">All test or all training rows.</param>
    /// <param name="encoding">Which of the columns are inputs.</param>
    /// <param name="rows">The chosen ones.</param>
    /// <param name="areFromFile">Whether they were read rather than generated.</param>
    public static IReadOnlyList<ShownRow> Of(Table table, InputEncoding encoding, IReadOnlyList<int> rows, bool areFromFile)
    {
        string[] texts = [.. encoding.TextColumns], others = [.. encoding.Numbers.Select(n => n.Column), .. encoding.Categories.Select(c => c.Column)];
        var key = KeyColumn(table, [.. texts, .. others, encoding.ImageColumn])?.Words();
        var image = encoding.ImageColumn is { } name ? table.Find(name) as ImageColumn : null;
        // A text speaks for itself; a number or a category needs its column's name.
        Func<int, string>[] cells = [.. texts.Select(name => table.Find(name)!.Words()), .. others.Select(name => Named(name, table.Find(name)!.Words()))];
        return [.. rows.Select(row => new ShownRow(row, key?.Invoke(row), Shorten(string.Join(" · ", cells.Select(cell => cell(row)))), image is null ? null : RowImage.Of(image, row),
            areFromFile ? new RowPlace(FileName(table.Name), table.Origin(row) + 1) : null))];
    }

    // Several files, whose rows follow each other, go by the pattern or the list that names them.
    private static string FileName(string source) => source.AsSpan().ContainsAny(",*?") ? source : Path.GetFileName(source);

    private static Func<int, string> Named(string name, Func<int, string> words) => row => $"{name} {words(row)}";

    /// <summary>The first column that is no input and holds another word in every row: what its owner calls a row.</summary>
    private static Column? KeyColumn(Table table, IReadOnlyList<string?> inputs) => table.Columns.FirstOrDefault(column =>
    {
        if (column is ImageColumn || inputs.Contains(column.Name) || table.Rows < 2) return false;
        var words = column.Words();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Enumerable.Range(0, table.Rows).All(row => words(row) is { Length: > 0 } word && seen.Add(word));
    });

    private static string Shorten(string text)
    {
        var line = new StringBuilder(LongestText);
        var blank = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control)
            {
                blank = line.Length > 0;
                continue;
            }
            if (line.Length + rune.Utf16SequenceLength + 2 > LongestText) return line.Append('…').ToString();
            if (blank) line.Append(' ');
            blank = false;
            line.Append(rune.ToString());
        }
        return line.ToString();
    }
}
