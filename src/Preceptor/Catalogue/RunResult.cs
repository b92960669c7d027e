using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>What a run found: the scores of its arms with intervals, and what the method brought over the baseline.</summary>
public sealed record RunResult
{
    /// <summary>The problem's name.</summary>
    public required string Problem { get; init; }

    /// <summary>The method's slug.</summary>
    public required string Method { get; init; }

    /// <summary>The slug of the plain method that others are compared with.</summary>
    public required string BaselineMethod { get; init; }

    /// <summary>Whether the method is that one.</summary>
    public bool IsBaseline => Method == BaselineMethod;

    /// <summary>The form of what was predicted; null where the kind is not prediction.</summary>
    public TargetKind? Target { get; init; }

    /// <summary>The metric of <see cref="Scores"/>.</summary>
    public required Metric Metric { get; init; }

    /// <summary>How many seeds.</summary>
    public required int Seeds { get; init; }

    /// <summary>Test items of the first seed.</summary>
    public required int TestItems { get; init; }

    /// <summary>What the test labels are worth.</summary>
    public required ScoredOn ScoredOn { get; init; }

    /// <summary>floor, baseline, method and ceiling, where they exist.</summary>
    public required IReadOnlyDictionary<string, Interval> Scores { get; init; }

    /// <summary>Method over baseline; positive is better.</summary>
    public required Interval Difference { get; init; }

    /// <summary>The share of the gap between floor (or baseline, where no supervision predicts) and ceiling that the method closed; null where that gap is under ten points.</summary>
    public required Interval? RecoveredGap { get; init; }

    /// <summary>How often the method answers as the supervision itself does, where that is right and where it is wrong, all seeds together; null where that predicts no class.</summary>
    public Agreement? Agreement { get; init; }

    /// <summary>Every metric's mean over seeds, by arm.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> AllMetrics { get; init; }

    /// <summary>All metrics.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>What a reader should know about data and labels.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Time the run took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The run's folder.</summary>
    public required string? Folder { get; init; }

    /// <summary>The command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>Summarises the outcomes of one or more seeds.</summary>
    public static RunResult Of(Specification specification, IReadOnlyList<ISeedOutcome> outcomes, Metric metric, double seconds, string? folder, string command)
    {
        var scores = outcomes.Select(o => o.ArmNames.ToDictionary(a => a, o.Score)).ToArray();
        var arms = scores[0].Keys.ToArray();
        IReadOnlyList<TestScore> Arm(string arm, Metric by) => [.. scores.Select((s, seed) => by.Score(s[arm], outcomes[seed].Weights))];
        var floor = arms.Contains("floor") ? "floor" : "baseline";
        return new RunResult
        {
            Problem = specification.ProblemName,
            Method = specification.MethodName,
            BaselineMethod = ProblemKinds.Of(specification).Baseline,
            Target = outcomes[0].Target,
            Metric = metric,
            Seeds = outcomes.Count,
            TestItems = outcomes[0].TestItems,
            ScoredOn = outcomes[0].ScoredOn,
            Scores = arms.ToDictionary(a => a, a => Intervals.Of(Arm(a, metric))),
            Difference = Intervals.Difference(Arm("method", metric), Arm("baseline", metric), metric.Better),
            RecoveredGap = arms.Contains("ceiling") && (metric == Evaluation.Metrics.Accuracy || outcomes[0].Target is null && metric.IsShare) ? Evaluation.RecoveredGap.Of(Arm("method", metric), Arm(floor, metric), Arm("ceiling", metric)) : null,
            Agreement = arms.Contains("floor") && outcomes[0].Target == TargetKind.One
                ? scores.Select(s => Evaluation.Agreement.Of((ClassificationScores)s["floor"], (ClassificationScores)s["method"])).Aggregate((a, b) => a + b) : null,
            AllMetrics = arms.ToDictionary(a => a, a => (IReadOnlyDictionary<string, double>)outcomes[0].Metrics.Where(m => outcomes.All(o => o.Score(a) is not MeasuredScores measured || measured.Values.ContainsKey(m.Name))).ToDictionary(m => m.Name, m => Arm(a, m).Average(s => s.Value))),
            Metrics = outcomes[0].Metrics,
            Notes = outcomes[0].Notes,
            Seconds = seconds,
            Folder = folder,
            Command = command,
        };
    }

    /// <summary>The result object of <c>--json</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["type"] = "result",
        ["problem"] = Problem,
        ["method"] = Method,
        ["metric"] = Metric.Name,
        ["better"] = Options.Key(Metric.Better.ToString()),
        ["seeds"] = Seeds,
        ["testItems"] = TestItems,
        ["scoredOn"] = Options.Key(ScoredOn.ToString()),
        ["scores"] = new JsonObject(Scores.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)ToJson(s.Value, withValues: true)))),
        ["difference"] = ToJson(Difference, withValues: false),
        ["extra"] = new JsonObject
        {
            ["target"] = Target is { } target ? Options.Key(target.ToString()) : null,
            ["pgr"] = RecoveredGap is null ? null : ToJson(RecoveredGap, withValues: false),
            ["agreement"] = Agreement is null ? null : new JsonObject
            {
                ["supervisionRight"] = new JsonObject { ["rows"] = Agreement.RightRows, ["agreed"] = Agreement.AgreedRight },
                ["supervisionWrong"] = new JsonObject { ["rows"] = Agreement.WrongRows, ["agreed"] = Agreement.AgreedWrong, ["corrected"] = Agreement.Corrected },
            },
            ["metrics"] = new JsonObject(AllMetrics.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)new JsonObject(a.Value.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)))))),
            ["notes"] = new JsonArray([.. Notes.Select(n => JsonValue.Create(n))]),
        },
        ["seconds"] = Math.Round(Seconds, 2),
        ["run"] = Folder,
        ["command"] = Command,
    };

    private static JsonObject ToJson(Interval interval, bool withValues)
    {
        var json = new JsonObject { ["mean"] = interval.Mean, ["low"] = interval.Low, ["high"] = interval.High };
        if (withValues) json["values"] = new JsonArray([.. interval.Values.Select(v => JsonValue.Create(v))]);
        return json;
    }
}
