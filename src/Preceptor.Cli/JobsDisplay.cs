using System.Diagnostics;
using Preceptor.Foundation;
using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>Shows how many of many jobs are done: a line a job, with the time left judged by those before it.</summary>
/// <param name="words">Where people read.</param>
/// <param name="title">What the jobs belong to.</param>
/// <param name="json">Whether training progress goes to standard output as JSON.</param>
internal sealed class JobsDisplay(IAnsiConsole words, string title, bool json) : IProgress<TrainingProgress>, IDisposable
{
    private readonly ProgressDisplay? training = json ? ProgressDisplay.Create(json: true) : null;
    private readonly Lock output = new();
    private Stopwatch watch = Stopwatch.StartNew();
    private int done;
    private int count;

    /// <summary>Begins a number of jobs.</summary>
    public void Begin(int jobs)
    {
        (done, count, watch) = (0, jobs, Stopwatch.StartNew());
        words.WriteLineSafely($"{title}: {jobs} trainings to do");
    }

    /// <summary>Tells that one is done.</summary>
    public void Done(string label)
    {
        lock (output)
        {
            done++;
            var left = watch.Elapsed / done * (count - done);
            words.WriteLineSafely($"{title}: {done}/{count} · {label} · {(left.TotalMinutes >= 1 ? $"{left.TotalMinutes:0} min" : $"{left.TotalSeconds:0} s")} left");
        }
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => training?.Report(value);

    /// <inheritdoc/>
    public void Dispose() => training?.End();
}
