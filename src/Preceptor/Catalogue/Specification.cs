using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;

namespace Preceptor.Catalogue;

/// <summary>A method with its options.</summary>
public sealed record MethodChoice(MethodInfo Info, object Options);

/// <summary>
/// What a run is to do: a problem, a network, methods and a training, every key checked. Read from YAML, from
/// <c>--problem</c> and <c>--method</c>, and from <c>--set key=value</c>.
/// </summary>
public sealed record Specification
{
    private static readonly string[] Sections = ["problem", "model", "method", "training"];

    /// <summary>The built-in problem; null for the user's own data.</summary>
    public BuiltInProblem? BuiltIn { get; private init; }

    /// <summary>The problem's options: of the built-in problem, or the keys of the kind's own data, such as <see cref="Prediction.PredictionData"/>.</summary>
    public required object Problem { get; init; }

    /// <summary>The problem's settings, for messages that point at a line.</summary>
    public required MapSetting ProblemSettings { get; init; }

    /// <summary>The network's options, of the kind's record.</summary>
    public required object ModelSection { get; init; }

    /// <summary>The network, where the kind trains those of <see cref="ModelOptions"/>.</summary>
    public ModelOptions Model => (ModelOptions)ModelSection;

    /// <summary>The training.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Steps that better the supervision, then the method that trains.</summary>
    public required IReadOnlyList<MethodChoice> Methods { get; init; }

    /// <summary>The method that trains.</summary>
    public MethodChoice Fit => Methods[^1];

    /// <summary>The steps' slugs, joined by +.</summary>
    public string MethodName => string.Join("+", Methods.Select(m => m.Info.Slug));

    /// <summary>The problem's kind.</summary>
    public string Kind => BuiltIn?.Kind ?? ProblemKinds.All.First(k => k.DataType == Problem.GetType()).Name;

    /// <summary>The problem's name.</summary>
    public string ProblemName => BuiltIn?.Name ?? ((IProblemData)Problem).Name;

    /// <summary>Checks settings and turns them into a specification.</summary>
    /// <param name="settings">Problem, model, method and training.</param>
    /// <param name="overrides">Assignments such as <c>training.epochs=3</c>.</param>
    /// <exception cref="RequestException">A key or a value is not allowed.</exception>
    public static Specification From(MapSetting settings, IEnumerable<string> overrides)
    {
        foreach (var assignment in overrides) settings = Override(settings, assignment);
        foreach (var (key, setting) in settings.Entries)
            if (!Sections.Contains(key)) throw setting.Wrong($"there is no such section{Spelling.Hint(key, Sections)}; allowed: {string.Join(", ", Sections)}");

        var problem = settings.Find("problem") ?? throw settings.Wrong("problem: is missing");
        if (problem is ScalarSetting name) problem = new MapSetting(name.Place, name.Path, [new("name", name)]);
        if (problem is not MapSetting problemMap) throw problem.Wrong("expected keys and values, or the name of a built-in problem");
        BuiltInProblem? builtIn = null;
        object problemOptions;
        if (problemMap.Find("name") is { } builtInName)
        {
            builtIn = BuiltInProblems.Find(builtInName as ScalarSetting ?? throw builtInName.Wrong("expected the name of a built-in problem"));
            problemMap = problemMap.Without("name");
            problemOptions = Options.Bind(builtIn.OptionsType, problemMap);
        }
        else
        {
            if (problemMap.Find("rules") is ScalarSetting { Text.Length: > 0 } rules) problemMap = problemMap.With("rules", SpecificationReader.ReadRules(rules));
            problemOptions = Options.Bind((problemMap.Find("kind") is { } kind ? ProblemKinds.Find(kind) : ProblemKinds.Prediction).DataType, problemMap);
        }

        MapSetting Section(string key) => settings.Find(key) switch
        {
            null => new MapSetting(settings.Place, key, []),
            MapSetting map => map,
            ScalarSetting { Text: "" } empty => new MapSetting(empty.Place, key, []),
            var other => throw other.Wrong("expected keys and values"),
        };
        // encoder: {onnx: …} is a frozen network, with whatever encoder fits its features.
        MapSetting Network(MapSetting model) => model.Find("encoder") is not MapSetting frozen ? model
            : model.Find("frozen") is { } other ? throw other.Wrong("is named by encoder: already")
            : model.With("frozen", frozen).With("encoder", new ScalarSetting(frozen.Place, frozen.Path, "auto"));
        var kindOf = builtIn is not null ? ProblemKinds.Find(new ScalarSetting("built-in", "problem", builtIn.Kind)) : ProblemKinds.All.First(k => k.DataType == problemOptions.GetType());
        var defaults = builtIn?.Defaults ?? new Dictionary<string, string>();
        return new Specification
        {
            BuiltIn = builtIn,
            Problem = problemOptions,
            ProblemSettings = problemMap,
            ModelSection = Options.Bind(kindOf.ModelType, WithDefaults(kindOf.ModelType == typeof(ModelOptions) ? Network(Section("model")) : Section("model"), "model", defaults)),
            Training = Options.Bind<TrainingOptions>(WithDefaults(Section("training"), "training", defaults)),
            Methods = MethodSettings.Read(settings.Find("method") ?? new ScalarSetting(settings.Place, "method", builtIn?.Method ?? kindOf.Baseline)),
        };
    }

