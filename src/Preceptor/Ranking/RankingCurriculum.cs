using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>The losses of a ranking curriculum.</summary>
public enum RankingLossKind
{
    /// <summary>Cross entropy of the softmax over the pair.</summary>
    CrossEntropy,

    /// <summary>1 − the softmax of the relevant one.</summary>
    Softmax,

    /// <summary>max(0, margin − s⁺ + s⁻).</summary>
    Hinge,

    /// <summary>Pointwise: (s − grade)².</summary>
    SquaredError,

    /// <summary>Pointwise: cross entropy of the classes relevant and not; the score is the difference of their logits.</summary>
    ClassCrossEntropy,

    /// <summary>The cross entropies of the two classes, of the relevant candidate and of the others', added up (Nogueira and Cho 2019).</summary>
    PairedClasses,
}

/// <summary>
/// A training curriculum for ranking (MacAvaney et al. 2020): what a first stage finds easy counts first. Each sample has an ease D from the first stage's ranking: of a pair (h⁺ − h⁻ + 1) / 2 (eq. 5), of a
/// single candidate h if it is relevant, else 1 − h (eq. 4). In epoch i of a curriculum of m, its loss weighs W = D (1 − i / m) + i / m (eqs. 2 and 3), and from epoch m on 1.
/// </summary>
[Method("ranking-curriculum", "Ranking curriculum", Paper = 45, Summary = "Begins with the samples that the first stage finds easy, and lets all count more and more.", Citation = "MacAvaney et al. 2020 (Training Curricula for Open Domain Answer Re-Ranking)")]
[Version(1)]
public sealed class RankingCurriculum(RankingCurriculum.Options options) : IFit<RankingProblem, Ranker>, INeeds<Relevance>
{
    private const double Least = 1e-8;

    /// <summary>The options; with <c>heuristic: none</c> it is pairwise ranking.</summary>
    public sealed record Options
    {
        /// <summary>What ease is measured by.</summary>
        [Description("What ease is measured by: 1 / rank, the score within its list, or the share of the list's density below it")]
        [Source("section 3.1")]
        [Tried("density")]
        public EaseHeuristic Heuristic { get; set; } = EaseHeuristic.ReciprocalRank;

        /// <summary>m.</summary>
        [Description("m, the epoch from which on all samples count alike; 0: never, and in the released form of single candidates always")]
        [Range(0, 1_000_000)]
        [Source("released code: 20; tuned in the paper")]
        [Tried("5", "10")]
        public int End { get; set; } = 20;

        /// <summary>Whether the hardest count first instead.</summary>
        [Description("Whether the hardest count first instead: the ablation")]
        [Source("section 5.3")]
        public bool Anti { get; set; }

        /// <summary>The loss.</summary>
        [Description("The loss: of pairs (cross-entropy, softmax, hinge, paired-classes), or of single candidates (squared-error, class-cross-entropy)")]
        [Source("section 3")]
        public RankingLossKind Loss { get; set; } = RankingLossKind.CrossEntropy;

        /// <summary>The margin of hinge.</summary>
        [Description("The margin of hinge")]
        [Range(0, 1000)]
        public double Margin { get; set; } = 1;

        /// <summary>Samples of a query in each epoch.</summary>
        [Description("Samples of a query in each epoch")]
        [Range(1, 10_000)]
        public int Samples { get; set; } = 8;

        /// <summary>Irrelevant candidates beside each relevant one.</summary>
        [Description("Irrelevant candidates beside each relevant one; a sample is as easy as its hardest pair")]
        [Range(1, 100)]
        public int Negatives { get; set; } = 1;

        /// <summary>The released code's form.</summary>
        [Description("The released code's form: the mean loss of a batch times its mean weight")]
        [Source("OpenNIR, pairwise_cl.py, pointwise_cl.py")]
        public bool Released { get; set; }
    }

