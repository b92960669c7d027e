using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Readers;
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
        var streams = new StreamOptions();
        var command = new Command("evaluate", "Score a model on labelled rows; with --stream, how well and how early it recognises streams of rows") { model, data, label, json };
        streams.AddTo(command);
        command.SetAction(parsed => Execute(parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(label)!, streams.Of(parsed), parsed.GetValue(json)));
        return command;
    }

    private static int Execute(string model, string data, string label, StreamRequest? stream, bool json)
    {
        using var predictor = Predictor.Load(model, new OnnxRows().Run);
        var table = PredictionFile.ReadFor(predictor, data, label, stream?.Column);
        var column = table.Find(label) ?? throw new RequestException($"--label: {table.Name} has no column '{label}'{Spelling.Hint(label, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        if (stream is not null) return Show(StreamEvaluation.Of(predictor, table, column, stream), model, data, json);
        var words = column.Words();
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(r => words(r).Length > 0)];
        if (rows.Length == 0) throw new RequestException($"{table.Name}: column '{label}' is blank in every row");
        var (scores, perClass) = Score(predictor, table.Take(rows), label);
        var metrics = Metrics.Of(predictor.Target.Kind).ToDictionary(m => m.Name, m => Intervals.OverItems([m.Score(scores)]));
        if (json)
        {
            var result = new JsonObject { ["type"] = "result", ["model"] = model, ["data"] = data, ["testItems"] = rows.Length };
            foreach (var (name, interval) in metrics) result[name] = new JsonObject { ["mean"] = interval.Mean, ["low"] = interval.Low, ["high"] = interval.High };
            Console.Out.WriteLine(result.ToJsonString());
            return ExitCode.Done;
        }
        var overview = new Spectre.Console.Table().AddColumns("metric", "value", "95 %", "meaning");
        foreach (var metric in Metrics.Of(predictor.Target.Kind))
            overview.AddRow(metric.Name, $"{metrics[metric.Name].Mean:0.0000}", Markup.Escape($"[{metrics[metric.Name].Low:0.0000}, {metrics[metric.Name].High:0.0000}]"), Markup.Escape(metric.Description));
        AnsiConsole.Write(overview);
        if (perClass.Count == 0) return ExitCode.Done;
        var classes = new Spectre.Console.Table().AddColumns(predictor.Target.Kind == TargetKind.Many ? "label" : "class", "rows", "precision", "recall", "F1");
        foreach (var score in perClass) classes.AddRow(Markup.Escape(predictor.Classes[score.Class]), $"{score.Support:#,0}", $"{score.Precision:0.000}", $"{score.Recall:0.000}", $"{score.F1:0.000}");
        AnsiConsole.Write(classes);
        return ExitCode.Done;
    }

    private static int Show(StreamEvaluation evaluation, string model, string data, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(evaluation.ToJson(model, data).ToJsonString());
            return ExitCode.Done;
        }
        var overview = new Spectre.Console.Table().AddColumns("figure", "value", "meaning");
        foreach (var (name, value, meaning) in evaluation.Figures) overview.AddRow(name, value is { } number ? $"{number:0.0000}" : "–", Markup.Escape(meaning));
        AnsiConsole.Write(overview);
        return ExitCode.Done;
    }

    /// <summary>Scores a model on rows that all have a target; by class or label too, where there are such.</summary>
    private static (IScores Scores, IReadOnlyList<ClassScore> PerClass) Score(Predictor model, Data.Table rows, string label)
    {
        var target = new TargetColumn(label, new ScalarSetting($"--label {label}", "", label));
        switch (model.Target.Kind)
        {
            case TargetKind.Number:
                return (NumberScores.Of(model.PredictNumbers(model.Encoding.Encode(rows)), target.Numbers(rows)), []);
            case TargetKind.Many:
                var sets = LabelSetScores.Of(model.Predict(rows).Probabilities, target.Sets(rows, model.Classes)!, model.Classes.Count);
                return (sets, sets.PerLabel);
            default:
                var words = rows.Find(label)!.Words();
                var index = model.Classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
                int[] labels = [.. Enumerable.Range(0, rows.Rows).Select(r => index.TryGetValue(words(r), out var c) ? c
                    : throw new RequestException($"{rows.Name}: row {rows.Origin(r) + 1} has the class '{words(r)}', which the model does not know{Spelling.Hint(words(r), model.Classes)}; it knows {string.Join(", ", model.Classes)}"))];
                var scores = ClassificationScores.Of(model.Predict(rows).Probabilities, labels);
                return (scores, scores.PerClass);
        }
    }
}
