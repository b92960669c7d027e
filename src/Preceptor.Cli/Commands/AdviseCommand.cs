using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Catalogue.Trials;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Readers;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor advise</c>: which methods fit a problem's supervision, and what they brought elsewhere.</summary>
internal static class AdviseCommand
{
    private const string TrialFile = "trial.json";

    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string?>("SPEC") { Description = "A specification (YAML); left out: --problem, or a built-in problem", Arity = ArgumentArity.ZeroOrOne };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var set = new Option<string[]>("--set") { Description = "key=value, such as problem.teacher=none; may be repeated", DefaultValueFactory = _ => [] };
        var trial = new Option<string?>("--try") { Description = "Try them on these data for a time such as 90s, 2m or 1h, by successive halving with cross-validation, the plain methods always among them" };
        var output = new Option<string?>("--out") { Description = "The trial's folder; left out: runs/<time>-advise" };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("advise", "Say which methods fit the supervision that is offered, why, and what they brought elsewhere; with --try, also what they bring here") { file, problem, set, trial, output, json };
        command.SetAction(parsed =>
        {
            var specification = RunCommand.Specify(parsed.GetValue(file), parsed.GetValue(problem), null, parsed.GetValue(set)!);
            var kind = ProblemKinds.Of(specification);
            var advice = Advice.Of(kind, kind.Prepare(specification with { Methods = [] }, 0, DataFiles.Read, new OnnxRows().Run), EvidenceFile.Known);
            if (parsed.GetValue(trial) is not null && kind != ProblemKinds.Prediction) throw new RequestException($"--try is for problems of kind prediction, and {specification.ProblemName} is of kind {kind.Name}; compare --methods auto compares all methods that fit");
            if (parsed.GetValue(trial) is { } time) return Try(specification, Durations.Parse("--try", time), parsed.GetValue(output), advice, parsed.GetValue(json), stop);
            if (parsed.GetValue(output) is not null) throw new RequestException("--out is for --try");
            if (parsed.GetValue(json)) Console.Out.WriteLine(ToJson(advice).ToJsonString());
            else Show(advice, kind, parsed.GetValue(file) is { } path ? RunCommand.Quote(path) : $"--problem {specification.ProblemName}");
            return ExitCode.Done;
        });
        return command;
    }

    private static int Try(Specification specification, TimeSpan limit, string? output, Advice advice, bool json, CancellationToken stop)
    {
        var folder = OutputFolder.Choose(output, "advise", "trial", TrialFile);
        var onnx = new OnnxRows();
        var methods = ComparedMethods.Choose(specification, ComparedMethods.Automatic, DataFiles.Read, onnx.Run);
        var candidates = TrialCandidate.Of(methods.Specifications);
        folder.Create();
        onnx.KeepIn(Path.Combine(folder.Path, "onnx"));
        var metric = Metrics.Of(PredictionRunner.Prepare(specification with { Methods = [] }, 0, DataFiles.Read, onnx.Run).Problem.Target.Kind)[0];
        var progress = ProgressDisplay.Create(json);
        progress.Begin($"{specification.ProblemName} · {candidates.Count} ways to train → {folder.Path}");
        var work = new TrialWork(folder.Path, metric, limit, progress, stop);
        TrialResult result;
        try
        {
            using var guard = new RunFolder(folder.Path);
            work.Write(candidates);
            result = new MethodTrial(candidates, metric.Better, work.CarryOut).Run();
        }
        finally
        {
            progress.End();
        }
        work.CleanUp();
        var found = ToJson(advice);
        found["trial"] = TrialDisplay.ToJson(result, metric, folder.Path, work.Elapsed);
        if (result.Chosen is { } chosen) RunFolder.WriteWhole(Path.Combine(folder.Path, TrialDisplay.Recommended), chosen.Candidate.Specification.ToYaml());
        RunFolder.WriteWhole(Path.Combine(folder.Path, TrialFile), found.ToJsonString() + "\n");
        TrialDisplay.Show(Terminal.Words(json), result, metric, folder.Path, work.Elapsed);
        if (json) Console.Out.WriteLine(found.ToJsonString());
        return stop.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static void Show(Advice advice, ProblemKind kind, string problem)
    {
        var console = AnsiConsole.Console;
        console.WriteLineSafely($"{advice.Problem} offers");
        foreach (var offered in advice.Offered) console.WriteLineSafely($"  {offered}");
        Section("Methods that fit", advice.Methods.Where(a => a.Fits && !a.Method.Declaration.IsPlain));
        Section("Plain methods, to beat first", advice.Methods.Where(a => a.Fits && a.Method.Declaration.IsPlain));
        Section("Methods that do not fit", advice.Methods.Where(a => !a.Fits));
        console.WriteLineSafely("\nWhat helped elsewhere need not help here. To measure on this problem:");
        if (kind == ProblemKinds.Prediction) console.WriteLineSafely($"  {Terminal.Command} advise {problem} --try 2m");
        console.WriteLineSafely($"  {Terminal.Command} compare {problem} --methods auto");
        if (advice.Methods.FirstOrDefault(a => a is { Fits: true, Method.Declaration.IsPlain: false }) is { } first) console.WriteLineSafely($"  {Terminal.Command} run {problem} --method {first.Method.Chain}");
    }

    private static void Section(string title, IEnumerable<MethodAdvice> methods)
    {
        var console = AnsiConsole.Console;
        foreach (var (advice, i) in methods.Select((m, i) => (m, i)))
        {
            if (i == 0) console.WriteLineSafely($"\n{title}");
            console.WriteLineSafely($"  {advice.Method.Slug}: {advice.Method.Declaration.Summary}");
            console.WriteLineSafely($"      {advice.Why}");
            foreach (var claim in advice.Evidence)
                console.WriteLineSafely($"      measured on {EvidenceReport.Conditions(claim.Method)}: {claim.Claim}, {EvidenceReport.Difference(claim)}: {EvidenceReport.Words(claim.Verdict!.Value)}");
            if (advice.Evidence.Count == 0 && !advice.Method.Declaration.IsPlain) console.WriteLineSafely("      not yet measured");
            if (advice.Stale is { } stale) console.WriteLineSafely($"      measured before {stale}");
        }
    }

    private static JsonObject ToJson(Advice advice) => new()
    {
        ["type"] = "result",
        ["problem"] = advice.Problem,
        ["offered"] = new JsonArray([.. advice.Offered.Select(o => JsonValue.Create(o))]),
        ["methods"] = new JsonArray([.. advice.Methods.Select(a => (JsonNode)new JsonObject
        {
            ["method"] = a.Method.Slug,
            ["fits"] = a.Fits,
            ["plain"] = a.Method.Declaration.IsPlain,
            ["why"] = a.Why,
            ["stale"] = a.Stale,
            ["evidence"] = new JsonArray([.. a.Evidence.Select(c => (JsonNode)new JsonObject
            {
                ["claim"] = c.Claim,
                ["on"] = EvidenceReport.Conditions(c.Method),
                ["metric"] = c.Metric,
                ["difference"] = new JsonObject { ["mean"] = c.Difference.Mean, ["low"] = c.Difference.Low, ["high"] = c.Difference.High },
                ["verdict"] = EvidenceReport.Words(c.Verdict!.Value),
            })]),
        })]),
    };
}