    /// <inheritdoc/>
    public Ranker Fit(RankingProblem problem, Run run)
    {
        var ease = problem.Train.Select(l => FirstStageEase.Of(l.FirstScores, options.Heuristic)).ToArray();
        var sampler = options.Loss is RankingLossKind.SquaredError or RankingLossKind.ClassCrossEntropy ? RankingSampler.Points(options.Samples) : RankingSampler.Pairs(options.Samples, options.Negatives);
        return run.Train(problem, sampler, epoch => (scores, batch) =>
        {
            var grades = batch.Grades();
            var loss = Losses(scores, grades, options.Loss, options.Margin);
            if (options.Heuristic == EaseHeuristic.None) return loss.mean();
            double[] h = [.. batch.Samples.SelectMany(s => s.Candidates.Select(c => ease[s.List][c]))];
            return Weighted(loss, Weights(h, grades, batch.Width, epoch.Number - 1, options), options.Released);
        });
    }

    /// <summary>What each sample of a batch weighs [B].</summary>
    /// <param name="heuristic">The candidates' heuristic values [B × n].</param>
    /// <param name="grades">Their grades [B × n].</param>
    /// <param name="width">n.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="options">The options.</param>
    internal static double[] Weights(double[] heuristic, double[] grades, int width, int epoch, Options options)
    {
        // Without an end the released trainer of pairs never ends its curriculum, and that of single candidates has none.
        if (options.Released && width == 1 && options.End == 0) return [.. grades.Select(_ => 1.0)];
        return [.. Ease(heuristic, grades, width, options.Anti).Select(d => Weight(d, epoch, options.End))];
    }

    /// <summary>The ease of each sample [B], in [0, 1], and a little above 0.</summary>
    /// <param name="heuristic">The candidates' heuristic values [B × n].</param>
    /// <param name="grades">Their grades [B × n]; of several candidates the first is the relevant one.</param>
    /// <param name="width">n.</param>
    /// <param name="anti">Whether hard counts as easy.</param>
    internal static double[] Ease(double[] heuristic, double[] grades, int width, bool anti)
    {
        var ease = new double[heuristic.Length / width];
        for (var b = 0; b < ease.Length; b++)
        {
            var of = heuristic.AsSpan(b * width, width);
            if (width == 1) ease[b] = grades[b] > 0 ? of[0] : 1 - of[0];
            else
            {
                ease[b] = double.PositiveInfinity;
                for (var i = 1; i < width; i++)
                {
                    var pair = (of[0] - of[i] + 1) / 2;
                    ease[b] = Math.Min(ease[b], anti ? 1 - pair : pair);
                }
            }
            if (width == 1 && anti) ease[b] = 1 - ease[b];
            ease[b] += Least;
        }
        return ease;
    }

    /// <summary>What a sample of some ease weighs in an epoch, from 0.</summary>
    internal static double Weight(double ease, int epoch, int end)
    {
        if (end > 0 && epoch >= end) return 1;
        var progress = end > 0 ? (double)epoch / end : 0;
        return ease * (1 - progress) + progress;
    }

    /// <summary>The loss of each sample [B].</summary>
    internal static Tensor Losses(Tensor scores, double[] grades, RankingLossKind kind, double margin) => kind switch
    {
        RankingLossKind.SquaredError => (scores.select(1, 0) - tensor(grades.Select(g => Math.Max(0, g)).ToArray()).to_type(scores.dtype)).square(),
        RankingLossKind.Softmax => 1 - nn.functional.softmax(scores, 1).select(1, 0),
        RankingLossKind.Hinge => nn.functional.relu(Others(scores) - scores.narrow(1, 0, 1) + margin).mean([1]),
        RankingLossKind.ClassCrossEntropy => nn.functional.softplus(scores.select(1, 0) * tensor(grades.Select(g => g > 0 ? -1.0 : 1).ToArray()).to_type(scores.dtype)),
        RankingLossKind.PairedClasses => nn.functional.softplus(scores.select(1, 0).neg()) + nn.functional.softplus(Others(scores)).mean([1]),
        _ => PairwiseLoss.CrossEntropy(scores),
    };

    private static Tensor Others(Tensor scores) => scores.narrow(1, 1, scores.shape[1] - 1);

    /// <summary>The loss of a batch. Weights are not brought to a sum: a low rate at first is a part of the method.</summary>
    internal static Tensor Weighted(Tensor losses, double[] weights, bool released) =>
        released ? losses.mean() * weights.Average() : (losses * tensor(weights).to_type(losses.dtype)).mean();
}
