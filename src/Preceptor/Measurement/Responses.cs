using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Who solved what: attempts of solvers at items, in the order in which they happened.</summary>
/// <param name="Solvers">The solvers' names, S.</param>
/// <param name="Items">The items' names, I.</param>
/// <param name="Solver">Each attempt's solver, an index [A].</param>
/// <param name="Item">Each attempt's item, an index [A].</param>
/// <param name="Correct">1 where the answer was right, 0 where it was not [A].</param>
public sealed record Responses(string[] Solvers, string[] Items, int[] Solver, int[] Item, byte[] Correct) : ISupervision
{
    /// <summary>How many attempts there are, A.</summary>
    public int Count => Solver.Length;

    /// <summary>Whether <see cref="Solver"/> and the like are in an order of time, rather than of the file.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>Where an attempt stands in its file, for messages: the file and its line.</summary>
    public Func<int, string> Place { get; init; } = n => $"response {n + 1}";

    /// <summary>Some of the attempts, in the given order, with the same solvers and items.</summary>
    public Responses Take(int[] attempts) => this with { Solver = [.. attempts.Select(n => Solver[n])], Item = [.. attempts.Select(n => Item[n])], Correct = [.. attempts.Select(n => Correct[n])], Place = n => Place(attempts[n]) };

    /// <summary>The same with one answer for each pair of solver and item: repetitions of the same answer are left out.</summary>
    /// <exception cref="RequestException">A solver answered an item once right and once wrong; both places are named.</exception>
    public Responses Distinct()
    {
        var keys = new long[Count];
        int[] order = [.. Enumerable.Range(0, Count)];
        for (var n = 0; n < Count; n++) keys[n] = (long)Solver[n] * Items.Length + Item[n];
        Array.Sort(keys, order);
        List<int> kept = [];
        for (int start = 0, end; start < Count; start = end)
        {
            end = start + 1;
            while (end < Count && keys[end] == keys[start]) end++;
            Array.Sort(order, start, end - start);
            for (var k = start + 1; k < end; k++)
                if (Correct[order[k]] != Correct[order[start]]) throw new RequestException(
                    $"{Place(order[k])}: solver '{Solvers[Solver[order[k]]]}' answered item '{Items[Item[order[k]]]}' before, {Place(order[start])}, and not alike; an item response model has one answer of each solver to an item, method.system: glicko rates repeated attempts");
            kept.Add(order[start]);
        }
        if (kept.Count == Count) return this;
        kept.Sort();
        return Take([.. kept]);
    }

    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => field ??= Contents.Hash(MemoryMarshal.AsBytes<int>(Solver), MemoryMarshal.AsBytes<int>(Item)) + Contents.Hash(Correct, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', [.. Solvers, .. Items])));

    /// <summary>Reads attempts from a table's columns; rows with no answer are left out.</summary>
    /// <exception cref="RequestException">A cell does not hold what it should; the message names its row.</exception>
    public static Responses Of(Table table, Column solver, Column item, Column correct, Column? time)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        if (time is NumberColumn numbers) Array.Sort((double[])numbers.Values.Clone(), rows);
        else if (time is TextColumn) rows = [.. rows.OrderBy(time.Words(), StringComparer.Ordinal)];
        if (time is not null) rows = Stable(rows, time);
        var (answer, correctAt, count) = (Answers(table, correct), new byte[rows.Length], 0);
        foreach (var row in rows)
        {
            if (answer(row) is not { } right) continue;
            (correctAt[count], rows[count]) = (right, row); // never ahead of where it is read
            count++;
        }
        if (count == 0) throw new RequestException($"{table.Name}: column '{correct.Name}' is blank in every row");
        if (count < rows.Length) (rows, correctAt) = (rows[..count], correctAt[..count]);
        var (solvers, items, ofSolver, ofItem) = (new NameIndex(), new NameIndex(), Array.Empty<int>(), Array.Empty<int>());
        Parallel.Invoke(() => ofSolver = solvers.Number(solver, rows), () => ofItem = items.Number(item, rows));
        if (Array.IndexOf(ofSolver, -1) is >= 0 and var s) throw Blank(table, rows[s], solver, "solver");
        if (Array.IndexOf(ofItem, -1) is >= 0 and var i) throw Blank(table, rows[i], item, "item");
        return new(solvers.Names, items.Names, ofSolver, ofItem, correctAt) { IsOrdered = time is not null, Place = n => $"{table.Name} {table.Place(rows[n])}" };
    }

    // Attempts of one time keep the file's order.
    private static int[] Stable(int[] rows, Column time)
    {
        var words = time.Words();
        bool Same(int a, int b) => time is NumberColumn n ? n.Values[a].Equals(n.Values[b]) : words(a) == words(b);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = start + 1;
            while (end < rows.Length && Same(rows[start], rows[end])) end++;
            Array.Sort(rows, start, end - start);
        }
        return rows;
    }

    private static Func<int, byte?> Answers(Table table, Column column)
    {
        if (column is NumberColumn { Values: var values }) return row => values[row] switch { 1 => 1, 0 => 0, double.NaN => null, var other => throw Wrong(table, row, column, FormattableString.Invariant($"{other}")) };
        var words = column.Words();
        return row => words(row).Trim() switch { "1" or "true" or "True" or "yes" => 1, "0" or "false" or "False" or "no" => 0, "" => null, var other => throw Wrong(table, row, column, other) };
    }

    private static RequestException Wrong(Table table, int row, Column column, string found) =>
        new($"{table.Name} {table.Place(row)}, column '{column.Name}': found '{found}', expected 1 where the answer was right and 0 where it was wrong, or nothing");

    private static RequestException Blank(Table table, int row, Column column, string what) =>
        new($"{table.Name} {table.Place(row)}, column '{column.Name}': is blank; it has to name the {what}");
}
