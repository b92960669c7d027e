using System.CommandLine;
using Preceptor.Cli.Auditing;
using Preceptor.Foundation;
using Preceptor.Reports;
using Preceptor.Supervision.Trust;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor audit</c>: which labels are probably wrong, which rows repeat or are unlike all others, which classes overlap.</summary>
internal static class AuditCommand
{
    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string?>("SPEC") { Description = "A specification (YAML); left out: --problem", Arity = ArgumentArity.ZeroOrOne };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var method = new Option<string?>("--method") { Description = "The method that judges the labels out of fold (see methods); left out: logistic regression, or the problem's network for images" };
        var probabilities = new Option<string?>("--probabilities") { Description = "A file of out-of-sample probabilities, a column a class, rows by problem.id or in order, that judge instead; or soft-labels" };
        var set = new Option<string[]>("--set") { Description = "key=value, such as problem.label=topic; may be repeated", DefaultValueFactory = _ => [] };
        var folds = new Option<int>("--folds") { Description = "Folds of the cross-validation", DefaultValueFactory = _ => 5 };
        var prune = new Option<string>("--prune") { Description = "Which labels are found: class, noise-rate, or what both find", DefaultValueFactory = _ => "both" };
        var rank = new Option<string>("--rank") { Description = "What they are ranked by: normalised-margin or self-confidence", DefaultValueFactory = _ => "normalised-margin" };
        var correct = new Option<bool>("--correct") { Description = "cleaned.csv has the suggested labels in place of the rows found, rather than leaving these out" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of folds, training and planted noise" };
        var memory = new Option<int?>("--memory") { Description = "Megabytes that may be used: a larger file is read in parts; left out: what there is" };
        var threads = new Option<int?>("--threads") { Description = "Threads of tensor operations (default 1)" };
        var output = new Option<string?>("--out") { Description = "The audit's folder; left out: runs/<time>-audit" };
        var resume = new Option<string?>("--resume") { Description = "Continue the audit in this folder; finished folds are not trained again" };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("audit", "Find probably wrong labels, repeated and outlying rows, and classes that overlap: issues.csv, cleaned.csv, report.html")
        {
            file, problem, method, probabilities, set, folds, prune, rank, correct, seed, memory, threads, output, resume, json,
        };
        command.SetAction(parsed =>
        {
            RunCommand.CheckCounts(null, parsed.GetValue(threads));
            if (parsed.GetValue(resume) is { } folder)
            {
                if (new Option?[] { problem, method, probabilities, set, folds, prune, rank, correct, seed, memory, threads, output }.FirstOrDefault(o => parsed.GetResult(o!) is { Implicit: false }) is { } other) throw new RequestException($"--resume continues the audit as it was begun; leave out {other.Name}");
                return Execute(AuditRequest.Read("--resume", folder), new OutputFolder(folder, true), isNew: false, parsed.GetValue(json), stop);
            }
            var words = new List<string> { Terminal.Command, "audit" };
            if (parsed.GetValue(file) is { } spec) words.Add(spec);
            foreach (var option in new Option[] { problem, method, probabilities, folds, prune, rank, seed, memory, threads })
                if (parsed.GetResult(option) is { Implicit: false } given) words.AddRange([option.Name, given.Tokens[0].Value]);
            foreach (var assignment in parsed.GetValue(set)!) words.AddRange(["--set", assignment]);
            if (parsed.GetValue(correct)) words.Add("--correct");
            var request = new AuditRequest
            {
                File = parsed.GetValue(file),
                Problem = parsed.GetValue(problem),
                Method = parsed.GetValue(method),
                Probabilities = parsed.GetValue(probabilities),
                Set = parsed.GetValue(set)!,
                Folds = parsed.GetValue(folds),
                Prune = Choice<PruneBy>("--prune", parsed.GetValue(prune)!),
                Rank = Choice<RankBy>("--rank", parsed.GetValue(rank)!),
                Correct = parsed.GetValue(correct),
                Seed = parsed.GetValue(seed),
                Memory = parsed.GetValue(memory),
                Threads = parsed.GetValue(threads) ?? 1,
                Command = string.Join(' ', words.Select(RunCommand.Quote)),
            };
            return Execute(request, OutputFolder.Choose(parsed.GetValue(output), "audit", "audit", AuditRequest.FileName), isNew: true, parsed.GetValue(json), stop);
        });
        return command;
    }

    /// <summary>Carries an audit out in a folder, which is left as it was where the request turns out to be wrong.</summary>
    internal static AuditSummary Audit(AuditRequest request, OutputFolder folder, bool isNew, ProgressDisplay progress, CancellationToken stop)
    {
        var data = request.Open(folder.Path, stop); // nothing is written before data and request are known to fit
        folder.Create();
        request.Write(folder.Path);
        progress.Begin($"{data.Name} · audit by {data.Judge} → {folder.Path}");
        try
        {
            return AuditWork.Do(request, data, folder.Path, progress, stop);
        }
        catch (RequestException) when (isNew)
        {
            folder.Withdraw();
            throw;
        }
        finally
        {
            progress.End();
        }
    }

    private static int Execute(AuditRequest request, OutputFolder folder, bool isNew, bool json, CancellationToken stop)
    {
        AuditSummary summary;
        try
        {
            summary = Audit(request, folder, isNew, ProgressDisplay.Create(json), stop);
        }
        catch (OperationCanceledException)
        {
            Terminal.Words(json).WriteLineSafely($"interrupted; finished folds are kept. To continue: {Terminal.Command} audit --resume {RunCommand.Quote(folder.Path)}");
            throw;
        }
        var console = Terminal.Words(json);
        console.WriteLineSafely("");
        foreach (var sentence in summary.Sentences) ResultDisplay.Words(console, sentence);
        foreach (var note in summary.Notes) ResultDisplay.Words(console, note);
        var overlaps = summary.Findings.Joint.Overlaps().Take(3).Select(o => $"{summary.Findings.Classes[o.First]} – {summary.Findings.Classes[o.Second]} {ResultPercent(o.Share)} %").ToArray();
        if (overlaps.Length > 0) ResultDisplay.Words(console, $"classes that overlap most: {string.Join(", ", overlaps)}");
        console.WriteLineSafely("");
        console.WriteLineSafely($"report: {Path.Combine(folder.Path, AuditWork.ReportFile)}; rows: {AuditWork.IssuesFile}, {AuditWork.CleanedFile} beside it");
        console.WriteLineSafely("next:");
        var what = request.File is { } spec ? RunCommand.Quote(spec) : $"--problem {request.Problem}";
        console.WriteLineSafely($"  {Terminal.Command} review {what} --rows 200 --audit {RunCommand.Quote(folder.Path)}");
        console.WriteLineSafely($"  {Terminal.Command} run {what} --method confident-learning+supervised");
        if (json) Console.Out.WriteLine(summary.ToJson().ToJsonString());
        return ExitCode.Done;
    }

    private static string ResultPercent(double share) => Catalogue.ResultText.Percent(share);

    private static T Choice<T>(string option, string word) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Options.Key(value.ToString()) == word) return value;
        throw new RequestException($"{option} {word}: expected {string.Join(" or ", Enum.GetNames<T>().Select(Options.Key))}");
    }
}
