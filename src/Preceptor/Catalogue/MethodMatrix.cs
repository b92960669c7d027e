using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Prediction;

namespace Preceptor.Catalogue;

/// <summary>A column of the matrix: a problem of at most 64 rows, ready to train on.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Settings">The settings that make it, such as <c>problem.size=tiny</c>.</param>
/// <param name="Specification">The specification, for two steps of training.</param>
/// <param name="Task">The problem and its exam.</param>
public sealed record MatrixProblem(string Name, IReadOnlyList<string> Settings, Specification Specification, PredictionTask Task);

/// <summary>A cell of the matrix.</summary>
/// <param name="Method">The method.</param>
/// <param name="Problem">The problem.</param>
/// <param name="Obstacle">Why the method does not train on the problem, in words; null where it does.</param>
public sealed record MatrixCell(MethodInfo Method, MatrixProblem Problem, string? Obstacle);

/// <summary>Which method trains on which problem, found out by training each on each for two steps.</summary>
public static class MethodMatrix
{
    // One batch holds all rows, so that two epochs are two steps: the second epoch is where methods that look back begin to.
    private static readonly string[] TwoSteps = ["training.epochs=2", "training.batch=64", "model.hidden=[16]", "model.embedding=8", "model.vocabulary=256"];

    // What methods that train no network call their steps.
    private static readonly string[] StepOptions = ["iterations", "trees"];

    // A teacher four times as wide as a residual network would take seconds a cell: images get a perceptron.
    // Declared, so that no column to predict is an input.
    private static readonly string[] Inputs = ["problem.text=[text]", "problem.numbers=[amount]", "problem.categories=[channel]"];
    private static readonly string[] Digits = ["problem.size=tiny", "model.encoder=mlp"], Tickets = ["problem.size=tiny"], Csv = ["problem.data=rows.csv", "problem.label=topic", .. Inputs];

    private static readonly (string Name, string? BuiltIn, string[] Settings)[] Columns =
    [
        ("digits", "digits", Digits),
        ("digits, few labels", "digits", [.. Digits, "problem.labels=10"]),
        ("digits, wrong labels", "digits", [.. Digits, "problem.noise=0.4"]),
        ("regions", "regions", ["problem.size=tiny"]),
        ("tickets", "tickets", Tickets),
        ("tickets, no teacher", "tickets", [.. Tickets, "problem.teacher=none"]),
        ("tickets, two teachers", "tickets", [.. Tickets, "problem.teacher=both"]),
        ("tickets, rules", "tickets", [.. Tickets, "problem.rules=true", "problem.teacher=none"]),
        ("tickets, few labels", "tickets", [.. Tickets, "problem.labelled=0.3"]),
        ("deliveries", "deliveries", ["problem.size=tiny"]),
        ("a CSV", null, Csv),
        ("a CSV, checked rows", null, [.. Csv, "problem.trusted=checked"]),
        ("a CSV, label sets", null, ["problem.data=rows.csv", "problem.label=tags", "problem.labels=many", .. Inputs]),
        ("a CSV, a number", null, ["problem.data=rows.csv", "problem.label=minutes", "problem.labels=number", .. Inputs]),
    ];

