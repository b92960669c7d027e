using System.CommandLine;
using System.Diagnostics;
using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor run</c>: baseline, method and ceiling on one problem, and what the method brought.</summary>
internal static class RunCommand
{
    private const string DefaultProblem = "tickets";
    private const int DefaultSeeds = 3;

    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string?>("SPEC") { Description = "A specification (YAML); left out: --problem, or a built-in problem", Arity = ArgumentArity.ZeroOrOne };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var method = new Option<string?>("--method") { Description = "A method (see methods); left out: the one the problem is meant for" };
        var set = new Option<string[]>("--set") { Description = "key=value, such as training.epochs=3 or method.weight=0.5; may be repeated", DefaultValueFactory = _ => [] };
        var seeds = new Option<int?>("--seeds") { Description = "How many seeds to run; two at a time, each on one thread" };
        var threads = new Option<int?>("--threads") { Description = "Threads of tensor operations; numbers repeat only for the same count (default 1)" };
        var output = new Option<string?>("--out") { Description = "The run's folder; left out: runs/<time>-<method>" };
        var resume = new Option<string?>("--resume") { Description = "Continue the run in this folder; it ends with the same numbers as an unbroken one" };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("run", "Train baseline, method and ceiling on one problem, and show what the method brought; under mpirun the ranks share every batch (docs/scale.md)") { file, problem, method, set, seeds, threads, output, resume, json };
        command.SetAction(parsed =>
        {
            RankJob.Join();
            var request = RankJob.Agree(Terminal.Words(parsed.GetValue(json)), () => parsed.GetValue(resume) is { } folder
                ? RunRequest.Resume(folder, new Option?[] { problem, method, set, seeds, threads, output }.Where(o => parsed.GetResult(o!) is { Implicit: false }).Select(o => o!.Name).Concat(parsed.GetValue(file) is null ? [] : ["SPEC"]))
                : New(parsed.GetValue(file), parsed.GetValue(problem), parsed.GetValue(method), parsed.GetValue(set)!, parsed.GetValue(seeds), parsed.GetValue(threads), parsed.GetValue(output)));
            return Execute(request, parsed.GetValue(json), stop);
        });
        return command;
    }

    private static RunRequest New(string? file, string? problem, string? method, string[] set, int? seeds, int? threads, string? output)
    {
        CheckCounts(seeds, threads);
        var specification = Specify(file, problem, method, set);
        var quiet = file is null && problem is null && method is null && set.Length == 0;
        return RunRequest.Create(specification, seeds ?? (quiet ? DefaultSeeds : 1), threads ?? 1, output, Words(file, problem, method, set, seeds, threads));
    }

    /// <summary>Checks the values of --seeds and --threads.</summary>
    internal static void CheckCounts(int? seeds, int? threads)
    {
        if (seeds is < 1 or > 1000) throw new RequestException($"--seeds {seeds}: expected a whole number in [1, 1000]");
        if (threads is < 1 or > 256) throw new RequestException($"--threads {threads}: expected a whole number in [1, 256]");
    }

    /// <summary>The specification that a file, --problem, --method and --set come to; the default problem where nothing names one.</summary>
    internal static Specification Specify(string? file, string? problem, string? method, string[] set)
    {
        if (file is not null && Path.GetExtension(file) is ".csv" or ".tsv" or ".gz") throw new RequestException($"{file}: is data, expected a specification; write one with {Terminal.Command} init {Quote(file)}");
        if (file is not null && problem is not null) throw new RequestException("give a specification or --problem, not both");
        var settings = file is not null ? SpecificationReader.Read(file) : new MapSetting("command line", "", []);
        if (problem is not null) settings = settings.With("problem", new ScalarSetting($"--problem {problem}", "problem", problem));
        else if (file is null && !set.Any(s => s.StartsWith("problem.data", StringComparison.Ordinal))) settings = settings.With("problem", new ScalarSetting("default", "problem", DefaultProblem));
        if (method is not null) settings = settings.With("method", new ScalarSetting($"--method {method}", "method", method));
        return Specification.From(settings, set);
    }

    /// <summary>The command that repeats a run.</summary>
    internal static string Words(string? file, string? problem, string? method, string[] set, int? seeds, int? threads)
    {
        string[] command = [Terminal.Command, "run", .. file is null ? [] : new[] { file }, .. problem is null ? [] : new[] { "--problem", problem }, .. method is null ? [] : new[] { "--method", method },
            .. set.SelectMany(s => new[] { "--set", s }), .. seeds is null ? [] : new[] { "--seeds", $"{seeds}" }, .. threads is null ? [] : new[] { "--threads", $"{threads}" }];
        return string.Join(' ', command.Select(Quote));
    }

    internal static string Quote(string word) => word.Any(c => char.IsWhiteSpace(c) || "[]*?'\"$&;()".Contains(c, StringComparison.Ordinal)) ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'" : word;

    private static IReadOnlyList<ISeedOutcome> Train(RunRequest request, ProgressDisplay progress, CancellationToken stop)
    {
        var ranks = RankJob.Ranks;
        if (request.Seeds > 1 && !ranks.AreMany) return SeedProcesses.Run(request, progress, stop);
        using var guard = request.Seeds > 1 && ranks.IsFirst ? new RunFolder(request.Folder) : null;
        using var together = Ranks.Use(ranks);
        return [.. Enumerable.Range(0, request.Seeds).Select(seed => SeedWork.Run(request.Folder, request.SeedFolder(seed), (ulong)seed, progress, stop))];
    }

    private static int Execute(RunRequest request, bool json, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var progress = ProgressDisplay.Create(json);
        progress.Begin($"{request.Specification.ProblemName} · {request.Specification.MethodName} · {ResultText.Count(request.Seeds, "seed")} → {request.Folder}");
        IReadOnlyList<ISeedOutcome> outcomes;
        try
        {
            outcomes = Train(request, progress, stop);
        }
        catch (RequestException) when (request.IsNew)
        {
            request.Withdraw(); // a wrong request leaves nothing behind
            throw;
        }
        catch (OperationCanceledException)
        {
            progress.End();
            Terminal.Words(json).WriteLineSafely($"interrupted; a checkpoint is written. To continue: {Terminal.Command} run --resume {Quote(request.Folder)}");
            throw;
        }
        finally
        {
            progress.End();
        }
        if (!RankJob.Ranks.IsFirst) return ExitCode.Done; // the first one sums up for all
        var result = request.Finish(outcomes, watch.Elapsed.TotalSeconds);
        ResultDisplay.Show(Terminal.Words(json), result, request);
        if (json) Console.Out.WriteLine(result.ToJson().ToJsonString());
        return ExitCode.Done;
    }
}
