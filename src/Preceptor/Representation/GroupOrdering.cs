using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>
/// Learning by sorting (GroCo; Shvetsova et al. 2023): for each anchor the similarities of its positives and of its k nearest negatives are sorted by a differentiable network, and the positives must come to the upper
/// ranks, the negatives to the lower ones, by binary cross entropy of the mass that each has there (eqs. 5 to 8). Order within a group is free.
/// </summary>
[Method("groco", "Group ordering constraints", Paper = 71, Summary = "Sorts similarities by a differentiable network; positives must come before the hardest negatives.", Citation = "Shvetsova et al. 2023 (Learning by Sorting: Self-supervised Learning with Group Ordering Constraints)")]
[Version(2)]
public sealed class GroupOrdering(GroupOrdering.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    private const double Least = 1e-7;

    /// <summary>The options. It has no null setting: with one negative and one positive it is a logistic loss of their difference, which is tested.</summary>
    public sealed record Options
    {
        /// <summary>V.</summary>
        [Description("V, views of each image; all others are positives of an anchor")]
        [Range(2, 64)]
        [Source("section 4.2")]
        public int Views { get; set; } = 2;

        /// <summary>k.</summary>
        [Description("k, negatives that are sorted, the nearest of the same view")]
        [Range(1, 100_000)]
        [Source("section 4.1: 10")]
        [Tried("5")]
        public int Negatives { get; set; } = 10;

        /// <summary>β.</summary>
        [Description("β, the steepness of the exchange of two values")]
        [Range(0, 1e6, MinimumIsExclusive = true)]
        [Source("section 4.1: 1")]
        [Tried("5")]
        public double Steepness { get; set; } = 1;

        /// <summary>Whether groups are sorted before.</summary>
        [Description("Whether each group is sorted before it enters the network, so that only order between groups is left to learn; false: the control, in an order drawn at random")]
        [Source("section 3.3")]
        public bool Presorted { get; set; } = true;

        /// <summary>Whether only the anchor moves.</summary>
        [Description("Whether only the anchor's projection gets a gradient")]
        [Source("section 3.3")]
        public bool OneSided { get; set; } = true;

        /// <summary>Layers of the head.</summary>
        [Description("Layers of the projection head")]
        [Range(1, 10)]
        [Source("section 4.1: 3")]
        public int HeadDepth { get; set; } = 3;

        /// <summary>Numbers a projection.</summary>
        [Description("Numbers a projection")]
        [Range(1, 65536)]
        public int HeadWidth { get; set; } = 64;
    }

    /// <inheritdoc/>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        if (Math.Min(problem.Training.Batch, problem.Train.Count) <= options.Negatives) throw new RequestException($"method.negatives: {options.Negatives} other images are not in a batch of {Math.Min(problem.Training.Batch, problem.Train.Count)}");
        return run.Train(problem, options.Views, new(options.HeadDepth, options.HeadWidth), views => stack([.. views.Select((_, anchor) => AnchorLoss(views, anchor, views.Length, options))]).mean());
    }

    /// <summary>The loss with one view as anchor.</summary>
    /// <param name="views">Projections of the views [B, d].</param>
    /// <param name="anchor">Which of them.</param>
    /// <param name="positives">How many of the first views can be positives.</param>
    /// <param name="options">The options.</param>
    internal static Tensor AnchorLoss(Tensor[] views, int anchor, int positives, Options options)
    {
        var (negative, positive) = Similarities(views, anchor, positives, options);
        return OrderLoss(negative, positive, options);
    }

    /// <summary>The loss of negatives' [B, k] and positives' similarities [B, P]: the binary cross entropies of their masses among the upper P ranks and among the lower k.</summary>
    internal static Tensor OrderLoss(Tensor negative, Tensor positive, Options options)
    {
        var (p, k) = (positive.shape[1], negative.shape[1]);
        var sims = cat([negative.sort(1).Values, positive.sort(1).Values], 1);
        var target = cat([zeros(k), ones(p)], 0).to_type(sims.dtype).expand_as(sims);
        if (!options.Presorted)
        {
            var order = rand_like(sims).argsort(1);
            (sims, target) = (sims.gather(1, order), target.gather(1, order));
        }
        var (_, permutation) = SortingNetwork.Sort(sims, options.Steepness);
        var upper = permutation.narrow(2, k, p).sum(2); // [B, n]: the mass among the upper p ranks
        var lower = permutation.narrow(2, 0, k).sum(2);
        return (Entropy(upper, target) + Entropy(lower, 1 - target)) / 2;
    }

    /// <summary>The similarities of an anchor's nearest negatives [B, k] and of its positives [B, P].</summary>
    internal static (Tensor Negative, Tensor Positive) Similarities(Tensor[] views, int anchor, int positives, Options options)
    {
        Tensor[] unit = [.. views.Select(v => nn.functional.normalize(v, 2, 1))];
        Tensor Other(Tensor v) => options.OneSided ? v.detach() : v;
        var own = unit[anchor];
        var positive = stack([.. Enumerable.Range(0, positives).Where(v => v != anchor).Select(v => (own * Other(unit[v])).sum(1))], 1);
        var negative = (own.matmul(Other(own).t()) - eye(own.shape[0], dtype: own.dtype) * 1e9).topk(options.Negatives, 1).values;
        return (negative, positive);
    }

    private static Tensor Entropy(Tensor mass, Tensor target)
    {
        var clipped = mass.clamp(Least, 1 - Least);
        return (target * clipped.log() + (1 - target) * (1 - clipped).log()).mean().neg();
    }
}
