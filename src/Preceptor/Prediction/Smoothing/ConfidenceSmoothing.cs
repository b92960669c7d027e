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
/// Label smoothing in which each class has an amount of its own, larger for a class that a reference, a network or people, is surer of.
/// Use it for better calibrated probabilities where some classes are harder than others. The amounts of all classes differ little at the
/// paper's settings, so that it does about what plain smoothing does.
/// </summary>
/// <remarks>
/// Ao, the component MCLS / HCLS: ε_c = ε + κ_c / W with κ_c the class's confidence; q = (1 − ε) y + (ε_1, …, ε_C) / C, divided by its sum,
/// where each class has its own amount whatever the row's label is. With ε = 0 and without class confidences it is supervised training, bit for bit.
/// </remarks>
[Method("confidence-smoothing", "Confidence-aware label smoothing", Paper = 49,
    Summary = "Smooths labels, classes that a reference is sure of a little more: better calibrated probabilities.",
    Citation = "Ao: Building Safe and Reliable AI Systems for Safety Critical Tasks with Vision-Language Processing (ECIR 2023)")]
[Distributed]
[Version(1)]
public sealed class ConfidenceSmoothing(ConfidenceSmoothing.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>The options of confidence-aware label smoothing.</summary>
    public sealed record Options
    {
        /// <summary>ε.</summary>
        [Description("Smoothing ε that all classes share; 0 without class confidences is supervised training")]
        [Range(0, 1), Source("scripts of the released code: 0.09")]
        public double Smoothing { get; set; } = 0.09;

        /// <summary>W.</summary>
        [Description("Class confidences are divided by W before they are added to ε; 0 leaves them out: plain label smoothing")]
        [Range(0, 1e9), Source("scripts of the released code: 500")]
        public double Weight { get; set; } = 500;

        /// <summary>Whose confidence.</summary>
        [Description("Whose confidence: model trains two networks, each on half of the rows, and asks each about the other half; human reads the soft labels")]
        [Source("MCLS: model; HCLS: human")]
        public ConfidenceSource Source { get; set; } = ConfidenceSource.Model;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(ConfidenceSmoothing));
        if (options.Weight == 0 && options.Smoothing == 0) return run.Train(problem, Supervised.Objective);
        var confidences = options.Weight == 0 ? new double[problem.Classes.Count] : ReferenceConfidence.Of(problem, run, options.Source).OfClasses();
        var amounts = Amounts(confidences, options.Smoothing, options.Weight);
        return run.Train(problem, (network, _) => batch => Loss.SoftCrossEntropy(network.forward(batch.Inputs), Smooth(batch.OneHot, options.Smoothing, amounts)));
    }

    /// <summary>ε_c / C with ε_c = ε + κ_c / W [C]; W = 0 leaves κ out.</summary>
    internal static float[] Amounts(double[] confidences, double smoothing, double weight) =>
        [.. confidences.Select(k => (float)((smoothing + (weight == 0 ? 0 : k / weight)) / confidences.Length))];

    /// <summary>q = (1 − ε) y + (ε_1, …, ε_C) / C, divided by its sum [B, C].</summary>
    /// <param name="labels">y [B, C].</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="amounts">ε_c / C [C].</param>
    internal static torch.Tensor Smooth(torch.Tensor labels, double smoothing, float[] amounts)
    {
        using Scalar kept = 1 - smoothing;
        var targets = labels * kept + torch.tensor(amounts);
        return targets / targets.sum(1, keepdim: true);
    }
}
