using System.Collections.Frozen;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Raw rows in columns, as a file or a generator gives them: before any role, split or encoding.</summary>
public sealed class Table
{
    private readonly Dictionary<string, Column> byName;
    private int[]? origins; // null: the rows are where they always were
    private Func<int, long>? lines;

    /// <summary>Creates a table; all columns have the same number of rows and names of their own.</summary>
    /// <param name="name">What to call it in messages: a file's path or a problem's name.</param>
    /// <param name="columns">The columns in order.</param>
    /// <exception cref="RequestException">Two columns share a name.</exception>
    public Table(string name, IReadOnlyList<Column> columns)
    {
        Name = name;
        Columns = columns;
        Rows = columns.Count == 0 ? 0 : columns[0].Rows;
        byName = new(columns.Count, StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (column.Rows != Rows) throw new ArgumentException($"column '{column.Name}' has {column.Rows} rows, expected {Rows}", nameof(columns));
            if (!byName.TryAdd(column.Name, column)) throw new RequestException($"{name}: two columns are named '{column.Name}'");
        }
    }

    /// <summary>What to call the table in messages.</summary>
    public string Name { get; }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; }

    /// <summary>What whoever reads a result on these rows should know, such as that images are compressed copies; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Columns that are known to answer what is asked of a row; looking never takes them for inputs.</summary>
    public IReadOnlySet<string> Targets { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The column of a name, or null.</summary>
    public Column? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The chosen rows, in the given order.</summary>
    public Table Take(int[] rows) => new(Name, [.. Columns.Select(c => c.Take(rows))]) { origins = [.. rows.Select(Origin)], Note = Note, Targets = Targets, lines = lines };

    /// <summary>Where a row was, from 0, before any rows were taken: its place in the file that was read.</summary>
    public int Origin(int row) => origins?[row] ?? row;

    /// <summary>Where a row stands in its file, in words: its physical line, from 1, or its number among the rows where the file has no lines.</summary>
    public string Place(int row) => lines is null ? $"row {Origin(row) + 1}" : $"line {lines(Origin(row))}";

    /// <summary>The same table, read from a file of lines.</summary>
    /// <param name="lineOf">The physical line, from 1, on which a row of the file starts, by its number from 0; called only for messages.</param>
    public Table WithLines(Func<int, long> lineOf) => new(Name, Columns) { origins = origins, Note = Note, Targets = Targets, lines = lineOf };

    /// <summary>All rows of several tables, one table after the other; columns in the order of the first.</summary>
    /// <exception cref="RequestException">Two tables differ in their columns' names or kinds; both are named.</exception>
    public static Table Concatenate(string name, IReadOnlyList<Table> tables)
    {
        var first = tables[0];
        foreach (var table in tables)
        {
            var missing = first.Columns.Concat(table.Columns).FirstOrDefault(c => first.Find(c.Name) is null || table.Find(c.Name) is null);
            if (missing is not null) throw new RequestException($"{first.Name} and {table.Name} cannot be joined: column '{missing.Name}' is only in one of them");
        }
        foreach (var table in tables)
        {
            var other = first.Columns.FirstOrDefault(c => table.Find(c.Name)!.GetType() != c.GetType());
            if (other is not null) throw new RequestException($"{first.Name} and {table.Name} cannot be joined: column '{other.Name}' is of another kind in each");
        }
        string[] notes = [.. tables.Select(table => table.Note).OfType<string>().Distinct()];
        return new(name, [.. first.Columns.Select(c => c.Concatenate([.. tables.Select(table => table.Find(c.Name)!)]))])
        {
            Note = notes.Length == 0 ? null : string.Join("; ", notes),
            Targets = tables.SelectMany(table => table.Targets).ToFrozenSet(StringComparer.Ordinal),
        };
    }
}

/// <summary>One named column of a <see cref="Table"/>.</summary>
public abstract class Column(string name)
{
    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>How many rows it has.</summary>
    public abstract int Rows { get; }

    /// <summary>The chosen rows, in the given order.</summary>
    public abstract Column Take(int[] rows);

    /// <summary>The rows of columns of this kind, one column after the other, under this column's name.</summary>
    internal abstract Column Concatenate(IReadOnlyList<Column> columns);
}

