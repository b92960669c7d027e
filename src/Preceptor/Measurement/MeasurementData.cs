using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>The keys of a problem of kind measurement on the user's own files.</summary>
public sealed record MeasurementData
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

    /// <summary>The key under which a piece's file is named; null for a piece that no file holds.</summary>
    public static string? KeyOf(Type piece) => piece == typeof(Responses) ? "responses" : piece == typeof(PredictionRows) ? "predictions" : piece == typeof(DataRows) ? "data" : null;

    /// <summary>What to call the problem: its first file's name.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Responses ?? Predictions ?? Data ?? "measurement");

    /// <summary>Reads the files.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line.</param>
    /// <param name="read">Reads a file.</param>
    /// <exception cref="RequestException">No file is named, or one does not hold what it should.</exception>
    public MeasurementProblem Read(MapSetting settings, ReadTable read)
    {
        List<ISupervision> pieces = [];
        List<string> notes = [];
        if (Responses is not null)
        {
            var table = read(Responses, [Solver, Item], [], BadImages.Fail).Rows;
            pieces.Add(Measurement.Responses.Of(table, Column(table, settings, "solver", Solver), Column(table, settings, "item", Item), Column(table, settings, "correct", Correct), Time is null ? null : Column(table, settings, "time", Time)));
            if (table.Note is not null) notes.Add(table.Note);
        }
        if (Predictions is not null) pieces.Add(new PredictionRows(Rows(Predictions)));
        if (Data is not null) pieces.Add(new DataRows(Rows(Data)));
        if (pieces.Count == 0) throw settings.Wrong("names nothing to measure: responses:, predictions: or data:");
        return new(Name, pieces) { Notes = notes };

        Table Rows(string path)
        {
            var table = read(path, [], [], BadImages.Fail).Rows;
            if (table.Note is not null) notes.Add(table.Note);
            return table;
        }
    }

    private static Column Column(Table table, MapSetting settings, string key, string name) => table.Find(name)
        ?? throw (settings.Find(key) ?? settings).Wrong($"{table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}{(settings.Find(key) is null ? $"; problem.{key} names another" : "")}");
}

/// <summary>Predictions of a file as they were read, a row an item; which columns it needs is the measure's business.</summary>
public sealed record PredictionRows(Table Rows) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Rows.Fingerprint();
}

/// <summary>Rows of a file as they were read; which columns it needs is the measure's business.</summary>
public sealed record DataRows(Table Rows) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Rows.Fingerprint();
}
