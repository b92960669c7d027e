using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Smoothing;

/// <summary>
/// A curriculum by confidence: training starts with the rows whose label a reference, a network or people, is sure of, and takes in the
/// others as a threshold falls to nothing. Use it where some labels are wrong or some rows are ambiguous; the effect is small.
/// </summary>
/// <remarks>
/// Ao, the component MCCL / HCCL: rows of confidence c_i ≥ μ are learned from; μ starts where a share ρ₀ of the rows lies at or above it,
/// and falls by μ₀ / E an epoch, to 0 after E. The other rows of a batch pass through the network and add no gradient, as in the released code.
/// With ρ₀ = 1 it is supervised training, bit for bit.
/// </remarks>
[Method("confidence-curriculum", "Confidence-based curriculum", Paper = 49,
    Summary = "Learns from the rows first whose labels a reference is sure of, then from the others as well.",
    Citation = "Ao: Building Safe and Reliable AI Systems for Safety Critical Tasks with Vision-Language Processing (ECIR 2023)")]
[Version(1)]
public sealed class ConfidenceCurriculum(ConfidenceCurriculum.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>The options of the confidence-based curriculum.</summary>
    public sealed record Options
    {
        /// <summary>ρ₀.</summary>
        [Description("Share ρ₀ of the rows that the first epoch learns from, the surest ones; 1 is supervised training")]
        [Range(0, 1, MinimumIsExclusive = true), Source("scripts of the released code: 0.8 to 0.96")]
        public double StartShare { get; set; } = 0.8;

        /// <summary>E.</summary>
        [Description("Epochs E until all rows are learned from; 0: a quarter of training.epochs")]
        [Range(0, 1_000_000), Source("scripts of the released code: 5 to 60 of 200")]
        public int Epochs { get; set; }

        /// <summary>Whose confidence.</summary>
        [Description("Whose confidence: model trains two networks, each on half of the rows, and asks each about the other half; human takes the spread of the soft labels")]
        [Source("MCCL: model; HCCL: human")]
        public ConfidenceSource Source { get; set; } = ConfidenceSource.Model;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(ConfidenceCurriculum));
        if (options.StartShare == 1) return run.Train(problem, Supervised.Objective);
        var reference = ReferenceConfidence.Of(problem, run, options.Source);
        var confidences = options.Source == ConfidenceSource.Human ? reference.Spreads() : reference.OfLabels();
        var start = StartThreshold([.. problem.Labels.Labelled.Select(row => confidences[row])], options.StartShare);
        return run.Train(problem, (network, epoch) =>
        {
            var threshold = Threshold(start, epoch.Number, options.Epochs > 0 ? options.Epochs : Math.Max(1, epoch.Total / 4));
            return batch =>
            {
                var losses = Loss.SoftCrossEntropyOfEach(network.forward(batch.Inputs), batch.OneHot); // [B]
                return OfSure(losses, [.. batch.Rows.ToArray().Select(row => confidences[row] >= threshold ? 1f : 0f)]);
            };
        });
    }

    /// <summary>μ₀, the largest threshold that at least a share of the confidences reaches.</summary>
    internal static double StartThreshold(double[] confidences, double share) =>
        confidences.Length == 0 ? 0 : confidences.OrderDescending().ElementAt(Math.Clamp((int)Math.Ceiling(share * confidences.Length - 1e-9), 1, confidences.Length) - 1);

    /// <summary>μ in an epoch, counted from 1: μ₀ in the first, 0 from the one after E on.</summary>
    internal static double Threshold(double start, int epoch, int epochs) => Math.Max(0, start * (1 - (epoch - 1.0) / epochs));

    /// <summary>The mean loss of the rows that count; 0, with a gradient of zeros, where none does.</summary>
    /// <param name="losses">[B].</param>
    /// <param name="counts">1 for a row that counts, 0 for another [B].</param>
    internal static torch.Tensor OfSure(torch.Tensor losses, float[] counts)
    {
        using Scalar sure = Math.Max(1, counts.Sum());
        return (losses * torch.tensor(counts)).sum() / sure;
    }
}
