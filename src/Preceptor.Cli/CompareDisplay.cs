using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>The end of a comparison for people: table, one sentence, commands to paste.</summary>
internal static class CompareDisplay
{
    private const int LongestName = 22;
    private static readonly string[] Heads = ["", "", "", "over the baseline", "s a seed"];

    public static void Show(IAnsiConsole console, MethodComparison comparison, CompareRequest request, bool isCut)
    {
        console.WriteLine();
        ResultDisplay.Words(console, $"{comparison.Baseline.Problem} · {ResultText.Count(comparison.Methods.Count, "method")} · {ComparisonText.Basis(comparison)}");
        if (ResultText.Caution(comparison.Baseline.ScoredOn) is { } caution) ResultDisplay.Words(console, caution);
        foreach (var note in comparison.Baseline.Notes) ResultDisplay.Words(console, note);
        console.WriteLine();
        var rows = comparison.Rows;
        Table(console, comparison.Metric, rows);
        console.WriteLine();
        foreach (var arm in rows.Select(r => r.Arm).Where(a => a != "method").Distinct()) console.MarkupLine($"[grey]{arm}: {ResultText.Meaning(arm, comparison.Baseline.Target)}[/]");
        console.WriteLine();
        ResultDisplay.Words(console, ComparisonText.Sentence(comparison));
        if (ComparisonText.Optimism(comparison) is { } optimism) ResultDisplay.Words(console, optimism);
        if (ComparisonText.FewerSeeds(comparison) is { } fewer) ResultDisplay.Words(console, fewer);
        foreach (var method in comparison.LeftOut) ResultDisplay.Words(console, $"left out: {method.Method}: {method.Reason}");
        if (isCut) console.WriteLineSafely($"the budget is used up; to go on for as long again: {Resume(request)}");
        console.WriteLine();
        console.WriteLineSafely($"report: {Path.Combine(comparison.Folder, CompareRequest.ReportFile)}");
        console.WriteLineSafely("next:");
        foreach (var command in Next(comparison, request)) console.WriteLineSafely($"  {command}");
    }

    /// <summary>The command that continues a comparison.</summary>
    public static string Resume(CompareRequest request) => $"{Terminal.Command} compare --resume {Commands.RunCommand.Quote(request.Folder)}";

    // At most 22 + 3 × 2 + 7 + 1 + 14 + 5 + 1 + 14 + 8 = 78 columns, unless a difference is wider than ten points.
    private static void Table(IAnsiConsole console, Metric metric, IReadOnlyList<ComparisonRow> rows)
    {
        var lines = rows.Select(r => (r.Arm, Cells: Cells(metric, r))).ToArray();
        int[] widths = [.. Heads.Select((head, column) => Math.Max(head.Length, lines.Max(l => l.Cells[column].Length)))];
        widths[0] = Math.Min(widths[0], LongestName);
        console.MarkupLine($"[grey]{new string(' ', widths[0] + 2)}{metric.Name.PadRight(widths[1] + 1 + widths[2])}  {Heads[3].PadRight(widths[3])}  {Heads[4].PadLeft(widths[4])}[/]");
        foreach (var (arm, cells) in lines)
            console.MarkupLine($"[{ResultDisplay.Colour(arm)}]{Markup.Escape(ResultDisplay.Fit(cells[0], widths[0]))}[/]  {Markup.Escape($"{cells[1].PadLeft(widths[1])} {cells[2].PadRight(widths[2])}  {cells[3].PadRight(widths[3])}  {cells[4].PadLeft(widths[4])}".TrimEnd())}");
    }

    private static string[] Cells(Metric metric, ComparisonRow row)
    {
        var difference = row.Arm == "method" ? row.Method!.Result.Difference : null;
        return
        [
            row.Name, ResultText.Value(metric, row.Score.Mean), ResultText.Ends(metric, row.Score),
            difference is null ? "" : $"{ResultText.DifferenceMean(metric, difference),5} {ResultText.DifferenceEnds(metric, difference)}",
            ComparisonText.Seconds(row.Method?.TrainSeconds),
        ];
    }

    private static IEnumerable<string> Next(MethodComparison comparison, CompareRequest request)
    {
        var best = request.Runs.First(r => r.Specification.MethodName == comparison.Methods[0].Result.Method);
        yield return ResultDisplay.Use(best);
        yield return $"{Terminal.Command} show {best.Specification.Fit.Info.Slug}";
    }
}
