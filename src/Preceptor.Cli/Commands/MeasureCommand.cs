using System.CommandLine;
using System.Diagnostics;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor measure</c>: how hard, how noisy, how calibrated, how sure; what is measured stays as it is.</summary>
internal static class MeasureCommand
{
    private static readonly string[] SpecificationExtensions = [".yaml", ".yml"];

    public static Command Create(CancellationToken stop)
    {
        var what = new Argument<string?>("WHAT") { Description = "The measure (see methods)", Arity = ArgumentArity.ZeroOrOne };
        var files = new Argument<string[]>("SPEC|FILES") { Description = "A specification (YAML), or the files to measure, or a MODEL and its DATA; left out: --problem, or the built-in problem meant for the measure", Arity = ArgumentArity.ZeroOrMore };
        var problem = new Option<string?>("--problem") { Description = "A built-in problem (see problems)" };
        var set = new Option<string[]>("--set") { Description = "key=value, such as method.model=2pl or problem.solver=name; may be repeated", DefaultValueFactory = _ => [] };
        var threads = new Option<int?>("--threads") { Description = "Threads of tensor operations; numbers repeat only for the same count (default 1)" };
        var output = new Option<string?>("--out") { Description = "The folder of report and tables; left out: runs/<time>-<measure>" };
        var resume = new Option<string?>("--resume") { Description = "Continue the measurement in this folder" };
        var json = new Option<bool>("--json") { Description = "Print JSON objects, the result last; words go to standard error" };
        var command = new Command("measure", "Measure responses, predictions, rows or what a problem's supervision is worth; report.html and tables as CSV") { what, files, problem, set, threads, output, resume, json };
        command.SetAction(parsed =>
        {
            var request = parsed.GetValue(resume) is { } folder
                ? MeasureRequest.Resume(folder, new Option?[] { problem, set, threads, output }.Where(o => parsed.GetResult(o!) is { Implicit: false }).Select(o => o!.Name).Concat(parsed.GetValue(what) is { } named ? [named] : []))
                : New(parsed.GetValue(what), parsed.GetValue(files)!, parsed.GetValue(problem), parsed.GetValue(set)!, parsed.GetValue(threads), parsed.GetValue(output));
            return Execute(request, parsed.GetValue(json), stop);
        });
        return command;
    }

    private static MeasureRequest New(string? what, string[] files, string? problem, string[] set, int? threads, string? output)
    {
        RunCommand.CheckCounts(null, threads);
        if (what is null) throw new RequestException($"name a measure: {string.Join(", ", MeasurementRunner.Measures)}");
        var measure = MethodCatalogue.All.FirstOrDefault(m => m.Slug == what);
        if (measure is not { IsMeasure: true }) throw new RequestException(measure is null
            ? $"there is no measure '{what}'{Spelling.Hint(what, MeasurementRunner.Measures)}; known: {string.Join(", ", MeasurementRunner.Measures)}"
            : $"{what} trains a model and measures nothing; measures: {string.Join(", ", MeasurementRunner.Measures)}");
        var specification = Specification.From(Settings(measure, files, problem), set);
        return MeasureRequest.Create(specification, threads ?? 1, output, Words(what, files, problem, set, threads));
    }

