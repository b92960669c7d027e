using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Trials;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>What a trial found, for people and as JSON.</summary>
internal static class TrialDisplay
{
    /// <summary>The best specification, in the trial's folder.</summary>
    public const string Recommended = "recommended.yaml";

    public static void Show(IAnsiConsole console, TrialResult result, Metric metric, string folder, TimeSpan time)
    {
        var scored = result.Entries.Count(e => e.Scores.Count > 0);
        console.WriteLineSafely($"\nTried {scored} ways to train in {time.TotalSeconds:0} s, the last {result.Judged} on {ResultText.Count(result.Folds, "fold")} of the labelled training rows; no test row was looked at");
        var table = new Table().Border(TableBorder.Minimal).AddColumn("").AddColumn(metric.Name, c => c.RightAligned()).AddColumn("folds", c => c.RightAligned());
        foreach (var entry in result.Entries.Where(e => e.Scores.Count > 0).Take(Math.Max(result.Judged, 12)))
            table.AddRow(Markup.Escape(entry.Candidate.Name), ResultText.Value(metric, entry.Mean), $"{entry.Scores.Count}");
        console.Write(table);
        foreach (var failed in result.Entries.Where(e => e.Failure is not null && e.Candidate.Setting is null)) console.WriteLineSafely($"left out {failed.Candidate.Name}: {failed.Failure}");
        if (result.IsCut) console.WriteLineSafely(scored < result.Entries.Count ? "The time was too short to try all of them; a longer --try is surer." : "The time was too short for all folds; a longer --try is surer.");
        if (Sentence(result, metric) is not { } sentence) throw new WorkException("the time was too short to train even one plain method; give --try more");
        console.WriteLineSafely(sentence);
        console.WriteLineSafely($"  {Terminal.Command} run {Commands.RunCommand.Quote(Path.Combine(folder, Recommended))} --seeds 3");
    }

    /// <summary>What is recommended and why; null where nothing was scored.</summary>
    public static string? Sentence(TrialResult result, Metric metric) => result switch
    {
        { Chosen: null } => null,
        { Lead: null } => $"Recommended: {result.Chosen.Candidate.Name}: the best of all, and a plain method.",
        { Lead: var lead } when result.Chosen == result.Entries[0] => $"Recommended: {result.Chosen.Candidate.Name}: ahead of {result.BestPlain!.Candidate.Name} by {ResultText.Difference(metric, lead)} (one standard error either way).",
        { Lead: var lead } => $"Recommended: {result.Chosen.Candidate.Name}: {result.Entries[0].Candidate.Name} is ahead by {ResultText.Difference(metric, lead)} only, not more than one standard error: chance, perhaps.",
    };

    public static JsonObject ToJson(TrialResult result, Metric metric, string folder, TimeSpan time) => new()
    {
        ["metric"] = metric.Name,
        ["seconds"] = Math.Round(time.TotalSeconds, 1),
        ["folds"] = result.Folds,
        ["isCut"] = result.IsCut,
        ["chosen"] = result.Chosen?.Candidate.Name,
        ["bestPlain"] = result.BestPlain?.Candidate.Name,
        ["lead"] = result.Lead is null ? null : new JsonObject { ["mean"] = result.Lead.Mean, ["low"] = result.Lead.Low, ["high"] = result.Lead.High },
        ["specification"] = Path.Combine(folder, Recommended),
        ["candidates"] = new JsonArray([.. result.Entries.Select(e => (JsonNode)new JsonObject
        {
            ["method"] = e.Candidate.Specification.MethodName,
            ["setting"] = e.Candidate.Setting,
            ["plain"] = e.Candidate.IsPlain,
            ["scores"] = new JsonArray([.. e.Scores.Select(s => JsonValue.Create(s.Value))]),
            ["failure"] = e.Failure,
        })]),
    };
}
