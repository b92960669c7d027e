using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>The keys of a prediction problem on the user's own data.</summary>
public sealed record PredictionData : IProblemData
{
    string IProblemData.Name => Path.GetFileNameWithoutExtension(Data ?? "data");

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues("prediction")]
    public string Kind { get; set; } = "prediction";

    /// <summary>The file.</summary>
    [Description("The rows: a CSV, TSV, Parquet or JSON Lines file, a folder of images, IDX or CIFAR files, or the name of a known data set")]
    public string? Data { get; set; }

    /// <summary>Text columns.</summary>
    [Description("Text columns; if no input column is declared, all columns are typed by looking")]
    public string[] Text { get; set; } = [];

    /// <summary>Number columns.</summary>
    [Description("Number columns")]
    public string[] Numbers { get; set; } = [];

    /// <summary>Category columns.</summary>
    [Description("Columns of a few distinct values")]
    public string[] Categories { get; set; } = [];

    /// <summary>The image column.</summary>
    [Description("The image column")]
    public string? Image { get; set; }

    /// <summary>What becomes of unusable images.</summary>
    [Description("What becomes of a folder's images that are damaged or of another size than most; left out: fail")]
    public BadImages? BadImages { get; set; }

    /// <summary>The label column.</summary>
    [Description("The column to predict; blank cells are unlabelled rows. Left out: the annotators' majority, else the likeliest soft label, else the rules' majority")]
    public string? Label { get; set; }

    /// <summary>The form of the label.</summary>
    [Description("What a label is: one class a row (left out: this); many, any number of them as in a|b, - for none; or a number")]
    public TargetKind? Labels { get; set; }

    /// <summary>Several annotators' columns.</summary>
    [Description("Columns of several annotators' answers, blank where one gave none")]
    public string[] Annotators { get; set; } = [];

    /// <summary>Soft labels.</summary>
    [Description("class: column for each class, with the class's probability; a row adds up to 1 or is blank")]
    public IReadOnlyDictionary<string, string>? SoftLabels { get; set; }

    /// <summary>The column of confidences.</summary>
    [Description("A column that says from 0 to 1 how sure the label is; blank is 1")]
    public string? Confidence { get; set; }

    /// <summary>The column of right labels.</summary>
    [Description("A column of right labels, which methods never see: it gives the ceiling, and test rows are scored on it")]
    public string? Truth { get; set; }

    /// <summary>Wrong labels to plant.</summary>
    [Description("Wrong labels to plant into training and validation labels, drawn anew for every seed, to see what methods make of them: kind, rate, transitions")]
    public PlantedNoise? Noise { get; set; }

    /// <summary>Rules.</summary>
    [Description("Rules that vote for a class where they match: a file, or name: keys for each (preceptor show rules)")]
    public IReadOnlyDictionary<string, LabelRule>? Rules { get; set; }

    /// <summary>Teachers from outside.</summary>
    [Description("name: keys for each teacher whose answers are offered: a file of probabilities, a model's folder or an ONNX file (preceptor show teachers)")]
    public IReadOnlyDictionary<string, TeacherSource>? Teachers { get; set; }

    /// <summary>The group column.</summary>
    [Description("A column whose equal values never lie on both sides of a split")]
    public string? Group { get; set; }

    /// <summary>The time column.</summary>
    [Description("A column of dates or numbers in sortable form; the latest rows are the test rows")]
    public string? Time { get; set; }

    /// <summary>Where labels are right.</summary>
    [Description("A file of rows whose labels are right, or a column that says so (1, true, yes); validation and test rows come from them")]
    public string? Trusted { get; set; }

    /// <summary>The id column.</summary>
    [Description("A column that names the rows in predictions; never an input")]
    public string? Id { get; set; }

    /// <summary>The test rows.</summary>
    [Description("Test rows: a share of the labelled rows such as 0.2, or a file; left out: the data set's own test rows, or 0.2")]
    public string? Test { get; set; }

    /// <summary>The share of validation rows.</summary>
    [Description("Share of the remaining labelled rows that validates")]
    [Range(0, 0.9)]
    public double Validation { get; set; } = 0.1;

    /// <summary>A column that names each row's side.</summary>
    [Description("A column that says train, validation or test for every row")]
    public string? Split { get; set; }

    /// <summary>The largest number of training rows.</summary>
    [Description("At most this many training rows, drawn at random by split-seed; left out: all")]
    [Range(2, 1_000_000_000)]
    public int? Rows { get; set; }

    /// <summary>The seed of the division.</summary>
    [Description("Seed of the division into training, validation and test rows")]
    public ulong SplitSeed { get; set; }

    /// <summary>The abstention threshold.</summary>
    [Description("Predictions below this probability are marked as abstentions")]
    [Range(0, 1)]
    public double AbstainBelow { get; set; }

    /// <summary>Reads the file and divides nothing: all its rows, or those of its training part, are training rows.</summary>
    /// <inheritdoc cref="Draft"/>
    public PredictionDraft Whole(MapSetting settings, ReadTable read, RunOnnx? onnx = null) => new PredictionAssembly(this, settings, read, onnx).Draft(isWhole: true);

    /// <summary>Reads the files and divides their rows.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line.</param>
    /// <param name="read">Reads a file.</param>
    /// <param name="onnx">Runs an ONNX model; null where teachers are no such models.</param>
    public PredictionDraft Draft(MapSetting settings, ReadTable read, RunOnnx? onnx = null) => new PredictionAssembly(this, settings, read, onnx).Draft();

    /// <summary>Reads all rows for a teacher or rules to label.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line.</param>
    /// <param name="teacher">The teacher's name, or <c>rules</c>.</param>
    /// <param name="read">Reads a file.</param>
    /// <param name="onnx">Runs an ONNX model; null where teachers are no such models.</param>
    /// <exception cref="RequestException">The data do not fit the specification, or it has no such teacher.</exception>
    public RowsToLabel ToLabel(MapSetting settings, string teacher, ReadTable read, RunOnnx? onnx = null) => new PredictionAssembly(this, settings, read, onnx).ToLabel(teacher);
}
