using Preceptor.Ranking;
using TorchSharp;

namespace Preceptor.Tests.Ranking;

public sealed class RankingCurriculumTests
{
    private const string File = "45-ranking-curriculum.json";

    public static TheoryData<string> Losses => [.. Goldens.Names(File).Where(n => !n.Data.StartsWith("heuristics", StringComparison.Ordinal))];

    public static TheoryData<string> Heuristics => [.. Goldens.Names(File).Where(n => !n.Data.StartsWith('p'))];

    [Theory, MemberData(nameof(Losses))]
    public void Weights_losses_and_gradients_are_those_of_the_released_trainers(string name)
    {
        var golden = Goldens.Case(File, name);
        var pairwise = golden.Setting("trainer").Text == "pairwise";
        var kind = golden.Setting("lossfn").Text;
        using var scope = torch.NewDisposeScope();
        var shape = golden.Input("scores").Shape;
        var scores = torch.tensor(golden.Input("scores").Doubles, shape).requires_grad_(true);
        var (count, width) = ((int)shape[0], pairwise ? (int)shape[1] : 1);
        double[] grades = pairwise ? [.. Enumerable.Range(0, count * width).Select(i => i % width == 0 ? 1.0 : 0)] : golden.Input("relevance").Doubles;
        double[] h = golden.Setting("curriculum").Text switch { "reciprank" => [.. golden.Input("rank").Doubles.Select(r => 1 / r)], var other => golden.Input(other).Doubles };
        var options = new RankingCurriculum.Options
        {
            Loss = kind switch { "softmax" => RankingLossKind.Softmax, "hinge" => RankingLossKind.Hinge, "mse" => RankingLossKind.SquaredError, "nogueira_cross_entropy" => RankingLossKind.PairedClasses, _ => pairwise ? RankingLossKind.CrossEntropy : RankingLossKind.ClassCrossEntropy },
            Margin = kind == "hinge" ? golden.Setting("margin").Number : 0,
            End = golden.Setting("eoc_epoch").Integer,
            Anti = golden.Setting("anti").Flag,
            Released = true,
        };
        // The released code's two columns are the logits of relevant and not, whose difference is the score; its pointwise cross entropy without logits reads probabilities.
        var score = kind switch
        {
            "nogueira_cross_entropy" or "cross_entropy_logits" => scores.select(-1, 0) - scores.select(-1, 1),
            "cross_entropy" when !pairwise => scores.log() - (1 - scores).log(),
            _ => scores,
        };
        var losses = RankingCurriculum.Losses(pairwise ? score : score.unsqueeze(1), grades, options.Loss, options.Margin);
        golden.AssertClose("sample_loss", losses.detach().data<double>().ToArray());
        var weights = RankingCurriculum.Weights(h, grades, width, golden.Setting("epoch").Integer, options);
        golden.AssertClose("sample_weight", weights);
        foreach (var (released, output) in new[] { (true, "batch_loss"), (false, "per_sample_weighted_loss") })
        {
            var loss = RankingCurriculum.Weighted(losses, weights, released);
            golden.AssertClose(output, new[] { loss.item<double>() });
            golden.AssertClose($"grad_scores_of_{output}", torch.autograd.grad([loss], [scores], retain_graph: true)[0].contiguous().data<double>().ToArray());
        }
    }

    [Theory, MemberData(nameof(Heuristics))]
    public void Heuristics_are_those_of_the_released_code(string name)
    {
        var golden = Goldens.Case(File, name);
        var scores = golden.Input("scores").Doubles;
        golden.AssertClose("bandwidth", new[] { FirstStageEase.Bandwidth(scores) });
        golden.AssertClose("kde_cdf", golden.Output("query_points").Doubles.Select(p => FirstStageEase.Density(scores, p)).ToArray());
        golden.AssertClose("normscore", FirstStageEase.Of(scores, EaseHeuristic.NormalisedScore));
        golden.AssertClose("reciprocal_rank", FirstStageEase.Of(scores, EaseHeuristic.ReciprocalRank));
    }

