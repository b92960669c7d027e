using System.Text.Json.Serialization;
using Preceptor.Data;

namespace Preceptor.Evaluation;

/// <summary>A chart of a report, by what it shows; how it is drawn is the report's business.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Caption">How to read it, in a sentence or two.</param>
[JsonDerivedType(typeof(CurveChart), "curves"), JsonDerivedType(typeof(GridChart), "grid"), JsonDerivedType(typeof(PictureChart), "pictures")]
public abstract record Chart(string Title, string Caption);

/// <summary>One curve, or points.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Across">Places on the horizontal axis, ascending for a curve.</param>
/// <param name="Up">Values, as many; NaN for none.</param>
public sealed record ChartSeries(string Name, double[] Across, double[] Up)
{
    /// <summary>The lower ends of the values' intervals; empty for none.</summary>
    public double[] Low { get; init; } = [];

    /// <summary>The upper ends of the values' intervals; empty for none.</summary>
    public double[] High { get; init; } = [];

    /// <summary>Whether points are drawn that no line joins.</summary>
    public bool IsPoints { get; init; }
}

/// <summary>Curves over a common axis.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Caption">How to read it.</param>
/// <param name="Across">What the horizontal axis measures.</param>
/// <param name="Up">What the vertical axis measures.</param>
/// <param name="Series">The curves, at least one.</param>
public sealed record CurveChart(string Title, string Caption, string Across, string Up, IReadOnlyList<ChartSeries> Series) : Chart(Title, Caption)
{
    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether the values are shares, shown in per cent.</summary>
    public bool IsShare { get; init; }
}

/// <summary>A shaded table: a value for each pair of row and column.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Caption">How to read it.</param>
/// <param name="Down">What the rows are.</param>
/// <param name="Across">What the columns are.</param>
/// <param name="Rows">The rows' names.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Values">The values, row by row [rows × columns]; NaN for none.</param>
public sealed record GridChart(string Title, string Caption, string Down, string Across, string[] Rows, string[] Columns, double[] Values) : Chart(Title, Caption)
{
    /// <summary>Whether the values are shares, shown in per cent.</summary>
    public bool IsShare { get; init; }
}

/// <summary>A picture and what is said of it.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Label">What it shows, in a word or two.</param>
/// <param name="IsMarked">Whether it is marked as unlike the first one of its row.</param>
public sealed record Picture(RowImage Image, string Label, bool IsMarked = false);

/// <summary>Rows of pictures: one, and those that belong to it.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Caption">How to read it.</param>
/// <param name="Rows">The pictures, the first of each row to be compared with the others.</param>
public sealed record PictureChart(string Title, string Caption, IReadOnlyList<IReadOnlyList<Picture>> Rows) : Chart(Title, Caption);
