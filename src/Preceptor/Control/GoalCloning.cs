using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Goal-conditioned behaviour cloning (Ding et al. 2019; Ghosh et al. 2021): the policy learns to do what was done, given any place that the same episode reached later. It knows nothing of ways that are
/// made of parts of several episodes.
/// </summary>
[Method("goal-cloning", "Goal-conditioned cloning", Summary = "Imitates each action, given a place that its own episode reached later: the baseline of control.", Citation = "Ghosh et al. 2021 (Learning to Reach Goals via Iterated Supervised Learning)", IsPlain = true)]
[Version(1)]
public sealed class GoalCloning(GoalCloning.Options options) : IFit<ControlProblem, GoalPolicy>, INeeds<Demonstrations>
{
    /// <summary>No options: goals are uniform over what comes later.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public GoalPolicy Fit(ControlProblem problem, Run run)
    {
        _ = options;
        var log = problem.Demonstrations.Log;
        return run.Train(problem, new int[log.Steps + log.Count], stitched: 0);
    }
}
