using System.CommandLine;
using Preceptor.Models;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor predict</c>: a trained model's answers for new rows.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, or its model folder" };
        var data = new Argument<string>("DATA") { Description = "Rows to predict; - reads CSV from standard input" };
        var output = new Option<string?>("--out") { Description = "The CSV file to write; left out: standard output" };
        var command = new Command("predict", "Predict new rows: row, id, label, probability, second, abstain; label sets with the probability of each label; or numbers") { model, data, output };
        command.SetAction(parsed =>
        {
            using var predictor = Predictor.Load(parsed.GetValue(model)!);
            var (header, rows) = PredictionFile.Of(predictor, PredictionFile.ReadFor(predictor, parsed.GetValue(data)!));
            if (parsed.GetValue(output) is { } path) DelimitedWriter.Write(header, rows, path);
            else
            {
                using var writer = new StreamWriter(Console.OpenStandardOutput());
                DelimitedWriter.Write(header, rows, writer);
            }
            return ExitCode.Done;
        });
        return command;
    }
}
