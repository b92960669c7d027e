using System.CommandLine;

namespace Preceptor.Cli.Commands;

/// <summary>The hidden command of a child process: one seed of a run.</summary>
internal static class SeedCommand
{
    private const string Name = "seed";

    public static Command Create(CancellationToken stop)
    {
        var run = new Argument<string>("RUN");
        var folder = new Argument<string>("FOLDER");
        var seed = new Argument<ulong>("SEED");
        var command = new Command(Name, "One seed of a run, for internal use") { run, folder, seed };
        command.Hidden = true;
        command.SetAction(parsed => ChildWork.Do((progress, ends) => SeedWork.Run(parsed.GetValue(run)!, parsed.GetValue(folder)!, parsed.GetValue(seed), progress, ends), stop));
        return command;
    }

    /// <summary>The arguments of one seed of a run.</summary>
    public static IReadOnlyList<string> Arguments(RunRequest request, int seed) => [Name, request.Folder, request.SeedFolder(seed), $"{seed}"];
}