    /// <summary>The complete specification, defaults included, as YAML that reads back to the same.</summary>
    public string ToYaml()
    {
        var yaml = new StringBuilder();
        var problem = Options.Resolve(Problem);
        if (BuiltIn is not null) problem.Insert(0, "name", BuiltIn.Name);
        Append(yaml, "problem", problem);
        Append(yaml, "model", Options.Resolve(ModelSection));
        yaml.Append("method:\n");
        foreach (var method in Methods)
        {
            yaml.Append($"  - name: {method.Info.Slug}\n");
            foreach (var (key, value) in Options.Resolve(method.Options)) AppendValue(yaml, "    ", key, value);
        }
        Append(yaml, "training", Options.Resolve(Training));
        return yaml.ToString();
    }

    private static void Append(StringBuilder yaml, string section, JsonObject values)
    {
        yaml.Append($"{section}:\n");
        foreach (var (key, value) in values) AppendValue(yaml, "  ", key, value);
    }

    // JSON's scalars and lists are YAML's flow style; absent values and empty lists are left out.
    private static void AppendValue(StringBuilder yaml, string indent, string key, JsonNode? value)
    {
        if (key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))) key = JsonValue.Create(key).ToJsonString(Relaxed); // a class's name may be any text
        if (value is JsonObject inner)
        {
            yaml.Append($"{indent}{key}:\n");
            foreach (var (innerKey, innerValue) in inner) AppendValue(yaml, indent + "  ", innerKey, innerValue);
        }
        else if (value is not (null or JsonArray { Count: 0 }))
        {
            yaml.Append($"{indent}{key}: {value.ToJsonString(Relaxed)}\n");
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static MapSetting WithDefaults(MapSetting map, string section, IReadOnlyDictionary<string, string> defaults)
    {
        foreach (var (key, value) in defaults)
            if (key.StartsWith(section + ".", StringComparison.Ordinal) && key.Split('.')[1..] is var parts && IsFree(map, parts))
                map = Put(map, parts, ParseValue("built-in default", key, value));
        return map;
    }

    private static bool IsFree(Setting? setting, ReadOnlySpan<string> parts) => setting is null || setting is MapSetting map && parts.Length > 0 && IsFree(map.Find(parts[0]), parts[1..]);

    private static MapSetting Override(MapSetting settings, string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? assignment : assignment[..equals].Trim();
        var parts = key.Split('.');
        if (equals < 0 || parts.Length < 2 || parts.Any(p => p.Length == 0))
            throw new RequestException($"--set {assignment}: expected key=value with a key such as training.epochs or method.weight");
        if (!Sections.Contains(parts[0])) throw new RequestException($"--set {assignment}: there is no section '{parts[0]}'{Spelling.Hint(parts[0], Sections)}; allowed: {string.Join(", ", Sections)}");
        var value = ParseValue($"--set {assignment}", key, assignment[(equals + 1)..]);
        if (parts[0] == "method") return MethodSettings.Override(settings, parts[1..], value);
        if (parts[0] == "problem" && settings.Find("problem") is ScalarSetting name) settings = settings.With("problem", new MapSetting(name.Place, name.Path, [new("name", name)]));
        return Put(settings, parts, value);
    }

    internal static MapSetting Put(MapSetting map, ReadOnlySpan<string> parts, Setting value) =>
        parts.Length == 1 ? map.With(parts[0], value)
        : map.With(parts[0], Put(map.Find(parts[0]) as MapSetting ?? new MapSetting(value.Place, map.Path.Length == 0 ? parts[0] : $"{map.Path}.{parts[0]}", []), parts[1..], value));

    private static Setting ParseValue(string place, string key, string text)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']')) return new ScalarSetting(place, key, text);
        var items = text[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new ListSetting(place, key, [.. items.Select(i => new ScalarSetting(place, key, i))]);
    }
}
