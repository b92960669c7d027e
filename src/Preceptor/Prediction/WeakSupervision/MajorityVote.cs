using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>
/// Majority vote: each row's label is the class that most sources name, of equally many votes the first class. Every source counts alike;
/// what it is wrong about and how often is not asked. The label model to beat.
/// </summary>
/// <remarks>The distribution is the shares of the votes. A single source that votes on every row gives back its own labels, so that what follows is the baseline, bit for bit.</remarks>
[Method("majority-vote", "Majority vote", IsPlain = true, TrainsNetwork = false,
    Summary = "Replaces labels by what most annotators, rules and teachers say: the label model to beat.", Citation = "—")]
[Version(1)]
public sealed class MajorityVote(MajorityVote.Options options) : IImprove<PredictionProblem>, IGives<Labels>, INeeds<AnnotatorLabels>, INeeds<RuleVotes>, INeeds<TeacherLogits>
{
    /// <summary>The options of majority vote.</summary>
    public sealed record Options : LabelModelOptions;

    /// <inheritdoc/>
    public PredictionProblem Improve(PredictionProblem problem, Run run) => LabelModel.Improve("majority-vote", typeof(MajorityVote), problem, run, options, votes => votes.Shares());
}
