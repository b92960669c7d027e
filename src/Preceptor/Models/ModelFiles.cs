using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>Reads and writes the JSON files of a model folder.</summary>
public static class ModelFiles
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) }, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OneLine = new(Format) { WriteIndented = false };

    /// <summary>Writes an object.</summary>
    public static void WriteJson<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, Format));

    /// <summary>Writes an object beside its place and renames it.</summary>
    public static void WriteJsonWhole<T>(string path, T value) => RunFolder.WriteWhole(path, JsonSerializer.Serialize(value, Format) + "\n");

    /// <summary>An object as <see cref="WriteJson"/> writes it.</summary>
    public static JsonObject ToJson<T>(T value) => JsonSerializer.SerializeToNode(value, Format)!.AsObject();

    /// <summary>A value as <see cref="WriteJson"/> writes it, on one line.</summary>
    internal static string ToText<T>(T value) => JsonSerializer.SerializeToNode(value, Format)!.ToJsonString(OneLine);

    /// <summary>Reads an object.</summary>
    /// <exception cref="RequestException">The file is missing or is not what <see cref="WriteJson"/> wrote.</exception>
    public static T ReadJson<T>(string path)
    {
        try
        {
            return ParseJson<T>(File.ReadAllText(path), path);
        }
        catch (IOException e)
        {
            throw new RequestException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads an object from text.</summary>
    /// <param name="text">What <see cref="WriteJson"/> writes.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="RequestException">The text is something else.</exception>
    public static T ParseJson<T>(string text, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Format) ?? throw new RequestException($"{name}: holds nothing");
        }
        catch (JsonException e)
        {
            throw new RequestException($"{name}: {e.Message}", e);
        }
    }
}
