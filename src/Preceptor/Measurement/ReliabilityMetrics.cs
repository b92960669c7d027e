using Preceptor.Evaluation;

namespace Preceptor.Measurement;

/// <summary>Metrics of reliability beside the usual ones, each of which can be resampled.</summary>
internal static class ReliabilityMetrics
{
    private static readonly float[] Ends = Calibration.EndsOf(TemperatureScaling.Bins);

    /// <summary>The expected calibration error over fifteen bins.</summary>
    public static Metric CalibrationError { get; } = Metric.Of<ClassificationScores>("ece", "expected calibration error: mean distance of confidence from accuracy over fifteen bins", Better.Lower, 0, 1,
        (scores, counts) => Calibration.Error(scores.Confidences, scores.Right, counts, Ends));

    /// <summary>S, how far the mean confidence lies above the accuracy.</summary>
    public static Metric Level { get; } = Metric.Of<ClassificationScores>("level", "mean confidence less accuracy: above 0 over-confident, below 0 under-confident", Better.Lower, -1, 1,
        (scores, counts) => ItemSums.Dot([.. scores.Confidences.Select(c => (double)c)], counts) / ItemSums.Sum(counts) - ItemSums.Mean(scores.Right, counts));

    /// <summary>E-AUoptRC.</summary>
    public static Metric ExcessPastOptimum { get; } = Metric.Of<ClassificationScores>("excess-auoptrc", "area between the risk-coverage curve and the best one, over coverages from the accuracy to 1", Better.Lower, 0, 1,
        (scores, counts) => scores.ResampledPastOptimum(counts).ExcessArea);

    /// <summary>The Trust Index.</summary>
    public static Metric TrustIndex { get; } = Metric.Of<ClassificationScores>("trust-index", "accuracy on the surest rows, as many of them as are right in all", Better.Higher, 0, 1,
        (scores, counts) => 1 - scores.ResampledPastOptimum(counts).Risk);

    /// <summary>Those that a report gives, the most asked for first.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [Metrics.Accuracy, CalibrationError, Level, Metrics.NegativeLogLikelihood, Metrics.BrierScore, Metrics.AreaUnderRiskCoverage, Metrics.ExcessAreaUnderRiskCoverage, ExcessPastOptimum, TrustIndex];
}
