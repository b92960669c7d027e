using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>What pushes negatives away.</summary>
public enum RepulsionCost
{
    /// <summary>The squared distance.</summary>
    Euclidean,

    /// <summary>The logarithm of a Gaussian kernel's mean.</summary>
    Rbf,
}

/// <summary>How negatives that may be positives are allowed for.</summary>
public enum Debiasing
{
    /// <summary>Not.</summary>
    None,

    /// <summary>As a mixture: (E⁻ + τ⁺ E⁺) / (1 − τ⁺) of the cost −c.</summary>
    Mixture,

    /// <summary>With the sign of the released code.</summary>
    Released,
}

/// <summary>
/// Contrastive attraction and contrastive repulsion (Zheng et al. 2021): among the K positives of a query those farther away weigh more, softmax(t⁺ d²), among its negatives those nearer, softmax(−t⁻ d²); the loss
/// is the weighted distance of the positives less that of the negatives (eqs. 4 to 6), averaged over which view is the query.
/// </summary>
[Method("cacr", "Attraction and repulsion by contrast", Paper = 54, Summary = "Pulls the farthest positives and pushes the nearest negatives most, each group weighed within itself.", Citation = "Zheng et al. 2021 (Contrastive Attraction and Contrastive Repulsion for Representation Learning)")]
[Version(1)]
public sealed class AttractionRepulsion(AttractionRepulsion.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>The options. With <c>attraction: false, repulsion: false</c> all positives and all negatives count alike, the plain alignment and uniformity it extends.</summary>
    public sealed record Options
    {
        /// <summary>K + 1.</summary>
        [Description("K + 1, views of each image")]
        [Range(2, 64)]
        [Source("section 4.1: 5")]
        public int Views { get; set; } = 4;

        /// <summary>t⁺.</summary>
        [Description("t⁺: how much more farther positives weigh")]
        [Range(0, 10_000)]
        [Source("section 4.1: 1")]
        public double PositiveSharpness { get; set; } = 1;

        /// <summary>t⁻.</summary>
        [Description("t⁻: how much more nearer negatives weigh")]
        [Range(0, 10_000)]
        [Source("section 4.1: 0.9 on CIFAR-10, 2 on CIFAR-100")]
        [Tried("2")]
        public double NegativeSharpness { get; set; } = 0.9;

        /// <summary>α.</summary>
        [Description("α, the weight of attraction")]
        [Range(0, 1000)]
        public double Attract { get; set; } = 1;

        /// <summary>β.</summary>
        [Description("β, the weight of repulsion")]
        [Range(0, 1000, MinimumIsExclusive = true)]
        public double Repel { get; set; } = 1;

        /// <summary>Whether positives are weighed.</summary>
        [Description("Whether positives are weighed; else all count alike")]
        public bool Attraction { get; set; } = true;

        /// <summary>Whether negatives are weighed.</summary>
        [Description("Whether negatives are weighed; else all count alike")]
        public bool Repulsion { get; set; } = true;

        /// <summary>The cost of negatives.</summary>
        [Description("What pushes negatives away")]
        public RepulsionCost Cost { get; set; }

        /// <summary>The kernel's sharpness.</summary>
        [Description("t of the kernel exp(−t d²) of rbf")]
        [Range(0, 1000, MinimumIsExclusive = true)]
        public double Kernel { get; set; } = 2;

        /// <summary>Debiasing.</summary>
        [Description("How negatives that may be of the query's own class are allowed for")]
        public Debiasing Debias { get; set; }

        /// <summary>τ⁺.</summary>
        [Description("τ⁺, the share of such negatives")]
        [Range(0, 0.99)]
        public double SameClass { get; set; } = 0.1;

        /// <summary>Whether weights are constants.</summary>
        [Description("Whether no gradient flows through the weights")]
        [Source("released code: large-scale true, small-scale false")]
        public bool Detached { get; set; }

        /// <summary>The slow encoder's momentum.</summary>
        [Description("The form with a momentum encoder: the share of it that a step keeps at the beginning, which grows to 1. Its projection of one view is the key, what is predicted of the others are the queries; of the options above only views and cost count. Left out: views contrast with each other")]
        [Range(0, 1)]
        [Source("released code, large-scale: 0.99")]
        public double? Momentum { get; set; }

        /// <summary>T.</summary>
        [Description("T of the form with a momentum encoder")]
        [Range(0, 1000, MinimumIsExclusive = true)]
        [Source("released code, large-scale: 1")]
        public double Temperature { get; set; } = 1;

        /// <summary>Layers of the head.</summary>
        [Description("Layers of the projection head")]
        [Range(1, 10)]
        public int HeadDepth { get; set; } = 2;

        /// <summary>Numbers a projection.</summary>
        [Description("Numbers a projection")]
        [Range(1, 65536)]
        public int HeadWidth { get; set; } = 64;
    }

    /// <inheritdoc/>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run) => options.Momentum is { } momentum ? FitWithKeys(problem, run, momentum) : run.Train(problem, options.Views, new(options.HeadDepth, options.HeadWidth), views =>
    {
        Tensor[] unit = [.. views.Select(v => nn.functional.normalize(v, 2, 1))];
        return AttractionOf(unit, options) + RepulsionOf(unit, options);
    });

    // Each view in turn gives the keys, by the slow encoder, and all others the queries.
    private TrainedEncoder FitWithKeys(RepresentationProblem problem, Run run, double momentum)
    {
        var student = run.NewProjected(problem, new(options.HeadDepth, options.HeadWidth));
        var predictor = new ProjectionHead(options.HeadWidth, 2, options.HeadWidth);
        var teacher = new ProjectedEncoder(Models.Encoder.Create(problem.Model, problem.Train.Shape), options.HeadDepth, options.HeadWidth);
        using var slow = run.Keep("slow", new MovingAverage(student, momentum));
        var summary = TrainingLoop.Fit<ViewBatch>(run, new Models.ModuleGroup(student, predictor), new ViewBatches(run, problem.Augmented(), options.Views), problem.Training, _ =>
        {
            teacher.train();
            return batch =>
            {
                if (batch.ShareDone > 0) slow.Update(1 - (1 - momentum) * (1 + Math.Cos(Math.PI * batch.ShareDone)) / 2);
                slow.CopyTo(teacher);
                var views = batch.Views();
                Tensor[] keys, queries = predictor.forward(cat(student.Project(views), 0)).chunk(views.Length, 0);
                using (no_grad()) keys = teacher.Project(views);
                return stack([.. keys.Select((key, k) => MomentumLoss([.. queries.Where((_, v) => v != k)], key, options.Temperature, options.Cost))]).mean();
            };
        }, null);
        return new(problem.Encoding, problem.Model, new(student.Encoder), summary, run.Threads);
    }

    /// <summary>L_CA: the weighted squared distances of each view to the others of its row.</summary>
    /// <param name="views">Views [B, d], of length 1.</param>
    /// <param name="options">The options.</param>
    internal static Tensor AttractionOf(Tensor[] views, Options options) =>
        stack([.. views.Select((query, q) =>
        {
            var cost = Squared(query, [.. views.Where((_, v) => v != q)]) * options.Attract; // [B, K]
            return options.Attraction ? (PositiveWeights(cost, options) * cost).sum(1).mean() : cost.mean();
        })]).mean();

    /// <summary>L_CR: less the weighted squared distances to the other rows, over all pairs of views.</summary>
    internal static Tensor RepulsionOf(Tensor[] views, Options options)
    {
        var terms = new List<Tensor>();
        for (var x = 0; x < views.Length; x++)
            for (var y = x + 1; y < views.Length; y++)
            {
                var (cost, weights) = Negatives(views[x], views[y], options);
                if (options.Cost == RepulsionCost.Rbf)
                {
                    terms.Add((weights is null ? cost.mean([1]) : (weights * cost).sum(1)).mean().log() * options.Repel);
                    continue;
                }
                var each = weights is null ? cost.mean([1]) : (weights * cost).sum(1);
                if (options.Debias != Debiasing.None)
                {
                    var own = (views[x] - views[y]).square().sum(1) * options.Repel * options.SameClass;
                    each = (options.Debias == Debiasing.Mixture ? each + own : each - own) / (1 - options.SameClass);
                }
                terms.Add(each.mean());
            }
        return stack([.. terms]).mean();
    }

    /// <summary>π⁺ [B, K], from the costs α d².</summary>
    internal static Tensor PositiveWeights(Tensor cost, Options options)
    {
        var weights = nn.functional.softmax(cost * (options.PositiveSharpness / Math.Max(options.Attract, 1e-12)), 1);
        return options.Detached ? weights.detach() : weights;
    }

    /// <summary>The costs of the rows' negatives [B, B − 1], and their weights π⁻; null where all count alike.</summary>
    internal static (Tensor Cost, Tensor? Weights) Negatives(Tensor x, Tensor y, Options options)
    {
        var count = x.shape[0];
        var squared = (x.square().sum(1).unsqueeze(1) + y.square().sum(1).unsqueeze(0) - x.matmul(y.t()) * 2).clamp_min(0);
        var others = squared.masked_select(eye(count, dtype: ScalarType.Bool).logical_not()).view(count, count - 1);
        var (cost, logits) = options.Cost == RepulsionCost.Rbf ? ((others * -options.Kernel).exp(), others * -options.NegativeSharpness) : (others * -options.Repel, others * -options.NegativeSharpness);
        if (!options.Repulsion) return (cost, null);
        var weights = nn.functional.softmax(logits, 1);
        return (cost, options.Detached ? weights.detach() : weights);
    }

    /// <summary>
    /// The form with a momentum encoder's keys: for each row Σ_v p_v ((1 − q_v·k) − Σ_j π⁻_j (1 − q_v·k_j)), p_v = softmax(|q_v − k|² / T), π⁻_j = softmax(−(1 − q_v·k_j) / T), both constants; with a kernel the bracket is 2T times
    /// the cross entropy of q_v·K / T. As in the released code the former is the sum over the batch, the latter its mean.
    /// </summary>
    internal static Tensor MomentumLoss(Tensor[] queries, Tensor key, double temperature, RepulsionCost cost)
    {
        var k = nn.functional.normalize(key, 2, 1).detach();
        Tensor[] unit = [.. queries.Select(q => nn.functional.normalize(q, 2, 1))];
        var weights = nn.functional.softmax(stack([.. unit.Select(q => (q - k).square().sum(1))], 1).detach() / temperature, 1); // [B, V]
        var own = eye(k.shape[0], dtype: ScalarType.Bool);
        var terms = unit.Select(q =>
        {
            var similarities = q.matmul(k.t());
            if (cost == RepulsionCost.Rbf) return nn.functional.log_softmax(similarities / temperature, 1).diag().neg() * (2 * temperature);
            var distances = 1 - similarities;
            var negative = nn.functional.softmax((distances.detach() / -temperature).masked_fill(own, double.NegativeInfinity), 1);
            return distances.diag() - (negative * distances).sum(1);
        });
        var each = (weights * stack([.. terms], 1)).sum(1);
        return cost == RepulsionCost.Rbf ? each.mean() : each.sum();
    }

    private static Tensor Squared(Tensor query, Tensor[] others) => stack([.. others.Select(o => (query - o).square().sum(1))], 1);
}
