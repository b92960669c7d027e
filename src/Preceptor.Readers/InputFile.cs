using System.IO.Compression;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Opens files to read, compressed or not, with messages for the user.</summary>
internal static class InputFile
{
    // For programs built without Preceptor.targets, which sets it before anything else can have used gzip.
    static InputFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Opens a file; one that is compressed by gzip, as its first bytes say, is decompressed.</summary>
    /// <exception cref="RequestException">The file is missing or cannot be opened.</exception>
    public static Stream Open(string path)
    {
        if (Directory.Exists(path)) throw new RequestException($"{path} is a folder, expected a file");
        if (!File.Exists(path)) throw Missing(path);
        return Reading(path, () => Decompressed(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan)));
    }

    /// <summary>A stream as it is, or what it decompresses to; it must be able to seek.</summary>
    public static Stream Decompressed(Stream stream)
    {
        var start = stream.Position;
        var isCompressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        return isCompressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    /// <summary>A file's extension in small letters, without regard to .gz after it.</summary>
    public static string Extension(string path) =>
        Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant();

    /// <summary>Does some reading; what goes wrong with the file becomes a message about it.</summary>
    public static T Reading<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException fault)
        {
            throw new RequestException($"{name}: the compressed data is damaged or cut short", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{name}: cannot be read: {fault.Message}", fault);
        }
    }

    private static RequestException Missing(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) return new($"no file {path}: there is no folder {folder}");
        var names = Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray();
        return new($"no file {path}{Spelling.Hint(Path.GetFileName(path), names)}");
    }
}
