using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.Text;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>
/// Predictions as CSV: row, id, label, probability, second, abstain; where a row may have many labels row, id, label and the probability of
/// each; row, id, value where a number is predicted.
/// </summary>
internal static class PredictionFile
{
    private static readonly string[] Header = ["row", "id", "label", "probability", "second", "abstain"];

    private const int MostWords = 5;

    /// <summary>Predicts rows and gives the lines of the file, with the words that speak most for each row's class in a last column.</summary>
    /// <exception cref="RequestException">The model cannot say which words decided.</exception>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Explained(Predictor model, Table table)
    {
        if (model.Classifier is not IExplainsText explaining) throw new RequestException($"--explain: a model of the format '{model.Classifier.Format}' cannot say which words decided; one of {IncrementalTextClassifier.FormatName} can");
        var examples = model.Encoding.Encode(table);
        var predictions = model.Predict(examples);
        var (header, rows) = Classes(model, table, predictions);
        return ([.. header, "words"], rows.Select((cells, row) => (IReadOnlyList<string>)[.. cells, string.Join("; ", explaining.Explain(examples, row).Strongest(predictions.Best(row), MostWords))]));
    }

    /// <summary>Predicts rows and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Predictor model, Table table)
    {
        if (model.Target.Kind == TargetKind.Many) return LabelSets(model, table);
        if (model.Target.Kind == TargetKind.Number) return Numbers(model, table);
        return Classes(model, table, model.Predict(table));
    }

    private static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Classes(Predictor model, Table table, Predictions predictions)
    {
        var start = Start(model, table);
        return (Header, Enumerable.Range(0, table.Rows).Select(row =>
        {
            var best = predictions.Best(row);
            var probability = predictions.Row(row)[best];
            return (IReadOnlyList<string>)
            [
                .. start(row), model.Classes[best],
                probability.ToString("R", CultureInfo.InvariantCulture), model.Classes[predictions.Second(row)], probability < model.AbstainBelow ? "yes" : "no",
            ];
        }));
    }

    private static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) LabelSets(Predictor model, Table table)
    {
        var predictions = model.Predict(table);
        var start = Start(model, table);
        return (["row", "id", "label", .. model.Classes.Select(c => $"probability:{c}")], Enumerable.Range(0, table.Rows).Select(row => (IReadOnlyList<string>)
        [
            .. start(row), TargetColumn.Write(predictions.LabelsOf(row).Select(c => model.Classes[c])),
            .. predictions.Row(row).ToArray().Select(p => p.ToString("R", CultureInfo.InvariantCulture)),
        ]));
    }

    private static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Numbers(Predictor model, Table table)
    {
        var numbers = model.PredictNumbers(model.Encoding.Encode(table));
        var start = Start(model, table);
        return (["row", "id", "value"], Enumerable.Range(0, table.Rows).Select(row => (IReadOnlyList<string>)[.. start(row), numbers[row].ToString("R", CultureInfo.InvariantCulture)]));
    }

    /// <summary>A row's first cells: its number and what names it.</summary>
    private static Func<int, string[]> Start(Predictor model, Table table)
    {
        var id = model.Id is { } name ? table.Find(name)?.Words() : null;
        return row => [(row + 1).ToString(CultureInfo.InvariantCulture), id?.Invoke(row) ?? ""];
    }

    /// <summary>Writes a finished run's predictions of its own data file; of the test rows, beside the rows themselves, where the problem is generated.</summary>
    public static void WriteOwn(RunRequest request, string folder, PredictionTask task)
    {
        using var model = Predictor.Load(Path.Combine(folder, "model"), new OnnxRows(request.OnnxFolder).Run);
        Table rows;
        if (request.Specification.Problem is PredictionData data)
        {
            var (texts, numbers) = model.ColumnsToRead(data.Label);
            rows = DataFiles.Read(data.Data!, texts, numbers, data.BadImages ?? BadImages.Fail).Rows;
        }
        else
        {
            rows = task.Exam.TestRows;
            if (rows.Columns.All(c => c is not ImageColumn)) DelimitedWriter.Write(rows, Path.Combine(folder, "test.csv"));
        }
        var (header, lines) = Of(model, rows);
        DelimitedWriter.Write(header, lines, Path.Combine(folder, "predictions.csv"));
    }

    /// <summary>Reads rows to predict as the model needs them, from a file or, for -, from standard input.</summary>
    /// <param name="model">Names the input columns.</param>
    /// <param name="path">The file.</param>
    /// <param name="label">The label column, read as written unless it holds numbers to predict: class 01 is not class 1.</param>
    /// <param name="stream">The column that names streams, read as written.</param>
    public static Table ReadFor(Predictor model, string path, string? label = null, string? stream = null)
    {
        var (texts, numbers) = model.ColumnsToRead(label);
        var options = new DelimitedOptions { Text = texts.Concat(stream is null ? [] : [stream]).ToHashSet(), Numbers = numbers.ToHashSet(), AllowAbsent = true };
        if (path == "-") return DelimitedReader.Read(Console.OpenStandardInput(), "standard input", options);
        return DataFiles.Read(path, [.. options.Text], [.. options.Numbers]).Rows;
    }
}
