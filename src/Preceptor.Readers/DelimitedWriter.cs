using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Writes delimited text (RFC 4180, UTF-8, lines end in \n) that <see cref="DelimitedReader"/> reads back as it was: cells that hold
/// a possible delimiter, a quote, a line end or outer blanks are quoted; numbers have all their digits; NaN is an empty cell.
/// </summary>
public static class DelimitedWriter
{
    // All delimiters that a reader may look for, so that it finds the right one.
    private static readonly SearchValues<char> Quoted = SearchValues.Create(Delimiters.Known + "|\"\r\n");

    /// <summary>Writes a table to a file, beside its place and then renamed, so that it is whole or not there; .gz compresses.</summary>
    /// <param name="table">Text and number columns.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="delimiter">Between cells; null: a tab for .tsv and .tab, else a comma.</param>
    /// <exception cref="RequestException">A column holds images, or the file cannot be written.</exception>
    public static void Write(Table table, string path, char? delimiter = null) =>
        WriteFile(path, delimiter, (writer, between) => Write(table, writer, between));

    /// <summary>Writes a table.</summary>
    /// <param name="table">Text and number columns.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="delimiter">Between cells.</param>
    /// <exception cref="RequestException">A column holds images.</exception>
    public static void Write(Table table, TextWriter writer, char delimiter = ',')
    {
        foreach (var column in table.Columns)
            if (column is not (TextColumn or NumberColumn)) throw new RequestException($"{table.Name}: column '{column.Name}' holds neither text nor numbers and cannot be written as delimited text");
        WriteRow(writer, delimiter, [.. table.Columns.Select(column => column.Name)]);
        var digits = new char[64];
        for (var row = 0; row < table.Rows; row++)
        {
            for (var column = 0; column < table.Columns.Count; column++)
            {
                if (column > 0) writer.Write(delimiter);
                if (table.Columns[column] is TextColumn text) WriteCell(writer, delimiter, text[row], table.Columns.Count == 1);
                else WriteCell(writer, delimiter, Digits(((NumberColumn)table.Columns[column]).Values[row], digits), table.Columns.Count == 1);
            }
            writer.Write('\n');
        }
    }

    /// <summary>Writes rows to a file, beside its place and then renamed; .gz compresses.</summary>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">The rows; each has as many cells as the header.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="delimiter">Between cells; null: a tab for .tsv and .tab, else a comma.</param>
    /// <exception cref="RequestException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, string path, char? delimiter = null) =>
        WriteFile(path, delimiter, (writer, between) => Write(header, rows, writer, between));

    /// <summary>Writes rows.</summary>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">The rows; each has as many cells as the header.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="delimiter">Between cells.</param>
    public static void Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, TextWriter writer, char delimiter = ',')
    {
        WriteRow(writer, delimiter, header);
        foreach (var row in rows)
        {
            if (row.Count != header.Count) throw new ArgumentException($"a row has {row.Count} cells, expected {header.Count}", nameof(rows));
            WriteRow(writer, delimiter, row);
        }
    }

    private static void WriteRow(TextWriter writer, char delimiter, IReadOnlyList<string> cells)
    {
        for (var column = 0; column < cells.Count; column++)
        {
            if (column > 0) writer.Write(delimiter);
            WriteCell(writer, delimiter, cells[column], cells.Count == 1);
        }
        writer.Write('\n');
    }

    private static void WriteCell(TextWriter writer, char delimiter, ReadOnlySpan<char> cell, bool isAlone)
    {
        // An empty line would be skipped, and U+FEFF at the start of a file is a byte order mark.
        var isQuoted = cell.IsEmpty ? isAlone
            : cell[0] is ' ' or '\t' or '\uFEFF' || cell[^1] is ' ' or '\t' || cell.ContainsAny(Quoted) || cell.Contains(delimiter);
        if (!isQuoted)
        {
            writer.Write(cell);
            return;
        }
        writer.Write('"');
        for (int quote; (quote = cell.IndexOf('"')) >= 0; cell = cell[(quote + 1)..])
        {
            writer.Write(cell[..(quote + 1)]);
            writer.Write('"');
        }
        writer.Write(cell);
        writer.Write('"');
    }

    private static ReadOnlySpan<char> Digits(double value, char[] digits)
    {
        if (double.IsNaN(value)) return [];
        value.TryFormat(digits, out var length, "R", CultureInfo.InvariantCulture);
        return digits.AsSpan(0, length);
    }

    private static void WriteFile(string path, char? delimiter, Action<TextWriter, char> write)
    {
        var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var between = delimiter ?? (Delimiters.ByExtension(path) ?? ',');
        var beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
            using (var stream = isCompressed ? new GZipStream(file, CompressionLevel.Fastest) : (Stream)file)
            using (var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16)) write(writer, between);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be written: {fault.Message}", fault);
        }
        finally
        {
            if (File.Exists(beside)) File.Delete(beside);
        }
    }
}
