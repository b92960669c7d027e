using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Puts parsed blocks, in order, into the columns of a table.</summary>
/// <param name="name">The table's name.</param>
/// <param name="names">The columns' names.</param>
/// <param name="types">The columns' types.</param>
/// <param name="expectedRows">About how many rows will come, so that columns need not grow; 0 if unknown.</param>
/// <param name="texts">Where the rows' texts are; null for a place of its own.</param>
internal sealed class TableBuilder(string name, IReadOnlyList<string> names, ColumnType[] types, long expectedRows, TextBlocks? texts = null)
{
    private readonly double[][] numbers = [.. names.Select(_ => Array.Empty<double>())];
    private readonly long[][] cells = [.. names.Select(_ => Array.Empty<long>())];
    private int room;

    /// <summary>The texts of all columns; whoever parses rows adds to them.</summary>
    public TextBlocks Texts { get; } = texts ?? new();

    /// <summary>How many rows there are so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Adds rows at the end; their texts are in <see cref="Texts"/> already.</summary>
    public void Append(ParsedRows rows)
    {
        var needed = (long)Rows + rows.Rows;
        if (needed > room) Grow(needed);
        for (var column = 0; column < types.Length; column++)
            if (types[column] == ColumnType.Text) rows.Cells[column].AsSpan(0, rows.Rows).CopyTo(cells[column].AsSpan(Rows));
            else rows.Numbers[column].AsSpan(0, rows.Rows).CopyTo(numbers[column].AsSpan(Rows));
        Rows += rows.Rows;
    }

    /// <summary>The table of all rows.</summary>
    public Table Build()
    {
        var columns = new Column[types.Length];
        for (var column = 0; column < types.Length; column++)
        {
            Resize(column, Rows);
            columns[column] = types[column] == ColumnType.Text
                ? new TextColumn(names[column], Texts, cells[column])
                : new NumberColumn(names[column], numbers[column]);
        }
        return new Table(name, columns);
    }

    private void Grow(long needed)
    {
        if (needed > Array.MaxLength) throw new RequestException($"{name}: more than {Array.MaxLength} rows");
        var wanted = Math.Max(needed, room == 0 ? expectedRows : room + room / 2L);
        room = (int)Math.Min(wanted, Array.MaxLength);
        for (var column = 0; column < types.Length; column++) Resize(column, room);
    }

    private void Resize(int column, int length)
    {
        if (types[column] == ColumnType.Text) Array.Resize(ref cells[column], length);
        else Array.Resize(ref numbers[column], length);
    }
}
