using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>The metrics: of one class an item, of label sets, and of numbers.</summary>
public static class Metrics
{
    /// <summary>The share of items predicted right.</summary>
    public static Metric Accuracy { get; } = Metric.Of<ClassificationScores>("accuracy", "share of items predicted right", Better.Higher, 0, 1,
        scores => scores.Accuracy, (scores, counts) => ItemSums.Mean(scores.Right, counts));

    /// <summary>The mean F1 of the classes.</summary>
    public static Metric MacroF1 { get; } = Metric.Of<ClassificationScores>("macro-f1", "mean F1 of the classes, rare ones counting as much as frequent ones", Better.Higher, 0, 1,
        scores => scores.MacroF1, (scores, counts) => scores.ResampledMacroF1(counts));

    /// <summary>The mean negative log-likelihood of the true class, in nats.</summary>
    public static Metric NegativeLogLikelihood { get; } = Metric.Of<ClassificationScores>("nll", "mean negative log-likelihood of the true class, in nats", Better.Lower, 0, -Math.Log(ClassificationScores.SmallestProbability),
        scores => scores.NegativeLogLikelihood, (scores, counts) => ItemSums.Mean(scores.LogLosses, counts));

    /// <summary>The mean squared distance of the probabilities from the one-hot truth.</summary>
    public static Metric BrierScore { get; } = Metric.Of<ClassificationScores>("brier", "mean squared distance of the probabilities from the one-hot truth", Better.Lower, 0, 2,
        scores => scores.BrierScore, (scores, counts) => ItemSums.Mean(scores.SquaredErrors, counts));

    /// <summary>The expected calibration error.</summary>
    public static Metric ExpectedCalibrationError { get; } = Metric.Of<ClassificationScores>("ece", "expected calibration error: mean distance of confidence from accuracy over ten bins", Better.Lower, 0, 1,
        scores => scores.ExpectedCalibrationError, (scores, counts) => Calibration.Error(scores.Confidences, scores.Right, counts));

    /// <summary>The area under the risk-coverage curve.</summary>
    public static Metric AreaUnderRiskCoverage { get; } = Metric.Of<ClassificationScores>("aurc", "area under the risk-coverage curve: mean error among the n surest items", Better.Lower, 0, 1,
        scores => scores.AreaUnderRiskCoverage, (scores, counts) => scores.ResampledRiskCoverage(counts).Area);

    /// <summary>The area under the risk-coverage curve above the least one possible.</summary>
    public static Metric ExcessAreaUnderRiskCoverage { get; } = Metric.Of<ClassificationScores>("excess-aurc", "area under the risk-coverage curve above the least one possible with as many errors", Better.Lower, 0, 1,
        scores => scores.ExcessAreaUnderRiskCoverage, (scores, counts) =>
        {
            var (area, optimum) = scores.ResampledRiskCoverage(counts);
            return area - optimum;
        });

    /// <summary>F1 over all pairs of item and label.</summary>
    public static Metric MicroF1 { get; } = Metric.Of<LabelSetScores>("micro-f1", "F1 over all pairs of item and label, every pair counting alike", Better.Higher, 0, 1,
        (scores, counts) => scores.ResampledMicroF1(counts));

    /// <summary>The mean F1 of the labels.</summary>
    public static Metric LabelMacroF1 { get; } = Metric.Of<LabelSetScores>("macro-f1", "mean F1 of the labels, rare ones counting as much as frequent ones", Better.Higher, 0, 1,
        (scores, counts) => scores.ResampledMacroF1(counts));

    /// <summary>The share of items whose every label is predicted right.</summary>
    public static Metric SubsetAccuracy { get; } = Metric.Of<LabelSetScores>("subset-accuracy", "share of items whose whole label set is predicted right", Better.Higher, 0, 1,
        (scores, counts) => scores.ResampledSubsetAccuracy(counts));

    /// <summary>The share of pairs of item and label that are predicted wrong.</summary>
    public static Metric HammingLoss { get; } = Metric.Of<LabelSetScores>("hamming-loss", "share of all pairs of item and label that are predicted wrong", Better.Lower, 0, 1,
        (scores, counts) => ItemSums.Mean(scores.Differences, counts) / scores.Labels);

    /// <summary>The label-ranking average precision.</summary>
    public static Metric LabelRankingAveragePrecision { get; } = Metric.Of<LabelSetScores>("lrap", "label-ranking average precision: how far true labels stand before the others, by probability", Better.Higher, 0, 1,
        (scores, counts) => ItemSums.Mean(scores.RankingPrecisions, counts));

    /// <summary>The coefficient of determination.</summary>
    public static Metric Determination { get; } = Metric.Of<NumberScores>("r2", "R², the share of the numbers' variance that is explained; 0 is their mean, below 0 is worse than it", Better.Higher, double.NegativeInfinity, 1,
        (scores, counts) => scores.ResampledDetermination(counts));

    /// <summary>The root of the mean squared error, in the numbers' unit.</summary>
    public static Metric RootMeanSquaredError { get; } = Metric.Of<NumberScores>("rmse", "root of the mean squared error, in the numbers' unit", Better.Lower, 0, double.PositiveInfinity,
        (scores, counts) => Math.Sqrt(ItemSums.Mean(scores.SquaredErrors, counts)));

    /// <summary>The mean absolute error, in the numbers' unit.</summary>
    public static Metric MeanAbsoluteError { get; } = Metric.Of<NumberScores>("mae", "mean absolute error, in the numbers' unit", Better.Lower, 0, double.PositiveInfinity,
        (scores, counts) => ItemSums.Mean(scores.AbsoluteErrors, counts));

    /// <summary>Those of one class an item, the most asked for first.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [Accuracy, MacroF1, NegativeLogLikelihood, BrierScore, ExpectedCalibrationError, AreaUnderRiskCoverage, ExcessAreaUnderRiskCoverage];

    /// <summary>Those of a form of targets, the one that a run is judged by first.</summary>
    public static IReadOnlyList<Metric> Of(TargetKind target) => target switch
    {
        TargetKind.Many => [MicroF1, LabelMacroF1, SubsetAccuracy, HammingLoss, LabelRankingAveragePrecision],
        TargetKind.Number => [Determination, RootMeanSquaredError, MeanAbsoluteError],
        _ => All,
    };

    /// <summary>The metric of a name; a name that several forms of targets have is that of one class an item.</summary>
    /// <exception cref="RequestException">No metric has that name; the message lists those that there are.</exception>
    public static Metric Find(string name)
    {
        Metric[] known = [.. Enum.GetValues<TargetKind>().SelectMany(Of).DistinctBy(m => m.Name)];
        return known.FirstOrDefault(m => m.Name == name) ?? throw new RequestException($"metric: found '{name}', allowed: {string.Join(", ", known.Select(m => m.Name))}");
    }
}
