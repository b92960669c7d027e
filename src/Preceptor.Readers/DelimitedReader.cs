using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads delimited text (RFC 4180: CSV, TSV, semicolons) in UTF-8 into a <see cref="Table"/>. Empty lines are skipped. A column that
/// nobody declared is numbers if all its cells are numbers, empty or missing markers (NA, N/A, null, ?, nan), else text.
/// </summary>
/// <remarks>
/// Blocks of whole rows are parsed by several threads straight from the file's bytes and put together in order. Types are
/// guessed from the first block; where a later cell refutes a guess the file is read a second time.
/// </remarks>
public static class DelimitedReader
{
    /// <summary>Reads a file; one that gzip compressed is decompressed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null: by looking.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">The file is missing, or something in it is wrong: the message names file, line and column.</exception>
    public static Table Read(string path, DelimitedOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(() => InputFile.Open(path), path, options, cancellationToken);

    /// <summary>Reads a stream, such as standard input.</summary>
    /// <param name="stream">UTF-8 bytes, from its position on; a stream that cannot seek is first read whole.</param>
    /// <param name="name">What to call it in messages; its extension counts as a file's does.</param>
    /// <param name="options">How to read it; null: by looking.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">Something in it is wrong: the message names line and column.</exception>
    public static Table Read(Stream stream, string name, DelimitedOptions? options = null, CancellationToken cancellationToken = default)
    {
        var source = stream.CanSeek ? stream : Buffered(stream, name);
        var start = source.Position;
        return Read(Rewound, name, options, cancellationToken);

        Stream Rewound()
        {
            source.Position = start;
            return InputFile.Decompressed(new KeptOpen(source));
        }
    }

    /// <summary>Reads text, such as <see cref="Console.In"/>; it is first read whole.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in messages; its extension counts as a file's does.</param>
    /// <param name="options">How to read it; null: by looking.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">Something in it is wrong: the message names line and column.</exception>
    public static Table Read(TextReader text, string name, DelimitedOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream();
        using (var writer = new StreamWriter(bytes, new UTF8Encoding(false), leaveOpen: true))
        {
            var characters = new char[1 << 16];
            for (int read; (read = text.Read(characters, 0, characters.Length)) > 0;) writer.Write(characters, 0, read);
        }
        bytes.Position = 0;
        return Read(bytes, name, options, cancellationToken);
    }

    private static Table Read(Func<Stream> open, string name, DelimitedOptions? options, CancellationToken cancellationToken)
    {
        options ??= new();
        options.Check();
        return InputFile.Reading(name, () =>
        {
            IReadOnlySet<int> knownTexts = new HashSet<int>();
            while (true)
            {
                using var stream = open();
                var pass = new DelimitedPass(stream, name, options, knownTexts, cancellationToken);
                if (pass.Run() is { } table) return table.WithLines(row => DelimitedLines.Find(open, name, options, row));
                knownTexts = pass.TextColumns;
            }
        });
    }

    private static MemoryStream Buffered(Stream stream, string name)
    {
        var bytes = new MemoryStream();
        InputFile.Reading(name, () =>
        {
            stream.CopyTo(bytes);
            return true;
        });
        bytes.Position = 0;
        return bytes;
    }
}
