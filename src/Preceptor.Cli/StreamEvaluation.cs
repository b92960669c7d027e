using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Cli;

/// <summary>How well and how early streams were recognised.</summary>
/// <param name="Decisions">A decision a labelled stream.</param>
internal sealed record StreamEvaluation(IReadOnlyList<EarlyDecision> Decisions)
{
    private static readonly int[] Deadlines = [5, 50];

    /// <summary>Decides on labelled streams; those without a label are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="table">The rows.</param>
    /// <param name="label">The label column: the same class in all of a stream's rows, or blank.</param>
    /// <param name="request">How the rows are read as streams.</param>
    /// <exception cref="RequestException">A stream has two labels, or none has any.</exception>
    public static StreamEvaluation Of(Predictor model, Table table, Column label, StreamRequest request)
    {
        var words = label.Words();
        var decisions = new List<EarlyDecision>();
        foreach (var stream in Streams.Read(model, table, request))
        {
            string? truth = null;
            foreach (var row in stream.Rows)
            {
                if (words(row) is not { Length: > 0 } word) continue;
                if (!model.Classes.Contains(word)) throw new RequestException($"{table.Name}: row {table.Origin(row) + 1} has the class '{word}', which the model does not know{Spelling.Hint(word, model.Classes)}; it knows {string.Join(", ", model.Classes)}");
                if (truth is not null && truth != word) throw new RequestException($"{table.Name}: row {table.Origin(row) + 1} says '{word}' of the stream '{stream.Id}', an earlier row '{truth}'; a stream has one label");
                truth = word;
            }
            if (truth is not null) decisions.Add(stream.State.Decision(truth == request.Positive));
        }
        return decisions.Count > 0 ? new(decisions) : throw new RequestException($"{table.Name}: column '{label.Name}' is blank in every row");
    }

    /// <summary>The figures by name, with what each says; null where there is none.</summary>
    public IEnumerable<(string Name, double? Value, string Meaning)> Figures
    {
        get
        {
            double alarms = Decisions.Count(d => d.Positive), positives = Decisions.Count(d => d.Truth), right = Decisions.Count(d => d is { Positive: true, Truth: true });
            yield return ("precision", alarms > 0 ? right / alarms : null, "share of the alarms that are right");
            yield return ("recall", positives > 0 ? right / positives : null, "share of the positive streams that are recognised");
            yield return ("f1", alarms + positives > 0 ? 2 * right / (alarms + positives) : null, "their harmonic mean");
            foreach (var deadline in Deadlines)
                yield return ($"erde-{deadline}", EarlyRiskDetectionError.Of(Decisions, deadline), $"early risk detection error: a right alarm costs a half after {deadline} rows; less is better");
            int[] delays = [.. Decisions.Where(d => d is { Positive: true, Truth: true }).Select(d => d.Read).Order()];
            yield return ("median-rows", delays.Length > 0 ? (delays[(delays.Length - 1) / 2] + delays[delays.Length / 2]) / 2.0 : null, "rows read before a right alarm, the median");
        }
    }

    /// <summary>The result object of <c>--json</c>.</summary>
    public JsonObject ToJson(string model, string data)
    {
        var json = new JsonObject { ["type"] = "result", ["model"] = model, ["data"] = data, ["streams"] = Decisions.Count, ["positive"] = Decisions.Count(d => d.Truth) };
        foreach (var (name, value, _) in Figures) json[name] = value;
        return json;
    }
}
