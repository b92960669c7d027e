using System.Text.Json;
using System.Text.Unicode;

namespace Preceptor.Foundation;

/// <summary>The JSON header of a safetensors file, believed only after every number in it has been checked.</summary>
internal static class SafetensorsHeader
{
    /// <summary>An array's place: its bytes lie from <c>Start</c> up to <c>End</c>, counted from the header's end.</summary>
    internal readonly record struct Entry(string Name, string Type, long[] Shape, long Start, long End);

    /// <summary>Parses the header of a file that has <paramref name="space"/> bytes after it.</summary>
    /// <returns>The entries in the order of their bytes, which fill the space without a gap; and the metadata.</returns>
    /// <exception cref="RequestException">The header is malformed or disagrees with the file.</exception>
    internal static (IReadOnlyList<Entry> Entries, IDictionary<string, string> Metadata) Parse(ReadOnlyMemory<byte> header, long space, string path)
    {
        if (!Utf8.IsValid(header.Span)) throw new RequestException($"{path}: the header is not UTF-8 text, so the file is not a safetensors file");
        if (header.Length == 0 || header.Span[0] != (byte)'{')
            throw new RequestException($"{path}: the header is {(header.Length == 0 ? "empty" : $"'{(char)header.Span[0]}…'")}, expected a JSON object starting with '{{'");
        try
        {
            using var json = JsonDocument.Parse(header, new() { AllowDuplicateProperties = false, MaxDepth = 4 });
            var entries = new List<Entry>();
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == Safetensors.MetadataKey) AddMetadata(property.Value, metadata, path);
                else entries.Add(EntryOf(property.Name, property.Value, space, path));
            }
            entries.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
            RequireFilled(entries, space, path);
            return (entries, metadata);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException) // the latter: a text with half a surrogate pair
        {
            throw new RequestException($"{path}: the header is not valid JSON: {fault.Message}", fault);
        }
    }

    private static void AddMetadata(JsonElement element, Dictionary<string, string> metadata, string path)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new RequestException($"{path}: {Safetensors.MetadataKey} is {Kind(element)}, expected an object of texts");
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                throw new RequestException($"{path}: {Safetensors.MetadataKey} entry '{Shortened(property.Name)}' is {Kind(property.Value)}, expected a text");
            metadata.Add(property.Name, property.Value.GetString()!);
        }
    }

    private static Entry EntryOf(string name, JsonElement element, long space, string path)
    {
        var what = $"{path}: tensor '{Shortened(name)}'";
        if (element.ValueKind != JsonValueKind.Object) throw new RequestException($"{what} is {Kind(element)}, expected an object with dtype, shape and data_offsets");
        var type = Member(element, "dtype", JsonValueKind.String, what).GetString()!;
        var size = StoredArray.SizeOf(type);
        if (size == 0) throw new RequestException($"{what} has dtype '{Shortened(type)}', expected one of {string.Join(", ", StoredArray.TypeNames)}");
        var shape = Numbers(element, "shape", what);
        var offsets = Numbers(element, "data_offsets", what);
        if (offsets.Length != 2) throw new RequestException($"{what} has {offsets.Length} data_offsets, expected 2");
        var (start, end) = (offsets[0], offsets[1]);
        if (start > end || end > space) throw new RequestException($"{what} has data_offsets [{start}, {end}], expected a rising pair within the {space} bytes after the header");
        if (end - start > Array.MaxLength) throw new RequestException($"{what} has {end - start} bytes, at most {Array.MaxLength} can be read");
        if (Bytes(shape, size) is not { } bytes || bytes != end - start)
            throw new RequestException($"{what} has {end - start} bytes in data_offsets [{start}, {end}], expected {Bytes(shape, size)?.ToString() ?? "more than any file"} for {type} [{Shortened(string.Join(", ", shape))}]");
        return new(name, type, shape, start, end);
    }

    /// <summary>The bytes that a shape takes, or null if they are more than fit a 64-bit number.</summary>
    private static long? Bytes(long[] shape, int elementSize)
    {
        if (shape.Contains(0)) return 0;
        Int128 bytes = elementSize;
        foreach (var dimension in shape)
            if ((bytes *= dimension) > long.MaxValue) return null;
        return (long)bytes;
    }

    private static long[] Numbers(JsonElement element, string key, string what)
    {
        var list = Member(element, key, JsonValueKind.Array, what);
        var numbers = new long[list.GetArrayLength()];
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i]) || numbers[i++] < 0)
                throw new RequestException($"{what} has {Shortened(item.GetRawText())} in {key}, expected whole numbers from 0");
        }
        return numbers;
    }

    private static JsonElement Member(JsonElement element, string key, JsonValueKind kind, string what)
    {
        if (!element.TryGetProperty(key, out var member)) throw new RequestException($"{what} has no {key}");
        return member.ValueKind == kind ? member : throw new RequestException($"{what} has {Kind(member)} as {key}, expected {(kind == JsonValueKind.String ? "a text" : "a list of numbers")}");
    }

    private static void RequireFilled(List<Entry> entries, long space, string path)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Start != end)
                throw new RequestException($"{path}: tensor '{Shortened(entry.Name)}' starts at byte {entry.Start}, expected {end}: the arrays {(entry.Start < end ? "overlap" : "leave a hole")}");
            end = entry.End;
        }
        if (end != space) throw new RequestException($"{path}: the arrays end at byte {end}, but {space} bytes follow the header");
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
