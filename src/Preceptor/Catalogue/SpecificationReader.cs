using Preceptor.Foundation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Preceptor.Catalogue;

/// <summary>Reads YAML into settings that know their file and line.</summary>
public static class SpecificationReader
{
    private const int LargestFile = 4 << 20;
    private const int DeepestNesting = 32;

    /// <summary>Reads a file.</summary>
    /// <exception cref="RequestException">The file is missing, too large or not YAML.</exception>
    public static MapSetting Read(string path)
    {
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file{NearestFile(path)}");
        if (new FileInfo(path).Length > LargestFile) throw new RequestException($"{path}: a specification is smaller than {LargestFile >> 20} MB");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads the file of rules that a specification names: a name with keys for each rule.</summary>
    /// <param name="file">The name of the file, where it is written.</param>
    internal static MapSetting ReadRules(ScalarSetting file)
    {
        if (!File.Exists(file.Text)) throw file.Wrong($"{file.Text}: there is no such file{NearestFile(file.Text)}");
        try
        {
            return Parse(File.ReadAllText(file.Text), file.Text, "file of rules", "a name, and under it column:, a test and label:, for each rule");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw file.Wrong($"{file.Text}: cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads YAML text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="thing">What it is.</param>
    /// <param name="expected">What it holds.</param>
    public static MapSetting Parse(string text, string name, string thing = "specification", string expected = "keys and values: problem, model, method, training")
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new RequestException($"{name} line {e.Start.Line}, column {e.Start.Column}: not YAML: {e.InnerException?.Message ?? e.Message}", e);
        }
        if (yaml.Documents.Count == 0) throw new RequestException($"{name}: the {thing} is empty");
        return Convert(yaml.Documents[0].RootNode, name, "", 0) as MapSetting
            ?? throw new RequestException($"{name} line 1: expected {expected}");
    }

    private static Setting Convert(YamlNode node, string file, string path, int depth)
    {
        var place = $"{file} line {node.Start.Line}";
        if (depth > DeepestNesting) throw new RequestException($"{place}: nested more than {DeepestNesting} deep");
        switch (node)
        {
            case YamlScalarNode scalar:
                return new ScalarSetting(place, path, scalar.Value ?? "");
            case YamlSequenceNode sequence:
                return new ListSetting(place, path, [.. sequence.Children.Select((c, i) => Convert(c, file, path, depth + 1))]);
            case YamlMappingNode mapping:
                var entries = new List<KeyValuePair<string, Setting>>();
                foreach (var (keyNode, value) in mapping.Children)
                {
                    if (keyNode is not YamlScalarNode { Value: { } key }) throw new RequestException($"{file} line {keyNode.Start.Line}: a key must be a word");
                    var child = Convert(value, file, path.Length == 0 ? key : $"{path}.{key}", depth + 1);
                    entries.Add(new(key, child with { Place = $"{file} line {keyNode.Start.Line}" }));
                }
                return new MapSetting(place, path, entries);
            default:
                throw new RequestException($"{place}: expected a value, a list, or keys and values");
        }
    }

    private static string NearestFile(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(folder) ? Spelling.Hint(Path.GetFileName(path), Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))) : "";
    }
}
