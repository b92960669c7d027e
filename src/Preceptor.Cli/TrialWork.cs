using System.Diagnostics;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Trials;
using Preceptor.Cli.Commands;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>Carries out the attempts of a trial in child processes, one a processor, until the time is up.</summary>
/// <param name="folder">Where the candidates, their answers and the stages that they share are.</param>
/// <param name="metric">What they are scored by.</param>
/// <param name="limit">How long the trial may take.</param>
/// <param name="progress">Told about training.</param>
/// <param name="stop">Ends the trial at the next safe point, as if its time were up.</param>
internal sealed class TrialWork(string folder, Metric metric, TimeSpan limit, IProgress<TrainingProgress> progress, CancellationToken stop)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <summary>The time since the trial began.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>Writes the candidates for the child processes.</summary>
    public void Write(IReadOnlyList<TrialCandidate> candidates)
    {
        Directory.CreateDirectory(Path.Combine(folder, "candidates"));
        for (var i = 0; i < candidates.Count; i++) RunFolder.WriteWhole(Candidate(folder, i), candidates[i].Specification.ToYaml());
    }

    /// <summary>Does what the time allows.</summary>
    public IReadOnlyDictionary<Attempt, AttemptEnd> CarryOut(IReadOnlyList<Attempt> attempts)
    {
        using var timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit > watch.Elapsed) timeIsUp.CancelAfter(limit - watch.Elapsed);
        else timeIsUp.Cancel();
        var workers = Math.Min(Environment.ProcessorCount, attempts.Count);
        ChildJob[] jobs = [.. Enumerable.Range(0, workers).Select(worker => AttemptsCommand.Child(folder, [.. attempts.Where((_, i) => i % workers == worker)]))];
        if (jobs.Length > 0) ChildProcesses.RequireNoFailure(ChildProcesses.Run(jobs, progress, timeIsUp.Token));
        return attempts.Select(a => (Attempt: a, End: End(a))).Where(e => e.End is not null).ToDictionary(e => e.Attempt, e => e.End!);
    }

    /// <summary>Removes all but the results.</summary>
    public void CleanUp()
    {
        foreach (var part in new[] { "candidates", "attempts", "stages" })
            if (Directory.Exists(Path.Combine(folder, part))) Directory.Delete(Path.Combine(folder, part), recursive: true);
    }

    /// <summary>The work of a child process: one attempt after the other.</summary>
    public static void Do(string folder, IReadOnlyList<Attempt> attempts, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        PredictionTask? task = null;
        foreach (var attempt in attempts)
        {
            stop.ThrowIfCancellationRequested();
            if (Directory.Exists(Answers(folder, attempt)) || File.Exists(Failure(folder, attempt))) continue;
            var specification = Specification.From(SpecificationReader.Read(Candidate(folder, attempt.Candidate)), []);
            try
            {
                // Candidates differ in method and training alone, so that data are read and encoded once.
                task ??= PredictionRunner.Prepare(specification with { Methods = [] }, 0, DataFiles.Read, new OnnxRows(Path.Combine(folder, "onnx")).Run);
                using var run = new Run(new RunSettings { Seed = (ulong)attempt.Fold, Folder = Place(folder, attempt), StageFolder = Path.Combine(folder, "stages"), Cancellation = stop, Progress = progress });
                var held = (task with { Problem = task.Problem with { Training = specification.Training } }).Folds(MethodTrial.Folds, 0)[attempt.Fold].Task();
                RunFolder.ReplaceWhole(Answers(folder, attempt), PredictionEvaluation.EvaluateAlone(held, PredictionRunner.Method(specification), run).Save);
            }
            catch (Exception e) when (e is RequestException or WorkException)
            {
                RunFolder.WriteWhole(Failure(folder, attempt), e.Message); // it costs the others nothing
            }
        }
    }

    private AttemptEnd? End(Attempt attempt) =>
        Directory.Exists(Answers(folder, attempt)) ? new(metric.Score(SeedOutcome.Load(Answers(folder, attempt)).Score("method")), null)
        : File.Exists(Failure(folder, attempt)) ? new(null, File.ReadAllText(Failure(folder, attempt))) : null;

    private static string Candidate(string folder, int candidate) => Path.Combine(folder, "candidates", $"{candidate}.yaml");

    private static string Place(string folder, Attempt attempt) => Path.Combine(folder, "attempts", $"{attempt.Candidate}-{attempt.Fold}");

    private static string Answers(string folder, Attempt attempt) => SeedWork.Answers(Place(folder, attempt));

    private static string Failure(string folder, Attempt attempt) => Place(folder, attempt) + ".failed";
}
