using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Some rows of a delimited file, and the physical line on which each starts.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Lines">Their lines, from 1 [rows].</param>
public sealed record TableChunk(Table Rows, int[] Lines);

/// <summary>Reads a delimited file a few megabytes at a time, as often as asked: for files larger than memory. Columns have the types that are declared.</summary>
/// <param name="path">The file.</param>
/// <param name="options">How to read it; <see cref="DelimitedOptions.Numbers"/> are numbers, all other columns text.</param>
public sealed class DelimitedChunks(string path, DelimitedOptions options)
{
    /// <summary>The columns' names, in order.</summary>
    public IReadOnlyList<string> Columns => field ??= Names();

    /// <summary>Reads the file from start to end; each chunk is a block of whole rows, and forgotten when the next is asked for.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">Something in the file is wrong: the message names line and column.</exception>
    public IEnumerable<TableChunk> Read(CancellationToken cancellationToken = default)
    {
        using var stream = InputFile.Open(path);
        var (blocks, grammar) = Open(stream);
        var (at, line) = (0, 1L);
        string[]? names = null;
        ColumnType[] types = [];
        var block = Array.Empty<byte>();
        for (int length; (length = blocks.Next(grammar, ref block, out line)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            at = 0;
            if (names is null)
            {
                var first = RowParser.FirstRow(path, grammar, block.AsSpan(0, length), ref at, ref line);
                if (first.Count == 0) continue;
                names = DelimitedHeader.Names(path, line - 1, first, options);
                types = [.. DelimitedHeader.Types(path, names, options).Select(t => t == ColumnType.Numbers ? t : ColumnType.Text)];
                if (!options.HasHeader) throw new InvalidOperationException("the file must have a header");
            }
            var texts = new TextBlocks();
            var rows = new ParsedRows(names.Length, texts) { Lines = [] };
            new RowParser(path, grammar, names, types).Parse(block.AsSpan(at, length - at), line, rows);
            if (rows.Rows == 0) continue;
            var builder = new TableBuilder(path, names, types, rows.Rows, texts);
            builder.Append(rows);
            yield return new(builder.Build(), [.. rows.Lines.AsSpan(0, rows.Rows)]);
        }
        if (names is null) throw new RequestException($"{path}: the file is empty");
    }

    private string[] Names()
    {
        using var stream = InputFile.Open(path);
        var (blocks, grammar) = Open(stream);
        var block = Array.Empty<byte>();
        for (int length; (length = blocks.Next(grammar, ref block, out var line)) > 0;)
        {
            var at = 0;
            var first = RowParser.FirstRow(path, grammar, block.AsSpan(0, length), ref at, ref line);
            if (first.Count > 0) return DelimitedHeader.Names(path, line - 1, first, options);
        }
        throw new RequestException($"{path}: the file is empty");
    }

    private (RowBlocks Blocks, Grammar Grammar) Open(Stream stream)
    {
        var blocks = new RowBlocks(stream, path, options.BlockBytes);
        return (blocks, new Grammar((byte)(options.Delimiter ?? Delimiters.Find(path, blocks.Peek(), options)), (byte)(options.Quote ?? '\0'), options.Trim));
    }
}