    /// <summary>All columns: every built-in problem, variants that offer other supervision, and a CSV with text, a number, a category and blank labels.</summary>
    /// <param name="read">Reads the CSV.</param>
    public static IReadOnlyList<MatrixProblem> Problems(ReadTable read)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-matrix-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "rows.csv"), MatrixRows.Csv());
            return [.. Columns.Select(c => Prepare(c.Name, c.BuiltIn, c.Settings, (path, text, numbers, badImages) => read(Path.Combine(folder, path), text, numbers, badImages)))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Trains a method on a problem for two steps, as a command would, and lets it answer the exam.</summary>
    /// <exception cref="WorkException">Its answers are not numbers.</exception>
    public static MatrixCell Try(MethodInfo method, MatrixProblem problem)
    {
        if (method.Missing(problem.Task.Problem) is { } missing) return new(method, problem, $"needs {missing}");
        var steps = Options.Describe(method.OptionsType).Select(o => o.Key).Intersect(StepOptions).Select(key => KeyValuePair.Create(key, (Setting)new ScalarSetting("matrix", $"method.{key}", "2")));
        MethodChoice choice = new(method, Options.Bind(method.OptionsType, new MapSetting("matrix", "method", [.. steps])));
        var specification = problem.Specification with { Methods = method.IsFit ? [choice] : [choice, .. problem.Specification.Methods] };
        try
        {
            using var run = new Run(new RunSettings());
            using var model = PredictionEvaluation.Fit(problem.Task.Problem, PredictionRunner.Method(specification), run);
            var answers = ArmOutcome.Of(model, problem.Task.Exam.Test);
            return answers.Probabilities.All(float.IsFinite) && answers.Numbers.All(double.IsFinite) ? new MatrixCell(method, problem, null)
                : throw new WorkException($"{method.Slug} on {problem.Name}: its answers are not numbers");
        }
        catch (RequestException e)
        {
            return new(method, problem, e.Message);
        }
    }

    /// <summary>docs/matrix.md, with every cell tried.</summary>
    /// <param name="read">Reads the CSV.</param>
    public static string Render(ReadTable read) => Render([.. Problems(read).SelectMany(p => MethodCatalogue.All.Where(m => m.Kind == ProblemKinds.Prediction.Name).Select(m => Try(m, p)))]);

    /// <summary>docs/matrix.md.</summary>
    /// <param name="cells">Every method on every problem.</param>
    public static string Render(IReadOnlyList<MatrixCell> cells)
    {
        MatrixProblem[] problems = [.. cells.Select(c => c.Problem).Distinct()];
        var text = new StringBuilder("# Methods on problems\n\nGenerated by `preceptor methods --matrix docs/matrix.md`; a test compares. Every method trains a small network for two steps on every problem, and answers its exam: `ok`, or why not.\n\n");
        text.Append($"| method | {string.Join(" | ", problems.Select(p => p.Name))} |\n|---|{string.Concat(problems.Select(_ => "---|"))}\n");
        foreach (var row in cells.GroupBy(c => c.Method))
        {
            var obstacles = row.ToDictionary(c => c.Problem, c => c.Obstacle);
            text.Append($"| [{row.Key.Slug}](methods.md#{row.Key.Slug}) | {string.Join(" | ", problems.Select(p => (obstacles[p] ?? "ok").Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }
        text.Append("\n## The problems\n\nThe smallest of their kind. Rows counts those to train on; the CSV has a text, a number, a category, and a class, a label set and a number to predict that are sometimes blank.\n\n| problem | settings | rows | supervision offered |\n|---|---|---|---|\n");
        foreach (var problem in problems)
            text.Append($"| {problem.Name} | {string.Join(" ", problem.Settings.Select(s => $"`{s}`"))} | {problem.Task.Problem.Train.Count} | {Offered(problem.Task.Problem)} |\n");
        return text.ToString();
    }

    private static MatrixProblem Prepare(string name, string? builtIn, string[] settings, ReadTable read)
    {
        KeyValuePair<string, Setting>[] sections = [new("method", new ScalarSetting("matrix", "method", "supervised")), .. builtIn is null ? [] : new[] { KeyValuePair.Create("problem", (Setting)new ScalarSetting("matrix", "problem", builtIn)) }];
        var specification = Specification.From(new MapSetting("matrix", "", sections), [.. settings, .. TwoSteps]);
        return new(name, settings, specification, PredictionRunner.Prepare(specification, 0, read));
    }

    private static string Offered(PredictionProblem problem) => string.Join(", ", problem.Supervision.GroupBy(s => s.GetType()).Select(pieces =>
    {
        var names = string.Join(" and ", pieces.Select(p => p.Name).Where(n => n.Length > 0));
        var labelled = pieces.Key.IsAssignableTo(typeof(Supervision.ITargets)) && problem.Targets.Labelled.Length < problem.Train.Count ? $"{problem.Targets.Labelled.Length} rows" : "";
        return Options.Key(pieces.Key.Name) + (names + labelled is { Length: > 0 } detail ? $" ({detail})" : "");
    }));
}
