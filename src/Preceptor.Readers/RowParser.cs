using System.Text;
using System.Text.Unicode;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>How a column's cells are read.</summary>
internal enum ColumnType
{
    /// <summary>As text.</summary>
    Text,

    /// <summary>As numbers, because the user said so: another cell is an error.</summary>
    Numbers,

    /// <summary>As numbers, because all cells so far were; another cell makes the column text.</summary>
    NumbersSoFar,
}

/// <summary>The rows of one block in columns, in space that is used again for the next block.</summary>
/// <param name="columns">How many columns.</param>
/// <param name="texts">Where the texts go.</param>
internal sealed class ParsedRows(int columns, TextBlocks texts)
{
    /// <summary>How many rows there are.</summary>
    public int Rows;

    /// <summary>The values of number columns [columns][rows, and room].</summary>
    public readonly double[][] Numbers = [.. Enumerable.Repeat(Array.Empty<double>(), columns)];

    /// <summary>The cells of text columns, as handles into the table's texts [columns][rows, and room].</summary>
    public readonly long[][] Cells = [.. Enumerable.Repeat(Array.Empty<long>(), columns)];

    /// <summary>Adds the text cells to the table's texts.</summary>
    public readonly TextAppender Texts = new(texts);

    /// <summary>Which columns held a cell that is not a number, where they were numbers so far.</summary>
    public readonly bool[] BecameText = new bool[columns];

    /// <summary>The first infinity of a column that is numbers so far, by physical line, or 0.</summary>
    public readonly long[] InfinityLine = new long[columns];

    /// <summary>The physical lines on which rows start [rows, and room]; null where nobody asks.</summary>
    public int[]? Lines;

    /// <summary>Forgets the rows.</summary>
    public void Clear()
    {
        Rows = 0;
        Array.Clear(BecameText);
        Array.Clear(InfinityLine);
    }
}

/// <summary>Parses blocks of whole rows into columns.</summary>
internal sealed class RowParser(string name, Grammar grammar, IReadOnlyList<string> names, ColumnType[] types)
{
    private byte[] unquoted = [];

    /// <summary>Parses a block.</summary>
    /// <param name="block">Whole rows.</param>
    /// <param name="line">The physical line on which the block starts.</param>
    /// <param name="into">Cleared, and filled.</param>
    /// <exception cref="RequestException">A row is ragged, a declared number is none, a quoted cell goes on after its quote, or bytes are not UTF-8.</exception>
    public void Parse(ReadOnlySpan<byte> block, long line, ParsedRows into)
    {
        into.Clear();
        var isUtf8 = Utf8.IsValid(block);
        var at = 0;
        while (at < block.Length)
        {
            if (SkipEmptyLine(block, ref at))
            {
                line++;
                continue;
            }
            if (into.Rows == Room(into)) MakeRoom(into);
            var (start, firstLine) = (at, line);
            ParseRow(block, ref at, ref line, into);
            if (!isUtf8) RequireUtf8(block[start..at], firstLine);
            if (into.Lines is not null) into.Lines[into.Rows] = checked((int)firstLine);
            into.Rows++;
        }
    }

    /// <summary>Takes the first row that is not an empty line as texts, such as the header; none if all lines are empty.</summary>
    public static List<string> FirstRow(string name, Grammar grammar, ReadOnlySpan<byte> block, ref int at, ref long line)
    {
        while (SkipEmptyLine(block, ref at)) line++;
        var cells = new List<string>();
        if (at == block.Length) return cells;
        var parser = new RowParser(name, grammar, [], []);
        for (var isLast = false; !isLast;)
        {
            var cellLine = line;
            var cell = parser.NextCell(block, ref at, ref line, out isLast);
            parser.RequireUtf8(cell, cellLine);
            cells.Add(Encoding.UTF8.GetString(cell));
        }
        return cells;
    }

    private void ParseRow(ReadOnlySpan<byte> block, ref int at, ref long line, ParsedRows into)
    {
        var (start, firstLine) = (at, line);
        var isLast = false;
        for (var column = 0; column < names.Count; column++)
        {
            if (isLast) throw Ragged(block, start, firstLine);
            if (types[column] != ColumnType.Text && TakeSimpleNumber(block, ref at, ref line, ref into.Numbers[column][into.Rows], out isLast)) continue;
            var cellLine = line;
            var cell = NextCell(block, ref at, ref line, out isLast);
            if (types[column] == ColumnType.Text) into.Cells[column][into.Rows] = into.Texts.Add(cell);
            else into.Numbers[column][into.Rows] = Number(cell, column, cellLine, into);
        }
        if (!isLast) throw Ragged(block, start, firstLine);
    }

    /// <summary>Takes the next cell if it is a number in its simplest form, in one scan and not two.</summary>
    private bool TakeSimpleNumber(ReadOnlySpan<byte> block, ref int at, ref long line, ref double value, out bool isLast)
    {
        isLast = false;
        var end = at + NumberText.ReadSimple(block[at..], out var number);
        if (end == at || end == block.Length) return false;
        isLast = block[end] == '\n';
        if (!isLast && block[end] != grammar.Delimiter) return false;
        if (isLast) line++;
        value = number;
        at = end + 1;
        return true;
    }

