using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Training;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>methods</c>, <c>problems</c>, <c>show</c> and <c>search</c>: what there is. Only <c>methods --matrix</c> touches a tensor.</summary>
internal static class CatalogueCommands
{
    public static Command Methods()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object a method" };
        var markdown = Document("--markdown", "Write the reference of all methods (docs/methods.md)");
        var matrix = Document("--matrix", "Train every method on every small problem for two steps and write which works (docs/matrix.md)");
        var command = new Command("methods", "List the methods and what each needs") { json, markdown, matrix };
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(markdown) is not null) return Write(parsed.GetValue(markdown), MethodReference.Render());
            if (parsed.GetResult(matrix) is not null) return Write(parsed.GetValue(matrix), MethodMatrix.Render(DataFiles.Read));
            if (parsed.GetValue(json))
            {
                foreach (var method in MethodCatalogue.All) Console.Out.WriteLine(ToJson(method).ToJsonString());
                return ExitCode.Done;
            }
            foreach (var method in MethodCatalogue.All) Line(method.Slug, $"{method.Declaration.Summary} Needs {method.DescribeNeeds(", or ")}.");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Problems()
    {
        var command = new Command("problems", "List the built-in problems");
        command.SetAction(_ =>
        {
            foreach (var problem in BuiltInProblems.All) Line(problem.Name, $"{problem.Summary} Meant for {problem.Method}.");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Show()
    {
        var name = new Argument<string>("SLUG") { Description = "A method, a problem, or data, measurement, rules, teachers, model, frozen, training" };
        var command = new Command("show", "Show a method or a problem with all its options") { name };
        command.SetAction(parsed =>
        {
            var slug = parsed.GetValue(name)!;
            if (MethodCatalogue.All.FirstOrDefault(m => m.Slug == slug) is { } method)
            {
                AnsiConsole.WriteLine($"{method.Declaration.Title} ({method.Slug}, {method.Kind})");
                AnsiConsole.WriteLine(method.Declaration.Summary);
                AnsiConsole.WriteLine($"Source: {method.Declaration.Citation}");
                AnsiConsole.WriteLine($"Needs {method.DescribeNeeds(", or ")}.");
                ShowOptions("method", method.OptionsType);
                if (BuiltInProblems.ExampleFor(method) is { } example) AnsiConsole.Profile.Out.Writer.WriteLine($"Try: {Terminal.Command} {Example(method.Slug, example)}");
                return ExitCode.Done;
            }
            if (BuiltInProblems.All.FirstOrDefault(p => p.Name == slug) is { } problem)
            {
                AnsiConsole.WriteLine($"{problem.Name} ({problem.Kind})");
                AnsiConsole.WriteLine(problem.Summary);
                ShowOptions("problem", problem.OptionsType);
                foreach (var (key, value) in problem.Defaults) AnsiConsole.WriteLine($"sets {key}: {value}");
                AnsiConsole.Profile.Out.Writer.WriteLine($"Try: {Terminal.Command} {Example(problem.Method, problem)}");
                return ExitCode.Done;
            }
            (string Section, Type Type)[] sections = [("data", typeof(PredictionData)), ("measurement", typeof(MeasurementData)), ("rules", typeof(LabelRule)), ("teachers", typeof(TeacherSource)), ("model", typeof(ModelOptions)), ("frozen", typeof(FrozenNetwork)), ("training", typeof(TrainingOptions))];
            if (sections.FirstOrDefault(s => s.Section == slug) is { Type: { } type })
            {
                ShowOptions(slug switch { "data" or "measurement" => "problem", "rules" => "problem.rules.NAME", "teachers" => "problem.teachers.NAME", "frozen" => "model.frozen", _ => slug }, type);
                return ExitCode.Done;
            }
            string[] known = [.. MethodCatalogue.All.Select(m => m.Slug), .. BuiltInProblems.All.Select(p => p.Name), .. sections.Select(s => s.Section)];
            throw new RequestException($"there is no method or problem '{slug}'{Spelling.Hint(slug, known)}; known: {string.Join(", ", known)}");
        });
        return command;
    }

    public static Command Search()
    {
        var words = new Argument<string[]>("WORDS") { Description = "What to look for", Arity = ArgumentArity.OneOrMore };
        var command = new Command("search", "Find methods and problems by words in their description") { words };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(words)!;
            var entries = MethodCatalogue.All.Select(m => (Name: m.Slug, Text: $"{m.Declaration.Title} {m.Declaration.Summary} {m.Declaration.Citation} {m.DescribeNeeds(", or ")}", m.Declaration.Summary))
                .Concat(BuiltInProblems.All.Select(p => (p.Name, Text: p.Summary, p.Summary)));
            var found = entries
                .Select(e => (e.Name, e.Summary, Score: wanted.Sum(w => (e.Name.Contains(w, StringComparison.OrdinalIgnoreCase) ? 2 : 0) + (e.Text.Contains(w, StringComparison.OrdinalIgnoreCase) ? 1 : 0))))
                .Where(e => e.Score > 0).OrderByDescending(e => e.Score).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
            foreach (var (name, summary, _) in found) Line(name, summary);
            if (found.Length == 0) AnsiConsole.WriteLine($"nothing mentions {string.Join(" or ", wanted)}; {Terminal.Command} methods lists everything");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Example(string chain, BuiltInProblem problem) =>
        MethodCatalogue.All.Any(m => m.Slug == chain && m.IsMeasure) ? $"measure {chain} --problem {problem.Name}" : $"run --problem {problem.Name} --method {chain}";

    private static Option<string?> Document(string name, string description) =>
        new(name) { Description = description + " to this file, or to standard output", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };

    private static int Write(string? path, string text)
    {
        if (path is null) Console.Out.Write(text);
        else RunFolder.WriteWhole(path, text);
        return ExitCode.Done;
    }

    private static void Line(string name, string text) => AnsiConsole.Write(new Padder(new Columns(new Text(name), new Text(text)) { Expand = false }, new Padding(0)));

    private static void ShowOptions(string section, Type type)
    {
        var options = Options.Describe(type);
        if (options.Count == 0)
        {
            AnsiConsole.WriteLine("No options of its own.");
            return;
        }
        var table = new Spectre.Console.Table().AddColumns("key", "default", "allowed", "meaning");
        foreach (var option in options)
            table.AddRow(Markup.Escape($"{section}.{option.Key}"), Markup.Escape(option.Default ?? "—"), Markup.Escape(option.Allowed), Markup.Escape(option.Description + (option.Source is null ? "" : $" ({option.Source})")));
        AnsiConsole.Write(table);
    }

    private static JsonObject ToJson(MethodInfo method) => new()
    {
        ["type"] = "method",
        ["slug"] = method.Slug,
        ["kind"] = method.Kind,
        ["title"] = method.Declaration.Title,
        ["summary"] = method.Declaration.Summary,
        ["citation"] = method.Declaration.Citation,
        ["paper"] = method.Declaration.Paper,
        ["needs"] = new JsonArray([.. method.Needs.Select(n => (JsonNode)new JsonArray([.. n.Select(t => JsonValue.Create(Options.Key(t.Name)))]))]),
    };
}
