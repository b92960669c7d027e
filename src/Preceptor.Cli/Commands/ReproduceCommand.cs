using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Foundation;
using Preceptor.Reports;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor reproduce</c>: puts published claims to the test and writes what came of it.</summary>
internal static class ReproduceCommand
{
    private const string DefaultFolder = "evidence";

    public static Command Create(CancellationToken stop)
    {
        var slugs = new Argument<string[]>("SLUG") { Description = "The methods whose claims to test (see methods), or leagues of methods (league-…)", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All methods that have an experiment" };
        var tier = new Option<string?>("--tier") { Description = "quick: two seeds, a look and no evidence; full: the main claims, at most 20 minutes each; all: every arm. Left out: full, or all where the evidence file holds that" };
        var render = new Option<bool>("--render") { Description = "Only render EVIDENCE.md and the plots of league tables from the evidence files that are there" };
        var output = new Option<string>("--out") { Description = "The folder of the evidence files", DefaultValueFactory = _ => DefaultFolder };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the results last; words go to standard error" };
        var command = new Command("reproduce", "Put the claims of published methods to the test, and write evidence files and EVIDENCE.md. Interrupted or killed, the same command goes on") { slugs, all, tier, render, output, json };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(output)!;
            var named = parsed.GetValue(slugs)!;
            if (named.FirstOrDefault(n => n.StartsWith('-')) is { } option) throw new RequestException(CommandLine.Unknown(command, option)!); // an argument list takes it for a name
            if (parsed.GetValue(render))
            {
                if (named.Length > 0 || parsed.GetValue(all)) throw new RequestException("--render renders all evidence files; leave out the methods");
                var written = Render(folder);
                Terminal.Words(parsed.GetValue(json)).WriteLineSafely(Written(written));
                return ExitCode.Done;
            }
            var experiments = Named(named, parsed.GetValue(all));
            Tier? chosen = parsed.GetValue(tier) is { } asked ? OfName(asked) : null;
            if (File.Exists(folder)) throw new RequestException($"--out {folder}: is a file");
            // A damaged file there is found now, not after the work; and no claim that was measured is lost.
            var there = chosen != Tier.Quick && Directory.Exists(folder) ? EvidenceReport.ReadAll(folder) : [];
            if (chosen is { } lower && there.FirstOrDefault(f => f.Tier > lower && experiments.Any(e => e.Slug == f.Slug)) is { } larger)
                throw new RequestException($"{Path.Combine(folder, EvidenceFile.Name(larger.Slug)!)} holds the claims of --tier {Key(larger.Tier)}, some of which --tier {Key(lower)} would drop; leave --tier out, or give --out with another folder");
            foreach (var experiment in experiments)
                Execute(experiment, chosen ?? (there.Any(f => f.Slug == experiment.Slug && f.Tier == Tier.All) ? Tier.All : Tier.Full), folder, parsed.GetValue(json), stop);
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<Experiment> Named(string[] slugs, bool all)
    {
        if (all && slugs.Length > 0) throw new RequestException("name methods or give --all, not both");
        if (all) return ExperimentCatalogue.All;
        if (slugs.Length == 0) throw new RequestException($"name a method or give --all; known: {string.Join(", ", ExperimentCatalogue.All.Select(e => e.Slug))}");
        if (slugs.GroupBy(s => s).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new RequestException($"{twice.Key} is named twice");
        return [.. slugs.Select(ExperimentCatalogue.Require)];
    }

    private static string Key(Tier tier) => Preceptor.Foundation.Options.Key(tier.ToString());

    private static Tier OfName(string name)
    {
        var names = Enum.GetNames<Tier>().Select(Preceptor.Foundation.Options.Key).ToArray();
        return Array.IndexOf(names, name) is >= 0 and var i ? (Tier)i : throw new RequestException($"--tier {name}: allowed: {string.Join(", ", names)}{Spelling.Hint(name, names)}");
    }

    private static void Execute(Experiment experiment, Tier tier, string folder, bool json, CancellationToken stop)
    {
        RequireData(experiment, tier);
        var work = Path.Combine("runs", "reproduce", experiment.Slug);
        using var guard = new RunFolder(work);
        var clock = new WorkClock(Path.Combine(work, $"seconds-{Key(tier)}"));
        var words = Terminal.Words(json);
        using var progress = new JobsDisplay(words, experiment.Slug, json);
        var reproduction = new Reproduction(experiment, tier, jobs => Answer(work, experiment.Slug, jobs, progress, stop));
        EvidenceValues values;
        try
        {
            values = reproduction.Run();
        }
        catch (OperationCanceledException)
        {
            words.WriteLineSafely("interrupted; what is finished is kept, and the same command goes on");
            throw;
        }
        finally
        {
            clock.Stop();
        }
        var file = new EvidenceFile(experiment.Slug, tier, values, EvidenceProvenance.Now(experiment.Fingerprint(tier), reproduction, clock.Minutes));
        Show(words, file);
        if (tier == Tier.Quick)
        {
            words.WriteLineSafely($"Two seeds, nothing tuned: not evidence. For that: {Terminal.Command} reproduce {experiment.Slug}");
        }
        else
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, EvidenceFile.Name(experiment.Slug)!);
            file.Write(path);
            words.WriteLineSafely(Written([path, .. Render(folder)]));
        }
        if (json) Console.Out.WriteLine(file.ToJson().ToJsonString());
    }

    // Found out before hours of work, not after.
    private static void RequireData(Experiment experiment, Tier tier)
    {
        foreach (var arm in experiment.Arms(tier).DistinctBy(a => a.Conditions.Name))
            if (arm.Specify(arm.Conditions.Grid[0], 0) is { BuiltIn: null, Problem: Prediction.PredictionData { Data: { } name } }) Data.DataFolder.Require(name);
    }

    private static IReadOnlyList<ArmAnswers> Answer(string work, string slug, IReadOnlyList<ArmJob> jobs, JobsDisplay progress, CancellationToken stop)
    {
        var answers = jobs.Select(job => Finished(work, job)).ToArray();
        var open = jobs.Where((_, i) => answers[i] is null).ToArray();
        if (open.Length > 0)
        {
            progress.Begin(open.Length);
            using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var ends = ChildProcesses.Run([.. open.Select(job => ArmCommand.Child(work, slug, job))], progress, failed.Token, ended: end =>
            {
                if (end.Code == ExitCode.Done) progress.Done(end.Job.Label);
                else failed.Cancel();
            });
            stop.ThrowIfCancellationRequested();
            ChildProcesses.RequireNoFailure(ends);
        }
        return [.. jobs.Select((job, i) => answers[i] ?? ArmAnswers.Load(ArmCommand.Answers(work, job)))];
    }

    private static ArmAnswers? Finished(string work, ArmJob job)
    {
        var place = ArmCommand.Answers(work, job);
        return Directory.Exists(place) && ArmAnswers.Load(place) is { IsCurrent: true } answers ? answers : null;
    }

    /// <summary>Renders EVIDENCE.md, and each league's plot: the SVG beside it, a PNG in the folder docs beside the folder, or where there is none beside it too.</summary>
    /// <returns>The files written.</returns>
    private static List<string> Render(string folder)
    {
        var files = EvidenceReport.ReadAll(folder);
        var written = new List<string> { Path.Combine(folder, EvidenceReport.FileName) };
        RunFolder.WriteWhole(written[0], EvidenceReport.Render(files));
        var docs = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder, "docs");
        foreach (var league in files.Where(f => LeagueTable.Is(f.Slug)))
        {
            var table = LeagueTable.Of(league)[0];
            var plot = Path.Combine(folder, EvidenceReport.Plot(league.Slug));
            RunFolder.WriteWhole(plot, LeaguePlot.Svg(table));
            written.Add(plot);
            if (LeaguePlot.Png(table) is not { } picture) continue;
            var png = Path.Combine(Directory.Exists(docs) ? Path.GetRelativePath(Directory.GetCurrentDirectory(), docs) : folder, $"{league.Slug}.png");
            RunFolder.WriteWhole(png, picture);
            written.Add(png);
        }
        return written;
    }

