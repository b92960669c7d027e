using System.Diagnostics;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>A piece of work for a child process: a hidden command of this program that works within <see cref="ChildWork"/>.</summary>
/// <param name="Label">What to call it in progress and messages, such as <c>seed 1</c>.</param>
/// <param name="Arguments">The hidden command and its arguments.</param>
/// <param name="Threads">Threads of its tensor operations.</param>
internal sealed record ChildJob(string Label, IReadOnlyList<string> Arguments, int Threads)
{
    /// <summary>The job, also in the list, whose results this one uses: it starts only after that one is done, and not at all if that one fails.</summary>
    public ChildJob? After { get; init; }
}

/// <summary>How a job ended.</summary>
/// <param name="Job">The job.</param>
/// <param name="Code">Its exit code.</param>
/// <param name="Message">What it said on standard error; empty where all went well.</param>
/// <param name="Time">How long it took.</param>
internal sealed record ChildEnd(ChildJob Job, int Code, string Message, TimeSpan Time);

/// <summary>Runs jobs as child processes, in their order as far as they may start, as many at once as the threads they use leave processors for.</summary>
internal static class ChildProcesses
{
    /// <summary>Runs jobs until all that may start have ended. Stopping stops the running ones at a safe point and starts no other.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="progress">Told about their training, each stage named after its job.</param>
    /// <param name="stop">Stops.</param>
    /// <param name="mayStart">Asked before a job starts; a job that may not is left out for good. Null: all may.</param>
    /// <param name="ended">Told about every job that ended, one at a time.</param>
    /// <returns>The jobs that ended, done, failed or interrupted; those that never started are missing.</returns>
    public static IReadOnlyList<ChildEnd> Run(IReadOnlyList<ChildJob> jobs, IProgress<TrainingProgress> progress, CancellationToken stop, Func<ChildJob, bool>? mayStart = null, Action<ChildEnd>? ended = null)
    {
        var waiting = jobs.ToList();
        var ends = new List<ChildEnd>();
        var running = 0;
        var gate = new object();

        ChildJob? Next()
        {
            for (var i = 0; i < waiting.Count && !stop.IsCancellationRequested;)
            {
                var job = waiting[i];
                if (job.After is { } before && !ends.Any(e => e.Job == before && e.Code == ExitCode.Done))
                {
                    i++;
                    continue;
                }
                waiting.RemoveAt(i);
                if (mayStart is null || mayStart(job)) return job;
            }
            return null;
        }

        void Work()
        {
            while (true)
            {
                ChildJob? job;
                lock (gate)
                {
                    while ((job = Next()) is null)
                    {
                        if (waiting.Count == 0 || running == 0 || stop.IsCancellationRequested) return;
                        Monitor.Wait(gate); // what is running may allow what is waiting
                    }
                    running++;
                }
                ChildEnd? end = null;
                try
                {
                    end = RunChild(job, progress, stop);
                }
                finally
                {
                    lock (gate)
                    {
                        running--;
                        if (end is not null)
                        {
                            ends.Add(end);
                            ended?.Invoke(end);
                        }
                        Monitor.PulseAll(gate);
                    }
                }
            }
        }

        var workers = Math.Clamp(Environment.ProcessorCount / jobs.Max(j => j.Threads), 1, jobs.Count);
        Task.WhenAll([.. Enumerable.Range(0, workers).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]).GetAwaiter().GetResult();
        return ends;
    }

    /// <summary>Passes on what the first of the jobs that failed said; interrupted ones have not failed.</summary>
    /// <exception cref="RequestException">It was a wrong request.</exception>
    /// <exception cref="WorkException">It failed at work.</exception>
    public static void RequireNoFailure(IEnumerable<ChildEnd> ends)
    {
        if (ends.FirstOrDefault(e => e.Code is not (ExitCode.Done or ExitCode.Interrupted)) is { } end)
            throw end.Code == ExitCode.WrongRequest ? new RequestException(end.Message) : new WorkException($"{end.Job.Label}: {end.Message}");
    }

    private static ChildEnd RunChild(ChildJob job, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ChildProcesses).Assembly.Location);
        foreach (var argument in job.Arguments) start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = $"{job.Threads}";
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // spinning at barriers would take the other children's processor
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        using var forward = stop.Register(() => Stop(child));
        while (child.StandardOutput.ReadLine() is { } line)
            if (JsonSerializer.Deserialize<TrainingProgress>(line) is { } step) progress.Report(step with { Stage = $"{job.Label} · {step.Stage}" });
        child.WaitForExit();
        const string prefix = "error: ";
        var message = errors.Result.Trim();
        if (message.StartsWith(prefix, StringComparison.Ordinal)) message = message[prefix.Length..];
        else if (message.Length == 0 && child.ExitCode != ExitCode.Done) message = $"ended with code {child.ExitCode}";
        return new(job, child.ExitCode, message, watch.Elapsed);
    }

    // One word stops a child at its next safe point; the end of its input, when this process is killed, ends it at once.
    private static void Stop(Process child)
    {
        try
        {
            child.StandardInput.WriteLine(ChildWork.StopWord);
            child.StandardInput.Flush();
        }
        catch (IOException)
        {
            // it has ended already
        }
    }
}
