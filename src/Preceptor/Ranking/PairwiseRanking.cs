using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>
/// Pairwise training (RankNet, Burges et al. 2005): in pairs of a relevant candidate and one of lower grade, the relevant one should score higher, by cross entropy of the softmax over the two. The baseline
/// of ranking.
/// </summary>
[Method("pairwise-ranking", "Pairwise ranking", Summary = "Learns from pairs of candidates that the more relevant one should score higher: the baseline of ranking.", Citation = "Burges et al. 2005 (RankNet)", IsPlain = true)]
[Distributed]
[Version(1)]
public sealed class PairwiseRanking(PairwiseRanking.Options options) : IFit<RankingProblem, Ranker>, INeeds<Relevance>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>Pairs of a query in each epoch.</summary>
        [Description("Pairs of a query in each epoch")]
        [Range(1, 10_000)]
        public int Samples { get; set; } = 8;
    }

    /// <inheritdoc/>
    public Ranker Fit(RankingProblem problem, Run run) => run.Train(problem, RankingSampler.Pairs(options.Samples), _ => (scores, _) => PairwiseLoss.CrossEntropy(scores).mean());
}

/// <summary>Losses of candidates whose first is relevant and whose others are not.</summary>
internal static class PairwiseLoss
{
    /// <summary>−log of the softmax of the first score [B].</summary>
    /// <param name="scores">[B, n].</param>
    public static Tensor CrossEntropy(Tensor scores) => nn.functional.log_softmax(scores, 1).select(1, 0).neg();
}
