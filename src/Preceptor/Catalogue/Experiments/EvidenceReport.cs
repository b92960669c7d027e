using System.Globalization;
using System.Text;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>EVIDENCE.md: what has been measured of every paper's claims, rendered from the evidence files.</summary>
public static class EvidenceReport
{
    /// <summary>The report's file name, in the folder of the evidence files.</summary>
    public const string FileName = "EVIDENCE.md";

    /// <summary>Reads all evidence files of a folder.</summary>
    /// <exception cref="RequestException">The folder is missing or a file is malformed or misnamed.</exception>
    public static IReadOnlyList<EvidenceFile> ReadAll(string folder)
    {
        if (!Directory.Exists(folder)) throw new RequestException($"there is no folder {folder} of evidence files");
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path =>
        {
            var file = EvidenceFile.Read(path);
            var name = EvidenceFile.Name(file.Slug) ?? throw new RequestException($"{path}: slug: there is no method '{file.Slug}'{Spelling.Hint(file.Slug, MethodCatalogue.All.Select(m => m.Slug))}, and no league is called so ({LeagueTable.Prefix}name)");
            if (Path.GetFileName(path) != name) throw new RequestException($"{path}: is about {file.Slug} and must be called {name}");
            if (LeagueTable.Is(file.Slug)) LeagueTable.Of(file, path);
            return file;
        })];
    }

    /// <summary>Renders the report.</summary>
    public static string Render(IReadOnlyList<EvidenceFile> files)
    {
        var text = new StringBuilder("# Evidence\n\n");
        text.Append("What came of putting published claims to the test with Preceptor. Rendered from the JSON files beside it by `preceptor reproduce --render`; a test compares.\n");
        text.Append("Claims, smallest effects, settings and seeds were fixed before the first run ([experiments](../src/Preceptor/Catalogue/Experiments)); both arms of a claim are tuned alike, on validation rows of a seed that no verdict uses. ");
        text.Append("How verdicts are made: [statistics](../docs/statistics.md#verdicts-on-published-claims). The scale is small: the mechanism is the paper's, networks and data are not, so compare directions, not sizes.\n\n");
        EvidenceFile[] leagues = [.. files.Where(f => LeagueTable.Is(f.Slug))];
        if (leagues.Length > 0) text.Append($"Many methods on one problem: {string.Join(", ", leagues.Select(l => $"[{l.Slug}](#{l.Slug})"))}. {(leagues.Length < files.Count ? "Single claims:" : "")}\n\n");
        if (leagues.Length < files.Count) text.Append("| method | claim | on | verdict |\n|---|---|---|---|\n");
        foreach (var file in files.Except(leagues))
            foreach (var claim in file.Values.Claims)
                text.Append($"| [{file.Slug}](#{file.Slug}) | {claim.Claim} | {Conditions(claim.Method)} | {Words(claim.Verdict!.Value)}{(file.Stale() is null ? "" : " (stale)")} |\n");
        foreach (var file in leagues.Concat(files.Except(leagues))) Append(text, file);
        return text.ToString();
    }

    /// <summary>The file name of a league's plot, in the folder of the evidence files.</summary>
    public static string Plot(string league) => $"{league}.svg";

    /// <summary>A verdict in words.</summary>
    public static string Words(Verdict verdict) => Options.Key(verdict.ToString()).Replace('-', ' ');

    /// <summary>The conditions of an arm, by its name.</summary>
    public static string Conditions(string arm) => arm[..arm.IndexOf(": ", StringComparison.Ordinal)];

    /// <summary>A difference with its interval, in points where the metric is a share.</summary>
    public static string Difference(ClaimEvidence claim) => Difference(claim.Metric, claim.Difference);

    private static string Difference(string metric, Estimate difference) =>
        ResultText.Difference(ExperimentCatalogue.Metric(metric), new(difference.Mean, difference.Low, difference.High, []));

    private static void Append(StringBuilder text, EvidenceFile file)
    {
        var method = MethodCatalogue.All.FirstOrDefault(m => m.Slug == file.Slug);
        var title = method is null ? "**League table.** Many methods against one reference, under the same conditions." : $"**{method.Declaration.Title}.** {method.Declaration.Citation}.";
        text.Append($"\n## {file.Slug}\n\n{title} `preceptor reproduce {file.Slug}{(file.Tier == Tier.Full ? "" : $" --tier {Options.Key(file.Tier.ToString())}")}`: {Number(file.Provenance.Minutes, "0")} minutes.\n");
        if (file.Stale() is { } reason) text.Append($"\n> **Stale**: {reason} since this was measured.\n");
        if (ExperimentCatalogue.Find(file.Slug)?.Remark is { } remark) text.Append($"\n{remark}\n");
        foreach (var (conditions, notes) in file.Provenance.Notes ?? new Dictionary<string, IReadOnlyList<string>>()) text.Append($"\nOn {conditions}: {string.Join("; ", notes)}.\n");
        if (method is null) AppendLeague(text, file);
        else AppendClaims(text, file.Values.Claims);
        text.Append("\nPositive differences mean that the method is better. A claim is reproduced only where the mean reaches its smallest effect: ");
        text.Append($"{string.Join(", ", file.Values.Claims.Select(c => (c.Metric, c.SmallestEffect)).Distinct().Select(c => $"{c.Metric} {Effect(c.Metric, c.SmallestEffect)}"))}.\n");
        if (file.Values.Claims.Any(c => c.Controls.Count > 0)) text.Append("\n| null control | metric | difference | seeds | passes |\n|---|---|---|---|---|\n");
        foreach (var (claim, control) in file.Values.Claims.SelectMany(c => c.Controls.Select(k => (c, k))).DistinctBy(p => (p.k.Method, p.k.Reference, p.c.Metric)))
            text.Append($"| {control.Control}: {control.Method} against {control.Reference} | {claim.Metric} | {Difference(claim.Metric, control.Difference)} | {control.Seeds} | {(control.Passes ? "yes" : "no")} |\n");
        string[] metrics = [.. file.Values.Claims.Select(c => c.Metric).Distinct()];
        text.Append($"\n| arm | setting chosen by {file.Values.TunedBy} | {string.Join(" | ", metrics)} | seeds | seconds a training |\n|---|---|{string.Concat(metrics.Select(_ => "---|"))}---|---|\n");
        foreach (var arm in file.Values.Arms)
            text.Append($"| {arm.Arm} | `{arm.Setting}`{(arm.TunedAs is null ? "" : $" (as {arm.TunedAs})")} | {string.Join(" | ", metrics.Select(m => arm.Scores.TryGetValue(m, out var scores) ? ResultText.Value(ExperimentCatalogue.Metric(m), scores.Average()) : "–"))} | {arm.Scores.Values.First().Count} | {Number(arm.TrainSeconds, "0.0")} |\n");
        var provenance = file.Provenance;
        text.Append($"\n{provenance.Date}, Preceptor {provenance.Preceptor}, TorchSharp {provenance.TorchSharp}, {provenance.Runtime}, {provenance.Processor}.\n");
    }

    private static void AppendClaims(StringBuilder text, IReadOnlyList<ClaimEvidence> claims)
    {
        text.Append("\n| claim | published | on | reference → method | difference | seeds | verdict |\n|---|---|---|---|---|---|---|\n");
        foreach (var claim in claims)
        {
            var metric = ExperimentCatalogue.Metric(claim.Metric);
            text.Append($"| {claim.Claim} | {claim.Published} | {Conditions(claim.Method)} | {claim.Metric} {ResultText.Value(metric, claim.ReferenceMean)} → {ResultText.Value(metric, claim.MethodMean)} | {Difference(claim)} ({Number(claim.Level * 100, "0.00")} %) | {claim.Seeds} | {Words(claim.Verdict!.Value)} |\n");
        }
    }

    private static void AppendLeague(StringBuilder text, EvidenceFile file)
    {
        var tables = LeagueTable.Of(file);
        text.Append($"\n![The league table as a forest plot]({Plot(file.Slug)})\n");
        foreach (var table in tables)
        {
            text.Append($"\n| {table.Metric.Name} on {table.Conditions} | mean, 95 % over seeds | over {table.Reference.Method} | seeds | seconds a training | verdict |\n|---|---|---|---|---|---|\n");
            foreach (var row in table.Rows)
            {
                var score = new Interval(row.Score.Mean, row.Score.Low, row.Score.High, []);
                text.Append($"| {(row.IsReference ? $"**{row.Method}**" : row.Method)} | {ResultText.Value(table.Metric, score.Mean)}{(row.Seeds > 1 ? $" {ResultText.Ends(table.Metric, score)}" : "")} | {(row.IsReference ? "the reference" : $"{Difference(table.Metric.Name, row.Difference)} ({Number(row.Level * 100, "0.00")} %)")} | {row.Seeds} | {Number(row.Seconds, "0.0")} | {(row.Verdict is { } verdict ? Words(verdict) : "")} |\n");
            }
        }
    }

    private static string Effect(string metric, double effect) => ExperimentCatalogue.Metric(metric) is { Lowest: 0, Highest: 1 } ? $"{Number(effect * 100, "0.0")} points" : Number(effect, "0.00");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