/// <summary>Text cells; an empty cell is an empty text.</summary>
/// <param name="name">The column's name.</param>
/// <param name="texts">The texts, which several columns may share.</param>
/// <param name="cells">Each row's handle into <paramref name="texts"/> [rows].</param>
public sealed class TextColumn(string name, TextBlocks texts, long[] cells) : Column(name)
{
    /// <summary>Creates a column from strings; they are copied, and half a surrogate pair becomes U+FFFD.</summary>
    public TextColumn(string name, IReadOnlyList<string> cells) : this(name, new(), new long[cells.Count])
    {
        var appender = new TextAppender(texts);
        for (var row = 0; row < cells.Count; row++) this.cells[row] = appender.Add(cells[row]);
    }

    private readonly TextBlocks texts = texts;
    private readonly long[] cells = cells;
    private Characters latest = new(0, "");

    /// <inheritdoc/>
    public override int Rows => cells.Length;

    /// <summary>The cell of a row, decoded; the latest is kept, so that looking at one cell many times decodes it once.</summary>
    public ReadOnlySpan<char> this[int row]
    {
        get
        {
            // One reference, so that threads that read at once each have a cell that belongs to its handle.
            var cell = latest;
            if (cell.Handle != cells[row]) latest = cell = new(cells[row], Encoding.UTF8.GetString(texts[cells[row]]));
            return cell.Text;
        }
    }

    /// <summary>The UTF-8 bytes of a row's cell.</summary>
    internal ReadOnlySpan<byte> Utf8(int row) => texts[cells[row]];

    /// <inheritdoc/>
    public override Column Take(int[] rows) => new TextColumn(Name, texts, [.. rows.Select(r => cells[r])]);

    internal override Column Concatenate(IReadOnlyList<Column> columns)
    {
        var all = new TextBlocks();
        var appender = new TextAppender(all);
        var handles = columns.Cast<TextColumn>().SelectMany(column => column.cells, (column, cell) => appender.Add(column.texts[cell]));
        return new TextColumn(Name, all, [.. handles]);
    }

    private sealed record Characters(long Handle, string Text);
}

/// <summary>Numbers; an empty cell is NaN.</summary>
public sealed class NumberColumn(string name, double[] values) : Column(name)
{
    /// <summary>The values [rows].</summary>
    public double[] Values { get; } = values;

    /// <inheritdoc/>
    public override int Rows => Values.Length;

    /// <inheritdoc/>
    public override Column Take(int[] rows) => new NumberColumn(Name, [.. rows.Select(r => Values[r])]);

    internal override Column Concatenate(IReadOnlyList<Column> columns) =>
        new NumberColumn(Name, [.. columns.SelectMany(column => ((NumberColumn)column).Values)]);
}

/// <summary>Images of one size, one byte a channel and pixel.</summary>
/// <param name="name">The column's name.</param>
/// <param name="pixels">All images one after the other, each channel by channel and row by row [rows × channels × height × width].</param>
/// <param name="rows">How many images.</param>
/// <param name="channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="height">Pixels from top to bottom.</param>
/// <param name="width">Pixels from left to right.</param>
public sealed class ImageColumn(string name, byte[] pixels, int rows, int channels, int height, int width) : Column(name)
{
    /// <summary>All pixels [rows × channels × height × width].</summary>
    public byte[] Pixels { get; } = pixels;

    /// <summary>Channels an image.</summary>
    public int Channels { get; } = channels;

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; } = height;

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; } = width;

    /// <inheritdoc/>
    public override int Rows => rows;

    /// <inheritdoc/>
    public override Column Take(int[] rows)
    {
        var size = Channels * Height * Width;
        var taken = new byte[(long)rows.Length * size];
        for (var i = 0; i < rows.Length; i++) Pixels.AsSpan(rows[i] * size, size).CopyTo(taken.AsSpan(i * size));
        return new ImageColumn(Name, taken, rows.Length, Channels, Height, Width);
    }

    internal override Column Concatenate(IReadOnlyList<Column> columns)
    {
        var images = columns.Cast<ImageColumn>().ToArray();
        var size = (Channels, Height, Width);
        if (images.Any(other => (other.Channels, other.Height, other.Width) != size)) throw new RequestException(
            $"column '{Name}': images of different sizes ({string.Join(", ", images.Select(i => $"{i.Channels} × {i.Height} × {i.Width}").Distinct())}) cannot be joined");
        return new ImageColumn(Name, [.. images.SelectMany(other => other.Pixels)], images.Sum(other => other.Rows), Channels, Height, Width);
    }
}
