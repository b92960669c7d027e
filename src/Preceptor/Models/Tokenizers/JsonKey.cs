using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>A value in a JSON file that others wrote; it knows its file and key, for messages.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The key, such as <c>model.type</c>.</param>
/// <param name="Node">The value; null for JSON's null and for a key that is missing.</param>
internal readonly record struct JsonKey(string File, string Name, JsonNode? Node)
{
    /// <summary>Most bytes of a file, or of a part of one, that is read as a whole.</summary>
    public const int MostBytes = 16 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Whether there is a value.</summary>
    public bool IsMissing => Node is null;

    /// <summary>A value of an object.</summary>
    public JsonKey this[string key] => new(File, Name.Length > 0 ? $"{Name}.{key}" : key, Object[key]);

    /// <summary>The value as an object.</summary>
    public JsonObject Object => Node as JsonObject ?? throw Wrong("an object");

    /// <summary>The value as a text.</summary>
    public string Text => Node is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong("a text");

    /// <summary>The value as a whole number.</summary>
    public int Integer => Node is JsonValue value && value.TryGetValue(out int number) ? number : throw Wrong("a whole number");

    /// <summary>The values of a list.</summary>
    public IEnumerable<JsonKey> Items
    {
        get
        {
            var (file, name) = (File, Name);
            return (Node as JsonArray ?? throw Wrong("a list")).Select((item, i) => new JsonKey(file, $"{name}[{i}]", item));
        }
    }

    /// <summary>The value as true or false; <paramref name="otherwise"/> where it is missing.</summary>
    public bool Flag(bool otherwise = false) => IsMissing ? otherwise : Node is JsonValue value && value.TryGetValue(out bool flag) ? flag : throw Wrong("true or false");

    /// <summary>The error that the value is not what was expected.</summary>
    public RequestException Wrong(string expected) => new($"{File}: {(Name.Length > 0 ? Name : "the file")} is {Shown(Node?.ToJsonString() ?? "missing or null")}, expected {expected}");

    /// <summary>Parses a file or a part of one.</summary>
    /// <exception cref="RequestException">It is too long, no JSON, or has a key twice.</exception>
    public static JsonKey Parse(string file, string name, ReadOnlySpan<byte> json)
    {
        if (json.Length > MostBytes) throw new RequestException($"{file}: {(name.Length > 0 ? name : "the file")} has {json.Length} bytes, expected at most {MostBytes}");
        try
        {
            RequireUnicode(json);
            return new(file, name, JsonNode.Parse(json, documentOptions: Strict));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a text with half a surrogate pair
        {
            throw new RequestException($"{file}: {(name.Length > 0 ? name + ": " : "")}{Shown(e.Message, 300)}", e);
        }
    }

    // Nodes read their texts when they are asked, so that half a surrogate pair would show up later, anywhere.
    private static void RequireUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new JsonException("is not UTF-8 text");
        var reader = new Utf8JsonReader(json, new() { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
    }

    /// <summary>A piece of foreign text, short enough for a message and without control characters.</summary>
    public static string Shown(string text, int most = 60) => string.Concat((text.Length <= most ? text : text[..most] + "…").Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
}
