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
    public IReadOnlyList<MeasurementChart> Charts { get; init; } = [];

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The number of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public double this[string name] => (Values.FirstOrDefault(v => v.Name == name) ?? throw new KeyNotFoundException($"there is no '{name}' among {string.Join(", ", Values.Select(v => v.Name))}")).Value.Mean;

    /// <inheritdoc/>
    public void Save(string folder)
    {
        var state = new State();
        state.Add("report", new Description(Sentence, Values, Notes, [.. Charts.OfType<CurveChart>()], [.. Charts.OfType<GridChart>()], [.. Charts.Select(c => c is CurveChart)],
            [.. Tables.Select(t => new TableForm(t.Name, [.. t.Columns.Select(c => c.Name)]))]));
        for (var t = 0; t < Tables.Count; t++)
            foreach (var column in Tables[t].Columns)
            {
                if (column is NumberColumn numbers) state.Add<double>($"{t}/{column.Name}", numbers.Values);
                else state.Add($"{t}/{column.Name}", Texts((TextColumn)column));
            }
        state.Write(Path.Combine(folder, "report.safetensors"));
    }

    /// <inheritdoc/>
    public static MeasurementReport Load(string folder)
    {
        var state = State.Load(Path.Combine(folder, "report.safetensors"));
        var (sentence, values, notes, curves, grids, isCurve, tables) = state.Read<Description>("report");
        var (curve, grid) = (0, 0);
        return new(sentence, values)
        {
            Notes = notes,
            Charts = [.. isCurve.Select(c => c ? (MeasurementChart)curves[curve++] : grids[grid++])],
            Tables = [.. tables.Select((form, t) => new Table(form.Name, [.. form.Columns.Select((name, c) =>
                state.Holds($"{t}/{name}") ? (Column)new NumberColumn(name, state.ReadArray<double>($"{t}/{name}")) : new TextColumn(name, state.Read<string[]>($"{t}/{name}")))]))],
        };
    }

    private static string[] Texts(TextColumn column) => [.. Enumerable.Range(0, column.Rows).Select(row => column[row].ToString())];

    private sealed record TableForm(string Name, string[] Columns);

    private sealed record Description(string Sentence, IReadOnlyList<MeasuredValue> Values, IReadOnlyList<string> Notes, CurveChart[] Curves, GridChart[] Grids, bool[] IsCurve, TableForm[] Tables);
}
