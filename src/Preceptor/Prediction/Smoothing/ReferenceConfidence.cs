using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;

namespace Preceptor.Prediction.Smoothing;

/// <summary>Whose confidence in a training row's label is asked for.</summary>
public enum ConfidenceSource
{
    /// <summary>A network's that did not learn from the row: two are trained, each on half of the rows, and each says how sure it is of the other half.</summary>
    Model,

    /// <summary>People's: the distributions of their answers, offered as soft labels.</summary>
    Human,
}

/// <summary>How sure a reference is of the labels of training rows: distributions over the classes that it gives to them.</summary>
/// <param name="problem">The problem.</param>
/// <param name="probabilities">[N × C]; rows of zeros are not known.</param>
internal sealed class ReferenceConfidence(PredictionProblem problem, float[] probabilities)
{
    private readonly int[] labels = problem.Labels.Train;
    private readonly int classes = problem.Classes.Count;

    /// <summary>Asks a reference about all labelled training rows.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run; the two networks of a model reference are stages of their own.</param>
    /// <param name="source">Whose confidence.</param>
    /// <exception cref="RequestException">People's answers are asked for and not offered, or there are too few rows to halve.</exception>
    public static ReferenceConfidence Of(PredictionProblem problem, Run run, ConfidenceSource source)
    {
        problem.Training.RequireUnmixed("confidence belongs to single examples");
        if (source == ConfidenceSource.Human)
            return new(problem, problem.Find<SoftLabels>()?.Train ?? throw new RequestException($"method.source: human needs the distributions of people's answers, and {problem.Name} offers none; set problem.soft-labels, or problem.annotators, or method.source to model"));
        var rows = problem.Labels.Labelled;
        if (rows.Length < 2) throw new RequestException($"{problem.Name}: two training rows with a label are needed to ask one network of the rows of another; found {rows.Length}");
        var halfOf = Data.Folds.Of([.. rows.Select(row => problem.Labels.Train[row])], null, 2, run.Random("reference"));
        int[][] halves = [[.. rows.Where((_, i) => halfOf[i] == 0)], [.. rows.Where((_, i) => halfOf[i] == 1)]];
        var probabilities = new float[problem.Train.Count * problem.Classes.Count];
        for (var half = 0; half < 2; half++)
        {
            var learned = halves[half];
            var stage = $"reference-{half + 1}";
            var inputs = problem.Describe(new JsonArray([.. learned.Select(r => JsonValue.Create(r))]));
            using var network = run.Stage(stage, inputs, () => run.Train(problem, Supervised.Objective, learned), stream: stage);
            var predictions = network.Predict(problem.Train);
            foreach (var row in halves[1 - half]) predictions.Row(row).CopyTo(probabilities.AsSpan(row * problem.Classes.Count));
        }
        return new(problem, probabilities);
    }

    /// <summary>κ_c, the mean probability of the label over the training rows of each class [C]; 0 for a class without rows.</summary>
    public double[] OfClasses()
    {
        var (sums, counts) = (new double[classes], new int[classes]);
        foreach (var row in problem.Labels.Labelled)
        {
            sums[labels[row]] += probabilities[row * classes + labels[row]];
            counts[labels[row]]++;
        }
        return [.. sums.Zip(counts, (sum, count) => sum / Math.Max(1, count))];
    }

    /// <summary>The probability of each training row's label [N]; 0 for a row without one.</summary>
    public double[] OfLabels() => [.. labels.Select((label, row) => label < 0 ? 0 : (double)probabilities[row * classes + label])];

    /// <summary>The standard deviation of each row's distribution, stretched to [0, 1] over the labelled rows [N]: 1 where all agree most, whatever the label says.</summary>
    public double[] Spreads()
    {
        double[] spreads = [.. Enumerable.Range(0, labels.Length).Select(row => Math.Sqrt(probabilities.AsSpan(row * classes, classes).ToArray().Sum(p => (p - 1.0 / classes) * (p - 1.0 / classes)) / classes))];
        var labelled = problem.Labels.Labelled;
        if (labelled.Length == 0) return spreads;
        var (least, most) = (labelled.Min(row => spreads[row]), labelled.Max(row => spreads[row]));
        return [.. spreads.Select(s => most > least ? Math.Clamp((s - least) / (most - least), 0, 1) : 1)];
    }
}
