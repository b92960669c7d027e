using System.Globalization;
using System.Text.Json;

namespace Preceptor.Tests;

/// <summary>
/// Golden numbers of published programs: JSON files in the folder that PRECEPTOR_GOLDENS names, or in ../shared/goldens beside the
/// repository. A test that asks for a case of a missing folder is skipped.
/// </summary>
public static class Goldens
{
    private static readonly string? Folder = FindFolder();

    /// <summary>The folder; only where a case could be read.</summary>
    public static string Root => Folder ?? throw new InvalidOperationException("there are no goldens here");

    /// <summary>All cases of a file, or those of a kind (the setting "kind").</summary>
    public static IReadOnlyList<GoldenCase> Cases(string file, string? kind = null)
    {
        if (Folder is null) Assert.Skip("the folder of golden numbers is missing (PRECEPTOR_GOLDENS or ../shared/goldens)");
        return Read(file, kind);
    }

    /// <summary>One case of a file.</summary>
    public static GoldenCase Case(string file, string name) => Cases(file).Single(c => c.Name == name);

    /// <summary>The names of the cases, for a theory's MemberData; one name that skips where the folder is missing.</summary>
    public static TheoryData<string> Names(string file, string? kind = null) =>
        Folder is null ? ["(no goldens here)"] : [.. Read(file, kind).Select(c => c.Name)];

    private static List<GoldenCase> Read(string file, string? kind)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, file)));
        return [.. document.RootElement.Clone().GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(c))
            .Where(c => kind is null || c.Setting("kind").Text == kind)];
    }

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("PRECEPTOR_GOLDENS") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Preceptor.slnx"))) root = root.Parent;
        if (root?.Parent is null) return null;
        var folder = Path.Combine(root.Parent.FullName, "shared", "goldens");
        return Directory.Exists(folder) ? folder : null;
    }
}

/// <summary>One case: settings, inputs, and the outputs of the published program.</summary>
public sealed class GoldenCase(JsonElement json)
{
    public string Name { get; } = json.GetProperty("name").GetString()!;

    /// <summary>A number passes where |actual − expected| ≤ Absolute + Relative · |expected|.</summary>
    public double Absolute { get; } = json.GetProperty("tolerance").GetProperty("abs").GetDouble();

    public double Relative { get; } = json.GetProperty("tolerance").GetProperty("rel").GetDouble();

    public GoldenValue Setting(string name) => Value("settings", name);

    public GoldenValue Input(string name) => Value("inputs", name);

    public GoldenValue Output(string name) => Value("outputs", name);

    public bool HasSetting(string name) => Has("settings", name);

    public bool HasInput(string name) => Has("inputs", name);

    public bool HasOutput(string name) => Has("outputs", name);

    public void AssertClose(string output, double actual) => AssertClose(output, [actual], [Output(output).Number]);

    public void AssertClose(string output, ReadOnlySpan<double> actual) => AssertClose(output, actual.ToArray(), Output(output).Doubles);

    public void AssertClose(string output, ReadOnlySpan<float> actual) => AssertClose(output, [.. actual.ToArray().Select(a => (double)a)], Output(output).Doubles);

    public override string ToString() => Name;

    private void AssertClose(string output, double[] actual, double[] expected)
    {
        Assert.True(expected.Length == actual.Length, $"{Name}: {output} has {actual.Length} numbers, expected {expected.Length}");
        for (var i = 0; i < expected.Length; i++)
        {
            var same = expected[i].Equals(actual[i]) || Math.Abs(actual[i] - expected[i]) <= Absolute + Relative * Math.Abs(expected[i]);
            Assert.True(same, string.Create(CultureInfo.InvariantCulture, $"{Name}: {output}[{i}] is {actual[i]:R}, expected {expected[i]:R}"));
        }
    }

    private bool Has(string part, string name) => json.TryGetProperty(part, out var values) && values.TryGetProperty(name, out _);

    private GoldenValue Value(string part, string name) =>
        Has(part, name) ? new(json.GetProperty(part).GetProperty(name)) : throw new KeyNotFoundException($"{Name}: {part} has no '{name}'");
}

/// <summary>A value of a golden case: a number, a text, a flag, or an array in the form {"shape": […], "data": […]}.</summary>
public readonly struct GoldenValue(JsonElement json)
{
    /// <summary>The value as it stands in the file, for forms of its own.</summary>
    public JsonElement Json { get; } = json;

    public double Number => ToDouble(Json);

    public int Integer => Json.GetInt32();

    public string Text => Json.GetString()!;

    public bool Flag => Json.GetBoolean();

    public long[] Shape => [.. Json.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())];

    /// <summary>The array's numbers, rounded to single precision straight from their decimals.</summary>
    public float[] Floats => [.. Data.Select(n => n.ValueKind == JsonValueKind.String ? (float)ToDouble(n) : n.GetSingle())];

    public double[] Doubles => [.. Data.Select(ToDouble)];

    public int[] Ints => [.. Data.Select(n => n.GetInt32())];

    private IEnumerable<JsonElement> Data => Json.ValueKind == JsonValueKind.Array ? Json.EnumerateArray() : Json.GetProperty("data").EnumerateArray();

    // JSON has no word for these numbers, so they are written as text.
    private static double ToDouble(JsonElement number) => number.ValueKind != JsonValueKind.String ? number.GetDouble() : number.GetString() switch
    {
        "NaN" or "nan" => double.NaN,
        "Infinity" or "inf" => double.PositiveInfinity,
        "-Infinity" or "-inf" => double.NegativeInfinity,
        var text => throw new FormatException($"'{text}' is no number"),
    };
}
