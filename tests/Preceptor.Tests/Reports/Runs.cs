using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;

namespace Preceptor.Tests.Reports;

/// <summary>Invented outcomes of runs.</summary>
internal static class Runs
{
    public const string Yaml = "problem:\n  name: \"tickets\"\n";

    public static readonly string[] Classes = ["billing", "bug", "login"];

    /// <summary>The outcome of one seed: each arm is right as often as its number says.</summary>
    public static SeedOutcome Outcome(ulong seed, string[] arms, ScoredOn scoredOn = ScoredOn.Truth, string[]? classes = null, int rows = 120)
    {
        classes ??= Classes;
        int[] labels = [.. Enumerable.Range(0, rows).Select(r => r % classes.Length)];
        var outcome = new SeedOutcome
        {
            Seed = seed,
            Classes = classes,
            Labels = labels,
            ScoredOn = scoredOn,
            LabelledRows = 450,
            TrainingRows = 500,
            Arms = arms.ToDictionary(a => a, a => new ArmOutcome(Probabilities(seed, a, labels, classes.Length), a == "floor" ? null : Training(seed))),
        };
        return outcome with
        {
            Hardest = [.. outcome.Disagreements("method").Take(SeedOutcome.ShownRows).Select(r => new ShownRow(r.Row, $"id-{r.Row}", $"text of row {r.Row}", null))],
            Doubts = new(2, [.. Enumerable.Range(0, 2).Select(r => new DoubtedLabel(new(r, $"id-{r}", $"training text {r}", null), 0, 1, 0.9f))]),
        };
    }

    public static (RunResult Result, SeedOutcome[] Outcomes) Of(int seeds, string[]? arms = null, ScoredOn scoredOn = ScoredOn.Truth, string[]? classes = null)
    {
        SeedOutcome[] outcomes = [.. Enumerable.Range(0, seeds).Select(s => Outcome((ulong)s, arms ?? ["floor", "baseline", "method", "ceiling"], scoredOn, classes))];
        return (Summary(outcomes), outcomes);
    }

    public static RunResult Summary(SeedOutcome[] outcomes) => RunResult.Of(Draft(), outcomes, Metrics.Accuracy, 12.5, "runs/one", "preceptor run --problem tickets");

    public static Specification Draft() =>
        Specification.From(new MapSetting("test", "", [new("problem", new ScalarSetting("test", "problem", "tickets"))]), []);

    private static float[] Probabilities(ulong seed, string arm, int[] labels, int classes)
    {
        var accuracy = arm switch { "floor" => 0.55, "baseline" => 0.6, "ceiling" => 0.95, _ => 0.8 };
        var random = RandomStream.Of(seed, arm);
        var probabilities = new float[labels.Length * classes];
        for (var row = 0; row < labels.Length; row++)
        {
            var best = random.NextDouble() < accuracy ? labels[row] : (labels[row] + 1 + random.Next(classes - 1)) % classes;
            var sure = (float)(0.5 + random.NextDouble() / 2);
            for (var c = 0; c < classes; c++) probabilities[row * classes + c] = c == best ? sure : (1 - sure) / (classes - 1);
        }
        return probabilities;
    }

    private static TrainingSummary Training(ulong seed) =>
        new([.. Enumerable.Range(1, 4).Select(e => new EpochRecord(e, 1.0 / e, 0.5 + e * 0.1, 1.2 / e))], 4, 4, 2 + seed);
}
