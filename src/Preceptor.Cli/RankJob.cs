using System.CommandLine;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>
/// This process's part in a job of several that mpirun or srun started. The first rank speaks for all; the others are silent until something goes wrong. Whatever ends one rank ends all of them:
/// the rank says why, and the launcher stops the rest.
/// </summary>
internal static class RankJob
{
    // What is wrong with a request is wrong on all ranks: the first one is given the time to say so.
    private static readonly TimeSpan FirstSpeaks = TimeSpan.FromSeconds(2);
    private static MpiRanks? joined;
    private static string? folder;

    /// <summary>Those with which this process works; it alone before it has joined others.</summary>
    public static Ranks Ranks => joined ?? Ranks.Alone;

    private static RankLaunch Launch => RankLaunch.Current;

    /// <summary>What is wrong with several processes of a command; null if nothing is.</summary>
    public static string? Objection(ParseResult parsed) => Launch.Count > 1 && parsed.CommandResult.Command.Name != "run"
        ? $"{parsed.CommandResult.Command.Name} was started as {Launch.Count} processes; only run divides its work among them" : null;

    /// <summary>Joins the other processes, if a launcher started several.</summary>
    /// <exception cref="RequestException">MPI is absent, or does not see them.</exception>
    public static void Join()
    {
        if (Launch.Count == 1) return;
        joined = MpiRanks.Start(Launch);
        if (!joined.IsFirst) Console.SetOut(TextWriter.Null);
    }

    /// <summary>Does the first rank's part of a request, and gives all the folder of the run that came of it.</summary>
    /// <param name="words">Where the first rank says that there are several.</param>
    /// <param name="request">Creates or reads the request.</param>
    public static RunRequest Agree(IAnsiConsole words, Func<RunRequest> request)
    {
        if (!Ranks.AreMany) return request();
        var own = Ranks.IsFirst ? request() : null;
        folder = Ranks.Agree(own?.Folder ?? "");
        own ??= RunRequest.Resume(folder, []);
        // The baseline is trained beside any method.
        string[] slugs = [ProblemKinds.Of(own.Specification).Baseline, .. own.Specification.Methods.Select(m => m.Info.Slug)];
        foreach (var slug in slugs) Require(MethodCatalogue.All.First(m => m.Slug == slug), own);
        if (Ranks.IsFirst) words.WriteLineSafely($"{Ranks.Count} ranks, each with its share of every batch; if one is lost, continue with: {Resume}");
        return own;
    }

    /// <summary>Says that something failed, and returns the exit code; of several ranks, ends all.</summary>
    public static int Fail(int code, string message)
    {
        if (joined is null) return Launch.Number == 0 ? Terminal.Fail(code, message) : code;
        if (!joined.IsFirst) Thread.Sleep(FirstSpeaks);
        Terminal.Fail(code, $"rank {joined.Number} of {joined.Count}, on {Environment.MachineName}: {message}{(code == ExitCode.Failed && folder is not null ? $"\nto continue: {Resume}" : "")}");
        return End(code);
    }

    /// <summary>Ends all ranks because this one has stopped.</summary>
    public static int End(int code)
    {
        if (joined is null) return code;
        if (!joined.IsFirst) Thread.Sleep(FirstSpeaks); // it may still be writing the checkpoint
        Console.Error.Flush();
        joined.Abort(code);
        return code;
    }

    /// <summary>Leaves in peace, as all ranks do.</summary>
    public static int Leave(int code)
    {
        joined?.Leave();
        return code;
    }

    /// <summary>Says what a signal means that the launcher sends when a rank is lost, or its allotted time is over. The first two ranks say it, in case one of them is the lost one.</summary>
    public static void Told()
    {
        if (joined is { Number: < 2 } && folder is not null)
            Console.Error.WriteLine($"rank {joined.Number} of {joined.Count}: told to stop; if another rank was lost, or this one is ended before it has written a checkpoint, continue from the last one with: {Resume}");
    }

    private static string Resume => $"mpirun -n {Ranks.Count} {Terminal.Command} run --resume {Commands.RunCommand.Quote(folder!)}";

    private static void Require(MethodInfo method, RunRequest request)
    {
        if (method.Distributed is not null || !method.TrainsOnBatches) return;
        if (request.IsNew) request.Withdraw();
        throw new RequestException($"{method.Slug}: several ranks would not train it as one does, because an example's loss sees the rest of its batch, or what it keeps from step to step depends on all rows; start one process"
            + (MethodCatalogue.All.Where(m => m.Kind == method.Kind && m.IsFit && m.Distributed is not null).Select(m => m.Slug).ToArray() is { Length: > 0 } others ? $", or choose another method ({string.Join(", ", others)})" : ""));
    }
}
