using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor label</c>: labels of all rows by rules, a model or a chat model.</summary>
internal static class LabelCommand
{
    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string>("SPEC") { Description = "A specification (YAML) of your own data" };
        var teacher = new Option<string>("--teacher") { Description = "A teacher that problem.teachers names, or rules", Required = true };
        var output = new Option<string?>("--out") { Description = "The folder of the labels; left out: SPEC-TEACHER-labels. The same command goes on in it" };
        var dry = new Option<bool>("--dry-run") { Description = "Say how many calls, tokens and how much money it would take, and ask nothing" };
        var most = new Option<double?>("--max-cost") { Description = "Make no call with which all answers in the folder could cost more than this" };
        var again = new Option<double?>("--again") { Description = "Ask the chat model again where its answer's estimated risk (POLAR score) exceeds this, such as 0.5, with what the rules say, or whether it is sure" };
        var set = new Option<string[]>("--set") { Description = "key=value, such as problem.teachers.llm.votes=3; may be repeated", DefaultValueFactory = _ => [] };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("label", "Label all rows by a teacher or by rules, resumable: row, id, label, confidence, source, abstain, and a probability a class") { file, teacher, output, dry, most, again, set, json };
        command.SetAction(parsed =>
        {
            var (path, name) = (parsed.GetValue(file)!, parsed.GetValue(teacher)!);
            if (parsed.GetValue(most) is < 0 or double.NaN) throw new RequestException($"--max-cost {parsed.GetValue(most)}: expected a number of at least 0");
            if (parsed.GetValue(again) is < 0 or > 1 or double.NaN) throw new RequestException($"--again {parsed.GetValue(again)}: expected a threshold in [0, 1], such as 0.5");
            var specification = RunCommand.Specify(path, null, null, parsed.GetValue(set)!);
            if (specification.Problem is not PredictionData data) throw new RequestException($"{path}: names the built-in problem {specification.ProblemName}; rows of your own data are labelled");
            var rows = data.ToLabel(specification.ProblemSettings, name, DataFiles.Read, new OnnxRows().Run);
            var folder = parsed.GetValue(output) ?? $"{Path.GetFileNameWithoutExtension(path)}-{name}-labels";
            if (File.Exists(folder)) throw new RequestException($"--out {folder}: is a file");
            string[] repeat = ["label", path, "--teacher", name, .. parsed.GetValue(output) is null ? [] : new[] { "--out", folder }, .. parsed.GetValue(again) is not { } above ? [] : new[] { "--again", FormattableString.Invariant($"{above}") }, .. parsed.GetValue(set)!.SelectMany(s => new[] { "--set", s })];
            var request = new LabelRequest(name, rows, folder, parsed.GetValue(dry), parsed.GetValue(most), parsed.GetValue(json), parsed.GetValue(again) is { } threshold ? new(threshold, specification.Model, specification.Training) : null, $"{Terminal.Command} {string.Join(' ', repeat.Select(RunCommand.Quote))}");
            if (request.Again is not null && rows.Chat is null) throw new RequestException($"--again: asks a chat model again, and {name} is none");
            if (rows.Chat is not null) return new ChatWork(request, stop).Run();
            return LabelAtOnce(request);
        });
        return command;
    }

    // Rules and models of ours cost nothing: all rows at once.
    private static int LabelAtOnce(LabelRequest request)
    {
        if (request.IsDry)
        {
            request.Say($"{request.Teacher} costs nothing: no calls, {request.Rows.Rows.Rows:#,0} rows");
            request.Show(new JsonObject { ["type"] = "result", ["teacher"] = request.Teacher, ["rows"] = request.Rows.Rows.Rows, ["calls"] = 0, ["cost"] = 0, ["dry"] = true });
            return ExitCode.Done;
        }
        var labels = request.Rows.Logits is { } logits ? OfModel(request, logits) : OfRules(request);
        var file = new LabelFile(request.Folder, request.Rows);
        Directory.CreateDirectory(request.Folder);
        var part = 0;
        foreach (var rows in file.Parts) file.Write(part++, rows, [.. rows.Select(row => labels[row])]);
        file.RemoveFrom(part);
        request.Finish(labels.Count(l => l.Label >= 0), []);
        return ExitCode.Done;
    }

    private static GivenLabel[] OfModel(LabelRequest request, float[] logits)
    {
        var answers = Predictions.FromLogits(request.Rows.Classes, logits);
        return [.. Enumerable.Range(0, answers.Count).Select(row =>
        {
            double[] probabilities = [.. answers.Row(row).ToArray().Select(p => (double)p)];
            var best = answers.Best(row);
            return new GivenLabel(best, probabilities[best], request.Teacher, probabilities);
        })];
    }

    private static GivenLabel[] OfRules(LabelRequest request)
    {
        var (classes, rules) = (request.Rows.Classes, request.Rows.Rules!);
        var votes = rules.Vote(request.Rows.Rows, classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal));
        var winners = Supervision.WeakVotes.MajorityVote(votes, classes.Count);
        return [.. winners.Select((label, row) =>
        {
            int[] voting = [.. Enumerable.Range(0, rules.Names.Count).Where(r => votes[row, r] >= 0)];
            if (voting.Length == 0) return new GivenLabel(-1, null, "rules");
            double[] shares = [.. classes.Select((_, c) => voting.Count(r => votes[row, r] == c) / (double)voting.Length)];
            return new GivenLabel(label, shares[label], string.Join("; ", voting.Where(r => votes[row, r] == label).Select(r => rules.Names[r])), shares);
        })];
    }
}
