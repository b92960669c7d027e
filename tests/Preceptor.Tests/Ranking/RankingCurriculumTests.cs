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
        // Two-logit forms of the released code beside those that are options: their columns come to one score or probability here.
        var losses = kind switch
        {
            "cross_entropy" when pairwise => RankingCurriculum.Losses(scores, grades, RankingLossKind.CrossEntropy, 0),
            "softmax" => RankingCurriculum.Losses(scores, grades, RankingLossKind.Softmax, 0),
            "hinge" => RankingCurriculum.Losses(scores, grades, RankingLossKind.Hinge, golden.Setting("margin").Number),
            "mse" => RankingCurriculum.Losses(scores.unsqueeze(1), grades, RankingLossKind.SquaredError, 0),
            "nogueira_cross_entropy" => Log(scores.select(1, 0)).select(1, 0).neg() - Log(scores.select(1, 1)).select(1, 1),
            "cross_entropy_logits" => torch.stack([.. grades.Select((g, i) => Log(scores).select(0, i).select(0, g > 0 ? 0 : 1).neg())]),
            _ => torch.stack([.. grades.Select((g, i) => (g > 0 ? scores.select(0, i) : 1 - scores.select(0, i)).log().neg())]),
        };
        golden.AssertClose("sample_loss", losses.detach().data<double>().ToArray());
        var (epoch, end) = (golden.Setting("epoch").Integer, golden.Setting("eoc_epoch").Integer);
        // The released pointwise trainer has no curriculum at all without an end; ours goes on for ever, as the pairwise one does.
        double[] weights = !pairwise && end <= 0 ? [.. Enumerable.Repeat(1.0, count)] : [.. RankingCurriculum.Ease(h, grades, width, golden.Setting("anti").Flag).Select(d => RankingCurriculum.Weight(d, epoch, end))];
        golden.AssertClose("sample_weight", weights);
        foreach (var (released, output) in new[] { (true, "batch_loss"), (false, "per_sample_weighted_loss") })
        {
            var loss = RankingCurriculum.Weighted(losses, weights, released);
            golden.AssertClose(output, new[] { loss.item<double>() });
            golden.AssertClose($"grad_scores_of_{output}", torch.autograd.grad([loss], [scores], retain_graph: true)[0].contiguous().data<double>().ToArray());
        }
        static torch.Tensor Log(torch.Tensor logits) => torch.nn.functional.log_softmax(logits, -1);
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
}
