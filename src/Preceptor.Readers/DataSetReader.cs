using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Reads the files of <see cref="KnownDataSets"/> into tables.</summary>
internal static class DataSetReader
{
    /// <summary>Reads files of a data set, one after the other.</summary>
    /// <param name="name">What to call the table.</param>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="files">The files, at least one.</param>
    /// <param name="label">The label's column.</param>
    /// <exception cref="RequestException">A file is missing or is not laid out as it should be.</exception>
    public static Table Read(string name, string folder, DataSetFile[] files, string label)
    {
        var tables = files.Select(file => Read(Path.Combine(folder, file.Name), file, label)).ToArray();
        return tables.Length > 1 ? Table.Concatenate(name, tables) : new Table(name, tables[0].Columns);
    }

    private static Table Read(string path, DataSetFile file, string label)
    {
        var table = file.Layout == Layout.Cells ? ReadCells(path, file, label) : ReadLines(path, file);
        var columns = table.Columns.Where(column => !file.JoinedText.Contains(column.Name)).Select(column => column.Name == label && file.Classes is not null ? Named(path, column, file.Classes) : column).ToList();
        if (file.JoinedText.Length > 0) columns.Insert(0, Joined(table, file.JoinedText));
        if (file.Added is { } added) columns.Add(new TextColumn(added.Column, [.. Enumerable.Repeat(added.Value, table.Rows)]));
        return new Table(path, columns);
    }

    private static Table ReadCells(string path, DataSetFile file, string label)
    {
        var names = file.Columns.Length > 0 ? file.Columns : null;
        return DelimitedReader.Read(path, new DelimitedOptions { Names = names, Text = file.Texts.Append(label).ToHashSet() });
    }

    private static Table ReadLines(string path, DataSetFile file)
    {
        Encoding encoding = file.Layout == Layout.CoarseFineText ? Encoding.Latin1 : new UTF8Encoding(false, throwOnInvalidBytes: true);
        var cells = file.Columns.Select(_ => new List<string>()).ToArray();
        using var stream = InputFile.Open(path);
        InputFile.Reading(path, () =>
        {
            using var reader = new StreamReader(stream, encoding);
            for (var line = 1; Next(reader, path, line) is { } text; line++)
            {
                if (string.IsNullOrWhiteSpace(text)) continue;
                var parts = Cut(text.Trim(), file.Layout) ?? throw new RequestException($"{path} line {line}: no label before the text");
                for (var i = 0; i < parts.Length; i++) cells[i].Add(parts[i]);
            }
            return true;
        });
        if (cells[0].Count == 0) throw new RequestException($"{path}: the file is empty");
        return new Table(path, [.. file.Columns.Select((name, i) => new TextColumn(name, cells[i]))]);
    }

    private static string? Next(StreamReader reader, string path, int line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException fault)
        {
            throw new RequestException($"{path} line {line} or later is not UTF-8", fault);
        }
    }

    /// <summary>A line's cells in the order of the file's columns; null if it has no label.</summary>
    private static string[]? Cut(string line, Layout layout)
    {
        if (layout == Layout.Text) return [line];
        var blank = line.IndexOf(' ');
        var end = layout == Layout.CoarseFineText ? line.IndexOf(':') : blank;
        return end > 0 && end <= blank ? [line[..end], line[(blank + 1)..]] : null;
    }

    private static TextColumn Named(string path, Column label, IReadOnlyDictionary<string, string> classes)
    {
        var word = label.Words();
        return new TextColumn(label.Name, [.. Enumerable.Range(0, label.Rows).Select(row => classes.GetValueOrDefault(word(row)) ?? throw new RequestException(
            $"{path} row {row + 1}: label '{word(row)}', expected {string.Join(", ", classes.Keys)}"))]);
    }

    private static TextColumn Joined(Table table, string[] names)
    {
        var words = names.Select(name => table.Find(name)!.Words()).ToArray();
        return new TextColumn("text", [.. Enumerable.Range(0, table.Rows).Select(row => string.Join(' ', words.Select(word => word(row))))]);
    }
}
