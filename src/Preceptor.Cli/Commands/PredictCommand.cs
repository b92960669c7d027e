using System.CommandLine;
using Preceptor.Control;
using Preceptor.Fields;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Ranking;
using Preceptor.Readers;
using Preceptor.Reasoning;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor predict</c>: a trained model's answers for new rows.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, or its model folder" };
        var data = new Argument<string>("DATA") { Description = "Rows to predict; - reads CSV from standard input" };
        var output = new Option<string?>("--out") { Description = "The CSV file to write; left out: standard output" };
        var explain = new Option<bool>("--explain") { Description = "Add a column with the words that speak most for each row's class (models of ss3)" };
        var streams = new StreamOptions();
        var command = new Command("predict", "Predict new rows: row, id, label, probability, second, abstain; label sets with the probability of each label; or numbers; a field solves from initial states: state, place, time, u; a policy acts, by columns observation-0 … and goal-0 …: row, action-0 …; a language model answers the column prompt: row, sample, answer, log-probability, ended. With --stream: decide on streams of rows") { model, data, output, explain };
        streams.AddTo(command);
        command.SetAction(parsed =>
        {
            var stream = streams.Of(parsed);
            if (stream is not null && parsed.GetValue(explain)) throw new RequestException("--explain explains rows, not the streams of --stream; give one of them");
            if (FieldFile.Find(parsed.GetValue(model)!) is { } place)
            {
                if (stream is not null || parsed.GetValue(explain)) throw new RequestException($"{place}: is a field, which has neither --stream nor --explain");
                using var field = Field.Load(place);
                return Write(FieldFile.Of(field, parsed.GetValue(data)!), parsed.GetValue(output));
            }
            if (PolicyFile.Find(parsed.GetValue(model)!) is { } acting)
            {
                if (stream is not null || parsed.GetValue(explain)) throw new RequestException($"{acting}: is a policy, which has neither --stream nor --explain");
                using var policy = Policy.Load(acting);
                return Write(PolicyFile.Of(policy, parsed.GetValue(data)!), parsed.GetValue(output));
            }
            if (RankingFile.Find(parsed.GetValue(model)!) is { } ranking)
            {
                if (stream is not null || parsed.GetValue(explain)) throw new RequestException($"{ranking}: is a ranker, which has neither --stream nor --explain");
                using var ranker = Ranker.Load(ranking);
                return Write(RankingFile.Of(ranker, parsed.GetValue(data)!), parsed.GetValue(output));
            }
            if (Solver.Find(parsed.GetValue(model)!) is { } solving)
            {
                if (stream is not null || parsed.GetValue(explain)) throw new RequestException($"{solving}: is a solver, which has neither --stream nor --explain");
                using var solver = Solver.Load(solving);
                return Write(SolverFile.Of(solver, parsed.GetValue(data)!), parsed.GetValue(output));
            }
            if (LanguageModel.Find(parsed.GetValue(model)!) is { } speaking)
            {
                if (stream is not null || parsed.GetValue(explain)) throw new RequestException($"{speaking}: is a language model, which has neither --stream nor --explain");
                using var language = LanguageModel.Load(speaking);
                return Write((LanguageFile.Header, LanguageFile.Rows(LanguageFile.Of(language, LanguageFile.Prompts(parsed.GetValue(data)!), new()))), parsed.GetValue(output));
            }
            using var predictor = Predictor.Load(parsed.GetValue(model)!, new OnnxRows().Run);
            var table = PredictionFile.ReadFor(predictor, parsed.GetValue(data)!, stream: stream?.Column);
            return Write(stream is not null ? Streams.Decide(predictor, table, stream) : parsed.GetValue(explain) ? PredictionFile.Explained(predictor, table) : PredictionFile.Of(predictor, table), parsed.GetValue(output));
        });
        return command;
    }

    private static int Write((IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) lines, string? path)
    {
        if (path is not null)
        {
            DelimitedWriter.Write(lines.Header, lines.Rows, path);
            return ExitCode.Done;
        }
        using var writer = new StreamWriter(Console.OpenStandardOutput());
        DelimitedWriter.Write(lines.Header, lines.Rows, writer);
        return ExitCode.Done;
    }
}
