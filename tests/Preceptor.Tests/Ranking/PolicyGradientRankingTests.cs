using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Ranking;
using TorchSharp;

namespace Preceptor.Tests.Ranking;

public sealed class PolicyGradientRankingTests
{
    private const string File = "09-pg-rank.json";

    public static TheoryData<string> Cases => Goldens.Names(File);

    private static torch.Tensor Log(torch.Tensor scores, int[][] orders, int prefix) =>
        PlackettLuce.LogProbability(scores.unsqueeze(0), torch.tensor(orders.SelectMany(o => o).Select(o => (long)o).ToArray(), [1, orders.Length, orders[0].Length]), torch.ones(1, scores.shape[0], dtype: torch.float64), prefix).squeeze(0);

    // Where the file's scores are rounded to nine digits its results come from unrounded ones: up to 3.3e-9 apart, whoever computes. Of exact scores they are as close as the file says.
    private static void Close(GoldenCase golden, string output, ReadOnlySpan<double> actual)
    {
        var expected = golden.Output(output).Doubles;
        Assert.Equal(expected.Length, actual.Length);
        var isExact = golden.Input("scores").Doubles.All(s => Math.Round(s, 3) == s);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(actual[i] - expected[i]) <= (isExact ? golden.Absolute + golden.Relative * Math.Abs(expected[i]) : 4e-9 * (1 + Math.Abs(expected[i]))), $"{golden.Name}: {output}[{i}] is {actual[i]:R}, expected {expected[i]:R}");
    }

    private static double[] Gradient(torch.Tensor loss, torch.Tensor scores) => torch.autograd.grad([loss], [scores])[0].contiguous().data<double>().ToArray();

    [Theory, MemberData(nameof(Cases))]
    public void Probabilities_utilities_and_gradients_are_those_of_the_enumeration(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (raw, grades, cutoff, tau) = (golden.Input("scores").Doubles, golden.Input("relevance").Doubles, golden.Setting("k").Integer, golden.Setting("tau").Number);
        var n = raw.Length;
        var scores = torch.tensor(raw).requires_grad_(true);
        double Worth(int[] order) => PolicyGradientRanking.Utility(order, grades, RankingUtility.Ndcg, cutoff);
        int[][] all = [.. Orders([.. Enumerable.Range(0, n)])];
        var logs = Log(scores / tau, all, n);
        var worth = torch.tensor(all.Select(Worth).ToArray());
        Close(golden, "sum_of_probabilities", [logs.exp().sum().item<double>()]);
        var expected = (logs.exp() * worth).sum();
        Close(golden, "expected_ndcg", new[] { expected.item<double>() });
        Close(golden, "exact_gradient_wrt_scores", Gradient(expected, scores));
        var ofScaled = (scores / tau).detach().requires_grad_(true);
        Close(golden, "exact_gradient_wrt_scaled_scores", Gradient((Log(ofScaled, all, n).exp() * worth).sum(), ofScaled));
        if (golden.HasOutput("log_prob_all_rankings"))
        {
            Close(golden, "log_prob_all_rankings", Log(scores / tau, all, n).detach().data<double>().ToArray());
            Close(golden, "ndcg_all_rankings", all.Select(Worth).ToArray());
            Close(golden, "prefix_log_prob_all_rankings", Log(scores / tau, all, cutoff).detach().data<double>().ToArray());
        }
        int[][] sampled = [.. golden.Input("sampled_rankings").Ints.Chunk(n)];
        double[] utilities = [.. sampled.Select(Worth)];
        Close(golden, "sample_utility", utilities);
        Close(golden, "sample_log_prob", Log(scores / tau, sampled, n).detach().data<double>().ToArray());
        var advantages = utilities.ToArray();
        PolicyGradientRanking.Advantages(advantages, RankingBaseline.LeaveOneOut);
        Close(golden, "advantage", advantages);
        Close(golden, "loo_baseline", utilities.Zip(advantages, (u, a) => u - a).ToArray());
        var loss = (torch.tensor(advantages) * Log(scores / tau, sampled, n)).mean().neg();
        Close(golden, "surrogate_loss", new[] { loss.item<double>() });
        Close(golden, "loo_gradient_wrt_scores", Gradient(loss, scores).Select(g => -g).ToArray());
        var centred = utilities.ToArray();
        PolicyGradientRanking.Advantages(centred, RankingBaseline.Mean);
        var samples = utilities.Length;
        Close(golden, "centred_form_gradient_wrt_scores", Gradient((torch.tensor(centred) * Log(scores / tau, sampled, n)).mean() * samples / (samples - 1), scores));
        if (!golden.HasOutput("variance_loo_N2")) return;
        // All pairs of orders, each with its probability: the estimator's expectation and the trace of its covariance, exactly.
        double[] p = [.. Log(scores / tau, all, n).exp().detach().data<double>()];
        var scaled = (scores / tau).detach().requires_grad_(true);
        var slopes = all.Select(o => Gradient(Log(scaled, [o], n).sum(), scaled)).ToArray();
        foreach (var (baseline, mean, variance) in new[] { (RankingBaseline.LeaveOneOut, "expected_loo_gradient_N2_wrt_scaled_scores", "variance_loo_N2"), (RankingBaseline.None, "", "variance_no_baseline_N2") })
        {
            var (first, second) = (new double[n], 0.0);
            for (var i = 0; i < all.Length; i++)
                for (var j = 0; j < all.Length; j++)
                {
                    double[] a = [Worth(all[i]), Worth(all[j])];
                    PolicyGradientRanking.Advantages(a, baseline);
                    var both = slopes[i].Zip(slopes[j], (x, y) => (a[0] * x + a[1] * y) / 2).ToArray();
                    for (var k = 0; k < n; k++) first[k] += p[i] * p[j] * both[k];
                    second += p[i] * p[j] * both.Sum(g => g * g);
                }
            if (mean.Length > 0) Close(golden, mean, first);
            Close(golden, variance, new[] { second - first.Sum(g => g * g) });
        }
    }

    [Fact]
    public void Orders_are_drawn_as_often_as_their_probability_says()
    {
        double[] scores = [2, 1, 0];
        var random = RandomStream.Of(1, "orders");
        const int draws = 20_000;
        var counts = Enumerable.Range(0, draws).Select(_ => string.Concat(PlackettLuce.Draw(scores, random))).CountBy(o => o).ToDictionary();
        Assert.Equal(0.665241 * 0.731059, counts["012"] / (double)draws, 0.015);
        Assert.Equal(6, counts.Count);
    }

    [Fact]
    public void Candidates_that_fill_a_list_up_change_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var orders = torch.tensor(new long[] { 1, 0, 2, 0, 1, 2 }, [1, 2, 3]);
        var whole = PlackettLuce.LogProbability(torch.tensor(new[] { 0.3, -1.0 }, [1, 2]), orders.narrow(2, 0, 2), torch.ones(1, 2, dtype: torch.float64), 2);
        var filled = PlackettLuce.LogProbability(torch.tensor(new[] { 0.3, -1.0, 7 }, [1, 3]), orders, torch.tensor(new[] { 1.0, 1, 0 }, [1, 3]), 3);
        Assert.Equal(whole.data<double>().ToArray(), filled.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Utilities_are_what_they_are_called()
    {
        int[] order = [2, 0, 1];
        double[] grades = [1, 0, 0];
        Assert.Equal(0.5, PolicyGradientRanking.Utility(order, grades, RankingUtility.ReciprocalRank, 3));
        Assert.Equal(0, PolicyGradientRanking.Utility(order, grades, RankingUtility.ReciprocalRank, 1));
        Assert.Equal(0.5, PolicyGradientRanking.Utility(order, grades, RankingUtility.Precision, 2));
        Assert.Equal(0, PolicyGradientRanking.Utility(order, [0, 0, 0], RankingUtility.Ndcg, 2));
    }

    [Fact]
    public void A_utility_of_ones_own_is_what_it_learns_even_one_that_wants_the_worst_first()
    {
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "pg-rank"))]), ["problem.name=grades", "problem.size=tiny", "training.epochs=10", "training.batch=8", "training.rate=0.03"]);
        var task = (ExamTask<RankingProblem, Ranker>)ProblemKinds.Of(specification).Prepare(specification, 1, (_, _, _, _) => throw new InvalidOperationException());
        double Learned(OrderUtility? own)
        {
            using var run = new Run(new() { Seed = 1 });
            using var ranker = run.Stage("fit", new System.Text.Json.Nodes.JsonObject(), () => new PolicyGradientRanking(new()) { OwnUtility = own }.Fit(task.Problem, run));
            return task.Examine(ranker).Values["ndcg@10"];
        }
        var (best, worst) = (Learned(null), Learned((order, grades) => -grades[order[0]]));
        Assert.True(best > worst + 0.15, $"{best}, worst first {worst}");
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length == 1 ? [items] : items.Order().SelectMany(first => Orders([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));

    [Fact]
    public void A_shift_of_all_scores_changes_no_probability_and_gradients_come_to_nothing_together()
    {
        using var scope = torch.NewDisposeScope();
        var scores = torch.tensor(new[] { 0.4, -1.2, 2.0, 0.1 }).requires_grad_(true);
        int[][] all = [.. Orders([0, 1, 2, 3])];
        Assert.Equal(Log(scores, all, 4).data<double>().ToArray(), Log(scores + 5, all, 4).data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(1, Log(scores, all, 4).exp().sum().item<double>(), 1e-12);
        foreach (var order in all) Assert.Equal(0, Gradient(Log(scores, [order], 4).sum(), scores).Sum(), 1e-12);
        // Two equal candidates of which one is relevant: E nDCG and its gradient by hand.
        var two = torch.tensor(new[] { 0.7, 0.7 }).requires_grad_(true);
        int[][] both = [[0, 1], [1, 0]];
        var expected = (Log(two, both, 2).exp() * torch.tensor(both.Select(o => PolicyGradientRanking.Utility(o, [1, 0], RankingUtility.Ndcg, 10)).ToArray())).sum();
        Assert.Equal(0.815465, expected.item<double>(), 1e-6);
        Assert.Equal(0.092268, Gradient(expected, two)[0], 1e-6);
    }

    [Fact]
    public void Drawn_orders_pass_the_chi_square_test()
    {
        using var scope = torch.NewDisposeScope();
        double[] scores = [0.8, -0.3, 0.2];
        var random = RandomStream.Of(2, "orders");
        const int draws = 20_000;
        var counts = Enumerable.Range(0, draws).Select(_ => string.Concat(PlackettLuce.Draw(scores, random))).CountBy(o => o).ToDictionary();
        int[][] all = [.. Orders([0, 1, 2])];
        var statistic = all.Zip(Log(torch.tensor(scores), all, 3).exp().data<double>().ToArray(), (order, p) => Math.Pow(counts[string.Concat(order)] - draws * p, 2) / (draws * p)).Sum();
        Assert.InRange(statistic, 0, 20.5); // five degrees of freedom: beyond in one of a thousand
    }
}
