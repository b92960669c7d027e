using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor evaluate</c>: scores a trained model on labelled rows.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, or its model folder" };
        var data = new Argument<string>("DATA") { Description = "Labelled rows; - reads CSV from standard input" };
        var label = new Option<string>("--label") { Description = "The label column", DefaultValueFactory = _ => "label" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("evaluate", "Score a model on labelled rows") { model, data, label, json };
        command.SetAction(parsed => Execute(parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(label)!, parsed.GetValue(json)));
        return command;
    }

    private static int Execute(string model, string data, string label, bool json)
    {
        using var predictor = Predictor.Load(model);
        var table = PredictionFile.ReadFor(predictor, data, label);
        var column = table.Find(label) ?? throw new RequestException($"--label: {table.Name} has no column '{label}'{Spelling.Hint(label, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        var words = column.Words();
        var index = predictor.Classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(r => words(r).Length > 0)];
        if (rows.Length == 0) throw new RequestException($"{table.Name}: column '{label}' is blank in every row");
        int[] labels = [.. rows.Select(r => index.TryGetValue(words(r), out var c) ? c
            : throw new RequestException($"{table.Name}: row {r + 1} has the class '{words(r)}', which the model does not know{Spelling.Hint(words(r), predictor.Classes)}; it knows {string.Join(", ", predictor.Classes)}"))];
        var scores = ClassificationScores.Of(predictor.Predict(table.Take(rows)).Probabilities, labels);
        var metrics = Metrics.All.ToDictionary(m => m.Name, m => Intervals.OverItems([m.Score(scores)]));
        if (json)
        {
            var result = new JsonObject { ["type"] = "result", ["model"] = model, ["data"] = data, ["testItems"] = rows.Length };
            foreach (var (name, interval) in metrics) result[name] = new JsonObject { ["mean"] = interval.Mean, ["low"] = interval.Low, ["high"] = interval.High };
            Console.Out.WriteLine(result.ToJsonString());
            return ExitCode.Done;
        }
        var overview = new Spectre.Console.Table().AddColumns("metric", "value", "95 %", "meaning");
        foreach (var metric in Metrics.All)
            overview.AddRow(metric.Name, $"{metrics[metric.Name].Mean:0.0000}", Markup.Escape($"[{metrics[metric.Name].Low:0.0000}, {metrics[metric.Name].High:0.0000}]"), Markup.Escape(metric.Description));
        AnsiConsole.Write(overview);
        var classes = new Spectre.Console.Table().AddColumns("class", "rows", "precision", "recall", "F1");
        foreach (var score in scores.PerClass) classes.AddRow(Markup.Escape(predictor.Classes[score.Class]), $"{score.Support:#,0}", $"{score.Precision:0.000}", $"{score.Recall:0.000}", $"{score.F1:0.000}");
        AnsiConsole.Write(classes);
        return ExitCode.Done;
    }
}
