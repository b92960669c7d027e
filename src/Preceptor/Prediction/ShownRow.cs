using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Preceptor.Data;
using Preceptor.Prediction.Text;

namespace Preceptor.Prediction;

/// <summary>A small picture of a row.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Pixels">Channel by channel and row by row [channels × height × width].</param>
public sealed record RowImage(int Channels, int Height, int Width, byte[] Pixels);

/// <summary>Where a row stands in the user's files.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Row">The row, from 1, headings not counted: the one that predictions.csv gives.</param>
public sealed record RowPlace(string File, int Row);

/// <summary>What people need to recognise a test or training row.</summary>
/// <param name="Row">Its place among the test or training rows, from 0.</param>
/// <param name="Key">The cell that names it, such as an id; null where no column does.</param>
/// <param name="Text">Its inputs in at most <see cref="LongestText"/> characters; empty for a row that is an image alone.</param>
/// <param name="Image">Its image, thinned to at most <see cref="LargestImage"/> pixels a side; null without one.</param>
/// <param name="Place">Where it stands in the user's files; null for a generated row.</param>
public sealed record ShownRow(int Row, string? Key, string Text, RowImage? Image, RowPlace? Place = null)
{
    /// <summary>Which of its words speak for which class; null where the model can't say, or nobody asked it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowExplanation? Explanation { get; init; }

    /// <summary>Most characters of a row's text.</summary>
    public const int LongestText = 200;

    /// <summary>Most pixels of an image's side.</summary>
    public const int LargestImage = 64;

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
        return [.. rows.Select(row => new ShownRow(row, key?.Invoke(row), Shorten(string.Join(" · ", cells.Select(cell => cell(row)))), image is null ? null : Thin(image, row),
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

    private static RowImage Thin(ImageColumn images, int row)
    {
        var step = (Math.Max(images.Height, images.Width) + LargestImage - 1) / LargestImage;
        int height = (images.Height + step - 1) / step, width = (images.Width + step - 1) / step;
        var pixels = new byte[images.Channels * height * width];
        var start = row * images.Channels * images.Height * images.Width;
        for (var channel = 0; channel < images.Channels; channel++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    pixels[(channel * height + y) * width + x] = images.Pixels[start + (channel * images.Height + y * step) * images.Width + x * step];
        return new(images.Channels, height, width, pixels);
    }
}