    private static MapSetting Settings(MethodInfo measure, string[] files, string? problem)
    {
        if (files.FirstOrDefault(f => f.StartsWith('-')) is { } option) throw new RequestException($"there is no option '{option}' of measure"); // an argument list takes it for a file
        var isSpecification = files.Any(f => SpecificationExtensions.Contains(Path.GetExtension(f)));
        if (isSpecification && files.Length > 1) throw new RequestException($"{string.Join(' ', files)}: expected one specification, or files to measure");
        if (files.Length > 0 && problem is not null) throw new RequestException("give files or --problem, not both");
        var settings = isSpecification ? SpecificationReader.Read(files[0]) : new MapSetting("command line", "", []);
        if (!isSpecification && files is [var model, var rows] && IsModel(model) && measure.Needs.Any(n => n.Contains(typeof(ModelRows))))
            settings = settings.With("problem", new MapSetting(model, "problem", [.. new[] { ("kind", MeasurementData.KindName), ("model", model), ("data", rows) }.Select(p => KeyValuePair.Create<string, Setting>(p.Item1, new ScalarSetting(model, $"problem.{p.Item1}", p.Item2)))]));
        else if (!isSpecification && files.Length > 0)
        {
            var key = measure.Needs.SelectMany(n => n).Select(MeasurementData.KeyOf).OfType<string>().FirstOrDefault()
                ?? throw new RequestException($"{measure.Slug} needs {measure.DescribeNeeds(", or ")}: give a specification, which {Terminal.Command} init writes");
            settings = settings.With("problem", new MapSetting(files[0], "problem", [new("kind", new ScalarSetting(files[0], "problem.kind", MeasurementData.KindName)), new(key, new ScalarSetting(files[0], $"problem.{key}", string.Join(',', files)))]));
        }
        else if (!isSpecification)
        {
            var name = problem ?? BuiltInProblems.ExampleFor(measure)?.Name ?? throw new RequestException($"{measure.Slug} needs {measure.DescribeNeeds(", or ")}: give a specification or files");
            settings = settings.With("problem", new ScalarSetting(problem is null ? "default" : $"--problem {problem}", "problem", name));
        }
        // The specification may be one that trains: its method is not what measures.
        return settings.Find("method") is { } written && Names(written, measure.Slug) ? settings : settings.With("method", new ScalarSetting("measure", "method", measure.Slug));
    }

    private static bool IsModel(string path) => File.Exists(Path.Combine(path, "model.json")) || File.Exists(Path.Combine(path, "model", "model.json"));

    private static bool Names(Setting method, string slug) => method switch
    {
        ScalarSetting scalar => scalar.Text == slug,
        MapSetting map => map.Find("name") is ScalarSetting name && name.Text == slug,
        ListSetting { Items: [var only] } => Names(only, slug),
        _ => false,
    };

    private static string Words(string what, string[] files, string? problem, string[] set, int? threads)
    {
        string[] command = [Terminal.Command, "measure", what, .. files, .. problem is null ? [] : new[] { "--problem", problem }, .. set.SelectMany(s => new[] { "--set", s }), .. threads is null ? [] : new[] { "--threads", $"{threads}" }];
        return string.Join(' ', command.Select(RunCommand.Quote));
    }

    private static int Execute(MeasureRequest request, bool json, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var progress = ProgressDisplay.Create(json);
        progress.Begin($"{request.Specification.ProblemName} · {request.Specification.MethodName} → {request.Folder}");
        MeasurementReport report;
        try
        {
            report = request.Measure(progress, stop);
        }
        catch (RequestException) when (request.IsNew)
        {
            request.Withdraw(); // a wrong request leaves nothing behind
            throw;
        }
        catch (OperationCanceledException)
        {
            progress.End();
            Terminal.Words(json).WriteLineSafely($"interrupted; what is finished is kept. To continue: {Terminal.Command} measure --resume {RunCommand.Quote(request.Folder)}");
            throw;
        }
        finally
        {
            progress.End();
        }
        var result = request.Finish(report, watch.Elapsed.TotalSeconds);
        Show(Terminal.Words(json), result);
        if (json) Console.Out.WriteLine(result.ToJson().ToJsonString());
        return ExitCode.Done;
    }

    private static void Show(IAnsiConsole console, MeasurementResult result)
    {
        console.WriteLine();
        ResultDisplay.Words(console, result.Report.Sentence);
        console.WriteLine();
        var numbers = new Spectre.Console.Table().AddColumns("number", "value", "95 %", "meaning");
        foreach (var value in result.Report.Values)
            numbers.AddRow(Markup.Escape(value.Name), Markup.Escape(MeasurementResult.Text(value.Value.Mean, value.IsShare)), Markup.Escape(MeasurementResult.Ends(value)), Markup.Escape(value.Meaning));
        console.Write(numbers);
        foreach (var note in result.Report.Notes) ResultDisplay.Words(console, note);
        foreach (var table in result.Report.Tables) console.WriteLineSafely($"{table.Name}: {result.TableFile(table.Name)} ({ResultText.Count(table.Rows, "row")})");
        console.WriteLineSafely($"report: {Path.Combine(result.Folder, "report.html")}");
    }
}