    [Fact]
    public void Weights_go_from_the_ease_to_one()
    {
        foreach (var ease in new[] { 0.0, 0.25, 0.5, 1 })
        {
            Assert.Equal(ease, RankingCurriculum.Weight(ease, 0, 20));
            Assert.Equal((1 + ease) / 2, RankingCurriculum.Weight(ease, 10, 20), 1e-12);
            Assert.Equal(1, RankingCurriculum.Weight(ease, 20, 20));
            Assert.True(Enumerable.Range(0, 20).All(i => RankingCurriculum.Weight(ease, i + 1, 20) >= RankingCurriculum.Weight(ease, i, 20)));
        }
        Assert.Equal([0.5, 1, 0], RankingCurriculum.Ease([0.3, 0.3, 1, 0, 0, 1], [1, 0, 1, 0, 1, 0], 2, false).Select(e => Math.Round(e, 6)));
        Assert.Equal([1, 0.25, 0.75], RankingCurriculum.Ease([1, 0.25, 0.25], [1, 2, 0], 1, false).Select(e => Math.Round(e, 6)));
        Assert.Equal([0.5, 0.5, 0.5], FirstStageEase.Of([2, 2, 2], EaseHeuristic.NormalisedScore));
        Assert.Equal([1, 0.5, 0.001], FirstStageEase.Of([2, 1, double.NaN], EaseHeuristic.ReciprocalRank));
        Assert.Equal([1, 0, 0], FirstStageEase.Of([2, 1, double.NaN], EaseHeuristic.NormalisedScore));
        Assert.Equal(0.5, FirstStageEase.Density([-1, 0, 1], 0), 1e-12);
    }

    [Fact]
    public void Ease_and_its_opposite_come_to_one_and_a_curriculum_of_one_epoch_weighs_that_one_alone()
    {
        double[] h = [0.9, 0.2, 0.35, 0.8, 1, 0, 0, 1], relevance = [1, 0, 1, 0, 1, 0, 1, 0];
        foreach (var width in new[] { 1, 2 })
            Assert.All(RankingCurriculum.Ease(h, relevance, width, false).Zip(RankingCurriculum.Ease(h, relevance, width, true)), d => Assert.Equal(1 + 2e-8, d.First + d.Second, 1e-12));
        var once = new RankingCurriculum.Options { End = 1 };
        Assert.Equal(RankingCurriculum.Ease(h, relevance, 2, false), RankingCurriculum.Weights(h, relevance, 2, 0, once));
        Assert.All(RankingCurriculum.Weights(h, relevance, 2, 1, once), w => Assert.Equal(1, w));
        Assert.Equal(1e-8, RankingCurriculum.Weights([0, 1], [1, 0], 2, 0, once)[0], 1e-20); // the worst pair is skipped at first
        Assert.Equal(1, RankingCurriculum.Weights([1, 0], [1, 0], 2, 0, once)[0], 1e-7);
        // Without an end a single candidate is weighed for ever, but not in the released form.
        Assert.Equal(0.25 + 1e-8, RankingCurriculum.Weights([0.25], [1], 1, 100, new() { End = 0 })[0], 1e-12);
        Assert.Equal(1, RankingCurriculum.Weights([0.25], [1], 1, 100, new() { End = 0, Released = true })[0]);
        double[] scores = [3, -1, 0.5, 0.5, 2, 7];
        var density = new[] { -2, -1, 0, 0.5, 0.6, 2, 3, 9 }.Select(at => FirstStageEase.Density(scores, at)).ToArray();
        Assert.Equal(density.Order().Distinct(), density);
    }

    [Theory]
    [InlineData(RankingLossKind.ClassCrossEntropy, 1, -0.5, 1.5), InlineData(RankingLossKind.PairedClasses, 2, 0.3, 1.5)]
    public void The_gradient_of_a_weighted_loss_is_the_weight_times_that_of_the_loss(RankingLossKind loss, int width, double score, double other)
    {
        using var scope = torch.NewDisposeScope();
        double[] values = width == 1 ? [score] : [score, other];
        var scores = torch.tensor(values, [1, width]).requires_grad_(true);
        double[] Gradient(Func<torch.Tensor, torch.Tensor> of) => torch.autograd.grad([of(RankingCurriculum.Losses(scores, width == 1 ? [1] : [1, 0], loss, 1))], [scores])[0].data<double>().ToArray();
        Assert.Equal(Gradient(l => l.mean()).Select(g => 0.3 * g), Gradient(l => RankingCurriculum.Weighted(l, [0.3], false)), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
