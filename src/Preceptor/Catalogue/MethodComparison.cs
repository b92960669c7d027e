using System.Text.Json.Nodes;
using Preceptor.Evaluation;

namespace Preceptor.Catalogue;

/// <summary>A method of a comparison, with what it scored and what it cost.</summary>
/// <param name="Result">Its run.</param>
/// <param name="TrainSeconds">Mean time a seed that its own training took, the baseline's left aside; null where it was not timed.</param>
/// <param name="ModelBytes">The size of its model's folder; null where it is not known.</param>
public sealed record ComparedMethod(RunResult Result, double? TrainSeconds, long? ModelBytes);

/// <summary>A line of a comparison's table: a method, or the floor or ceiling.</summary>
/// <param name="Arm">floor, baseline, method or ceiling.</param>
/// <param name="Name">What to call it.</param>
/// <param name="Score">Its score.</param>
/// <param name="Method">The method, or null for floor and ceiling.</param>
public sealed record ComparisonRow(string Arm, string Name, Interval Score, ComparedMethod? Method);

/// <summary>What a comparison found: many methods on one problem, on the same seeds.</summary>
public sealed record MethodComparison
{
    /// <summary>The methods that have a finished seed, the best score first. The baseline is among them.</summary>
    public required IReadOnlyList<ComparedMethod> Methods { get; init; }

    /// <summary>The methods that have none, or that do not fit the problem.</summary>
    public required IReadOnlyList<LeftOut> LeftOut { get; init; }

    /// <summary>The best method other than the baseline; null if there is none.</summary>
    public ComparedMethod? Best { get; private init; }

    /// <summary>The next best method other than the baseline; null if there is none.</summary>
    public ComparedMethod? Second { get; private init; }

    /// <summary>How far the best is ahead of the second, on the seeds that both have; null where they share none.</summary>
    public Interval? Lead { get; private init; }

    /// <summary>How many seeds were asked for.</summary>
    public required int Seeds { get; init; }

    /// <summary>The comparison's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>The baseline's result.</summary>
    public RunResult Baseline => Methods.First(m => m.Result.IsBaseline).Result;

    /// <summary>The metric of all scores.</summary>
    public Metric Metric => Baseline.Metric;

    /// <summary>What a method's answers cost, where that is scored beside them; null where answers are not drawn.</summary>
    public Metric? AnswerCost => Methods.All(m => m.Result.AllMetrics["method"].ContainsKey(ReasoningKind.Tokens.Name)) ? ReasoningKind.Tokens : null;

    /// <summary>Methods, floors and ceiling, the best score first. Several floors are named after the method whose supervision they are.</summary>
    public IReadOnlyList<ComparisonRow> Rows
    {
        get
        {
            var floors = Methods.Where(m => m.Result.Scores.ContainsKey("floor")).DistinctBy(m => m.Result.Scores["floor"].Mean).ToArray();
            ComparisonRow[] rows =
            [
                .. Baseline.Scores.TryGetValue("ceiling", out var ceiling) ? [new ComparisonRow("ceiling", "ceiling", ceiling, null)] : Array.Empty<ComparisonRow>(),
                .. Methods.Select(m => new ComparisonRow(IsBaseline(m) ? "baseline" : "method", IsBaseline(m) ? "baseline" : m.Result.Method, m.Result.Scores["method"], m)),
                .. floors.Select(m => new ComparisonRow("floor", floors.Length == 1 ? "floor" : $"floor of {m.Result.Method}", m.Result.Scores["floor"], null)),
            ];
            return [.. rows.OrderByDescending(r => Metric.Advantage(r.Score.Mean, 0))];
        }
    }

    /// <summary>Sums up the runs of the methods.</summary>
    /// <param name="methods">Each method with the outcomes that its result sums up; the baseline is among them.</param>
    /// <param name="leftOut">The methods without any.</param>
    /// <param name="seeds">How many seeds were asked for.</param>
    /// <param name="folder">The comparison's folder.</param>
    /// <param name="command">The command that repeats it.</param>
    public static MethodComparison Of(IReadOnlyList<(ComparedMethod Method, IReadOnlyList<ISeedOutcome> Outcomes)> methods, IReadOnlyList<LeftOut> leftOut, int seeds, string folder, string command)
    {
        var metric = methods[0].Method.Result.Metric;
        var sorted = methods.OrderByDescending(m => metric.Advantage(m.Method.Result.Scores["method"].Mean, 0)).ToArray();
        var others = sorted.Where(m => !IsBaseline(m.Method)).ToArray();
        return new()
        {
            Methods = [.. sorted.Select(m => m.Method)],
            LeftOut = leftOut,
            Seeds = seeds,
            Folder = folder,
            Command = command,
            Best = others.FirstOrDefault().Method,
            Second = others.Skip(1).FirstOrDefault().Method,
            Lead = others.Length > 1 ? Ahead(metric, others[0].Outcomes, others[1].Outcomes) : null,
        };
    }

    /// <summary>The result object of <c>--json</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["type"] = "result",
        ["command"] = Command,
        ["problem"] = Baseline.Problem,
        ["metric"] = Metric.Name,
        ["run"] = Folder,
        ["methods"] = new JsonArray([.. Methods.Select(m =>
        {
            var json = m.Result.ToJson();
            json["trainSeconds"] = m.TrainSeconds is { } seconds ? Math.Round(seconds, 3) : null;
            json["modelBytes"] = m.ModelBytes;
            return (JsonNode)json;
        })]),
        ["left_out"] = new JsonArray([.. LeftOut.Select(l => (JsonNode)new JsonObject { ["method"] = l.Method, ["reason"] = l.Reason })]),
    };

    private static bool IsBaseline(ComparedMethod method) => method.Result.IsBaseline;

    private static Interval? Ahead(Metric metric, IReadOnlyList<ISeedOutcome> first, IReadOnlyList<ISeedOutcome> second)
    {
        ulong[] shared = [.. first.Select(o => o.Seed).Intersect(second.Select(o => o.Seed))];
        if (shared.Length == 0) return null;
        TestScore[] Scores(IReadOnlyList<ISeedOutcome> outcomes) => [.. shared.Select(s => outcomes.First(o => o.Seed == s)).Select(o => metric.Score(o.Score("method")))];
        return Intervals.Difference(Scores(first), Scores(second), metric.Better);
    }
}
