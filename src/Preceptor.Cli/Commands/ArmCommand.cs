using System.CommandLine;
using Preceptor.Catalogue.Experiments;
using Preceptor.Foundation;

namespace Preceptor.Cli.Commands;

/// <summary>The hidden command of a child process: one training of an experiment.</summary>
internal static class ArmCommand
{
    private const string Name = "arm";

    public static Command Create(CancellationToken stop)
    {
        var work = new Argument<string>("FOLDER");
        var slug = new Argument<string>("SLUG");
        var arm = new Argument<string>("ARM");
        var setting = new Argument<string>("SETTING");
        var seed = new Argument<ulong>("SEED");
        var tuning = new Argument<bool>("TUNING");
        var command = new Command(Name, "One training of an experiment, for internal use") { work, slug, arm, setting, seed, tuning };
        command.Hidden = true;
        command.SetAction(parsed => ChildWork.Do((progress, ends) =>
        {
            var chosen = ExperimentCatalogue.Require(parsed.GetValue(slug)!).Arms(Tier.All).Single(a => a.Name == parsed.GetValue(arm));
            Work(parsed.GetValue(work)!, new(chosen, parsed.GetValue(setting)!, parsed.GetValue(seed), parsed.GetValue(tuning)), progress, ends);
        }, stop));
        return command;
    }

    /// <summary>The child that does a job.</summary>
    public static ChildJob Child(string folder, string slug, ArmJob job) =>
        new(job.Name, [Name, folder, slug, job.Arm.Name, job.Setting, $"{job.Seed}", $"{job.IsTuning}"], 1);

    /// <summary>Where a job's answers are.</summary>
    public static string Answers(string folder, ArmJob job) => Path.Combine(Place(folder, job), "answers");

    private static string Place(string folder, ArmJob job) => Path.Combine(folder, "arms", job.Key);

    private static void Work(string folder, ArmJob job, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        using var run = new Run(new RunSettings
        {
            Seed = job.Arm.RunSeed(job.Seed),
            Folder = Place(folder, job),
            StageFolder = Path.Combine(folder, "stages"),
            Cancellation = stop,
            Progress = progress,
        });
        RunFolder.ReplaceWhole(Answers(folder, job), job.Answer(DataFiles.Read, run).Save);
    }
}
