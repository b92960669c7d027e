using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Preceptor.Foundation;

/// <summary>The contents of a safetensors file.</summary>
public sealed record SafetensorsFile(IDictionary<string, StoredArray> Arrays, IDictionary<string, string> Metadata);

/// <summary>Reads and writes the safetensors format: an eight-byte length, a JSON header, then the bytes of all arrays.</summary>
public static class Safetensors
{
    internal const string MetadataKey = "__metadata__";
    internal const int PrefixLength = 8;
    internal const int LongestHeader = 100_000_000; // the format's own limit

    /// <summary>
    /// Writes a file beside its place, flushes it to the disk and renames it, so that the path holds the old file or the
    /// whole new one. One writer at a time: the file beside it is <paramref name="path"/> with <c>.tmp</c>, which also
    /// replaces what a killed process left there.
    /// </summary>
    /// <param name="path">The file to write; its folder exists.</param>
    /// <param name="arrays">
    /// The arrays, stored in this order within each element size, wide elements first: every array then starts at a
    /// multiple of its element size, which readers that map the file rely on.
    /// </param>
    /// <param name="metadata">Texts for the header, in this order.</param>
    /// <exception cref="WorkException">The system refused, as for a full disk; nothing is left behind.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredArray>> arrays, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var ordered = arrays.OrderByDescending(a => StoredArray.SizeOf(a.Value.Type)).ToArray(); // a stable sort
        var header = Header(ordered, metadata);
        var temporary = path + ".tmp";
        var created = false;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                created = true;
                stream.Write(header);
                foreach (var (_, array) in ordered) stream.Write(array.Data.Span);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (created) Remove(temporary); // else it may be another writer's
            throw new WorkException($"{path}: cannot be written: {fault.Message}", fault);
        }
    }

    /// <summary>Reads a whole file, checking every size and offset against the file's length before it is used.</summary>
    /// <exception cref="RequestException">The file is missing, truncated, or its header lies.</exception>
    public static SafetensorsFile Read(string path)
    {
        var arrays = new Dictionary<string, StoredArray>(StringComparer.Ordinal);
        var metadata = ReadEach(path, arrays.Add);
        return new(arrays, metadata);
    }

    /// <summary>Reads a file an array at a time, in the order of their bytes, for files that are too large to be held twice; the checks are those of <see cref="Read(string)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="take">Takes each array by its name.</param>
    /// <returns>The metadata.</returns>
    /// <exception cref="RequestException">The file is missing, truncated, or its header lies.</exception>
    public static IDictionary<string, string> ReadEach(string path, Action<string, StoredArray> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!stream.CanSeek) throw new RequestException($"{path}: not a regular file, so not a safetensors file");
            return Read(stream, path, take);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RequestException($"{path}: no such file", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }

    private static IDictionary<string, string> Read(FileStream stream, string path, Action<string, StoredArray> take)
    {
        var left = stream.Length - PrefixLength;
        if (left < 0) throw new RequestException($"{path}: holds {stream.Length} bytes, expected at least the {PrefixLength} bytes of a safetensors file's header length");
        Span<byte> prefix = stackalloc byte[PrefixLength];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)Math.Min(left, LongestHeader))
            throw new RequestException($"{path}: the header's length is {length}, expected at most {Math.Min(left, LongestHeader)}: the file is truncated or not a safetensors file");
        var header = new byte[length];
        stream.ReadExactly(header);
        var (entries, metadata) = SafetensorsHeader.Parse(header, left - (long)length, path);
        foreach (var entry in entries)
        {
            var data = new byte[entry.End - entry.Start];
            stream.ReadExactly(data);
            take(entry.Name, new(entry.Type, entry.Shape, data));
        }
        return metadata;
    }

    private static byte[] Header(KeyValuePair<string, StoredArray>[] arrays, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        using var stream = new MemoryStream();
        stream.Write(stackalloc byte[PrefixLength]);
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteEntries(json, arrays);
            json.WriteEndObject();
        }
        while (stream.Length % PrefixLength != 0) stream.WriteByte((byte)' '); // so that the arrays start aligned
        var header = stream.ToArray();
        var length = header.Length - PrefixLength;
        if (length > LongestHeader) throw new ArgumentException($"the header takes {length} bytes, the format allows {LongestHeader}", nameof(metadata));
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var pairs = metadata.ToArray();
        if (pairs.Length == 0) return;
        var names = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject(MetadataKey);
        foreach (var (name, value) in pairs)
        {
            if (!names.Add(name)) throw new ArgumentException($"two metadata entries are named '{name}'", nameof(metadata));
            json.WriteString(name, value);
        }
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, KeyValuePair<string, StoredArray>[] arrays)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
        var offset = 0L;
        foreach (var (name, array) in arrays)
        {
            if (!names.Add(name)) throw new ArgumentException($"an array cannot be named '{name}': the name is taken", nameof(arrays));
            var size = StoredArray.SizeOf(array.Type);
            if (size == 0 || array.Data.Length != array.Count * size || array.Shape.Any(d => d < 0))
                throw new ArgumentException($"array '{name}' has {array.Data.Length} bytes for {array.Type} [{string.Join(", ", array.Shape)}]", nameof(arrays));
            json.WriteStartObject(name);
            json.WriteString("dtype", array.Type);
            json.WriteStartArray("shape");
            foreach (var dimension in array.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += array.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The first fault says why nothing could be written; this one would only hide it.
        }
    }
}
