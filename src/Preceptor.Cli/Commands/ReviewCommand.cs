using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Cli.Auditing;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor review</c>: a sample of rows for a person to check, read back with <c>problem.trusted</c>.</summary>
internal static class ReviewCommand
{
    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string?>("SPEC") { Description = "A specification (YAML); left out: --problem", Arity = ArgumentArity.ZeroOrOne };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var rows = new Option<int>("--rows") { Description = "How many rows to check", DefaultValueFactory = _ => 200 };
        var audit = new Option<string?>("--audit") { Description = "The folder of an audit of the same data; left out: audits it first" };
        var set = new Option<string[]>("--set") { Description = "key=value; may be repeated", DefaultValueFactory = _ => [] };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the draw" };
        var output = new Option<string>("--out") { Description = "The CSV file to write", DefaultValueFactory = _ => "review.csv" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object; words go to standard error" };
        var command = new Command("review", "Draw rows for a person to check, more of the suspicious ones, with weights that keep estimates unbiased") { file, problem, rows, audit, set, seed, output, json };
        command.SetAction(parsed => Execute(
            new AuditRequest { File = parsed.GetValue(file), Problem = parsed.GetValue(problem), Set = parsed.GetValue(set)!, Command = "" },
            parsed.GetValue(rows), parsed.GetValue(audit), parsed.GetValue(seed), parsed.GetValue(output)!, parsed.GetValue(json), stop));
        return command;
    }

    private static int Execute(AuditRequest request, int count, string? audit, ulong seed, string output, bool json, CancellationToken stop)
    {
        if (count < 4) throw new RequestException($"--rows {count}: expected at least 4");
        if (File.Exists(output)) throw new RequestException($"--out {output}: exists already, perhaps filled in; name another file");
        if (audit is null)
        {
            var folder = OutputFolder.Choose(null, "audit", "audit", AuditRequest.FileName);
            var what = request.File ?? $"--problem {request.Problem}";
            AuditCommand.Audit(request with { Command = $"{Terminal.Command} audit {what}" }, folder, isNew: true, ProgressDisplay.Create(json), stop);
            audit = folder.Path;
        }
        var made = AuditRequest.Read("--audit", audit);
        var data = made.Open(Path.Combine(audit, "review"), stop);
        if (data.Columns.Count == 0) throw new RequestException($"{data.Name}: its rows have no columns that can be written for a person to check");
        var (classes, labels, tiers, expected, suggested, lines) = AuditWork.ReadSuspicion(audit);
        var drawn = ReviewSample.Draw(labels, classes, tiers, expected, count, seed);
        var wanted = drawn.ToDictionary(d => d.Row);
        // The label is asked for in a column of its own; a column that has one of our names keeps it, with a mark.
        int[] kept = [.. data.Columns.Index().Where(c => c.Item != data.Label).Select(c => c.Index)];
        string[] own = ["line", .. ReviewedRows.Columns.Append("suggested")];
        string[] header = ["line", "row", .. kept.Select(c => own.Contains(data.Columns[c]) ? $"data:{data.Columns[c]}" : data.Columns[c]), "given", "suggested", "stratum", "weight", "label"];
        var all = 0;
        DelimitedWriter.Write(header, data.Cells().Index().Where(r => ++all > 0 && wanted.ContainsKey(r.Index)).Select(r => (IReadOnlyList<string>)
        [
            $"{lines[r.Index]}", $"{r.Index + 1}", .. kept.Select(c => r.Item[c]), classes[labels[r.Index]], classes[suggested[r.Index]],
            wanted[r.Index].Stratum, wanted[r.Index].Weight.ToString("R", CultureInfo.InvariantCulture), "",
        ]), output);
        if (all != labels.Length)
        {
            File.Delete(output);
            throw new RequestException($"--audit {audit}: audited {ResultText.Count(labels.Length, "row")}, and there are {all:#,0} now; audit the data again");
        }
        var console = Terminal.Words(json);
        console.WriteLineSafely($"wrote {output}: {ResultText.Count(drawn.Count, "row")} of {ResultText.Count(labels.Count(l => l >= 0), "labelled row")}, in {ResultText.Count(drawn.Select(d => d.Stratum).Distinct().Count(), "stratum").Replace("stratums", "strata", StringComparison.Ordinal)}");
        console.WriteLineSafely("fill in the column label (leave blank what you cannot tell), then name the file: problem: {trusted: " + output + "}");
        if (json) Console.Out.WriteLine(new JsonObject { ["type"] = "result", ["out"] = output, ["rows"] = drawn.Count, ["audit"] = audit, ["strata"] = new JsonObject(drawn.GroupBy(d => d.Stratum).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)new JsonObject { ["drawn"] = g.Count(), ["rows"] = (int)Math.Round(g.Sum(d => d.Weight)) }))) }.ToJsonString());
        return ExitCode.Done;
    }
}
