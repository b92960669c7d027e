using Preceptor.Models;
using Preceptor.Representation;
using static TorchSharp.torch;

namespace Preceptor.Tests.Representation;

/// <summary>What contrastive losses come to by hand, and their limits, in double precision.</summary>
public sealed class ContrastiveMathsTests
{
    private static readonly AttractionRepulsion.Options Plain = new() { Attraction = false, Repulsion = false };

    private static Tensor Column(params double[] values) => tensor(values, [values.Length, 1]);

    private static Tensor[] Random(int views, int rows, int width, long seed)
    {
        manual_seed(seed);
        return [.. Enumerable.Range(0, views).Select(_ => nn.functional.normalize(randn(rows, width, float64), 2, 1))];
    }

    private static double[] Numbers(Tensor values) => values.detach().contiguous().data<double>().ToArray();

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static double[] Gradient(Func<Tensor[], Tensor> loss, Tensor[] views)
    {
        Tensor[] leaves = [.. views.Select(v => v.detach().clone().requires_grad_(true))];
        return [.. autograd.grad([loss(leaves)], leaves).SelectMany(Numbers)];
    }

    private static double[] Differences(Func<Tensor[], Tensor> loss, Tensor[] views)
    {
        const double step = 1e-6;
        var slopes = new List<double>();
        for (var v = 0; v < views.Length; v++)
            for (var i = 0L; i < views[v].numel(); i++)
            {
                double At(double by)
                {
                    Tensor[] moved = [.. views.Select(t => t.clone())];
                    moved[v].view(-1)[i] += by;
                    return loss(moved).item<double>();
                }
                slopes.Add((At(step) - At(-step)) / (2 * step));
            }
        return [.. slopes];
    }

    [Fact]
    public void The_farther_positive_and_the_nearer_negative_weigh_three_quarters()
    {
        using var scope = NewDisposeScope();
        var cost = tensor(new[] { 0, Math.Log(3) }, [1, 2]);
        var pull = AttractionRepulsion.PositiveWeights(cost, new() { PositiveSharpness = 1 });
        Assert.Equal([0.25, 0.75], Numbers(pull), Near);
        Assert.Equal(0.8240, (pull * cost).sum().item<double>(), 1e-4);
        var (push, weights) = AttractionRepulsion.Negatives(Column(0, 9, 9), Column(9, 0, Math.Sqrt(Math.Log(3))), new() { NegativeSharpness = 1 });
        Assert.Equal([0.75, 0.25], Numbers(weights![0]), Near);
        Assert.Equal(-0.2747, (weights * push)[0].sum().item<double>(), 1e-4);
    }

    [Fact]
    public void Weights_pull_more_and_push_less_far_than_means_do_up_to_the_extremes()
    {
        using var scope = NewDisposeScope();
        var views = Random(4, 6, 5, 1);
        double Attraction(AttractionRepulsion.Options options) => AttractionRepulsion.AttractionOf(views, options).item<double>();
        double Repulsion(AttractionRepulsion.Options options) => AttractionRepulsion.RepulsionOf(views, options).item<double>();
        Assert.True(Attraction(new()) > Attraction(Plain));
        Assert.True(Repulsion(new()) > Repulsion(Plain));
        Tensor[] Squared(Tensor view) => [.. views.Where(v => !ReferenceEquals(v, view)).Select(v => (view - v).square().sum(1))];
        Assert.Equal(views.Average(v => stack(Squared(v), 1).max(1).values.mean().item<double>()), Attraction(new() { PositiveSharpness = 9999 }), 1e-3);
        var nearest = new List<double>();
        for (var x = 0; x < 4; x++)
            for (var y = x + 1; y < 4; y++) nearest.Add((cdist(views[x], views[y]).square() + eye(6, dtype: float64) * 99).min(1).values.mean().item<double>());
        Assert.Equal(-nearest.Average(), Repulsion(new() { NegativeSharpness = 9999 }), 1e-3);
        // With one positive there is nothing to weigh.
        Tensor[] two = views[..2];
        var aligned = (two[0] - two[1]).square().sum(1).mean().item<double>();
        foreach (var sharpness in new[] { 0.0, 1, 50 }) Assert.Equal(aligned, AttractionRepulsion.AttractionOf(two, new() { PositiveSharpness = sharpness }).item<double>(), 1e-12);
    }

