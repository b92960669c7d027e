using Preceptor.Foundation;
using Preceptor.Representation;
using static TorchSharp.torch;

namespace Preceptor.Tests.Representation;

/// <summary>The limits of T-JEPA's parts.</summary>
public sealed class ColumnMathsTests
{
    private static readonly TabularJointEmbedding.Options Small = new() { Encoder = new() { Width = 8, Layers = 1, Heads = 2, FeedForward = 8 }, PredictorWidth = 8, PredictorLayers = 1, PredictorHeads = 2 };

    private static readonly ColumnLayout Layout = new([0, 1, 2, 3, 4], [(5, 3)]);

    private static (ColumnEncoder Encoder, ColumnEncoder Target, ColumnPredictor Predictor) Networks()
    {
        manual_seed(1);
        return (new(Layout, Small.Encoder), new(Layout, Small.Encoder), new(Layout.Count, 8, 8, 1, 2, 8, false, 1e-5));
    }

    private static Tensor Rows(int count) => cat([randn(count, 5), nn.functional.one_hot(arange(count) % 3, 3).to_type(float32)], 1);

    private static Tensor Columns(params long[] columns) => tensor(columns, [1, columns.Length]);

    [Fact]
    public void The_slow_copy_gets_no_gradient_and_what_predicts_its_targets_has_no_loss()
    {
        using var scope = NewDisposeScope();
        var (encoder, target, predictor) = Networks();
        var (rows, context, targets) = (Rows(4), Columns(0, 5).expand(4, 2), Columns(1, 3).expand(2, 4, 2));
        var loss = new TabularJointEmbedding(Small).Loss(encoder, target, predictor, rows, context, targets);
        Assert.True(loss.item<float>() > 0);
        loss.backward();
        Assert.All(target.parameters(), p => Assert.True(p.grad is null or { IsInvalid: true }));
        Assert.Contains(encoder.parameters(), p => p.grad is { IsInvalid: false } g && g.abs().sum().item<float>() > 0);
        // A constant encoder with a constant predictor: no loss, and nothing learned, which is why collapse is looked for.
        using (no_grad())
            foreach (var parameter in encoder.parameters().Concat(target.parameters()).Concat(predictor.parameters())) parameter.zero_();
        Assert.Equal(0, new TabularJointEmbedding(Small).Loss(encoder, target, predictor, rows, context, targets).item<float>());
        var features = encoder.forward(rows);
        Assert.Equal(0, features.var(0).sum().item<float>());
        float[] values = [.. features.detach().contiguous().data<float>()];
        Assert.Contains("the features have collapsed", EncoderScores.Collapse(values, encoder.Features, EncoderScores.EffectiveRank(values, encoder.Features)), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_and_targets_never_meet_and_all_rows_have_as_many()
    {
        using var scope = NewDisposeScope();
        for (var draw = 0; draw < 200; draw++)
        {
            var columns = 3 + draw % 12;
            var bounds = new ColumnBounds(1, Math.Max(1, columns / 2), 1, Math.Max(1, columns - 2));
            var (context, targets) = ColumnMasks.Of(5, columns, bounds, 3, RandomStream.Of(1, "masks", draw), false);
            Assert.True(context.shape[1] + targets.shape[2] <= columns);
            Assert.Equal([3L, 5], targets.shape[..2]);
            for (var row = 0; row < 5; row++)
            {
                var known = context[row].data<long>().ToHashSet();
                Assert.Equal(context.shape[1], known.Count);
                for (var set = 0; set < 3; set++)
                {
                    var wanted = targets[set, row].data<long>().ToHashSet();
                    Assert.Equal(targets.shape[2], wanted.Count);
                    Assert.False(known.Overlaps(wanted));
                    Assert.All(wanted, c => Assert.InRange(c, 0, columns - 1));
                }
            }
        }
    }

    [Fact]
    public void The_slow_copy_keeps_more_and_more_up_to_all_of_itself()
    {
        Assert.Equal((0.996, 0.998, 1), (TabularJointEmbedding.Kept(0.996, 0), Math.Round(TabularJointEmbedding.Kept(0.996, 0.5), 12), TabularJointEmbedding.Kept(0.996, 1)));
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(TabularJointEmbedding.Kept(0.9, (i + 1) / 100.0) > TabularJointEmbedding.Kept(0.9, i / 100.0)));
        // With 1 from the first step on it never moves, and so features are those of the network at its beginning, however long it trains.
        float[] Features(int epochs, double momentum)
        {
            var problem = RepresentationMethodTests.Factors("problem.size=tiny", $"training.epochs={epochs}", "training.batch=20").Problem;
            using var encoder = RepresentationMethodTests.Fit(new TabularJointEmbedding(Small with { Momentum = momentum }), problem);
            return encoder.Embed(problem.Validation);
        }
        Assert.Equal(Features(1, 1), Features(3, 1));
        Assert.NotEqual(Features(1, 1), Features(3, 0.5));
    }

    [Fact]
    public void A_number_that_is_0_is_its_columns_bias_and_tokens_of_no_column_do_not_depend_on_the_row()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var tokenizer = new ColumnTokenizer(Layout, 8, 2);
        var rows = Rows(3);
        using (no_grad()) rows.narrow(1, 2, 1).zero_();
        var tokens = tokenizer.forward(rows);
        var bias = tokenizer.named_parameters().Single(p => p.name == "bias").parameter;
        for (var row = 0; row < 3; row++)
        {
            Assert.True(tokens[row, 2 + 2].allclose(bias[2]));
            Assert.True(tokens[row, ..2].allclose(tokens[0, ..2]));
        }
        Assert.False(tokens[0, 2].allclose(tokens[1, 2]));
    }

    [Fact]
    public void Context_tokens_in_another_order_with_their_columns_predict_the_same()
    {
        using var scope = NewDisposeScope();
        var (_, _, predictor) = Networks();
        predictor.eval();
        var (known, order) = (randn(2, 3, 8), tensor(new long[] { 2, 0, 1 }));
        var (context, targets) = (Columns(4, 0, 2).expand(2, 3), Columns(1, 5).expand(3, 2, 2));
        var before = predictor.forward(known, context, targets);
        Assert.True(before.allclose(predictor.forward(known.index_select(1, order), context.index_select(1, order), targets), 1e-4, 1e-5));
        Assert.False(before.allclose(predictor.forward(known.index_select(1, order), context, targets), 1e-4, 1e-5));
    }
}
