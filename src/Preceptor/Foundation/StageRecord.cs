using System.Text.Json;
using System.Text.Json.Nodes;

namespace Preceptor.Foundation;

/// <summary>The note beside a stored stage: what decided its result, and the versions of the types that made it.</summary>
/// <param name="Description">Name, seed, streams, threads and inputs.</param>
/// <param name="Versions">Full type name → version.</param>
internal sealed record StageRecord(JsonObject Description, Dictionary<string, int> Versions)
{
    private const string FileName = "stage.json";

    /// <summary>The record of a finished stage; null if it never finished.</summary>
    public static StageRecord? Read(string place)
    {
        RunFolder.Recover(place);
        var path = Path.Combine(place, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<StageRecord>(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return null; // damaged: as if it had never finished
        }
    }

    /// <summary>Whether every type that made the result still has the same version.</summary>
    public bool IsCurrent(out List<Type> types)
    {
        types = [];
        foreach (var (name, version) in Versions)
        {
            if (VersionAttribute.Current(name, version) is not { } type) return false;
            types.Add(type);
        }
        return true;
    }

    /// <summary>Writes a stage's result and its record into a folder beside its place, and renames that.</summary>
    public static void Write(string place, JsonObject description, IEnumerable<Type> types, Action<string> save) => RunFolder.ReplaceWhole(place, folder =>
    {
        save(folder);
        var versions = types.ToDictionary(t => t.FullName!, VersionAttribute.Of);
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(new StageRecord(description, versions)));
    });
}
