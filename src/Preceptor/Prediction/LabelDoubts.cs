using Preceptor.Models;
using Preceptor.Prediction.Text;

namespace Preceptor.Prediction;

/// <summary>A training row whose label the model doubts.</summary>
/// <param name="Row">The row.</param>
/// <param name="Label">The label it has.</param>
/// <param name="Suggested">The class that the model gives it.</param>
/// <param name="Probability">The model's probability of that class.</param>
public sealed record DoubtedLabel(ShownRow Row, int Label, int Suggested, float Probability);

/// <summary>
/// The training rows to which a model gives another class than their label. The model has learned from these labels, so that
/// it doubts fewer than are wrong; no truth is looked at.
/// </summary>
/// <param name="Rows">How many there are.</param>
/// <param name="Surest">The surest answers, the surest first, at most <see cref="Most"/>.</param>
public sealed record LabelDoubts(int Rows, IReadOnlyList<DoubtedLabel> Surest)
{
    /// <summary>Most rows that are described.</summary>
    public const int Most = 15;

    /// <summary>Asks a model about all labelled training rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The problem; its exam serves only to tell read from generated rows.</param>
    public static LabelDoubts Of(Predictor model, PredictionTask task)
    {
        var (labels, predictions) = (task.Problem.Labels, model.Predict(task.Problem.Train));
        var doubted = labels.Labelled.Select(row => (Row: row, Suggested: predictions.Best(row))).Where(r => r.Suggested != labels.Train[r.Row])
            .Select(r => (r.Row, r.Suggested, Probability: predictions.Row(r.Row)[r.Suggested])).OrderByDescending(r => r.Probability).ToArray();
        var surest = doubted.Take(Most).ToArray();
        var shown = RowExplanation.Explain(ShownRow.Of(task.TrainRows, task.Problem.Encoding, [.. surest.Select(r => r.Row)], task.Exam.AreRowsFromFile), model, task.Problem.Train, predictions, labels.Train);
        return new(doubted.Length, [.. surest.Zip(shown, (r, row) => new DoubtedLabel(row, labels.Train[r.Row], r.Suggested, r.Probability))]);
    }
}
