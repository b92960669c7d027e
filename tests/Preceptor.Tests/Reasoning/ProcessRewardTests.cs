using System.Text.Json;
using CsCheck;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>The published rewards, losses and votes of easy-to-hard generalisation.</summary>
public sealed class ProcessRewardTests
{
    private const string File = "04-easy-to-hard.json";

    public static TheoryData<string> Rewards => [.. Goldens.Names(File).Select(row => row.Data).Where(n => !n.StartsWith("rm_", StringComparison.Ordinal) && !n.StartsWith("gae", StringComparison.Ordinal) && n is not ("kl_estimators" or "voting"))];

    public static TheoryData<string> Losses => [.. Goldens.Names(File).Select(row => row.Data).Where(n => !n.Contains('_', StringComparison.Ordinal) || n.StartsWith("rm_", StringComparison.Ordinal)).Where(n => n is not ("prod" or "voting"))];

    public static TheoryData<string> Estimates => [.. Goldens.Names(File).Select(row => row.Data).Where(n => n.StartsWith("gae", StringComparison.Ordinal) || n.StartsWith('('))];

    [Theory, MemberData(nameof(Rewards))]
    public void Rewards_of_tokens_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        var options = new ProcessRewardOptions
        {
            Aggregation = golden.Setting("scheme").Text == "prod" ? StepAggregation.Product : StepAggregation.Least,
            UpperBound = golden.Setting("upper_bound").Number,
            ProcessScale = golden.Setting("scale").Number,
            NoAnswer = -golden.Setting("penalty_reward_value").Number,
            NoAnswerTakenOff = golden.Setting("relative_penalty").Flag,
        };
        var (rows, width) = (golden.Input("responses").Shape[0], (int)golden.Input("responses").Shape[1]);
        var tokens = golden.Input("responses").Ints;
        T[][] Lists<T>(string input, Func<JsonElement, T> of) => [.. golden.Input(input).Json.GetProperty("lists").EnumerateArray().Select(l => l.EnumerateArray().Select(of).ToArray())];
        var (places, logits) = (Lists("step_positions", e => e.GetInt32()), Lists("step_logits", e => e.GetDouble()));
        var (terminal, missing) = (golden.Input("terminal_rewards").Doubles, golden.Input("stop_token_penalty").Doubles);
        var all = new List<double>();
        for (var row = 0; row < rows; row++)
        {
            // Padding is 0, and what is rewarded at the end is the last token before it.
            var length = tokens.AsSpan(row * width, width).LastIndexOfAnyExcept(0) + 1;
            bool? isRight = terminal[row] switch { 1 => true, 0 => false, _ => null };
            double[] scores = [.. logits[row].Select(l => 1 / (1 + Math.Exp(-l)))];
            var answer = ProcessRewardShaping.OfAnswer(isRight, golden.Setting("penalize_no_stop_token").Flag ? missing[row] : 0, options);
            all.AddRange([.. ProcessRewardShaping.OfTokens(length, ProcessRewardShaping.OfSteps(scores, options), places[row], answer, width: 2), .. new double[width - length]]);
        }
        golden.AssertClose("shaped_rewards", all.ToArray());
    }

    [Theory, MemberData(nameof(Losses))]
    public void The_loss_of_an_evaluator_is_the_published_one(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(string input) => torch.tensor(golden.Input(input).Floats.Select(v => (double)v).ToArray(), golden.Input(input).Shape);
        var logits = Of("logits").requires_grad_();
        var loss = SolutionEvaluator.Loss(logits, Of("labels"), Of("weights"));
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logits", logits.grad!.flatten().data<double>().ToArray());
    }

    [Theory, MemberData(nameof(Estimates))]
    public void Advantages_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        double[] Row(string input, int row) => [.. golden.Input(input).Floats.Select(v => (double)v).Skip(row * 6).Take(6)];
        var estimates = Enumerable.Range(0, 2).Select(row => ProximalPolicy.Estimate(Row("rewards", row), Row("values", row), golden.Setting("gamma").Number, golden.Setting("lambda").Number)).ToArray();
        golden.AssertClose("advantages_unwhitened", estimates.SelectMany(e => e.Advantages).ToArray());
        golden.AssertClose("returns", estimates.SelectMany(e => e.Returns).ToArray());
    }

    [Fact]
    public void Divergences_are_the_published_ones_and_the_third_is_never_negative()
    {
        var golden = Goldens.Case(File, "kl_estimators");
        var pairs = golden.Input("logprobs").Floats.Zip(golden.Input("ref_logprobs").Floats).ToArray();
        foreach (var (output, estimate) in new[] { ("k1", DivergenceEstimate.Clamped), ("k2", DivergenceEstimate.LogRatio), ("k3", DivergenceEstimate.Exponential) })
            golden.AssertClose(output, pairs.Select(p => ProximalPolicy.Divergence(p.First, p.Second, estimate)).ToArray());
        Gen.Double[-20, 0].Select(Gen.Double[-20, 0]).Sample((log, before) => ProximalPolicy.Divergence(log, before, DivergenceEstimate.Exponential) >= -1e-15 && ProximalPolicy.Divergence(log, log, DivergenceEstimate.Exponential) == 0);
    }

    [Fact]
    public void Votes_are_the_published_ones()
    {
        var golden = Goldens.Case(File, "voting");
        string[] answers = [.. golden.Input("answers").Json.GetProperty("list").EnumerateArray().Select(a => a.GetString()!)];
        Solution[] drawn = [.. golden.Input("scores").Doubles.Select((s, i) => new Solution([i], answers[i], true) { Score = s })];
        Assert.Equal(golden.Output("weighted_vote").Text, AnswerVote.Weighted(drawn, answers, s => s.Score)!.Text);
        Assert.Equal(golden.Output("majority").Text, AnswerVote.Weighted(drawn, answers, _ => 1)!.Text);
        Assert.Equal(golden.Output("best_of_n").Text, AnswerVote.Best(drawn, answers)!.Text);
    }

    [Fact]
    public void Steps_cost_what_they_lower_the_score_by_and_share_a_bonus()
    {
        var options = new ProcessRewardOptions();
        void Equal(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
        Equal([0.0625, -0.2 + 0.0625, 0.0625, -0.2 + 0.0625], ProcessRewardShaping.OfSteps([0.9, 0.3, 0.6, 0.1], options));
        Equal([0.125, 0.125], ProcessRewardShaping.OfSteps([0.5, 0.9], options));
        Equal([-0.5, -0.25], ProcessRewardShaping.OfSteps([0.5, 0.5], new() { Aggregation = StepAggregation.Product, UpperBound = 1, Bonus = 0 }));
        // Together they cost min(u, least) − u, whatever the order.
        Gen.Double[0, 1].Array[1, 8].Sample(scores => Math.Abs(ProcessRewardShaping.OfSteps(scores, new() { Bonus = 0 }).Sum() - (Math.Min(0.5, scores.Min()) - 0.5)) < 1e-12);
    }

    [Fact]
    public void Equal_scores_vote_as_a_majority_and_a_single_score_decides_alone()
    {
        Gen.Int[0, 3].Array[1, 9].Select(Gen.Int[0, 8]).Sample((answers, lucky) =>
        {
            string[] texts = [.. answers.Select(a => $"{a}")];
            Solution[] drawn = [.. texts.Select((t, i) => new Solution([i], t, true) { Score = i == lucky % texts.Length ? 1 : 0 })];
            Assert.Equal(AnswerVote.Weighted(drawn, texts, _ => 1)!.Text, AnswerVote.Weighted(drawn, texts, _ => 0.7)!.Text);
            Assert.Equal(AnswerVote.Best(drawn, texts)!.Text, AnswerVote.Weighted(drawn, texts, s => s.Score)!.Text);
        });
    }

    [Fact]
    public void At_the_policy_that_drew_the_gradient_is_that_of_the_plain_policy_gradient_and_padding_never_weighs()
    {
        using var scope = torch.NewDisposeScope();
        var (log, advantages) = (torch.tensor([-1.0, -0.5, -2.0], requires_grad: true), torch.tensor([1.0, -2.0, 0.5]));
        ProximalPolicy.PolicyLoss(log, log.detach(), advantages, 0.2).backward();
        Assert.Equal([-1 / 3.0, 2 / 3.0, -0.5 / 3], log.grad!.data<double>().ToArray().Select(g => Math.Round(g, 15)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        // Beyond the clip a better token no longer counts; a worse one does.
        var far = torch.tensor([0.0, 0.0], requires_grad: true);
        ProximalPolicy.PolicyLoss(far, torch.tensor([-1.0, -1.0]), torch.tensor([1.0, -1.0]), 0.2).backward();
        Assert.Equal(0, far.grad![0].item<double>());
        Assert.True(far.grad![1].item<double>() > 0);
        var values = torch.tensor([0.0, 3.0]);
        Assert.Equal(0.5 * (4 + 9) / 2, ProximalPolicy.ValueLoss(values, torch.tensor([0.0, 0.0]), torch.tensor([2.0, 0.0]), 0.2).item<double>(), 1e-12);
        var (logits, labels) = (torch.tensor([0.3, -1, 5]), torch.tensor([1.0, 0, 0]));
        Assert.Equal(SolutionEvaluator.Loss(logits[..2], labels[..2], null).item<double>(), SolutionEvaluator.Loss(logits, labels, torch.tensor([1.0, 1, 0])).item<double>(), 1e-12);
    }

    [Fact]
    public void Whitened_numbers_keep_their_mean_or_lose_it()
    {
        double[][] kept = [[1, 2], [3, 6]], centred = [[1, 2], [3, 6]];
        ProximalPolicy.Whiten(kept, shiftMean: false);
        ProximalPolicy.Whiten(centred, shiftMean: true);
        double Deviation(double[][] of) => Math.Sqrt(of.SelectMany(o => o).Sum(n => Math.Pow(n - of.SelectMany(o => o).Average(), 2)) / 3);
        Assert.Equal((3, 0), (Math.Round(kept.SelectMany(o => o).Average(), 9), Math.Round(centred.SelectMany(o => o).Average(), 9)));
        Assert.Equal(1, Deviation(kept), 1e-6);
        Assert.Equal(1, Deviation(centred), 1e-6);
    }
}
