using System.Diagnostics;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>
/// A child process's side of <see cref="ChildProcesses"/>: it prints its progress a line a report, stops at a safe point when its
/// standard input says so, and ends at once when that closes, so that it never outlives a killed parent and holds a folder against
/// its successor.
/// </summary>
internal static class ChildWork
{
    public const string StopWord = "stop";

    /// <summary>Does the work of a hidden command.</summary>
    /// <param name="work">The work: given where to report, and what stops it at the next safe point.</param>
    /// <param name="stop">Stops the process itself.</param>
    public static int Do(Action<IProgress<TrainingProgress>, CancellationToken> work, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watcher = new Thread(() =>
        {
            if (Console.In.ReadLine() != StopWord) Process.GetCurrentProcess().Kill(); // whatever it was doing: work may be killed at any moment
            try
            {
                ends.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // the work ended first
            }
        })
        { IsBackground = true };
        watcher.Start();
        work(new Lines(), ends.Token);
        return ExitCode.Done;
    }

    private sealed class Lines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Console.Out.WriteLine(JsonSerializer.Serialize(value));
    }
}
