using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Representation;

/// <summary>The keys of a representation problem: rows without labels, and labels by which the encoder is scored and which no method sees.</summary>
public sealed record RepresentationData : IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "representation";

    string IProblemData.Name => Path.GetFileNameWithoutExtension(Data ?? "images");

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The data.</summary>
    [Description("A folder of images, a table (CSV, TSV, Parquet, JSON Lines), or a data set by name")]
    public string? Data { get; set; }

    /// <summary>The images.</summary>
    [Description("The column of images, where no columns of numbers or categories are named")]
    public string Image { get; set; } = "image";

    /// <summary>What becomes of unusable images.</summary>
    [Description("What becomes of a folder's images that are damaged or of another size than most; left out: fail")]
    public BadImages? BadImages { get; set; }

    /// <summary>Numbers.</summary>
    [Description("Columns of numbers, of a table")]
    public string[] Numbers { get; set; } = [];

    /// <summary>Categories.</summary>
    [Description("Columns of categories, of a table")]
    public string[] Categories { get; set; } = [];

    /// <summary>The label.</summary>
    [Description("The column of classes by which encoders are scored; no method sees it. Blank for rows without")]
    public string Label { get; set; } = "label";

    /// <summary>The coarse label.</summary>
    [Description("A column of coarser classes, by which encoders are scored besides; no method sees it. Left out: none")]
    public string? CoarseLabel { get; set; }

    /// <summary>Other data.</summary>
    [Description("Other data with the same columns, or images of the same size, on whose rows a linear classifier is trained and scored too: what features are worth elsewhere. Left out: none")]
    public string? Transfer { get; set; }

    /// <summary>Their label.</summary>
    [Description("The other data's column of classes; left out: the same name")]
    public string? TransferLabel { get; set; }

    /// <summary>Few labels.</summary>
    [Description("Labels a class that methods are given, drawn at random, for those that use a few; left out: none")]
    [Range(1, 1_000_000)]
    public int? Labels { get; set; }

    /// <summary>Most rows.</summary>
    [Description("Most rows, drawn at random; left out: all")]
    [Range(10, int.MaxValue)]
    public int? Rows { get; set; }

    /// <summary>How rows are divided.</summary>
    [Description("Decides which rows train, validate and test")]
    public ulong SplitSeed { get; set; }
}
