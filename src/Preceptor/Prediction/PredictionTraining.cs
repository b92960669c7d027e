using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Prediction;

/// <summary>The loss of an epoch's batches, given the network in training.</summary>
public delegate Func<PredictionBatch, torch.Tensor> PredictionObjective(Network network, Epoch epoch);

/// <summary>Trains the problem's network with a method's loss.</summary>
public static class PredictionTraining
{
    /// <summary>Creates the problem's network and trains it on the chosen training rows; by default those that have a label.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="objective">The method's loss.</param>
    /// <param name="rows">The training rows to use; null for the labelled ones.</param>
    public static Predictor Train(this Run run, PredictionProblem problem, PredictionObjective objective, int[]? rows = null) =>
        run.Train(problem, run.NewNetwork(problem), objective, rows);

    /// <summary>Trains a network that is there already.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="network">The network; it becomes the predictor's.</param>
    /// <param name="objective">The method's loss.</param>
    /// <param name="rows">The training rows to use; null for the labelled ones.</param>
    public static Predictor Train(this Run run, PredictionProblem problem, NetworkClassifier network, PredictionObjective objective, int[]? rows = null)
    {
        var summary = run.Train(problem, network.Network, epoch => objective(network.Network, epoch), () => network.Logits(problem.Validation), rows);
        return new Predictor(problem.Encoding, problem.Classes, network, summary) { Target = problem.Target };
    }

    /// <summary>Trains any module on the problem's rows: several networks at once, or one that answers in its own way.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="module">What is trained.</param>
    /// <param name="objective">The method's loss.</param>
    /// <param name="validationLogits">Its logits [M × C] on the validation rows, after an epoch; called in evaluation mode.</param>
    /// <param name="rows">The training rows to use; null for the labelled ones.</param>
    public static TrainingSummary Train(this Run run, PredictionProblem problem, torch.nn.Module module, Objective<PredictionBatch> objective, Func<float[]> validationLogits, int[]? rows = null)
    {
        rows ??= problem.Targets.Labelled;
        if (rows.Length == 0) throw new RequestException($"{problem.Name}: no training row has a label");
        return TrainingLoop.Fit(run, module, new PredictionBatches(run, problem, rows), problem.Training, objective, Validation(problem, validationLogits));
    }

    /// <summary>Creates the problem's network, initialised by the run's seed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="number">Which of several networks of one stage; each starts from other weights.</param>
    public static NetworkClassifier NewNetwork(this Run run, PredictionProblem problem, int number = 0)
    {
        torch.set_num_threads(run.Threads);
        torch.manual_seed(number == 0 ? run.TorchSeed("initialisation") : run.TorchSeed("initialisation", number));
        var network = new Network(problem.Model, problem.Train.Shape, problem.Outputs);
        run.Uses(network.Encoder.GetType());
        return new NetworkClassifier(network, problem.Model, problem.Train.Shape, problem.Outputs, run.Threads);
    }

    private static Func<ValidationScores>? Validation(PredictionProblem problem, Func<float[]> logits) => problem.Validation.Count == 0 ? null : problem.Find<ITargets>() switch
    {
        Labels { Validation: var labels } when labels.Any(l => l >= 0) => () => Accuracy(Predictions.FromLogits(problem.Classes, logits()), labels),
        ManyLabels { Validation: var sets } when sets.Any(s => s is not null) => () => MicroF1(Predictions.FromLogOdds(problem.Classes, logits()), sets),
        NumberTargets { Validation: var numbers } targets when numbers.Any(n => !double.IsNaN(n)) => () => Determination(logits(), targets),
        _ => null,
    };

    private static ValidationScores Accuracy(Predictions predictions, int[] labels)
    {
        double right = 0, loss = 0;
        var count = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] < 0) continue;
            count++;
            if (predictions.Best(row) == labels[row]) right++;
            loss -= Math.Log(Math.Max(predictions.Row(row)[labels[row]], 1e-12));
        }
        return new(right / count, loss / count);
    }

    private static ValidationScores MicroF1(Predictions predictions, int[]?[] sets)
    {
        int[] rows = [.. Enumerable.Range(0, sets.Length).Where(row => sets[row] is not null)];
        var scores = LabelSetScores.Of([.. rows.SelectMany(row => predictions.Row(row).ToArray())], [.. rows.Select(row => sets[row]!)], predictions.Classes.Count);
        return new(Metrics.MicroF1.Value(scores), scores.LogLosses.Average(), Metrics.MicroF1.Name);
    }

    // In standard units, as in training.
    private static ValidationScores Determination(float[] outputs, NumberTargets targets)
    {
        int[] rows = [.. Enumerable.Range(0, targets.Validation.Length).Where(row => !double.IsNaN(targets.Validation[row]))];
        var scores = NumberScores.Of([.. rows.Select(row => (double)outputs[row])], [.. rows.Select(row => targets.Encoding.Standardise(targets.Validation[row]))]);
        return new(Metrics.Determination.Value(scores), scores.SquaredErrors.Average(), Metrics.Determination.Name);
    }
}
