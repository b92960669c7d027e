using System.Runtime.ExceptionServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// One reading of a delimited file from start to end. Threads take blocks in turn, parse them side by side and hand them over in
/// the file's order, so that neither the table nor the fault that is reported depends on how many threads there are.
/// </summary>
internal sealed class DelimitedPass
{
    private readonly string name;
    private readonly DelimitedOptions options;
    private readonly CancellationToken cancellationToken;
    private readonly (long Bytes, long Rows) size;
    private readonly RowBlocks blocks;
    private readonly Grammar grammar;
    private readonly string[] names;
    private readonly ColumnType[] types;
    private readonly long[] infinityLine;
    private readonly TableBuilder builder;
    private readonly Lock reading = new();
    private readonly object order = new();

    private Block? first;
    private bool allTaken;
    private int taken, handedOver;
    private bool refuted;
    private Exception? fault;

    /// <summary>Reads the header and finds the types.</summary>
    public DelimitedPass(Stream stream, string name, DelimitedOptions options, IReadOnlySet<int> knownTexts, CancellationToken cancellationToken)
    {
        (this.name, this.options, this.cancellationToken) = (name, options, cancellationToken);
        var start = stream.CanSeek ? stream.Position : 0;
        blocks = new RowBlocks(stream, name, options.BlockBytes);
        grammar = new Grammar((byte)(options.Delimiter ?? Delimiters.Find(name, blocks.Peek(), options)), (byte)(options.Quote ?? '\0'), options.Trim);
        if (stream.CanSeek)
        {
            size = Measure();
            stream.Position = start;
            blocks = new RowBlocks(stream, name, options.BlockBytes);
        }
        names = ReadHeader(out var block);
        types = DelimitedHeader.Types(name, names, options);
        foreach (var column in knownTexts) types[column] = ColumnType.Text;
        infinityLine = new long[names.Length];
        first = block;
        builder = new TableBuilder(name, names, types, LookAtFirstBlock(block));
    }

    /// <summary>After a reading that refuted a guess: the columns now known to be text.</summary>
    public IReadOnlySet<int> TextColumns => Enumerable.Range(0, types.Length).Where(c => types[c] == ColumnType.Text).ToHashSet();

    /// <summary>Reads all rows; null if a column that began as numbers turned out to be text, so that another pass is needed.</summary>
    /// <exception cref="RequestException">Something in the file is wrong.</exception>
    public Table? Run()
    {
        Parallel.For(0, options.ThreadCount, new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount }, _ => Work());
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        for (var column = 0; column < types.Length; column++)
            if (types[column] == ColumnType.NumbersSoFar && infinityLine[column] > 0) throw new RequestException(
                $"{name} line {infinityLine[column]}, column '{names[column]}': the number is not finite; empty the cell or declare the column as text");
        if (refuted) return null;
        if (builder.Rows == 0) throw new RequestException($"{name}: the file has a header (columns {string.Join(", ", names)}) but no rows");
        return builder.Build();
    }

    private string[] ReadHeader(out Block block)
    {
        block = new Block();
        List<string> firstRow;
        int at;
        long line;
        do
        {
            block.Length = blocks.Next(grammar, ref block.Bytes, out block.Line);
            if (block.Length == 0) throw new RequestException($"{name}: the file is empty");
            (at, line) = (0, block.Line);
            firstRow = RowParser.FirstRow(name, grammar, block.Bytes.AsSpan(0, block.Length), ref at, ref line);
        }
        while (firstRow.Count == 0);
        if (options.HasHeader) (block.Start, block.Line) = (at, line);
        return DelimitedHeader.Names(name, line - 1, firstRow, options);
    }

    /// <summary>Settles which columns are text by the first block's cells; returns about how many rows there will be.</summary>
    private long LookAtFirstBlock(Block block)
    {
        var rows = new ParsedRows(names.Length, new TextBlocks());
        try
        {
            new RowParser(name, grammar, names, types).Parse(block.Rows, block.Line, rows);
        }
        catch (RequestException)
        {
            return 0; // It is met again, and reported, when the block's turn comes.
        }
        for (var column = 0; column < types.Length; column++)
            if (rows.BecameText[column]) types[column] = ColumnType.Text;
        // A file whose later lines are short, and so wrong, must not reserve room for all of them.
        var byBytes = (long)(1.2 * rows.Rows * size.Bytes / block.Length) + 1;
        return Math.Min(byBytes, size.Rows - (options.HasHeader ? 1 : 0));
    }

    /// <summary>Counts the rows, which costs a fraction of what it saves: columns of the right length need not be copied at the end.</summary>
    private (long Bytes, long Rows) Measure()
    {
        var (block, bytes, rows) = (Array.Empty<byte>(), 0L, 0L);
        try
        {
            for (int length; (length = blocks.Next(grammar, ref block, out _)) > 0; bytes += length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows += grammar.CountRows(block.AsSpan(0, length));
            }
        }
        catch (RequestException)
        {
            // A quote that never closes; it is met again, and reported, after the rows before it.
        }
        return (bytes, rows);
    }

    private void Work()
    {
        var parser = new RowParser(name, grammar, names, (ColumnType[])types.Clone());
        var rows = new ParsedRows(names.Length, builder.Texts);
        var block = new Block();
        while (Take(ref block, out var turn, out var readFault))
        {
            try
            {
                if (readFault is null) parser.Parse(block.Rows, block.Line, rows);
            }
            catch (Exception parseFault)
            {
                readFault = parseFault;
            }
            if (!HandOver(rows, turn, readFault)) return;
        }
    }

    /// <summary>Takes the next block of the file and its place in the order; false at the end. A fault of reading has its place too.</summary>
    private bool Take(ref Block block, out int turn, out Exception? readFault)
    {
        lock (reading)
        {
            readFault = null;
            turn = taken;
            if (allTaken) return false;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (first is not null) (block, first) = (first, null);
                else
                {
                    block.Start = 0;
                    block.Length = blocks.Next(grammar, ref block.Bytes, out block.Line);
                    allTaken = block.Length == 0;
                }
            }
            catch (Exception caught)
            {
                readFault = caught;
                allTaken = true;
            }
            if (allTaken && readFault is null) return false;
            taken++;
            return true;
        }
    }

    /// <summary>Waits for the block's place in the order and adds its rows; false once anything failed.</summary>
    private bool HandOver(ParsedRows rows, int turn, Exception? blockFault)
    {
        lock (order)
        {
            while (handedOver != turn && fault is null) Monitor.Wait(order);
            if (fault is not null) return false;
            try
            {
                if (blockFault is null) Add(rows);
                fault = blockFault;
            }
            catch (Exception caught)
            {
                fault = caught;
            }
            handedOver++;
            Monitor.PulseAll(order);
            return fault is null;
        }
    }

    private void Add(ParsedRows rows)
    {
        for (var column = 0; column < types.Length; column++)
        {
            if (infinityLine[column] == 0) infinityLine[column] = rows.InfinityLine[column];
            if (!rows.BecameText[column]) continue;
            types[column] = ColumnType.Text;
            refuted = true;
        }
        if (!refuted) builder.Append(rows);
    }

    /// <summary>Bytes of whole rows and the line they start on.</summary>
    private sealed class Block
    {
        public byte[] Bytes = [];
        public int Start, Length;
        public long Line;

        public ReadOnlySpan<byte> Rows => Bytes.AsSpan(Start, Length - Start);
    }
}
