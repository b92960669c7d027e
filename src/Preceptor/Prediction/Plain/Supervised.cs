using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Plain;

/// <summary>
/// Plain supervised training: cross entropy on the labels as they are, or smoothed; binary cross entropy of each label where a row may have
/// many; squared error where a number is predicted. The baseline of every method that trains on labels.
/// </summary>
/// <remarks>Label smoothing (Szegedy et al. 2016, section 7): q = (1 − ε) y + ε/C. Rows without a label have no target and add nothing.</remarks>
[Method("supervised", "Supervised training", Summary = "Cross entropy on the labels as they are, squared error on numbers: the baseline of all other methods.", IsPlain = true, Citation = "—")]
[Distributed]
[Version(1)]
public sealed class Supervised(Supervised.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<ManyLabels>, INeeds<NumberTargets>
{
    /// <summary>The options of supervised training beside model and training.</summary>
    public sealed record Options
    {
        /// <summary>ε.</summary>
        [Description("Label smoothing ε: this share of each label is spread evenly over all classes; 0 is the baseline")]
        [Range(0, 1), Source("Szegedy et al. 2016, section 7: 0.1")]
        [Tried("0.2")]
        public double Smoothing { get; set; }
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(Supervised));
        if (options.Smoothing == 0) return run.Train(problem, ObjectiveOf(problem.Target.Kind));
        if (problem.Target.Kind != TargetKind.One) throw new RequestException($"method.smoothing: spreads a row's one label over all classes; {problem.Name} has none such (problem.labels: {Foundation.Options.Key(problem.Target.Kind.ToString())})");
        return run.Train(problem, (network, _) => batch => Loss.SoftCrossEntropy(network.forward(batch.Inputs), Smooth(batch.OneHot, options.Smoothing)));
    }

    /// <summary>The objective: cross entropy on the labels.</summary>
    public static PredictionObjective Objective { get; } = (network, _) => batch => Loss.SoftCrossEntropy(network.forward(batch.Inputs), batch.OneHot);

    /// <summary>The objective for a form of targets: cross entropy, binary cross entropy a label, or squared error in standard units.</summary>
    public static PredictionObjective ObjectiveOf(TargetKind kind) => kind switch
    {
        TargetKind.Many => (network, _) => batch => torch.nn.functional.binary_cross_entropy_with_logits(network.forward(batch.Inputs), batch.Targets),
        TargetKind.Number => (network, _) => batch => SquaredError(network.forward(batch.Inputs), batch.Targets),
        _ => Objective,
    };

    private static torch.Tensor SquaredError(torch.Tensor outputs, torch.Tensor targets)
    {
        var error = outputs - targets; // [B, 1]
        return (error * error).mean();
    }

    /// <summary>q = (1 − ε) y + ε/C; a row of zeros stays one.</summary>
    /// <param name="labels">y [B, C].</param>
    /// <param name="smoothing">ε.</param>
    internal static torch.Tensor Smooth(torch.Tensor labels, double smoothing)
    {
        using Scalar ofLabels = 1 - smoothing, ofEach = smoothing / labels.shape[1];
        return labels * ofLabels + labels.sum(1, keepdim: true) * ofEach;
    }
}
