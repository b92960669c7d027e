using Preceptor.Catalogue;
using Preceptor.Cli.Commands;
using Preceptor.Data;
using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>The end of a run for people: bar chart, one sentence, three commands to paste.</summary>
internal static class ResultDisplay
{
    private const int BarWidth = 24, LongestName = 22;

    /// <summary>From this width on, what an arm is stands beside its bar.</summary>
    private const int WideConsole = 120;

    public static void Show(IAnsiConsole console, RunResult result, RunRequest request)
    {
        console.WriteLine();
        Words(console, $"{result.Problem} · {result.Method} · {ResultText.Basis(result)}");
        if (ResultText.Caution(result.ScoredOn) is { } caution) Words(console, caution);
        foreach (var note in result.Notes) Words(console, note);
        console.WriteLine();
        string[] arms = [.. ResultText.Arms.Where(result.Scores.ContainsKey)];
        var width = Math.Min(arms.Max(a => ResultText.Name(result, a).Length), LongestName);
        foreach (var arm in arms) Bar(console, result, arm, width);
        if (console.Profile.Width < WideConsole)
        {
            console.WriteLine();
            foreach (var arm in arms.Where(a => a != "method")) console.MarkupLine($"[grey]{arm}: {ResultText.Meaning(arm, result.Target)}[/]");
        }
        console.WriteLine();
        Words(console, ResultText.Sentence(result));
        if (ResultText.Others(result) is { } others) Words(console, others);
        console.WriteLine();
        console.WriteLineSafely($"report: {Path.Combine(request.Folder, "report.html")}");
        console.WriteLineSafely("next:");
        foreach (var command in Next(result, request)) console.WriteLineSafely($"  {command}");
    }

    // At most 22 + 1 + 24 + 2 + 7 + 2 + 14 = 72 columns, so that it never breaks in a terminal of 80.
    private static void Bar(IAnsiConsole console, RunResult result, string arm, int width)
    {
        var (metric, score) = (result.Metric, result.Scores[arm]);
        var full = double.IsFinite(metric.Highest) ? metric.Highest : Math.Max(result.Scores.Values.Max(s => s.Mean), double.Epsilon);
        var filled = (int)Math.Round(Math.Clamp(score.Mean / full, 0, 1) * BarWidth);
        var line = $"{Markup.Escape(Fit(ResultText.Name(result, arm), width))} [{Colour(arm)}]{new string('█', filled)}[/]{new string('·', BarWidth - filled)}  {ResultText.Value(metric, score.Mean),7}  {Markup.Escape(ResultText.Ends(metric, score))}";
        console.MarkupLine(console.Profile.Width < WideConsole || arm == "method" ? line : $"{line}  [grey]{ResultText.Meaning(arm, result.Target)}[/]");
    }

    public static string Colour(string arm) => arm switch
    {
        "floor" => "grey",
        "baseline" => "blue",
        "ceiling" => "yellow",
        _ => "green",
    };

    private static IEnumerable<string> Next(RunResult result, RunRequest request)
    {
        var kind = ProblemKinds.Of(request.Specification);
        // What this method and the baseline need is there; another that needs no more can be tried.
        var there = MethodCatalogue.All.Where(m => m.Slug == kind.Baseline || m.Slug == request.Specification.Fit.Info.Slug).SelectMany(m => m.Needs).SelectMany(n => n).ToHashSet();
        var other = MethodCatalogue.All.FirstOrDefault(m => m.IsFit && m.Kind == kind.Name && m.Needs.Any(n => n.All(there.Contains)) && m.Slug != result.Method && m.Slug != kind.Baseline && (result.Target is null or TargetKind.One || m.Targets.Contains(result.Target.Value)))?.Slug ?? kind.Baseline;
        var builtIn = request.Specification.BuiltIn;
        yield return builtIn is null
            ? $"{Terminal.Command} run {RunCommand.Quote(Path.Combine(request.Folder, "spec.yaml"))} --method {other}"
            : $"{Terminal.Command} run --problem {builtIn.Name} --method {other} --seeds 3";
        yield return Use(request);
        yield return $"{Terminal.Command} init your.csv";
    }

    /// <summary>The command that uses a finished run's model. Generated images are not written to a file that predict could read.</summary>
    public static string Use(RunRequest request)
    {
        var kind = ProblemKinds.Of(request.Specification);
        if (kind != ProblemKinds.Prediction) return $"{Terminal.Command} {kind.Use(RunCommand.Quote(request.Folder))}";
        var test = Path.Combine(request.Folder, "test.csv");
        var isBuiltIn = request.Specification.BuiltIn is not null;
        return isBuiltIn && !File.Exists(test)
            ? $"{Terminal.Command} show {request.Specification.Fit.Info.Slug}"
            : $"{Terminal.Command} predict {RunCommand.Quote(request.Folder)} {(isBuiltIn ? RunCommand.Quote(test) : "new.csv")} --out predictions.csv";
    }

    public static string Fit(string text, int width) => text.Length > width ? text[..(width - 1)] + "…" : text.PadRight(width);

    /// <summary>Writes a text in lines no longer than the console, broken between words.</summary>
    public static void Words(IAnsiConsole console, string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > console.Profile.Width)
            {
                console.WriteLineSafely(line);
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        console.WriteLineSafely(line);
    }

    /// <summary>Writes a line as it is, without wrapping at the terminal's width, so that it can be pasted.</summary>
    public static void WriteLineSafely(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
