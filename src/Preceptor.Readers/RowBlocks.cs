using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>How cells and rows are told apart, as bytes.</summary>
/// <param name="Delimiter">Between cells.</param>
/// <param name="Quote">Around cells, or 0 for none.</param>
/// <param name="Trim">Whether blanks around unquoted cells are dropped.</param>
internal readonly record struct Grammar(byte Delimiter, byte Quote, bool Trim)
{
    /// <summary>Whether a byte is dropped around cells.</summary>
    public bool IsBlank(byte b) => Trim && b is (byte)' ' or (byte)'\t' && b != Delimiter;

    /// <summary>
    /// The first quote from <paramref name="at"/> on that opens a cell, or −1. <paramref name="at"/> is outside quotes and the text
    /// starts with a row; a quote opens a cell only at the cell's start, elsewhere it is an ordinary character.
    /// </summary>
    public int OpeningQuote(ReadOnlySpan<byte> text, int at)
    {
        while (Quote != 0)
        {
            var found = text[at..].IndexOf(Quote);
            if (found < 0) break;
            found += at;
            var before = found - 1;
            while (before >= 0 && IsBlank(text[before])) before--;
            if (before < 0 || text[before] == Delimiter || text[before] == '\n') return found;
            at = found + 1;
        }
        return -1;
    }

    /// <summary>The quote that closes a cell, or −1; <paramref name="at"/> is just after the opening quote, and doubled quotes are text.</summary>
    public int ClosingQuote(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            var found = text[at..].IndexOf(Quote);
            if (found < 0) return -1;
            found += at;
            if (found + 1 >= text.Length || text[found + 1] != Quote) return found;
            at = found + 2;
        }
    }

    /// <summary>How many rows a text of whole rows has; empty lines are none.</summary>
    public int CountRows(ReadOnlySpan<byte> text)
    {
        var (rows, start, at) = (0, 0, 0);
        while (true)
        {
            var open = OpeningQuote(text, at);
            var outside = open < 0 ? text.Length : open;
            for (int length; (length = text[at..outside].IndexOf((byte)'\n')) >= 0; start = at)
            {
                at += length + 1;
                if (text[start..at] is not ([_] or [(byte)'\r', _])) rows++;
            }
            if (open < 0) return start < text.Length ? rows + 1 : rows;
            at = ClosingQuote(text, open + 1) + 1;
        }
    }
}

/// <summary>
/// Cuts a stream of bytes into blocks of whole rows. The cut respects quotes, so that blocks can be parsed by several threads
/// and a row with line ends in its cells is never torn.
/// </summary>
internal sealed class RowBlocks(Stream stream, string name, int blockBytes)
{
    /// <summary>No row of a table is this long; a quote that is never closed is.</summary>
    private const int LongestRow = 1 << 28;

    /// <summary>How much of the start is looked at to find the delimiter.</summary>
    private const int PeekBytes = 1 << 16;

    private ReadOnlyMemory<byte> rest;
    private long line = 1;
    private bool peeked, ended;

    /// <summary>The start of the stream, without taking it; a byte order mark is dropped.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        if (peeked) return rest.Span;
        var buffer = new byte[PeekBytes];
        rest = buffer.AsMemory(0, FillFromStream(buffer, 0));
        if (rest.Span is [0xEF, 0xBB, 0xBF, ..]) rest = rest[3..];
        if (rest.Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw new RequestException($"{name} line 1: the file is UTF-16; save it as UTF-8");
        peeked = true;
        return rest.Span;
    }

    /// <summary>Reads the next block of whole rows.</summary>
    /// <param name="grammar">How rows are told apart.</param>
    /// <param name="buffer">Where to read to; it is replaced by a larger one if a row needs it.</param>
    /// <param name="firstLine">The physical line on which the block starts, from 1.</param>
    /// <returns>How many bytes of the buffer the block has; 0 at the end.</returns>
    /// <exception cref="RequestException">A quote is never closed.</exception>
    public int Next(Grammar grammar, ref byte[] buffer, out long firstLine)
    {
        Peek();
        firstLine = line;
        if (buffer.Length < blockBytes) buffer = new byte[blockBytes];
        var length = 0;
        while (true)
        {
            length = Fill(buffer, length);
            var text = buffer.AsSpan(0, length);
            var end = EndOfRows(grammar, text, out var open);
            var isLast = ended && rest.IsEmpty;
            // Rows before a quote that never closes come first, so that their faults are found first, however the blocks fall.
            if (isLast && open >= 0 && end == 0) throw NotClosed(text[..open], "never closes");
            if (isLast && open < 0) end = length;
            if (end > 0 || length == 0)
            {
                rest = (byte[])[.. text[end..], .. rest.Span];
                line += text[..end].Count((byte)'\n');
                return end;
            }
            if (length >= LongestRow) throw open < 0
                ? new RequestException($"{name} line {line}: the line is longer than {LongestRow >> 20} MB")
                : NotClosed(text[..open], $"does not close within {LongestRow >> 20} MB");
            Array.Resize(ref buffer, Math.Min(2 * buffer.Length, LongestRow));
        }
    }

    private RequestException NotClosed(ReadOnlySpan<byte> before, string what) =>
        new($"{name} line {line + before.Count((byte)'\n')}: a quote opens a cell here and {what}; if quotes are ordinary characters in this file, read it without a quote");

    private int Fill(byte[] buffer, int length)
    {
        var again = Math.Min(rest.Length, buffer.Length - length);
        rest.Span[..again].CopyTo(buffer.AsSpan(length));
        rest = rest[again..];
        return FillFromStream(buffer, length + again);
    }

    private int FillFromStream(byte[] buffer, int length)
    {
        while (!ended && length < buffer.Length)
        {
            var read = stream.Read(buffer, length, buffer.Length - length);
            ended = read == 0;
            length += read;
        }
        return length;
    }

    /// <summary>Where the last whole row ends, or 0, and the quote that is still open at the end of the text, or −1.</summary>
    private static int EndOfRows(Grammar grammar, ReadOnlySpan<byte> text, out int open)
    {
        var end = 0;
        var at = 0;
        while (true)
        {
            open = grammar.OpeningQuote(text, at);
            var outside = text[at..(open < 0 ? text.Length : open)];
            var lineEnd = outside.LastIndexOf((byte)'\n');
            if (lineEnd >= 0) end = at + lineEnd + 1;
            if (open < 0) return end;
            var close = grammar.ClosingQuote(text, open + 1);
            if (close < 0) return end;
            at = close + 1;
        }
    }
}
