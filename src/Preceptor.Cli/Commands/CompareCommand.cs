using System.CommandLine;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Readers;
using Preceptor.Reports;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor compare</c>: many methods on one problem, accuracy against cost.</summary>
internal static class CompareCommand
{
    private const int DefaultSeeds = 3;

    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string?>("SPEC") { Description = "A specification (YAML); left out: --problem, or a built-in problem", Arity = ArgumentArity.ZeroOrOne };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var methods = new Option<string>("--methods") { Description = "Methods parted by commas, or auto: all that fit the supervision; the baseline is always among them", DefaultValueFactory = _ => ComparedMethods.Automatic };
        var set = new Option<string[]>("--set") { Description = "key=value, such as training.epochs=3; method.* is for the method that the specification names", DefaultValueFactory = _ => [] };
        var seeds = new Option<int?>("--seeds") { Description = "How many seeds each method runs (default 3)" };
        var threads = new Option<int?>("--threads") { Description = "Threads of tensor operations; numbers repeat only for the same count (default 1)" };
        var budget = new Option<string?>("--budget") { Description = "A time such as 90s, 30m or 2h, after which no seed of a method is begun any more" };
        var output = new Option<string?>("--out") { Description = "The comparison's folder; left out: runs/<time>-compare" };
        var resume = new Option<string?>("--resume") { Description = "Continue the comparison in this folder; it ends with the same numbers as an unbroken one" };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("compare", "Train many methods on one problem, and show accuracy against cost") { file, problem, methods, set, seeds, threads, budget, output, resume, json };
        command.SetAction(parsed =>
        {
            var request = parsed.GetValue(resume) is { } folder
                ? CompareRequest.Resume(folder, new Option?[] { problem, methods, set, seeds, threads, budget, output }.Where(o => parsed.GetResult(o!) is { Implicit: false }).Select(o => o!.Name).Concat(parsed.GetValue(file) is null ? [] : ["SPEC"]))
                : New(new(parsed.GetValue(file), parsed.GetValue(problem), parsed.GetValue(set)!, parsed.GetValue(seeds), parsed.GetValue(threads)), parsed.GetValue(methods)!, parsed.GetValue(budget), parsed.GetValue(output));
            return Execute(request, parsed.GetValue(json), stop);
        });
        return command;
    }

    private sealed record Given(string? File, string? Problem, string[] Set, int? Seeds, int? Threads);

    private static CompareRequest New(Given given, string methods, string? budget, string? output)
    {
        RunCommand.CheckCounts(given.Seeds, given.Threads);
        TimeSpan? limit = budget is null ? null : Durations.Parse("--budget", budget);
        var specification = RunCommand.Specify(given.File, given.Problem, null, given.Set);
        bool IsForMethod(string assignment) => assignment.StartsWith("method.", StringComparison.Ordinal);
        var seeds = given.Seeds ?? DefaultSeeds;
        string RunCommandOf(Specification run) => run == specification
            ? RunCommand.Words(given.File, given.Problem, null, given.Set, seeds, given.Threads)
            : RunCommand.Words(given.File, given.Problem, run.MethodName, [.. given.Set.Where(s => !IsForMethod(s))], seeds, given.Threads);
        string[] words = [Terminal.Command, "compare", .. given.File is null ? [] : new[] { given.File }, .. given.Problem is null ? [] : new[] { "--problem", given.Problem }, "--methods", methods,
            .. given.Set.SelectMany(s => new[] { "--set", s }), "--seeds", $"{seeds}", .. given.Threads is null ? [] : new[] { "--threads", $"{given.Threads}" }, .. budget is null ? [] : new[] { "--budget", budget }];
        var onnx = new OnnxRows();
        var request = CompareRequest.Create(() =>
        {
            var chosen = ComparedMethods.Choose(specification, methods, DataFiles.Read, onnx.Run);
            if (given.Set.FirstOrDefault(IsForMethod) is { } assignment && chosen.Specifications.All(s => s != specification))
                throw new RequestException($"--set {assignment}: is for {specification.MethodName}, which --methods {methods} leaves out");
            return chosen;
        }, methods == ComparedMethods.Automatic, seeds, given.Threads ?? 1, limit, output, string.Join(' ', words.Select(RunCommand.Quote)), RunCommandOf);
        onnx.KeepIn(request.Baseline.OnnxFolder);
        return request;
    }

    private static int Execute(CompareRequest request, bool json, CancellationToken stop)
    {
        var progress = ProgressDisplay.Create(json);
        progress.Begin($"{request.Baseline.Specification.ProblemName} · {string.Join(", ", request.Runs.Select(r => r.Specification.MethodName))} · {ResultText.Count(request.Seeds, "seed")} → {request.Folder}");
        MethodComparison comparison;
        CompareWork work;
        try
        {
            (comparison, work) = CompareWork.Run(request, progress, stop);
        }
        catch (RequestException) when (request.IsNew)
        {
            request.Withdraw(); // a wrong request leaves nothing behind
            throw;
        }
        catch (OperationCanceledException)
        {
            progress.End();
            Terminal.Words(json).WriteLineSafely($"interrupted; finished seeds are kept, and a checkpoint of the others is written. To continue: {CompareDisplay.Resume(request)}");
            throw;
        }
        finally
        {
            progress.End();
        }
        RunFolder.WriteWhole(Path.Combine(request.Folder, "result.json"), comparison.ToJson().ToJsonString() + "\n");
        RunFolder.WriteWhole(Path.Combine(request.Folder, CompareRequest.ReportFile), ComparisonReport.Render(comparison));
        CompareDisplay.Show(Terminal.Words(json), comparison, request, work.IsCut);
        if (json) Console.Out.WriteLine(comparison.ToJson().ToJsonString());
        if (work.Failed is not [var failed, ..]) return ExitCode.Done;
        throw new WorkException($"{failed.Method} failed: {failed.Reason}; to try again: {CompareDisplay.Resume(request)}");
    }
}
