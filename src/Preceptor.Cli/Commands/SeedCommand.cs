using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Cli.Commands;

/// <summary>
/// The hidden command of a child process: one seed of a run. It stops at a safe point when its standard input says so, and
/// ends at once when that closes, so that it never outlives a killed parent and holds the seed's folder against its successor.
/// </summary>
internal static class SeedCommand
{
    public const string StopWord = "stop";

    public static Command Create(CancellationToken stop)
    {
        var run = new Argument<string>("RUN");
        var folder = new Argument<string>("FOLDER");
        var seed = new Argument<ulong>("SEED");
        var command = new Command("seed", "One seed of a run, for internal use") { run, folder, seed };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var watcher = new Thread(() =>
            {
                if (Console.In.ReadLine() != StopWord) Process.GetCurrentProcess().Kill(); // whatever it was doing: a run may be killed at any moment
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
            SeedWork.Run(parsed.GetValue(run)!, parsed.GetValue(folder)!, parsed.GetValue(seed), new Lines(), ends.Token);
            return ExitCode.Done;
        });
        return command;
    }

    private sealed class Lines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Console.Out.WriteLine(JsonSerializer.Serialize(value));
    }
}
