using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>One number of a report.</summary>
/// <param name="Name">Its name in the result object and in experiments, words joined by hyphens.</param>
/// <param name="Meaning">What it says, in one sentence.</param>
/// <param name="Value">The number with its interval; both ends are the number itself where there is none.</param>
public sealed record MeasuredValue(string Name, string Meaning, Interval Value)
{
    /// <summary>Whether it is a share, shown in per cent.</summary>
    public bool IsShare { get; init; }

    /// <summary>A number that has no interval.</summary>
    public static MeasuredValue Of(string name, string meaning, double value) => new(name, meaning, new Interval(value, value, value, [value]));
}

/// <summary>What a measure found: one sentence, named numbers, tables and charts. All of them are shown and written alike, whatever the measure.</summary>
/// <param name="Sentence">What was found, in one sentence.</param>
/// <param name="Values">The numbers, the most important first.</param>
public sealed record MeasurementReport(string Sentence, IReadOnlyList<MeasuredValue> Values) : IArtifact<MeasurementReport>
{
    /// <summary>Tables of text and numbers; each is written as CSV under its name.</summary>
    public IReadOnlyList<Table> Tables { get; init; } = [];

    /// <summary>Charts.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The number of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public double this[string name] => (Values.FirstOrDefault(v => v.Name == name) ?? throw new KeyNotFoundException($"there is no '{name}' among {string.Join(", ", Values.Select(v => v.Name))}")).Value.Mean;

    /// <inheritdoc/>
    public void Save(string folder)
    {
        var state = new State();
        state.Add("report", new Description(Sentence, Values, Notes));
        new ReportParts { Tables = Tables, Charts = Charts }.Save(state);
        state.Write(Path.Combine(folder, "report.safetensors"));
    }

    /// <inheritdoc/>
    public static MeasurementReport Load(string folder)
    {
        var state = State.Load(Path.Combine(folder, "report.safetensors"));
        var (sentence, values, notes) = state.Read<Description>("report");
        var parts = ReportParts.Load(state);
        return new(sentence, values) { Notes = notes, Charts = parts.Charts, Tables = parts.Tables };
    }

    private sealed record Description(string Sentence, IReadOnlyList<MeasuredValue> Values, IReadOnlyList<string> Notes);
}
