using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>Does the work of one seed in a folder, and leaves its answers there.</summary>
internal static class SeedWork
{
    /// <param name="runFolder">Where spec.yaml and request.json are, and where the first seed's model goes.</param>
    /// <param name="folder">Where checkpoint, stages and answers of this seed are.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="progress">Told about training.</param>
    /// <param name="stop">Stops at the next safe point.</param>
    public static ISeedOutcome Run(string runFolder, string folder, ulong seed, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        var request = RunRequest.Resume(runFolder, []);
        using var run = new Run(new RunSettings { Seed = seed, Threads = request.Threads, Folder = folder, StageFolder = request.StageFolder, Cancellation = stop, Progress = progress, CheckpointInterval = CheckpointInterval() });
        var answers = Answers(folder);
        var kind = ProblemKinds.Of(request.Specification);
        if (run.Ranks.Agree(Directory.Exists(answers))) return kind.LoadOutcome(answers);
        var isWriter = run.Ranks.IsFirst;
        var task = kind.Prepare(request.Specification, seed, DataFiles.Read, (isWriter ? new OnnxRows(request.OnnxFolder) : new OnnxRows()).Run);
        var outcome = kind.RunSeed(request.Specification, task, run, seed == 0 && isWriter ? Path.Combine(runFolder, "model") : null);
        if (!isWriter) return outcome;
        using var alone = Ranks.Use(Ranks.Alone); // the others are done
        if (seed == 0 && task is PredictionTask prediction) PredictionFile.WriteOwn(request, runFolder, prediction);
        RunFolder.ReplaceWhole(answers, outcome.Save);
        return outcome;
    }

    /// <summary>Where a seed's answers are, once it is done, in its folder.</summary>
    public static string Answers(string folder) => Path.Combine(folder, "answers");

    // Tests that kill a run at random moments want checkpoints more often than people do.
    private static TimeSpan CheckpointInterval() =>
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("PRECEPTOR_CHECKPOINT_SECONDS"), out var seconds) ? seconds : 10);
}