    private static string Written(List<string> files) => files.Count == 1 ? $"{files[0]} is written" : $"{string.Join(", ", files.SkipLast(1))} and {files[^1]} are written";

    private static void Show(IAnsiConsole words, EvidenceFile file)
    {
        foreach (var claim in file.Values.Claims)
        {
            var metric = ExperimentCatalogue.Metric(claim.Metric);
            var verdict = claim.Verdict is { } reached ? $": {EvidenceReport.Words(reached)}" : "";
            words.WriteLineSafely($"{file.Slug} on {EvidenceReport.Conditions(claim.Method)}: {claim.Claim}\n    {claim.Metric} {ResultText.Value(metric, claim.ReferenceMean)} → {ResultText.Value(metric, claim.MethodMean)}, "
                + $"difference {EvidenceReport.Difference(claim)}, {ResultText.Count(claim.Seeds, "seed")}{verdict}");
        }
    }

    /// <summary>The time that all processes together have worked, kept in a file.</summary>
    private sealed class WorkClock(string path)
    {
        private readonly double before = File.Exists(path) && double.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        private readonly Stopwatch watch = Stopwatch.StartNew();

        public double Minutes => (before + watch.Elapsed.TotalSeconds) / 60;

        public void Stop()
        {
            watch.Stop();
            RunFolder.WriteWhole(path, (before + watch.Elapsed.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }
    }
}
