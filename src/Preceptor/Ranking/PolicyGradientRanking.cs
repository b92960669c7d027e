using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>What a ranking is worth.</summary>
public enum RankingUtility
{
    /// <summary>nDCG with gains 2^grade − 1.</summary>
    Ndcg,

    /// <summary>1 / rank of the first relevant one.</summary>
    ReciprocalRank,

    /// <summary>The share of relevant ones among the first.</summary>
    Precision,
}

/// <summary>What an order is worth, by one's own lights: any number, the more the better.</summary>
/// <param name="order">Candidates' numbers, the first one first [n].</param>
/// <param name="grades">The candidates' grades [n].</param>
public delegate double OrderUtility(ReadOnlySpan<int> order, ReadOnlySpan<double> grades);

/// <summary>What a sampled ranking's utility is compared with.</summary>
public enum RankingBaseline
{
    /// <summary>The mean of the other samples.</summary>
    LeaveOneOut,

    /// <summary>The mean of all samples, itself among them.</summary>
    Mean,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>
/// Policy-gradient ranking (Gao et al. 2023): scores are a Plackett–Luce policy over orders, any utility of an order is its reward, and the gradient is the mean over N sampled orders of
/// (Δ_i − mean of the other Δ) ∇ log π(r_i). The loss is −(1/N) Σ A_i log π(r_i), advantages detached.
/// </summary>
[Method("pg-rank", "Policy-gradient ranking", Paper = 9, Summary = "Samples orders and reinforces those that are worth more by any utility, such as nDCG.", Citation = "Gao et al. 2023 (Policy-Gradient Training of Language Models for Ranking)")]
[Version(1)]
public sealed class PolicyGradientRanking(PolicyGradientRanking.Options options) : IFit<RankingProblem, Ranker>, INeeds<Relevance>
{
    /// <summary>The options. It can have no null setting, for without samples there is no gradient; its limit, the exact gradient, is tested instead.</summary>
    public sealed record Options
    {
        /// <summary>N.</summary>
        [Description("N, orders sampled of each list in each step")]
        [Range(1, 10_000)]
        [Source("section 4: 32")]
        public int Samples { get; set; } = 32;

        /// <summary>The utility.</summary>
        [Description("What an order is worth")]
        [Source("section 3.1")]
        public RankingUtility Utility { get; set; } = RankingUtility.Ndcg;

        /// <summary>Places that the utility looks at.</summary>
        [Description("Places that the utility looks at")]
        [Range(1, 100_000)]
        [Source("nDCG@10")]
        public int Cutoff { get; set; } = 10;

        /// <summary>The baseline.</summary>
        [Description("What a sampled order's utility is compared with")]
        [Source("eq. 5")]
        public RankingBaseline Baseline { get; set; } = RankingBaseline.LeaveOneOut;

        /// <summary>The temperature.</summary>
        [Description("What scores are divided by")]
        [Range(0, 1000, MinimumIsExclusive = true)]
        public double Temperature { get; set; } = 1;

        /// <summary>The weight of the entropy.</summary>
        [Description("How much the entropy of the first choice counts, against orders that never change")]
        [Range(0, 100)]
        public double Entropy { get; set; } = 0.01;

        /// <summary>Whether only the places that the utility sees count.</summary>
        [Description("Whether only the places that the utility sees count in log π: the same expectation, less variance")]
        public bool Prefix { get; set; }

        /// <summary>Most candidates of a list.</summary>
        [Description("Most candidates of a list in a step: the relevant ones, and others at random")]
        [Range(2, 100_000)]
        [Source("section 4: about 30")]
        public int Candidates { get; set; } = 64;
    }

    /// <summary>What an order is worth instead of the options' utility; null for that one. Nothing of it is known to a folder that a run is continued from.</summary>
    public OrderUtility? OwnUtility { get; init; }

