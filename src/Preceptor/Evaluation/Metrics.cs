using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>The metrics of classification.</summary>
public static class Metrics
{
    /// <summary>The share of items predicted right.</summary>
    public static Metric Accuracy { get; } = new("accuracy", "share of items predicted right", Better.Higher, 0, 1,
        scores => scores.Accuracy, (scores, counts) => ItemSums.Mean(scores.Right, counts));

    /// <summary>The mean F1 of the classes.</summary>
    public static Metric MacroF1 { get; } = new("macro-f1", "mean F1 of the classes, rare ones counting as much as frequent ones", Better.Higher, 0, 1,
        scores => scores.MacroF1, (scores, counts) => scores.ResampledMacroF1(counts));

    /// <summary>The mean negative log-likelihood of the true class, in nats.</summary>
    public static Metric NegativeLogLikelihood { get; } = new("nll", "mean negative log-likelihood of the true class, in nats", Better.Lower, 0, -Math.Log(ClassificationScores.SmallestProbability),
        scores => scores.NegativeLogLikelihood, (scores, counts) => ItemSums.Mean(scores.LogLosses, counts));

    /// <summary>The mean squared distance of the probabilities from the one-hot truth.</summary>
    public static Metric BrierScore { get; } = new("brier", "mean squared distance of the probabilities from the one-hot truth", Better.Lower, 0, 2,
        scores => scores.BrierScore, (scores, counts) => ItemSums.Mean(scores.SquaredErrors, counts));

    /// <summary>The expected calibration error.</summary>
    public static Metric ExpectedCalibrationError { get; } = new("ece", "expected calibration error: mean distance of confidence from accuracy over ten bins", Better.Lower, 0, 1,
        scores => scores.ExpectedCalibrationError, (scores, counts) => Calibration.Error(scores.Confidences, scores.Right, counts));

    /// <summary>The area under the risk-coverage curve.</summary>
    public static Metric AreaUnderRiskCoverage { get; } = new("aurc", "area under the risk-coverage curve: mean error among the n surest items", Better.Lower, 0, 1,
        scores => scores.AreaUnderRiskCoverage, (scores, counts) => scores.ResampledRiskCoverage(counts).Area);

    /// <summary>The area under the risk-coverage curve above the least one possible.</summary>
    public static Metric ExcessAreaUnderRiskCoverage { get; } = new("excess-aurc", "area under the risk-coverage curve above the least one possible with as many errors", Better.Lower, 0, 1,
        scores => scores.ExcessAreaUnderRiskCoverage, (scores, counts) =>
        {
            var (area, optimum) = scores.ResampledRiskCoverage(counts);
            return area - optimum;
        });

    /// <summary>All of them, the most asked for first.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [Accuracy, MacroF1, NegativeLogLikelihood, BrierScore, ExpectedCalibrationError, AreaUnderRiskCoverage, ExcessAreaUnderRiskCoverage];

    /// <summary>The metric of a name.</summary>
    /// <exception cref="RequestException">No metric has that name; the message lists those that there are.</exception>
    public static Metric Find(string name) =>
        All.FirstOrDefault(m => m.Name == name) ?? throw new RequestException($"metric: found '{name}', allowed: {string.Join(", ", All.Select(m => m.Name))}");
}
