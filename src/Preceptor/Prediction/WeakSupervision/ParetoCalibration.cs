using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>
/// Pareto-optimal self-supervision: a network is trained to agree at once with a black box's answers and with rules that know other things, so that
/// no source can be pleased more without pleasing another less. What it thinks of an answer is then a calibrated estimate of the answer's
/// risk (POLAR score). Use it to know where a chat model's answers can't be relied on; <c>pareto-relabel</c> mends those.
/// </summary>
/// <remarks>
/// Zhao, Wei et al. (2023), section 3: min over h of the mean of G(ℓ_i0, …, ℓ_im), ℓ_ij = −log h(x_i)[Λ_j(x_i)] for the sources that vote, G one of
/// four scalarisers with weights w_j; rows on which nobody votes are left out. No true label is used; the released code stops early by some, here that
/// is <c>training.patience</c>, on whatever the validation labels are worth. With the labels as its only source and the linear scalariser it is supervised training, bit for bit.
/// </remarks>
[Method("pareto-calibration", "Pareto-optimal self-supervision", Paper = 34, Floor = typeof(TeacherLogits),
    Summary = "Agrees with a teacher's answers and with rules at once; its doubts of an answer are calibrated (POLAR score).",
    Citation = "Zhao, Wei, Preston, Poon: Pareto Optimal Learning for Estimating Large Language Model Errors (2023)")]
[Version(1)]
public sealed class ParetoCalibration(ParetoCalibration.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<Labels, TeacherLogits>, INeeds<Labels, RuleVotes>, INeeds<TeacherLogits, RuleVotes>
{
    /// <summary>The options of Pareto calibration.</summary>
    public sealed record Options : HarmoniserOptions;

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(ParetoCalibration));
        VoteSource[] sources = options.Sources.Length > 0 || problem.Supervision.Any(s => s is WeakVotes or TeacherLogits) ? options.Sources : [VoteSource.Labels];
        return Harmoniser.Fit(problem, run, options, VoteMatrix.Of(problem, sources, "pareto-calibration"));
    }
}
