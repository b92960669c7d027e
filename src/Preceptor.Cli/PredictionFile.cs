using System.Globalization;
using Preceptor.Data;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>Predictions as CSV: row, id, label, probability, second, abstain.</summary>
internal static class PredictionFile
{
    private static readonly string[] Header = ["row", "id", "label", "probability", "second", "abstain"];

    /// <summary>Predicts rows and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Predictor model, Table table)
    {
        var predictions = model.Predict(table);
        var id = model.Id is { } name ? table.Find(name)?.Words() : null;
        return (Header, Enumerable.Range(0, table.Rows).Select(row =>
        {
            var best = predictions.Best(row);
            var probability = predictions.Row(row)[best];
            return (IReadOnlyList<string>)
            [
                (row + 1).ToString(CultureInfo.InvariantCulture), id?.Invoke(row) ?? "", model.Classes[best],
                probability.ToString("R", CultureInfo.InvariantCulture), model.Classes[predictions.Second(row)], probability < model.AbstainBelow ? "yes" : "no",
            ];
        }));
    }

    /// <summary>Writes a finished run's predictions of its own data file; of the test rows, beside the rows themselves, where the problem is generated.</summary>
    public static void WriteOwn(RunRequest request, string folder, PredictionTask task)
    {
        using var model = Predictor.Load(Path.Combine(folder, "model"));
        Table rows;
        if (request.Specification.Problem is PredictionData data) rows = DataFiles.Read(data.Data!, Texts(model, data.Label), model.Encoding.Numbers.Select(n => n.Column).ToArray(), data.BadImages ?? BadImages.Fail).Rows;
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
    /// <param name="label">The label column, read as written: class 01 is not class 1.</param>
    public static Table ReadFor(Predictor model, string path, string? label = null)
    {
        var options = new DelimitedOptions { Text = Texts(model, label).ToHashSet(), Numbers = model.Encoding.Numbers.Select(n => n.Column).ToHashSet(), AllowAbsent = true };
        if (path == "-") return DelimitedReader.Read(Console.OpenStandardInput(), "standard input", options);
        return DataFiles.Read(path, [.. options.Text], [.. options.Numbers]).Rows;
    }

    private static string[] Texts(Predictor model, string? label)
    {
        string?[] names = [.. model.Encoding.Text?.Columns ?? [], .. model.Encoding.Categories.Select(c => c.Column), model.Id, label];
        return [.. names.OfType<string>().Distinct()];
    }
}
