using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;

namespace Preceptor.Prediction.Plain;

/// <summary>
/// Plain supervised training: cross entropy on the labels as they are. The baseline of every method that trains on labels.
/// </summary>
[Method("supervised", "Supervised training", Summary = "Cross entropy on the labels as they are: the baseline of all other methods.", Citation = "—")]
[Version(1)]
public sealed class Supervised : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>Supervised training has no options beside model and training.</summary>
    public sealed record Options;

    /// <summary>Creates the method.</summary>
    public Supervised(Options options) => ArgumentNullException.ThrowIfNull(options);

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(Supervised));
        return run.Train(problem, Objective);
    }

    /// <summary>The objective: cross entropy on the labels.</summary>
    public static PredictionObjective Objective { get; } = (network, _) => batch => Loss.SoftCrossEntropy(network.forward(batch.Inputs), batch.OneHot);
}
