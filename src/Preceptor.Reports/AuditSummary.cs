using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;

namespace Preceptor.Reports;

/// <summary>An audit in words and numbers, for the terminal, the report and programs.</summary>
public sealed record AuditSummary
{
    /// <summary>How many suspicious rows are shown.</summary>
    public const int ShownRows = 30;

    private const int MostOverlaps = 20;

    /// <summary>The problem's name.</summary>
    public required string Problem { get; init; }

    /// <summary>Who judged the labels.</summary>
    public required string Judge { get; init; }

    /// <summary>What was found.</summary>
    public required AuditFindings Findings { get; init; }

    /// <summary>The most suspicious rows, described for people.</summary>
    public required IReadOnlyList<ShownRow> Suspicious { get; init; }

    /// <summary>What a reader should know of the data.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Where the truth is known: rows found, those of them that are wrong, and all wrong ones.</summary>
    public required (int Found, int Right, int Wrong)? Against { get; init; }

    /// <summary>The share of wrong labels by rows that were checked, where some were.</summary>
    public required NoiseEstimate? Reviewed { get; init; }

    /// <summary>Whether cleaned.csv has labels corrected rather than rows left out.</summary>
    public required bool Corrects { get; init; }

    /// <summary>The command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>Its folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Time it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The estimated share of wrong labels, in words: by checked rows where there are some, else by confident learning.</summary>
    public string Noise
    {
        get
        {
            if (Reviewed is { } reviewed) return reviewed.Summary;
            var (low, high) = Findings.Joint.NoiseInterval();
            return $"estimated noise {Percent(Findings.Joint.NoiseRate)} % [{Percent(low)}, {Percent(high)}]";
        }
    }

    /// <summary>What was found, in sentences.</summary>
    public IEnumerable<string> Sentences
    {
        get
        {
            yield return $"{Count(Findings.Labelled, "label")} of {Count(Findings.Labels.Length, "row")}: {Noise}.";
            yield return $"{Count(Findings.Wrong.Length, "label")} {(Findings.Wrong.Length == 1 ? "is" : "are")} probably wrong, judged out of fold by {Judge}.";
            if (Against is { } against) yield return $"By the truth, which is known here, {against.Right:#,0} of the {against.Found:#,0} found are wrong (precision {Share(against.Right, against.Found)} %), of {against.Wrong:#,0} wrong ones in all (recall {Share(against.Right, against.Wrong)} %).";
            yield return $"{Count(Findings.ExactRepeats, "row")} {(Findings.ExactRepeats == 1 ? "repeats" : "repeat")} an earlier one ({Findings.Conflicts:#,0} with another label), {Findings.NearRepeats:#,0} nearly; {Findings.Outlying.Length:#,0} {(Findings.Outlying.Length == 1 ? "is" : "are")} unlike all others, {Findings.Blank.Length:#,0} blank.";
            if (Findings.SingleRowClasses.ToArray() is { Length: > 0 } single) yield return $"{(single.Length == 1 ? "Class" : "Classes")} {string.Join(", ", single.Take(5).Select(c => $"'{c}'"))}{(single.Length > 5 ? ", …" : "")} {(single.Length == 1 ? "has" : "have")} a single row each: nothing can be said of such labels.";
        }
    }

    /// <summary>The result object of <c>--json</c>.</summary>
    public JsonObject ToJson()
    {
        var (low, high) = Findings.Joint.NoiseInterval();
        return new()
        {
            ["type"] = "result",
            ["command"] = Command,
            ["problem"] = Problem,
            ["judge"] = Judge,
            ["rows"] = Findings.Labels.Length,
            ["labelled"] = Findings.Labelled,
            ["classes"] = Findings.Classes.Count,
            ["noise"] = new JsonObject { ["mean"] = Findings.Joint.NoiseRate, ["low"] = low, ["high"] = high },
            ["reviewedNoise"] = Reviewed is { } r ? new JsonObject { ["mean"] = r.Share.Mean, ["low"] = r.Share.Low, ["high"] = r.Share.High, ["checked"] = r.Checked } : null,
            ["wrongLabels"] = Findings.Wrong.Length,
            ["duplicates"] = Findings.ExactRepeats,
            ["duplicatesWithOtherLabel"] = Findings.Conflicts,
            ["nearDuplicates"] = Findings.NearRepeats,
            ["outliers"] = Findings.Outlying.Length,
            ["blank"] = Findings.Blank.Length,
            ["overlaps"] = new JsonArray([.. Findings.Joint.Overlaps().Take(MostOverlaps).Select(o => (JsonNode)new JsonObject { ["first"] = Findings.Classes[o.First], ["second"] = Findings.Classes[o.Second], ["share"] = o.Share })]),
            ["truth"] = Against is { } a ? new JsonObject { ["found"] = a.Found, ["right"] = a.Right, ["wrong"] = a.Wrong, ["precision"] = Ratio(a.Right, a.Found), ["recall"] = Ratio(a.Right, a.Wrong) } : null,
            ["seconds"] = Seconds,
            ["run"] = Folder,
        };
    }

    internal static string Percent(double share) => ResultText.Percent(share);

    internal static string Count(int count, string thing) => ResultText.Count(count, thing);

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static string Share(int part, int whole) => whole == 0 ? "–" : (100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture);
}