    private double Number(ReadOnlySpan<byte> cell, int column, long line, ParsedRows into)
    {
        var kind = NumberText.Read(cell, out var value);
        if (kind == NumberKind.Number) return value;
        if (types[column] == ColumnType.Numbers) throw new RequestException(
            $"{name} line {line}, column '{names[column]}': '{Shorten(cell)}' is not a {(kind == NumberKind.NotFinite ? "finite " : "")}number");
        if (kind == NumberKind.Other) into.BecameText[column] = true;
        else if (into.InfinityLine[column] == 0) into.InfinityLine[column] = line;
        return double.NaN;
    }

    /// <summary>Takes the next cell, up to and with the delimiter or line end after it.</summary>
    private ReadOnlySpan<byte> NextCell(ReadOnlySpan<byte> block, ref int at, ref long line, out bool isLast)
    {
        var start = at;
        while (start < block.Length && grammar.IsBlank(block[start])) start++;
        if (grammar.Quote != 0 && start < block.Length && block[start] == grammar.Quote) return NextQuotedCell(block, start, ref at, ref line, out isLast);

        var length = block[at..].IndexOfAny(grammar.Delimiter, (byte)'\n');
        var end = length < 0 ? block.Length : at + length;
        isLast = length < 0 || block[end] == '\n';
        at = Math.Min(end + 1, block.Length);
        if (isLast)
        {
            line++;
            if (end > start && block[end - 1] == '\r') end--;
        }
        while (end > start && grammar.IsBlank(block[end - 1])) end--;
        return start < end ? block[start..end] : [];
    }

    private ReadOnlySpan<byte> NextQuotedCell(ReadOnlySpan<byte> block, int quote, ref int at, ref long line, out bool isLast)
    {
        var close = grammar.ClosingQuote(block, quote + 1);
        var cell = block[(quote + 1)..close];
        line += cell.Count((byte)'\n');
        at = close + 1;
        while (at < block.Length && grammar.IsBlank(block[at])) at++;
        if (at + 1 < block.Length && block[at] == '\r' && block[at + 1] == '\n') at++;
        else if (at + 1 == block.Length && block[at] == '\r') at++;
        isLast = at >= block.Length || block[at] == '\n';
        if (!isLast && block[at] != grammar.Delimiter) throw new RequestException(
            $"{name} line {line}: '{Shorten(RestOfLine(block[at..]))}' follows a closing quote; double the quotes inside a quoted cell");
        if (isLast) line++;
        at = Math.Min(at + 1, block.Length);
        return cell.Contains(grammar.Quote) ? Unquote(cell) : cell;
    }

    /// <summary>Turns doubled quotes into single ones.</summary>
    private ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> cell)
    {
        if (unquoted.Length < cell.Length) unquoted = new byte[Math.Max(cell.Length, 256)];
        var length = 0;
        while (cell.Length > 0)
        {
            var quote = cell.IndexOf(grammar.Quote);
            var take = quote < 0 ? cell.Length : quote + 1;
            cell[..take].CopyTo(unquoted.AsSpan(length));
            length += take;
            cell = quote < 0 ? [] : cell[(take + 1)..];
        }
        return unquoted.AsSpan(0, length);
    }

    internal static bool SkipEmptyLine(ReadOnlySpan<byte> block, ref int at)
    {
        var length = block[at..] switch
        {
            [(byte)'\n', ..] => 1,
            [(byte)'\r', (byte)'\n', ..] => 2,
            _ => 0,
        };
        at += length;
        return length > 0;
    }

    private int Room(ParsedRows rows) => types.Length == 0 ? 0 : types[0] == ColumnType.Text ? rows.Cells[0].Length : rows.Numbers[0].Length;

    private void MakeRoom(ParsedRows rows)
    {
        var room = Math.Max(1024, 2 * Room(rows));
        if (rows.Lines is not null) Array.Resize(ref rows.Lines, room);
        for (var column = 0; column < types.Length; column++)
            if (types[column] == ColumnType.Text) Array.Resize(ref rows.Cells[column], room);
            else Array.Resize(ref rows.Numbers[column], room);
    }

    private RequestException Ragged(ReadOnlySpan<byte> block, int at, long line)
    {
        var (row, firstLine, count, extra) = (at, line, 0, -1);
        for (var isLast = false; !isLast; count++)
        {
            if (count == names.Count) extra = at;
            NextCell(block, ref at, ref line, out isLast);
        }
        var columns = string.Join(", ", names.Take(3)) + (names.Count > 3 ? ", …" : "");
        var where = extra < 0 ? "" : $"; the first cell too many starts at character {Encoding.UTF8.GetCharCount(block[row..extra]) + 1}";
        return new RequestException($"{name} line {firstLine}: {count} {(count == 1 ? "cell" : "cells")}, expected {names.Count} (columns {columns}){where}");
    }

    private void RequireUtf8(ReadOnlySpan<byte> block, long line)
    {
        if (Utf8.IsValid(block)) return;
        var at = 0;
        while (Rune.DecodeFromUtf8(block[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        throw new RequestException($"{name} line {line + block[..at].Count((byte)'\n')}: byte 0x{block[at]:X2} is not UTF-8; save the file as UTF-8");
    }

    private static ReadOnlySpan<byte> RestOfLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
    }

    private static string Shorten(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell).ReplaceLineEndings("␊");
        return text.Length <= 40 ? text : text[..39] + "…";
    }
}
