using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Policies from language models (Li et al. 2022): goal, history and objects in view are one sequence that a pre-trained language model reads, and the whole network is fine-tuned to do what was done. What texts say of goals that nobody
/// demonstrated, the policy may know from the beginning. With start: random it is behaviour-cloning, bit for bit.
/// </summary>
[Method("lid", "Policy from a language model", Paper = 77, Summary = "Imitates in scenes of words, beginning as a language model, so that goals nobody demonstrated are understood from texts.", Citation = "Li et al. 2022 (Pre-Trained Language Models for Interactive Decision-Making)")]
[Distributed(InDistribution = "each rank draws the dropout of its own rows")]
[Version(1)]
public sealed class LanguageInitialisation(LanguageInitialisation.Options options) : IFit<ControlProblem, Policy>, INeeds<Demonstrations, SceneForm>
{
    /// <summary>The options.</summary>
    public sealed record Options : LanguageStartOptions;

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        using var language = run.Language(problem, options);
        return run.TrainScenes(problem, problem.Demonstrations.Log, language, options.Frozen);
    }
}
