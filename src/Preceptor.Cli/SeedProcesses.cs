using System.Diagnostics;
using System.Text.Json;
using Preceptor.Cli.Commands;
using Preceptor.Foundation;
using Preceptor.Prediction;

namespace Preceptor.Cli;

/// <summary>Runs seeds as child processes, as many at once as the threads they use leave processors for.</summary>
internal static class SeedProcesses
{
    public static IReadOnlyList<SeedOutcome> Run(RunRequest request, ProgressDisplay progress, CancellationToken stop)
    {
        using var guard = new RunFolder(request.Folder);
        var parallel = Math.Max(1, Environment.ProcessorCount / request.Threads);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var errors = new List<(int Code, string Message)>();
        Parallel.For(0, request.Seeds, new ParallelOptions { MaxDegreeOfParallelism = parallel }, (seed, _) =>
        {
            if (failed.IsCancellationRequested) return;
            var (code, message) = RunChild(request, seed, progress, failed.Token);
            if (code == 0) return;
            lock (errors) errors.Add((code, message));
            failed.Cancel();
        });
        stop.ThrowIfCancellationRequested();
        if (errors.FirstOrDefault(e => e.Code != ExitCode.Interrupted) is { Code: not 0 } error)
            throw error.Code == ExitCode.WrongRequest ? new RequestException(error.Message) : new WorkException(error.Message);
        return [.. Enumerable.Range(0, request.Seeds).Select(s => SeedOutcome.Load(Path.Combine(SeedFolder(request, s), "answers")))];
    }

    // One word stops a child at its next safe point; the end of its input, when this process is killed, ends it at once.
    private static void Stop(Process child)
    {
        try
        {
            child.StandardInput.WriteLine(SeedCommand.StopWord);
            child.StandardInput.Flush();
        }
        catch (IOException)
        {
            // it has ended already
        }
    }

    private static string SeedFolder(RunRequest request, int seed) => Path.Combine(request.Folder, "seeds", $"{seed}");

    private static (int Code, string Message) RunChild(RunRequest request, int seed, ProgressDisplay progress, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(SeedProcesses).Assembly.Location);
        foreach (var argument in new[] { "seed", request.Folder, SeedFolder(request, seed), $"{seed}" }) start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = $"{request.Threads}";
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // spinning at barriers would take the other seeds' processor
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        using var forward = stop.Register(() => Stop(child));
        while (child.StandardOutput.ReadLine() is { } line)
            if (JsonSerializer.Deserialize<TrainingProgress>(line) is { } step) progress.Report(step with { Stage = $"seed {seed + 1} · {step.Stage}" });
        child.WaitForExit();
        var message = errors.Result.Trim();
        return (child.ExitCode, message.StartsWith("error: ", StringComparison.Ordinal) ? message["error: ".Length..] : $"seed {seed}: {(message.Length > 0 ? message : $"ended with code {child.ExitCode}")}");
    }
}
