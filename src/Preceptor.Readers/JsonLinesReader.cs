using System.Runtime.ExceptionServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads JSON Lines (an object a line, in UTF-8) into a <see cref="Table"/>; columns come in the order in which their keys first appear,
/// and a key that a line lacks, or null, is an empty cell. A column of numbers alone is numbers; any other is text, with numbers as the
/// file writes them and booleans as <c>true</c> and <c>false</c>. Lists and objects in cells are refused. Blank lines are skipped.
/// </summary>
/// <remarks>
/// Several threads take blocks of whole lines in turn and parse them; the blocks' columns are then joined in the file's order, so that the
/// table and the fault that is reported do not depend on how many threads there are. Where text turns up among numbers the file is read again.
/// </remarks>
public static class JsonLinesReader
{
    /// <summary>Lines end blocks; there is nothing that could enclose a line's end.</summary>
    private static readonly Grammar Lines = new(Delimiter: (byte)'\n', Quote: 0, Trim: false);

    /// <summary>Reads a file; one that gzip compressed is decompressed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Of these, columns declared as text or numbers, threads and the size of a block count.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">The file is missing, or something in it is wrong: the message names file, line and key.</exception>
    public static Table Read(string path, DelimitedOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return InputFile.Reading(path, () =>
        {
            IReadOnlySet<string> texts = options.Text;
            while (true)
            {
                using var stream = InputFile.Open(path);
                var join = new JsonJoin(path, texts, options);
                ReadBlocks(stream, path, options, texts, join, cancellationToken);
                if (join.Mixed.Count == 0) return join.Build();
                texts = texts.Union(join.Mixed).ToHashSet();
            }
        });
    }

    private static void ReadBlocks(Stream stream, string path, DelimitedOptions options, IReadOnlySet<string> textColumns, JsonJoin join, CancellationToken cancellationToken)
    {
        var source = new RowBlocks(stream, path, options.BlockBytes);
        var reading = new Lock();
        var (taken, faultAt, fault) = (0, int.MaxValue, (Exception?)null);
        Parallel.For(0, options.ThreadCount, new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount }, _ =>
        {
            var parser = new JsonLinesParser(path, textColumns, options.Numbers, join.Texts);
            byte[] bytes = [];
            while (true)
            {
                var turn = -1;
                try
                {
                    int length;
                    long line;
                    lock (reading)
                    {
                        if (fault is not null) return;
                        turn = taken++;
                        cancellationToken.ThrowIfCancellationRequested();
                        length = source.Next(Lines, ref bytes, out line);
                        if (length == 0) return;
                    }
                    join.Add(turn, parser.Parse(bytes.AsSpan(0, length), line));
                }
                catch (Exception caught)
                {
                    // Earlier blocks are all taken, and are parsed to their end: the file's first fault is the one that stays.
                    lock (reading)
                        if (turn < faultAt) (faultAt, fault) = (turn, caught);
                    return;
                }
            }
        });
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
    }
}
