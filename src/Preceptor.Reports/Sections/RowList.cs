using Preceptor.Catalogue;
using Preceptor.Prediction;

namespace Preceptor.Reports.Sections;

/// <summary>Rows as their owner knows them, with the class they have and another.</summary>
internal static class RowList
{
    private const int Open = 8;

    /// <summary>A list of rows of which the first few are seen and the others can be unfolded.</summary>
    public static Html Of(IReadOnlyList<(ShownRow Row, Html Item)> rows)
    {
        if (rows.Count == 0) return Html.None;
        var tiles = rows.All(r => r.Row.Text.Length == 0) ? " tiles" : ""; // pictures alone fit side by side
        Html List(IEnumerable<(ShownRow Row, Html Item)> part) => Html.Of($"<ul class=\"rows{tiles}\">\n{part.Select(r => r.Item)}</ul>\n");
        return rows.Count <= Open ? List(rows) : Html.Of($"{List(rows.Take(Open))}{Html.Folded($"{rows.Count - Open} more", List(rows.Skip(Open)))}");
    }

    /// <summary>A row; its text with the words shaded that decided, where the model can say so.</summary>
    /// <param name="classes">The classes' names.</param>
    /// <param name="row">The row; its number is its place in the user's file, or among the generated rows of its side.</param>
    /// <param name="side">test or training.</param>
    /// <param name="label">The class that it has.</param>
    /// <param name="verb">How the other class comes about.</param>
    /// <param name="other">The other class.</param>
    /// <param name="probability">Its probability.</param>
    /// <param name="more">What else there is to say.</param>
    public static (ShownRow, Html) Item(IReadOnlyList<string> classes, ShownRow row, string side, int label, string verb, int other, float probability, string more = "") =>
        Item(row, side, classes[label], Html.Of($"{verb} <strong>{classes[other]}</strong> at {ResultText.Percent(probability)}&nbsp;%"), more, row.Explanation is { } why ? WordShades.Of(why, classes) : null);

    /// <summary>A row with what is said of it beside its label.</summary>
    public static (ShownRow, Html) Item(ShownRow row, string side, string label, Html said, string more = "", Html? text = null) => (row, Html.Of(
        $"""
        <li>{Picture(row, side, label)}<div><p>Label <strong>{label}</strong>, {said} <span class="note">{Place(row, side)}{more}</span></p>{text ?? (row.Text.Length > 0 ? Html.Of($"<p class=\"cell\">{row.Text}</p>") : Html.None)}</div></li>

        """));

    /// <summary>What the row's owner calls it.</summary>
    public static string Place(ShownRow row, string side)
    {
        var place = row.Place is { } inFile ? $"row {Count(inFile.Row)} of {inFile.File}" : $"{side} row {Count(row.Row + 1)}";
        return row.Key is { } key ? $"{key}, {place}" : place;
    }

    private static string Count(int row) => ResultText.Number(row, "#,0");

    private static Html Picture(ShownRow row, string side, string label) =>
        row.Image is null ? Html.None : Html.Of($"<img src=\"{Png.DataUri(row.Image)}\" alt=\"{HeaderSection.Capital(side)} row {row.Row + 1}, label {label}\">");
}
