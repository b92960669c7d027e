namespace Preceptor.Readers;

/// <summary>Finds the physical line of a row, for messages about what a cell says; nothing is kept for it while a file is read.</summary>
internal static class DelimitedLines
{
    /// <summary>The physical line, from 1, on which a row starts.</summary>
    /// <param name="open">Opens the file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="options">How it was read.</param>
    /// <param name="row">The row, from 0.</param>
    public static long Find(Func<Stream> open, string name, DelimitedOptions options, int row)
    {
        using var stream = open();
        var blocks = new RowBlocks(stream, name, options.BlockBytes);
        var grammar = new Grammar((byte)(options.Delimiter ?? Delimiters.Find(name, blocks.Peek(), options)), (byte)(options.Quote ?? '\0'), options.Trim);
        var left = (long)row + (options.HasHeader ? 1 : 0);
        byte[] buffer = [];
        for (int length; (length = blocks.Next(grammar, ref buffer, out var line)) > 0;)
        {
            var rows = grammar.CountRows(buffer.AsSpan(0, length));
            if (left >= rows)
            {
                left -= rows;
                continue;
            }
            for (var at = 0; ; left--)
            {
                while (RowParser.SkipEmptyLine(buffer.AsSpan(0, length), ref at)) line++;
                if (left == 0) return line;
                RowParser.FirstRow(name, grammar, buffer.AsSpan(0, length), ref at, ref line);
            }
        }
        return 0;
    }
}
