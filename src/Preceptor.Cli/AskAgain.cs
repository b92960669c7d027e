using System.Globalization;
using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.WeakSupervision;
using Preceptor.Readers;
using Preceptor.Readers.Chat;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Cli;

/// <summary>How risky answers are asked for again.</summary>
/// <param name="Threshold">The POLAR score above which an answer is risky.</param>
/// <param name="Model">The network that estimates the risk.</param>
/// <param name="Training">How it is trained.</param>
internal sealed record AgainOptions(double Threshold, ModelOptions Model, TrainingOptions Training);

/// <summary>How many answers were asked for again, and how many of them changed.</summary>
internal sealed record AskedAgain(int Asked, int Changed);

/// <summary>
/// Dynamic prompting of Pareto-optimal self-supervision: a network that agrees with the chat model's answers and with the rules says how risky each answer is; where it
/// is, the model is shown what the rules say of the row (self-supervision), or asked whether it is sure (self-examination), and its second answer counts.
/// </summary>
internal sealed class AskAgain(LabelRequest request, ChatLabeller labeller, ChatPrompt prompt, LabelFile file, CancellationToken stop)
{
    private const string RiskFile = "risks.csv";
    private readonly RowsToLabel rows = request.Rows;

    /// <summary>Asks again, and writes parts and risks anew.</summary>
    /// <param name="given">The first answers, which the second ones replace.</param>
    public AskedAgain Run(List<ChatLabel> given)
    {
        var index = rows.Classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
        var votes = rows.Rules?.Vote(rows.Rows, index);
        var risks = Risks(given, votes);
        int[] risky = [.. Enumerable.Range(0, given.Count).Where(row => risks[row] > request.Again!.Threshold)];
        request.Say($"{ResultText.Count(risky.Length, "answer")} of {given.Count:#,0} {(risky.Length == 1 ? "is" : "are")} risky and asked for again");
        var display = new LabelDisplay(risky.Length, request.IsJson);
        var second = labeller.LabelAsync(risky, row => new(prompt.Ask(row), $"{{\"label\": \"{rows.Classes[given[row].Label]}\"}}", Objection(row, votes)), display, stop).GetAwaiter().GetResult();
        display.End();
        if (second is null) return new(0, 0);
        var changed = 0;
        var sources = Enumerable.Repeat(request.Teacher, given.Count).ToArray();
        for (var i = 0; i < risky.Length; i++)
        {
            if (second[i].Label < 0) continue; // no second answer: the first stays
            if (second[i].Label != given[risky[i]].Label) changed++;
            (given[risky[i]], sources[risky[i]]) = (second[i], $"{request.Teacher}, asked again");
        }
        var part = 0;
        foreach (var of in file.Parts) file.Write(part++, of, [.. of.Select(row => new GivenLabel(given[row].Label, given[row].Confidence, sources[row]))]);
        DelimitedWriter.Write(["row", "id", "risk"], Enumerable.Range(0, given.Count).Select(row => (IReadOnlyList<string>)
            [(row + 1).ToString(CultureInfo.InvariantCulture), rows.Ids(row), double.IsNaN(risks[row]) ? "" : risks[row].ToString("0.######", CultureInfo.InvariantCulture)]), Path.Combine(request.Folder, RiskFile));
        return new(risky.Length, changed);
    }

    /// <summary>ζ of every answer; NaN where there is none.</summary>
    private double[] Risks(List<ChatLabel> given, int[,]? votes)
    {
        var classes = rows.Classes.Count;
        int[] answers = [.. given.Select(g => g.Label)];
        var draft = new PredictionDraft
        {
            Name = rows.Rows.Name,
            Train = rows.Rows,
            Validation = rows.Rows.Take([]),
            Test = rows.Rows.Take([0]),
            Inputs = rows.Inputs,
            Classes = rows.Classes,
            TrainLabels = answers,
            ValidationLabels = [],
            TestLabels = [0],
            ScoredOn = ScoredOn.Unverified,
            Offered = votes is null ? [] : [new RuleVotes(rows.Rules!.Names, votes)],
        };
        var problem = draft.Encode(request.Again!.Model, request.Again.Training, new OnnxRows().Run).Problem;
        var options = new ParetoCalibration.Options { Sources = votes is null ? [VoteSource.Labels] : [VoteSource.Labels, VoteSource.Rules] };
        using var run = new Run(new RunSettings { Cancellation = stop });
        using var harmoniser = new ParetoCalibration(options).Fit(problem, run);
        var probabilities = Predictions.FromLogits(rows.Classes, harmoniser.Classifier.Logits(problem.Train));
        return [.. answers.Select((answer, row) => answer < 0 ? double.NaN : 1.0 - probabilities.Row(row)[answer])];
    }

    private string Objection(int row, int[,]? votes)
    {
        string[] evidence = votes is null ? [] : [.. rows.Rules!.Names.Select((name, rule) => (name, Vote: votes[row, rule])).Where(v => v.Vote >= 0).Select(v => $"- the rule \"{v.name}\" says \"{rows.Classes[v.Vote]}\"")];
        return evidence.Length == 0 ? "Are you sure? Look at the text again and answer in the same form: your answer if it is right, else the right one."
            : $"Rules that are often right, but not always, say of this text:\n{string.Join('\n', evidence)}\nLook at the text again and answer in the same form: your answer if it is right, else the right one.";
    }
}
