using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Measurement;

namespace Preceptor.Catalogue;

/// <summary>What <c>preceptor measure</c> found.</summary>
/// <param name="Problem">The problem's name.</param>
/// <param name="Method">The measure's slug.</param>
/// <param name="Report">What it found.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="Folder">The folder of its files.</param>
/// <param name="Command">The command that repeats it.</param>
public sealed record MeasurementResult(string Problem, string Method, MeasurementReport Report, double Seconds, string Folder, string Command)
{
    /// <summary>The file of a table, in the folder.</summary>
    public string TableFile(string table) => Path.Combine(Folder, $"{table}.csv");

    /// <summary>The result object of <c>--json</c>; numbers that are none are null.</summary>
    public JsonObject ToJson() => new()
    {
        ["type"] = "result",
        ["problem"] = Problem,
        ["method"] = Method,
        ["sentence"] = Report.Sentence,
        ["values"] = new JsonObject(Report.Values.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)new JsonObject
        {
            ["mean"] = Finite(v.Value.Mean),
            ["low"] = Finite(v.Value.Low),
            ["high"] = Finite(v.Value.High),
            ["values"] = new JsonArray([.. v.Value.Values.Select(Finite)]),
        }))),
        ["tables"] = new JsonObject(Report.Tables.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)TableFile(t.Name)))),
        ["extra"] = new JsonObject { ["notes"] = new JsonArray([.. Report.Notes.Select(n => JsonValue.Create(n))]) },
        ["seconds"] = Math.Round(Seconds, 2),
        ["run"] = Folder,
        ["command"] = Command,
    };

    /// <summary>A number of a report for people: shares in per cent, others to four digits.</summary>
    public static string Text(double value, bool isShare) => !double.IsFinite(value) ? "–" : isShare ? $"{ResultText.Percent(value)} %"
        : ResultText.Number(value, Math.Abs(value) switch { >= 1000 => "#,0", >= 100 => "0.#", >= 1 or 0 => "0.###", _ => "0.####" });

    /// <summary>The ends of a number's interval; empty where it has none.</summary>
    public static string Ends(MeasuredValue value) => value.Value.Low == value.Value.High || !double.IsFinite(value.Value.Low) ? ""
        : string.Create(CultureInfo.InvariantCulture, $"[{Text(value.Value.Low, value.IsShare)}, {Text(value.Value.High, value.IsShare)}]");

    private static JsonNode? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
