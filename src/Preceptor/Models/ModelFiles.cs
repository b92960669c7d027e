using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>Reads and writes the JSON files of a model folder.</summary>
public static class ModelFiles
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) }, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    public static void WriteJson<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, Format));

    /// <summary>Writes an object beside its place and renames it.</summary>
    public static void WriteJsonWhole<T>(string path, T value) => RunFolder.WriteWhole(path, JsonSerializer.Serialize(value, Format) + "\n");

    /// <summary>An object as <see cref="WriteJson"/> writes it.</summary>
    public static JsonObject ToJson<T>(T value) => JsonSerializer.SerializeToNode(value, Format)!.AsObject();

    /// <summary>Reads an object.</summary>
    /// <exception cref="RequestException">The file is missing or is not what <see cref="WriteJson"/> wrote.</exception>
    public static T ReadJson<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format) ?? throw new RequestException($"{path}: holds nothing");
        }
        catch (JsonException e)
        {
            throw new RequestException($"{path}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new RequestException($"{path}: {e.Message}", e);
        }
    }
}
