using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Behaviour cloning: the policy learns to do what was done; where the problem has goals, given any place that the same episode reached later (Ding et al. 2019; Ghosh et al. 2021), and in scenes of words, given what was asked for. It knows nothing of ways that are made of parts of
/// several episodes, nor of what was good.
/// </summary>
[Method("behaviour-cloning", "Behaviour cloning", Summary = "Imitates each action, given a place that its own episode reached later where there are goals: the baseline of control.", Citation = "Ghosh et al. 2021 (Learning to Reach Goals via Iterated Supervised Learning)", IsPlain = true)]
[Distributed]
[Version(1)]
public sealed class BehaviourCloning(BehaviourCloning.Options options) : IFit<ControlProblem, Policy>, INeeds<Demonstrations>
{
    /// <summary>No options: goals are uniform over what comes later.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        _ = options;
        if (problem.Scene is not null) return run.TrainScenes(problem, problem.Demonstrations.Log);
        var log = problem.Demonstrations.Log;
        return run.Train(problem, new int[log.Steps + log.Count], stitched: 0);
    }
}
