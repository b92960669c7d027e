using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>What a report shows besides scores: tables, each also written as CSV under its name, and charts.</summary>
public sealed record ReportParts
{
    /// <summary>Tables of text and numbers.</summary>
    public IReadOnlyList<Table> Tables { get; init; } = [];

    /// <summary>Charts.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];

    /// <summary>Adds them to a state.</summary>
    internal void Save(State state)
    {
        state.Add("parts", new Description([.. Charts], [.. Tables.Select(t => new TableForm(t.Name, [.. t.Columns.Select(c => c.Name)]))]));
        for (var t = 0; t < Tables.Count; t++)
            foreach (var column in Tables[t].Columns)
            {
                if (column is NumberColumn numbers) state.Add<double>($"{t}/{column.Name}", numbers.Values);
                else state.Add($"{t}/{column.Name}", Texts((TextColumn)column));
            }
    }

    /// <summary>Reads what <see cref="Save"/> added.</summary>
    internal static ReportParts Load(State state)
    {
        var (charts, tables) = state.Read<Description>("parts");
        return new()
        {
            Charts = charts,
            Tables = [.. tables.Select((form, t) => new Table(form.Name, [.. form.Columns.Select((name, c) =>
                state.Holds($"{t}/{name}") ? (Column)new NumberColumn(name, state.ReadArray<double>($"{t}/{name}")) : new TextColumn(name, state.Read<string[]>($"{t}/{name}")))]))],
        };
    }

    private static string[] Texts(TextColumn column) => [.. Enumerable.Range(0, column.Rows).Select(row => column[row].ToString())];

    private sealed record TableForm(string Name, string[] Columns);

    private sealed record Description(Chart[] Charts, TableForm[] Tables);
}
