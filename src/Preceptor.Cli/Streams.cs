using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.Text;

namespace Preceptor.Cli;

/// <summary>The options by which rows are read as streams of texts, to be decided on as early as the evidence allows.</summary>
internal sealed class StreamOptions
{
    private readonly Option<string?> column = new("--stream") { Description = "Rows with the same value in this column are a stream, read in the file's order and decided on as early as may be" };
    private readonly Option<string?> positive = new("--positive") { Description = "With --stream: the class to recognise early" };
    private readonly Option<double> margin = new("--margin") { Description = "With --stream: by how much the confidence in it must exceed every other; more makes later and fewer alarms", DefaultValueFactory = _ => 0 };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(column);
        command.Add(positive);
        command.Add(margin);
    }

    /// <summary>What was asked for; null for no streams.</summary>
    /// <exception cref="RequestException">The options do not go together.</exception>
    public StreamRequest? Of(ParseResult parsed)
    {
        if (parsed.GetValue(column) is not { } name)
        {
            foreach (var option in new Option[] { positive, margin })
                if (parsed.GetResult(option) is OptionResult { Implicit: false }) throw new RequestException($"{option.Name} goes with --stream COLUMN");
            return null;
        }
        if (parsed.GetValue(positive) is not { } label) throw new RequestException("--stream needs --positive CLASS, the class to recognise early");
        var least = parsed.GetValue(margin);
        return double.IsFinite(least) && least >= 0 ? new(name, label, least) : throw new RequestException($"--margin {least.ToString(CultureInfo.InvariantCulture)}: allowed: 0 and more");
    }
}

/// <summary>How rows are read as streams.</summary>
/// <param name="Column">The column that names a row's stream.</param>
/// <param name="Positive">The class to recognise.</param>
/// <param name="Margin">By how much the confidence in it must exceed every other.</param>
internal sealed record StreamRequest(string Column, string Positive, double Margin)
{
    /// <summary>The class's index.</summary>
    /// <exception cref="RequestException">The model does not know the class.</exception>
    public int Class(Predictor model) => model.Classes.Select((c, i) => (c, i)).Where(p => p.c == Positive).Select(p => (int?)p.i).FirstOrDefault()
        ?? throw new RequestException($"--positive {Positive}: the model has no such class{Spelling.Hint(Positive, model.Classes)}; it has {string.Join(", ", model.Classes)}");
}

/// <summary>A stream that has been read to its end.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">What was decided, and when.</param>
/// <param name="Rows">All of its rows, by their places in the table.</param>
internal sealed record ReadStream(string Id, EarlyClassification State, IReadOnlyList<int> Rows);

/// <summary>Reads rows as streams: those of one stream in their order, however streams alternate.</summary>
internal static class Streams
{
    /// <summary>Reads all rows.</summary>
    /// <returns>The streams in the order of their first rows.</returns>
    /// <exception cref="RequestException">The model cannot read on text by text, or a row names no stream.</exception>
    public static IReadOnlyList<ReadStream> Read(Predictor model, Table table, StreamRequest request)
    {
        if (model.Classifier is not IncrementalTextClassifier classifier)
            throw new RequestException($"--stream: a model of the format '{model.Classifier.Format}' cannot read on text by text; one of {IncrementalTextClassifier.FormatName} can");
        var policy = EarlyClassification.Outweighs(request.Class(model), request.Margin);
        var column = table.Find(request.Column) ?? throw new RequestException($"--stream: {table.Name} has no column '{request.Column}'{Spelling.Hint(request.Column, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        var names = column.Words();
        var examples = model.Encoding.Encode(table);
        var streams = new OrderedDictionary<string, (EarlyClassification State, List<int> Rows)>(StringComparer.Ordinal);
        for (var row = 0; row < table.Rows; row++)
        {
            if (names(row) is not { Length: > 0 } name) throw new RequestException($"{table.Name}: row {table.Origin(row) + 1} has nothing in column '{request.Column}', which names its stream");
            if (!streams.TryGetValue(name, out var stream)) streams.Add(name, stream = (new(classifier, policy), []));
            stream.State.Read(examples, row);
            stream.Rows.Add(row);
        }
        return [.. streams.Select(s => new ReadStream(s.Key, s.Value.State, s.Value.Rows))];
    }

    /// <summary>Decides on all streams and gives the lines of a file: what was decided, after how many rows, and the confidences then.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Decide(Predictor model, Table table, StreamRequest request)
    {
        var positive = request.Class(model);
        static string Digits(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        static string Whole(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
        return (["stream", "positive", "after", "rows", "confidence", "highest-other"], Read(model, table, request).Select(s => (IReadOnlyList<string>)
        [
            s.Id, s.State.PositiveAfter is null ? "no" : "yes", Whole(s.State.PositiveAfter), Whole(s.Rows.Count), Digits(s.State.Confidences[positive]),
            Digits(s.State.Confidences.Where((_, c) => c != positive).DefaultIfEmpty().Max()),
        ]));
    }
}
