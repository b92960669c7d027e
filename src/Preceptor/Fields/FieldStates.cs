using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Fields;

/// <summary>Initial states: drawn for the built-in equations, or read from a table.</summary>
public static class FieldStates
{
    private const int Waves = 3;

    /// <summary>Draws initial states: three sine waves of random size and phase on a ring; elsewhere a constant in (0, 0.2), as in PDEBench.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="grid">Its grid, with X points.</param>
    /// <param name="count">How many, N.</param>
    /// <param name="random">Decides what is drawn.</param>
    /// <returns>The states [N × X].</returns>
    public static double[] Draw(FieldEquation equation, FieldGrid grid, int count, RandomStream random)
    {
        var states = new double[count * grid.Points];
        for (var state = 0; state < count; state++)
        {
            var into = states.AsSpan(state * grid.Points, grid.Points);
            if (!grid.IsPeriodic)
            {
                into.Fill(random.NextDouble(0, 0.2));
                continue;
            }
            for (var k = 1; k <= Waves; k++)
            {
                var (size, phase) = (random.NextGaussian() / (k * Math.Sqrt(2)), random.NextDouble(0, 2 * Math.PI));
                for (var x = 0; x < grid.Points; x++) into[x] += size * Math.Sin(2 * Math.PI * k * grid.Place(x) / grid.Length + phase);
            }
        }
        return states;
    }

    /// <summary>Reads initial states, a row each, and brings them to the grid's points.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="setting">The setting that names them, for messages; null where none does.</param>
    /// <param name="points">X.</param>
    /// <param name="isPeriodic">Whether the last column's neighbour is the first.</param>
    /// <returns>The states [N × X].</returns>
    /// <exception cref="RequestException">A column holds no numbers, a cell is empty, or there are too few columns.</exception>
    public static double[] Read(Table table, Setting? setting, int points, bool isPeriodic)
    {
        RequestException Wrong(string what) => setting?.Wrong(what) ?? new RequestException(what);
        if (table.Columns.FirstOrDefault(c => c is not NumberColumn) is { } text) throw Wrong($"{table.Name}: column '{text.Name}' holds text, expected the values of initial states alone");
        NumberColumn[] columns = [.. table.Columns.Cast<NumberColumn>()];
        if (columns.Length < 4) throw Wrong($"{table.Name} has {columns.Length} columns, expected at least 4 values of each initial state");
        var states = new double[table.Rows * points];
        for (var row = 0; row < table.Rows; row++)
        {
            for (var c = 0; c < columns.Length; c++)
                if (!double.IsFinite(columns[c].Values[row])) throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{table.Place(row)}, column '{columns[c].Name}': found no number, expected the initial state's value there"));
            for (var x = 0; x < points; x++)
            {
                // A ring's columns go once around; between two ends the last column is the end.
                var at = isPeriodic ? (double)x * columns.Length / points : (double)x * (columns.Length - 1) / (points - 1);
                var (left, share) = ((int)at, at - Math.Floor(at));
                var right = isPeriodic ? (left + 1) % columns.Length : Math.Min(left + 1, columns.Length - 1);
                states[row * points + x] = (1 - share) * columns[left].Values[row] + share * columns[right].Values[row];
            }
        }
        return states;
    }

    /// <summary>Puts states into random order.</summary>
    internal static void Shuffle(double[] states, int points, RandomStream random)
    {
        var copy = (double[])states.Clone();
        var order = random.Permutation(states.Length / points);
        for (var i = 0; i < order.Length; i++) copy.AsSpan(order[i] * points, points).CopyTo(states.AsSpan(i * points));
    }
}
