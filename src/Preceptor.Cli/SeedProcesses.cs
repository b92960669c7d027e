using Preceptor.Catalogue;
using Preceptor.Cli.Commands;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>Runs the seeds of a run as child processes; one that fails stops the others.</summary>
internal static class SeedProcesses
{
    public static IReadOnlyList<ISeedOutcome> Run(RunRequest request, ProgressDisplay progress, CancellationToken stop)
    {
        using var guard = new RunFolder(request.Folder);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ChildJob[] jobs = [.. Enumerable.Range(0, request.Seeds).Select(s => new ChildJob($"seed {s + 1}", SeedCommand.Arguments(request, s), request.Threads))];
        var ends = ChildProcesses.Run(jobs, progress, failed.Token, ended: end =>
        {
            if (end.Code != ExitCode.Done) failed.Cancel();
        });
        stop.ThrowIfCancellationRequested();
        ChildProcesses.RequireNoFailure(ends);
        return [.. Enumerable.Range(0, request.Seeds).Select(s => ProblemKinds.Of(request.Specification).LoadOutcome(request.AnswersFolder(s)))];
    }
}
