using Preceptor.Foundation;
using Preceptor.Models;
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
    public static Predictor Train(this Run run, PredictionProblem problem, PredictionObjective objective, int[]? rows = null)
    {
        rows ??= problem.Labels.Labelled;
        if (rows.Length == 0) throw new RequestException($"{problem.Name}: no training row has a label");
        torch.set_num_threads(run.Threads);
        torch.manual_seed(run.TorchSeed("initialisation"));
        var network = new Network(problem.Model, problem.Train.Shape, problem.Classes.Count);
        run.Uses(network.Encoder.GetType());
        var classifier = new NetworkClassifier(network, problem.Model, problem.Train.Shape, problem.Classes.Count, run.Threads);
        var batches = new PredictionBatches(run, problem, rows);
        var summary = TrainingLoop.Fit(run, network, batches, problem.Training, epoch => objective(network, epoch), Validation(problem, classifier));
        return new Predictor(problem.Encoding, problem.Classes, classifier, summary);
    }

    private static Func<ValidationScores>? Validation(PredictionProblem problem, NetworkClassifier classifier)
    {
        if (problem.Validation.Count == 0 || problem.Find<Supervision.Labels>() is not { Validation: var labels } || labels.All(l => l < 0)) return null;
        return () =>
        {
            var predictions = Predictions.FromLogits(problem.Classes, classifier.Logits(problem.Validation));
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
        };
    }
}
