using Preceptor.Catalogue;
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
    public static SeedOutcome Run(string runFolder, string folder, ulong seed, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        var request = RunRequest.Resume(runFolder, []);
        using var run = new Run(new RunSettings { Seed = seed, Threads = request.Threads, Folder = folder, StageFolder = request.StageFolder, Cancellation = stop, Progress = progress, CheckpointInterval = CheckpointInterval() });
        var answers = Answers(folder);
        if (Directory.Exists(answers)) return SeedOutcome.Load(answers);
        var task = PredictionRunner.Prepare(request.Specification, seed, DataFiles.Read, new OnnxRows(request.OnnxFolder).Run);
        var outcome = PredictionRunner.RunSeed(request.Specification, task, run, seed == 0 ? Path.Combine(runFolder, "model") : null);
        if (seed == 0) PredictionFile.WriteOwn(request, runFolder, task);
        RunFolder.ReplaceWhole(answers, outcome.Save);
        return outcome;
    }

    /// <summary>Where a seed's answers are, once it is done, in its folder.</summary>
    public static string Answers(string folder) => Path.Combine(folder, "answers");

    // Tests that kill a run at random moments want checkpoints more often than people do.
    private static TimeSpan CheckpointInterval() =>
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("PRECEPTOR_CHECKPOINT_SECONDS"), out var seconds) ? seconds : 10);
}
