using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>
/// A tokenizer.json as Hugging Face's tokenizers write it: the vocabulary and the merges, read one by one with every number checked, and the small rest as it stands. A file of others is believed in nothing:
/// what is read is bounded by the file's length, which is bounded itself.
/// </summary>
/// <param name="path">What to call it in messages.</param>
internal sealed class TokenizerFile(string path)
{
    /// <summary>Most tokens; a token's number is smaller.</summary>
    public const int MostTokens = 1 << 22;

    private const int MostBytes = 256 << 20;

    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>What to call it in messages.</summary>
    public string Path => path;

    /// <summary>The parts of the file but the model.</summary>
    public JsonObject Parts { get; } = [];

    /// <summary>The parts of the model but vocabulary and merges.</summary>
    public JsonObject Model { get; } = [];

    /// <summary>The tokens and their numbers.</summary>
    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);

    /// <summary>What merges with what, first to last.</summary>
    public List<(string Left, string Right)> Merges { get; } = [];

    /// <summary>A part of the file, or of its model.</summary>
    public JsonKey this[string key] => key.StartsWith("model.", StringComparison.Ordinal) ? new(path, key, Model[key[6..]]) : new(path, key, Parts[key]);

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static TokenizerFile Read(string path)
    {
        var (file, bytes) = (new TokenizerFile(path), Bytes(path));
        file.Checked(() =>
        {
            var reader = new Utf8JsonReader(bytes, new() { MaxDepth = 32 });
            file.Open(ref reader, "the file");
            while (file.NextKey(ref reader, "") is { } key)
                if (key == "model") file.ReadModel(ref reader, bytes);
                else file.ReadPart(ref reader, bytes, file.Parts, key, key);
            reader.Read(); // nothing may follow
        });
        return file;
    }

    /// <summary>Reads GPT-2's older form, a vocab.json and a merges.txt.</summary>
    /// <exception cref="RequestException">A file is missing or is something else.</exception>
    public static TokenizerFile Read(string vocabulary, string merges)
    {
        var (file, bytes) = (new TokenizerFile(vocabulary), Bytes(vocabulary));
        file.Checked(() =>
        {
            var reader = new Utf8JsonReader(bytes, new() { MaxDepth = 4 });
            file.ReadVocabulary(ref reader, "the file");
            reader.Read();
        });
        Bytes(merges);
        var number = 0;
        foreach (var line in File.ReadLines(merges))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            file.AddMerge(line, $"{merges}: line {number}");
        }
        return file;
    }

    /// <summary>The same with further control tokens.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="names">Their names.</param>
    public TokenizerFile With(int first, IReadOnlyList<string> names)
    {
        var file = new TokenizerFile(path);
        foreach (var (key, part) in Parts) file.Parts[key] = part?.DeepClone();
        foreach (var (key, part) in Model) file.Model[key] = part?.DeepClone();
        foreach (var (token, id) in Vocabulary) file.Vocabulary.Add(token, id);
        file.Merges.AddRange(Merges);
        if (file.Parts["added_tokens"] is not JsonArray added) file.Parts["added_tokens"] = added = [];
        for (var i = 0; i < names.Count; i++) added.Add(Control(first + i, names[i]));
        return file;
    }

    /// <summary>A control token, as the file has it.</summary>
    public static JsonObject Control(int id, string name) => new() { ["id"] = id, ["content"] = name, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true };

    /// <summary>Writes the file's content.</summary>
    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Format);
        json.WriteStartObject();
        foreach (var (key, part) in Parts) Write(json, key, part);
        json.WriteStartObject("model");
        foreach (var (key, part) in Model) Write(json, key, part);
        json.WriteStartObject("vocab");
        foreach (var (token, id) in Vocabulary) json.WriteNumber(token, id);
        json.WriteEndObject();
        if (Model["type"]?.GetValue<string>() != "WordLevel")
        {
            json.WriteStartArray("merges");
            foreach (var (left, right) in Merges) json.WriteStringValue($"{left} {right}");
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string key, JsonNode? part)
    {
        json.WritePropertyName(key);
        if (part is null) json.WriteNullValue();
        else part.WriteTo(json);
    }

    private void Checked(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a text that is no Unicode
        {
            throw new RequestException($"{path}: is not valid JSON: {JsonKey.Shown(e.Message, 300)}", e);
        }
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MostBytes) throw new RequestException($"{path}: has {length} bytes, expected at most {MostBytes}");
            var bytes = File.ReadAllBytes(path);
            return bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: {e.Message}", e);
        }
    }

    private void Open(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType == JsonTokenType.None) reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new RequestException($"{path}: {what} is no JSON object");
    }

    /// <summary>The next key of an object, with the reader on its value; null at the object's end.</summary>
    private string? NextKey(ref Utf8JsonReader reader, string of)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName) return null;
        var key = reader.GetString()!;
        reader.Read();
        return seen.Add(of + key) ? key : throw new RequestException($"{path}: {of}{JsonKey.Shown(key)} stands there twice");
    }

    private void ReadModel(ref Utf8JsonReader reader, byte[] bytes)
    {
        Open(ref reader, "model");
        while (NextKey(ref reader, "model.") is { } key)
            if (key == "vocab") ReadVocabulary(ref reader, "model.vocab");
            else if (key == "merges") ReadMerges(ref reader);
            else ReadPart(ref reader, bytes, Model, key, $"model.{key}");
    }

    private void ReadPart(ref Utf8JsonReader reader, byte[] bytes, JsonObject into, string key, string name)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        into[key] = JsonKey.Parse(path, name, bytes.AsSpan(start..(int)reader.BytesConsumed)).Node;
    }

    private void ReadVocabulary(ref Utf8JsonReader reader, string what)
    {
        Open(ref reader, what);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id is < 0 or >= MostTokens)
                throw new RequestException($"{path}: {what}: the number of '{JsonKey.Shown(token)}' is something else than a whole number from 0 to {MostTokens - 1}");
            if (!Vocabulary.TryAdd(token, id)) throw new RequestException($"{path}: {what}: '{JsonKey.Shown(token)}' stands there twice");
            if (Vocabulary.Count > MostTokens) throw new RequestException($"{path}: {what}: has more than {MostTokens} tokens");
        }
    }

    private void ReadMerges(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new RequestException($"{path}: model.merges is no list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var place = $"{path}: model.merges[{Merges.Count}]";
            if (reader.TokenType == JsonTokenType.String) AddMerge(reader.GetString()!, place);
            else if (reader.TokenType == JsonTokenType.StartArray) AddMerge(Part(ref reader, place), Part(ref reader, place), Last(ref reader), place);
            else throw new RequestException($"{place} is neither a text nor a list of two");
        }
    }

    private static string Part(ref Utf8JsonReader reader, string place)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new RequestException($"{place} is no list of two texts");
    }

    private static bool Last(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray;
    }

    private void AddMerge(string pair, string place)
    {
        var blank = pair.IndexOf(' ', StringComparison.Ordinal);
        AddMerge(blank < 0 ? pair : pair[..blank], pair[(blank + 1)..], blank > 0 && pair.LastIndexOf(' ') == blank, place);
    }

    private void AddMerge(string left, string right, bool isPair, string place)
    {
        if (!isPair || left.Length == 0 || right.Length == 0 || left.Contains(' ', StringComparison.Ordinal) || right.Contains(' ', StringComparison.Ordinal))
            throw new RequestException($"{place} is '{JsonKey.Shown(left)} {JsonKey.Shown(right)}', expected two tokens with a blank between, and none in them");
        if (Merges.Count == MostTokens) throw new RequestException($"{place}: there are more than {MostTokens} merges");
        Merges.Add((left, right));
    }
}