    /// <inheritdoc/>
    /// <exception cref="RequestException">A single sample has no others to compare with.</exception>
    public Ranker Fit(RankingProblem problem, Run run)
    {
        if (options.Samples < 2 && options.Baseline != RankingBaseline.None) throw new RequestException("method.samples: a single sample has no others to be compared with; expected at least 2, or method.baseline: none");
        return run.Train(problem, RankingSampler.Lists(options.Candidates), epoch => (scores, batch) =>
        {
            var scaled = scores / options.Temperature;
            var (mask, grades, width) = (batch.Mask(), batch.Grades(), batch.Width);
            var (orders, advantages) = Sample(scaled, grades, width, run.Random("orders", epoch.Number, batch.Rows[0]));
            var logs = PlackettLuce.LogProbability(scaled, orders, mask, options.Prefix ? options.Cutoff : width);
            var loss = (advantages * logs).mean([1]).neg();
            if (options.Entropy > 0)
            {
                var first = nn.functional.log_softmax(scaled + (mask - 1) * 1e9, 1);
                loss = loss + (first.exp() * first * mask).sum(1) * options.Entropy;
            }
            return loss.mean();
        });
    }

    private (Tensor Orders, Tensor Advantages) Sample(Tensor scores, double[] grades, int width, RandomStream random)
    {
        var (count, n) = ((int)scores.shape[0], options.Samples);
        var values = scores.detach().to_type(float64).contiguous().data<double>().ToArray();
        var (orders, advantages) = (new long[count * n * width], new double[count * n]);
        for (var b = 0; b < count; b++)
        {
            var of = grades.AsSpan(b * width, width);
            var real = 0;
            while (real < width && of[real] >= 0) real++;
            var utilities = advantages.AsSpan(b * n, n);
            for (var i = 0; i < n; i++)
            {
                var order = PlackettLuce.Draw(values.AsSpan(b * width, real), random);
                for (var k = 0; k < width; k++) orders[(b * n + i) * width + k] = k < real ? order[k] : k;
                utilities[i] = OwnUtility is null ? Utility(order, of[..real], options.Utility, options.Cutoff) : OwnUtility(order, of[..real]);
            }
            Advantages(utilities, options.Baseline);
        }
        return (tensor(orders, [count, n, width]), tensor(advantages, [count, n]).to_type(scores.dtype));
    }

    /// <summary>Utilities of the samples of one list turned into advantages, in place.</summary>
    internal static void Advantages(Span<double> utilities, RankingBaseline baseline)
    {
        if (baseline == RankingBaseline.None) return;
        var sum = 0.0;
        foreach (var utility in utilities) sum += utility;
        for (var i = 0; i < utilities.Length; i++) utilities[i] -= baseline == RankingBaseline.Mean ? sum / utilities.Length : (sum - utilities[i]) / (utilities.Length - 1);
    }

    /// <summary>What an order is worth, in [0, 1]; 0 where nothing is relevant.</summary>
    /// <param name="order">Candidates, the first one first.</param>
    /// <param name="grades">Their grades.</param>
    /// <param name="utility">By what.</param>
    /// <param name="cutoff">Places that count.</param>
    internal static double Utility(ReadOnlySpan<int> order, ReadOnlySpan<double> grades, RankingUtility utility, int cutoff)
    {
        var places = Math.Min(cutoff, order.Length);
        if (utility == RankingUtility.Ndcg)
        {
            var sum = 0.0;
            for (var k = 0; k < places; k++) sum += Gain(grades[order[k]], k);
            var best = grades.ToArray();
            best.Sort((a, b) => b.CompareTo(a));
            var ideal = 0.0;
            for (var k = 0; k < places; k++) ideal += Gain(best[k], k);
            return ideal > 0 ? sum / ideal : 0;
        }
        var found = 0;
        for (var k = 0; k < places; k++)
        {
            if (grades[order[k]] <= 0) continue;
            if (utility == RankingUtility.ReciprocalRank) return 1.0 / (k + 1);
            found++;
        }
        return (double)found / cutoff;
    }

    private static double Gain(double grade, int place) => (Math.Pow(2, Math.Max(0, grade)) - 1) / Math.Log2(place + 2);
}
