using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;
using Preceptor.Reports;

namespace Preceptor.Cli.Auditing;

/// <summary>Carries out an audit and writes what it found into its folder.</summary>
internal static class AuditWork
{
    public const string IssuesFile = "issues.csv", CleanedFile = "cleaned.csv", ReportFile = "report.html", SuspicionFile = "suspicion.safetensors";

    private static readonly string[] IssuesHeader = ["line", "row", "given", "suggested", "confidence", "reason", "of"];

    /// <summary>Audits, and writes issues.csv, cleaned.csv, report.html and what review needs.</summary>
    public static AuditSummary Do(AuditRequest request, AuditData data, string folder, IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var run = new Run(new RunSettings { Seed = request.Seed, Threads = request.Threads, Folder = folder, Cancellation = stop, Progress = progress });
        var findings = data.Find(run, request.Options);
        DelimitedWriter.Write(IssuesHeader, Issues(findings), Path.Combine(folder, IssuesFile));
        WriteCleaned(findings, data, request.Correct, Path.Combine(folder, CleanedFile));
        WriteSuspicion(findings, Path.Combine(folder, SuspicionFile));
        int[] shown = [.. findings.Wrong.Take(AuditSummary.ShownRows)];
        var summary = new AuditSummary
        {
            Problem = data.Name,
            Judge = data.Judge,
            Findings = findings,
            Suspicious = data.Show(shown, findings, run),
            Notes = data.Notes,
            Against = data.Truth is { } truth ? findings.Against(truth) : null,
            Reviewed = data.Reviewed,
            Corrects = request.Correct,
            Command = request.Command,
            Folder = folder,
            Seconds = watch.Elapsed.TotalSeconds,
        };
        RunFolder.WriteWhole(Path.Combine(folder, ReportFile), AuditReport.Render(summary));
        RunFolder.WriteWhole(Path.Combine(folder, "result.json"), summary.ToJson().ToJsonString() + "\n");
        return summary;
    }

    /// <summary>What review draws by: how suspicious each row is, and how likely its label is wrong.</summary>
    public static (string[] Classes, int[] Labels, byte[] Tiers, float[] Expected, int[] Suggested, int[] Lines) ReadSuspicion(string folder)
    {
        var state = State.Load(Path.Combine(folder, SuspicionFile));
        return (state.Read<string[]>("classes"), state.ReadArray<int>("labels"), state.ReadArray<byte>("tiers"), state.ReadArray<float>("expected"), state.ReadArray<int>("suggested"), state.ReadArray<int>("lines"));
    }

    private static void WriteSuspicion(AuditFindings findings, string path)
    {
        var (tiers, expected) = ReviewSample.Suspicion(findings);
        var state = new State();
        state.Add("classes", findings.Classes.ToArray());
        state.Add<int>("labels", findings.Labels);
        state.Add<byte>("tiers", tiers);
        state.Add<float>("expected", expected);
        state.Add<int>("suggested", [.. findings.Labels.Select((label, row) => label < 0 ? -1 : findings.Suggested(row))]);
        state.Add<int>("lines", findings.Lines);
        state.Write(path);
    }

    // Wrong labels first, the most suspicious before the others; then what concerns the inputs alone.
    private static IEnumerable<IReadOnlyList<string>> Issues(AuditFindings findings)
    {
        string Given(int row) => findings.Labels[row] < 0 ? "" : findings.Classes[findings.Labels[row]];
        string[] Line(int row, string reason, string suggested = "", string confidence = "", string of = "") => [$"{findings.Lines[row]}", $"{row + 1}", Given(row), suggested, confidence, reason, of];
        foreach (var row in findings.Wrong)
        {
            var suggested = findings.Suggested(row);
            yield return Line(row, "label", findings.Classes[suggested], findings.Probability(row, suggested).ToString("0.####", CultureInfo.InvariantCulture));
        }
        for (var row = 0; row < findings.Labels.Length; row++)
        {
            if (findings.ExactOf[row] != row)
            {
                var first = findings.ExactOf[row];
                yield return Line(row, findings.Labels[row] >= 0 && findings.Labels[first] >= 0 && findings.Labels[row] != findings.Labels[first] ? "duplicate-other-label" : "duplicate", of: $"{findings.Lines[first]}");
            }
            else if (findings.NearOf[row] != row) yield return Line(row, "near-duplicate", of: $"{findings.Lines[findings.NearOf[row]]}");
        }
        foreach (var row in findings.Blank) yield return Line(row, "blank");
        foreach (var row in findings.Outlying) yield return Line(row, "outlier");
    }

    // Probably wrong labels go or are corrected; exact repeats and blank rows go; near ones and outliers stay.
    private static void WriteCleaned(AuditFindings findings, AuditData data, bool corrects, string path)
    {
        var wrong = new bool[findings.Labels.Length];
        foreach (var row in findings.Wrong) wrong[row] = true;
        var label = data.Label is null ? -1 : data.Columns.Index().Where(c => c.Item == data.Label).Select(c => c.Index).FirstOrDefault(-1);
        if (corrects && label < 0) throw new RequestException("--correct: the labels are in no single column that could be corrected; leave it out to drop such rows instead");
        var blank = findings.Blank.ToHashSet();
        DelimitedWriter.Write(data.Columns.Count > 0 ? data.Columns : ["row"], data.Cells().Index().Where(r => findings.ExactOf[r.Index] == r.Index && !blank.Contains(r.Index) && (corrects || !wrong[r.Index])).Select(r =>
        {
            if (data.Columns.Count == 0) return [$"{r.Index + 1}"];
            if (!wrong[r.Index]) return r.Item;
            string[] cells = [.. r.Item];
            cells[label] = findings.Classes[findings.Suggested(r.Index)];
            return cells;
        }), path);
    }
}
