using System.Diagnostics;
using Preceptor.Catalogue;
using Preceptor.Cli.Commands;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>
/// Does the work of a comparison: each seed of each method in a child process of its own. The seeds of a method wait for the
/// baseline's of the same seed, whose stages they reuse; seed 0 of all methods comes before seed 1, so that a budget cuts
/// seeds and not methods.
/// </summary>
internal sealed class CompareWork
{
    private readonly CompareRequest request;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Dictionary<ChildJob, RunRequest> runs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RunRequest, ChildEnd> failures = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RunRequest, double> seconds = new(ReferenceEqualityComparer.Instance);
    private readonly List<ChildJob> jobs = [];
    private int ended;

    private CompareWork(CompareRequest request)
    {
        this.request = request;
        for (var seed = 0; seed < request.Seeds; seed++)
        {
            var baseline = Add(request.Baseline, seed, null);
            foreach (var run in request.Runs.Skip(1)) Add(run, seed, baseline);
        }
    }

    /// <summary>Whether the budget kept a seed of a method from being begun.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The methods that failed at work, with what they said.</summary>
    public IReadOnlyList<LeftOut> Failed => [.. failures.Where(f => f.Value.Code != ExitCode.WrongRequest).Select(f => new LeftOut(f.Key.Specification.MethodName, f.Value.Message))];

    /// <summary>Trains all that is not done yet, and sums it up.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="progress">Told about training.</param>
    /// <param name="stop">Stops at the next safe point.</param>
    /// <exception cref="RequestException">The baseline, or a method that somebody named, does not fit the problem.</exception>
    /// <exception cref="WorkException">The baseline failed.</exception>
    public static (MethodComparison Comparison, CompareWork Work) Run(CompareRequest request, ProgressDisplay progress, CancellationToken stop)
    {
        using var guard = new RunFolder(request.Folder);
        var work = new CompareWork(request);
        work.Train(progress, stop);
        return (work.SumUp(), work);
    }

    private ChildJob? Add(RunRequest run, int seed, ChildJob? baseline)
    {
        if (Directory.Exists(run.AnswersFolder(seed))) return null;
        var job = new ChildJob($"{run.Specification.MethodName} seed {seed + 1}", SeedCommand.Arguments(run, seed), run.Threads) { After = baseline };
        jobs.Add(job);
        runs.Add(job, run);
        return job;
    }

    private void Train(ProgressDisplay progress, CancellationToken stop)
    {
        if (jobs.Count == 0) return;
        using var wrong = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ChildProcesses.Run(jobs, new Counted(progress, this), wrong.Token, MayStart, end =>
        {
            ended++;
            seconds[runs[end.Job]] = seconds.GetValueOrDefault(runs[end.Job]) + end.Time.TotalSeconds;
            if (end.Code is ExitCode.Done or ExitCode.Interrupted) return;
            failures.TryAdd(runs[end.Job], end);
            if (IsFatal(runs[end.Job], end)) wrong.Cancel();
        });
        stop.ThrowIfCancellationRequested();
        ChildProcesses.RequireNoFailure(failures.Where(f => IsFatal(f.Key, f.Value)).Select(f => f.Value));
    }

    // A method that fails at work costs the others nothing; without the baseline there is no comparison, and a mistake is to be mended first.
    private bool IsFatal(RunRequest run, ChildEnd end) => ReferenceEquals(run, request.Baseline) || end.Code == ExitCode.WrongRequest && !request.IsAutomatic;

    private bool MayStart(ChildJob job)
    {
        if (failures.ContainsKey(runs[job])) return false;
        if (request.Budget is not { } budget || watch.Elapsed < budget || ReferenceEquals(job, jobs[0])) return true; // the first: each process brings it further
        IsCut = true;
        return false;
    }

    private MethodComparison SumUp()
    {
        var methods = new List<(ComparedMethod, IReadOnlyList<ISeedOutcome>)>();
        var leftOut = request.LeftOut.ToList();
        foreach (var run in request.Runs)
        {
            ISeedOutcome[] outcomes = [.. Enumerable.Range(0, run.Seeds).Select(run.AnswersFolder).Where(Directory.Exists).Select(ProblemKinds.Of(run.Specification).LoadOutcome)];
            if (outcomes.Length == 0) leftOut.Add(new(run.Specification.MethodName, failures.TryGetValue(run, out var end) ? end.Message : "not reached within the budget"));
            else methods.Add((new(run.Finish(outcomes, seconds.GetValueOrDefault(run)), TrainSeconds(outcomes), ModelBytes(run)), outcomes));
        }
        return MethodComparison.Of(methods, leftOut, request.Seeds, request.Folder, request.Command);
    }

    private static double? TrainSeconds(ISeedOutcome[] outcomes)
    {
        double[] seconds = [.. outcomes.Select(o => o.Training("method")).OfType<Models.TrainingSummary>().Select(t => t.Seconds)];
        return seconds.Length == 0 ? null : seconds.Average();
    }

    private static long? ModelBytes(RunRequest run)
    {
        var model = new DirectoryInfo(Path.Combine(run.Folder, "model"));
        return model.Exists ? model.EnumerateFiles().Sum(f => f.Length) : null;
    }

    /// <summary>Says before each report how many pairs of method and seed have ended.</summary>
    private sealed class Counted(ProgressDisplay display, CompareWork work) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => display.Report(value with { Stage = $"{work.ended}/{work.jobs.Count} · {value.Stage}" });
    }
}
