using Preceptor.Foundation;

namespace Preceptor.Representation;

/// <summary>The network as it was initialised: what architecture alone is worth, and the null control of representation.</summary>
[Method("random-encoder", "Random encoder", Summary = "The network as it was initialised: what its form alone is worth.", Citation = "no paper: a control", IsPlain = true)]
[Version(1)]
public sealed class RandomEncoder(RandomEncoder.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>No options.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        _ = options;
        return new(problem.Encoding, problem.Model, new(run.NewEncoder(problem)), null, run.Threads);
    }
}
