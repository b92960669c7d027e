using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>Keeps the order of the first stage, such as BM25: what every trained ranker has to beat.</summary>
[Method("first-stage", "First stage", Summary = "Keeps the order of the first stage, BM25 where texts are ranked: what every trained ranker has to beat.", Citation = "Robertson & Zaragoza 2009", IsPlain = true, TrainsNetwork = false)]
[Distributed]
[Version(1)]
public sealed class FirstStage(FirstStage.Options options) : IFit<RankingProblem, Ranker>, INeeds<Relevance>
{
    /// <summary>No options: the first stage is the problem's.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public Ranker Fit(RankingProblem problem, Run run)
    {
        _ = options;
        return Ranker.FirstStage();
    }
}
