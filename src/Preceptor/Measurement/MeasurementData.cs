using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>The keys of a problem of kind measurement on the user's own files.</summary>
public sealed record MeasurementData : IProblemData
{
    /// <summary>The kind's name in specifications.</summary>
    public const string KindName = "measurement";

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The responses.</summary>
    [Description("Who solved what: a file with a row for each attempt of a solver at an item; several by commas or a pattern")]
    public string? Responses { get; set; }

    /// <summary>The solver column.</summary>
    [Description("The column of responses that names the solver: a person or a model")]
    public string Solver { get; set; } = "solver";

    /// <summary>The item column.</summary>
    [Description("The column of responses that names the item")]
    public string Item { get; set; } = "item";

    /// <summary>The column of answers.</summary>
    [Description("The column of responses that says whether the answer was right: 1 or 0; blank is no attempt")]
    public string Correct { get; set; } = "correct";

    /// <summary>The time column.</summary>
    [Description("The column of responses by which attempts are put in order, numbers or dates in sortable form; left out: the file's order")]
    public string? Time { get; set; }

    /// <summary>The predictions.</summary>
    [Description("Predictions to measure: a file with a row for each item")]
    public string? Predictions { get; set; }

    /// <summary>The rows.</summary>
    [Description("Rows to measure: a file, or the name of a known data set")]
    public string? Data { get; set; }

    /// <summary>The model.</summary>
    [Description("A model folder, or that of its run, whose answers to the rows of data are measured")]
    public string? Model { get; set; }

    /// <summary>The label column.</summary>
    [Description("The column of predictions or data that holds the true class")]
    public string Label { get; set; } = "label";

    /// <summary>The key under which a piece's file is named; null for a piece that no file holds.</summary>
    public static string? KeyOf(Type piece) => piece == typeof(Responses) ? "responses" : piece == typeof(PredictionRows) ? "predictions" : piece == typeof(DataRows) ? "data" : null;

    /// <summary>What to call the problem: its first file's name.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Responses ?? Predictions ?? Data ?? "measurement");

    /// <summary>Reads the files.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line.</param>
    /// <param name="read">Reads a file.</param>
    /// <param name="onnx">Runs the frozen network of a model that stands on one.</param>
    /// <exception cref="RequestException">No file is named, or one does not hold what it should.</exception>
    public MeasurementProblem Read(MapSetting settings, ReadTable read, RunOnnx? onnx = null)
    {
        List<ISupervision> pieces = [];
        List<string> notes = [];
        if (Responses is not null)
        {
            var table = read(Responses, [Solver, Item], [], BadImages.Fail).Rows;
            pieces.Add(Measurement.Responses.Of(table, Column(table, settings, "solver", Solver), Column(table, settings, "item", Item), Column(table, settings, "correct", Correct), Time is null ? null : Column(table, settings, "time", Time)));
            if (table.Note is not null) notes.Add(table.Note);
        }
        if (Predictions is not null) pieces.Add(new PredictionRows(Rows(Predictions, [Label], []), Label));
        if (Model is not null)
        {
            if (Data is null) throw (settings.Find("model") ?? settings).Wrong("a model is measured on rows: problem.data names them");
            var model = Predictor.Load(Model, onnx);
            if (model.Target.Kind != TargetKind.One) throw (settings.Find("model") ?? settings).Wrong($"{Model} predicts {Options.Key(model.Target.Kind.ToString())}; measures need a model of one class a row");
            var (texts, numbers) = model.ColumnsToRead(Label);
            pieces.Add(new ModelRows(model, Rows(Data, texts, numbers), Label));
        }
        else if (Data is not null) pieces.Add(new DataRows(Rows(Data, [Label], []), Label));
        if (pieces.Count == 0) throw settings.Wrong("names nothing to measure: responses:, predictions:, data:, or model: with data:");
        return new(Name, pieces) { Notes = notes };

        Table Rows(string path, string[] texts, string[] numbers)
        {
            var table = read(path, texts, numbers, BadImages.Fail).Rows;
            if (table.Note is not null) notes.Add(table.Note);
            return table;
        }
    }

    private static Column Column(Table table, MapSetting settings, string key, string name) => table.Find(name)
        ?? throw (settings.Find(key) ?? settings).Wrong($"{table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}{(settings.Find(key) is null ? $"; problem.{key} names another" : "")}");
}

/// <summary>Predictions of a file as they were read, a row an item; which other columns it needs is the measure's business.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Label">The column of true classes, which may be missing where a measure needs none.</param>
public sealed record PredictionRows(Table Rows, string Label = "label") : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = $"{Rows.Fingerprint()}:{Label}";
}

/// <summary>Rows of a file as they were read; which other columns it needs is the measure's business.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Label">The column of true classes, which may be missing where a measure needs none.</param>
public sealed record DataRows(Table Rows, string Label = "label") : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = $"{Rows.Fingerprint()}:{Label}";
}

/// <summary>A trained model and rows to ask it about.</summary>
/// <param name="Predictor">The model.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Label">The column of true classes.</param>
public sealed record ModelRows(Predictor Predictor, Table Rows, string Label) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <summary>A hash of the rows and of what the model answers to them, which is all that a measure sees of it.</summary>
    public string Fingerprint => field ??= $"{Rows.Fingerprint()}:{Label}:{Contents.Hash(MemoryMarshal.AsBytes<float>(Predictor.Classifier.Logits(Predictor.Encoding.Encode(Rows))))}";
}
