using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>The lines of a text file, read one at a time and strictly: UTF-8, or UTF-16 with a byte order mark.</summary>
internal sealed class TextLines : IDisposable
{
    /// <summary>Most letters of a line: no abstract is longer, and no file can fill memory.</summary>
    public const int LongestLine = 1 << 20;

    private readonly StreamReader reader;
    private readonly StringBuilder line = new();
    private readonly char[] buffer = new char[1 << 14];
    private int at, end;

    public TextLines(string path)
    {
        Path = path;
        if (Directory.Exists(path)) throw new RequestException($"{path}: is a folder; name a file of papers");
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file");
        reader = new(path, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 16);
    }

    public string Path { get; }

    /// <summary>The number of the line read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end; null after the last one.</summary>
    /// <exception cref="RequestException">The file is not text, or a line is too long.</exception>
    public string? Read()
    {
        line.Clear();
        Number++;
        while (true)
        {
            if (at == end && !Fill()) return line.Length > 0 ? line.ToString() : null;
            var rest = buffer.AsSpan(at, end - at);
            var stop = rest.IndexOfAny('\n', '\0');
            if (stop >= 0 && rest[stop] == '\0') throw new RequestException($"{Path} line {Number}: has a byte of zero, so this is no text file");
            line.Append(stop < 0 ? rest : rest[..stop]);
            at = stop < 0 ? end : at + stop + 1;
            if (line.Length > LongestLine) throw new RequestException($"{Path} line {Number}: is longer than {LongestLine >> 20} million letters, so this is no list of papers");
            if (stop < 0) continue;
            if (line.Length > 0 && line[^1] == '\r') line.Length--;
            return line.ToString();
        }
    }

    private bool Fill()
    {
        try
        {
            (at, end) = (0, reader.Read(buffer));
            return end > 0;
        }
        catch (DecoderFallbackException e)
        {
            throw new RequestException($"{Path}, at or after line {Number}: is not UTF-8 ({string.Join(' ', (e.BytesUnknown ?? []).Select(b => $"0x{b:X2}"))}); save it as UTF-8", e);
        }
    }

    public void Dispose() => reader.Dispose();
}