    [Fact]
    public void Samples_that_are_all_the_same_are_pushed_nowhere()
    {
        using var scope = NewDisposeScope();
        Tensor[] same = [nn.functional.normalize(ones(3, 4, dtype: float64), 2, 1), nn.functional.normalize(ones(3, 4, dtype: float64), 2, 1)];
        Assert.All(Gradient(v => AttractionRepulsion.RepulsionOf(v, new()), same), g => Assert.Equal(0, g, 1e-9));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_are_those_of_finite_differences_with_weights_that_move_or_stay(bool isDetached)
    {
        using var scope = NewDisposeScope();
        var options = new AttractionRepulsion.Options { Detached = isDetached, PositiveSharpness = 2, NegativeSharpness = 3 };
        var views = Random(3, 4, 3, 2);
        Tensor Loss(Tensor[] of) => AttractionRepulsion.AttractionOf(of, options) + AttractionRepulsion.RepulsionOf(of, options);
        Tensor Cost(Tensor[] of, int query) => stack([.. of.Where((_, v) => v != query).Select(o => (of[query] - o).square().sum(1))], 1);
        (int X, int Y)[] pairs = [(0, 1), (0, 2), (1, 2)];
        Tensor[] pull = [.. Enumerable.Range(0, 3).Select(q => AttractionRepulsion.PositiveWeights(Cost(views, q), options))];
        Tensor[] push = [.. pairs.Select(p => AttractionRepulsion.Negatives(views[p.X], views[p.Y], options).Weights!)];
        Tensor Frozen(Tensor[] of) => stack([.. pull.Select((w, q) => (w * Cost(of, q)).sum(1).mean())]).mean()
            + stack([.. pairs.Select((p, i) => (push[i] * AttractionRepulsion.Negatives(of[p.X], of[p.Y], options).Cost).sum(1).mean())]).mean();
        var gradient = Gradient(Loss, views);
        Assert.Equal(Differences(isDetached ? Frozen : Loss, views), gradient, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.NotEqual(Differences(isDetached ? Loss : Frozen, views), gradient, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    private static Tensor Filled(int count, double value) => full([2, count], value, dtype: float64);

    [Theory]
    [InlineData(2, 1, 0, 0, 0.42284), InlineData(10, 1, 0.3, 0.3, 0.20198), InlineData(10, 3, -1, 1, 0.13975)]
    public void Group_ordering_costs_what_it_does_by_hand(int negatives, int positives, double negative, double positive, double loss)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(loss, GroupOrdering.OrderLoss(Filled(negatives, negative), Filled(positives, positive), new()).item<double>(), 1e-5);
    }

    [Fact]
    public void A_soft_order_keeps_rows_columns_and_the_sum_and_that_of_negatives_does_not_matter()
    {
        using var scope = NewDisposeScope();
        var equal = SortingNetwork.Sort(zeros(1, 3, dtype: float64), 1).Permutation;
        Assert.Equal([0.375, 0.375, 0.25, 0.375, 0.375, 0.25, 0.25, 0.25, 0.5], Numbers(equal), Near);
        manual_seed(3);
        var values = randn(5, 7, float64);
        var (sorted, permutation) = SortingNetwork.Sort(values, 2);
        foreach (var dimension in new[] { 1, 2 }) Assert.All(Numbers(permutation.sum(dimension)), s => Assert.Equal(1, s, 1e-9));
        Assert.Equal(Numbers(values.sum(1)), Numbers(sorted.sum(1)), Near);
        Tensor negatives = randn(5, 6, float64), positives = randn(5, 2, float64);
        double Of(Tensor order) => GroupOrdering.OrderLoss(negatives.index_select(1, order), positives, new()).item<double>();
        Assert.Equal(Of(arange(6)), Of(tensor(new long[] { 4, 1, 2, 3, 0, 5 })), 1e-12);
    }

    [Fact]
    public void A_random_order_before_the_network_matters_to_a_soft_one_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        Tensor negatives = rand(20, 4, float64) - 1, positives = rand(20, 2, float64) + 0.5;
        double Of(double steepness, bool isSorted) => GroupOrdering.OrderLoss(negatives, positives, new() { Steepness = steepness, Presorted = isSorted }).item<double>();
        Assert.Equal(Of(1e9, true), Of(1e9, false), 1e-5);
        Assert.NotEqual(Of(1, true), Of(1, false), 1e-3);
        Assert.NotEqual(Of(1, false), Of(1, false), 1e-6); // drawn anew
    }

    [Fact]
    public void Only_the_anchor_of_a_group_order_moves_where_it_is_one_sided()
    {
        using var scope = NewDisposeScope();
        Tensor[] views = [.. Random(3, 8, 4, 4).Select(v => v.requires_grad_(true))];
        bool[] Moves(bool isOneSided) => [.. autograd.grad([GroupOrdering.AnchorLoss(views, 1, 3, new() { Negatives = 4, OneSided = isOneSided })], views, allow_unused: true).Select(g => g is { IsInvalid: false } && g.abs().sum().item<double>() > 0)];
        Assert.Equal([false, true, false], Moves(true));
        Assert.Equal([true, true, true], Moves(false));
    }

    [Fact]
    public void Contrast_of_one_pair_is_nothing_and_at_a_high_temperature_the_log_of_all_others()
    {
        using var scope = NewDisposeScope();
        var one = Random(2, 1, 4, 5);
        Assert.Equal(0, ContrastiveLoss.NtXent(one[0], one[1], 0.1).item<double>(), 1e-12);
        var four = Random(2, 4, 4, 6);
        Assert.Equal(Math.Log(7), ContrastiveLoss.NtXent(four[0], four[1], 1e6).item<double>(), 1e-5);
        Assert.Equal(ContrastiveLoss.NtXent(four[0], four[1], 0.2).item<double>(), ContrastiveLoss.NtXent(four[0] * 3, four[1] * 0.1, 0.2).item<double>(), 1e-12);
    }

    [Fact]
    public void Distillation_looks_at_labels_alone_or_not_at_all_and_its_gradient_is_the_difference_of_the_answers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        Tensor student = randn(4, 3, float64).requires_grad_(true), teacher = randn(4, 3, float64);
        double[] Slope(int[] labels, double share, double temperature = 1) => Numbers(autograd.grad([SemiSupervisedContrast.DistillationLoss(student, teacher, labels, new() { LabelShare = share, DistilTemperature = temperature })], [student])[0]);
        Assert.Equal(Slope([0, 1, 2, 0], 0), Slope([2, -1, 0, 1], 0));
        Assert.Equal(Numbers(autograd.grad([nn.functional.cross_entropy(student, tensor(new long[] { 0, 1, 2, 0 }))], [student])[0]), Slope([0, 1, 2, 0], 1), Near);
        Assert.NotEqual(Slope([0, 1, 2, 0], 0.5), Slope([1, 1, 2, 0], 0.5));
        foreach (var temperature in new[] { 0.5, 4 })
            Assert.Equal(Numbers((nn.functional.softmax(student / temperature, 1) - nn.functional.softmax(teacher / temperature, 1)) * temperature / 4), Slope([0, 0, 0, 0], 0, temperature), Near);
        var p = nn.functional.softmax(teacher, 1);
        Assert.Equal(-(p * p.log()).sum(1).mean().item<double>(), ContrastiveLoss.Distillation(teacher, teacher, 1).item<double>(), 1e-12);
    }

    [Fact]
    public void A_kept_layer_that_changes_nothing_gives_the_encoders_features()
    {
        using var scope = NewDisposeScope();
        var encoder = Encoder.Create(new() { Encoder = EncoderKind.Mlp, Hidden = [6] }, new(0, 0, 0, 4, 0));
        using var plain = new FeatureNetwork(encoder);
        using var kept = new FeatureNetwork(encoder, 1);
        using (no_grad()) kept.named_parameters().Single(p => p.name == "layers.0.weight").parameter.copy_(eye(6));
        kept.eval();
        var rows = new Preceptor.Data.Inputs(null, randn(5, 4), null);
        var features = plain.forward(rows);
        Assert.True(features.min().item<float>() >= 0);
        Assert.True(features.allclose(kept.forward(rows), 1e-4, 1e-6));
    }
}
