using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Tests.Training;

public sealed class ExampleMixingTests
{
    private static readonly InputShape Shape = new(1, 8, 6, 0, 0);

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(5)]
    public void Shares_are_beta_distributed(double alpha)
    {
        var random = RandomStream.Of(1, "test");
        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => ExampleMixing.Beta(alpha, random))];
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), draws.Average(d => (d - 0.5) * (d - 0.5)), 0.005); // Beta(α, α) has this variance
    }

    [Fact]
    public void Shares_of_a_tiny_alpha_are_numbers()
    {
        var random = RandomStream.Of(1, "test");
        double[] draws = [.. Enumerable.Range(0, 1000).Select(_ => ExampleMixing.Beta(1e-4, random))];
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        Assert.InRange(draws.Average(), 0.4, 0.6);
    }

    [Fact]
    public void Mixup_weighs_inputs_and_targets_alike()
    {
        using var scope = NewDisposeScope();
        var mixture = new BatchMixture([1, 2, 0], 0.75, null);
        var mixed = mixture.Mix(new Inputs(InputBuffer.Tensor<float>([0, 4, 8], float32, 3, 1, 1, 1), InputBuffer.Tensor<float>([1, 1, 2, 2, 3, 3], float32, 3, 2), null));
        Assert.Equal([1, 5, 6], mixed.Image!.data<float>().ToArray());
        Assert.Equal([1.25f, 1.25f, 2.25f, 2.25f, 2.5f, 2.5f], mixed.Numbers!.data<float>().ToArray());
        float[] targets = [1, 0, 0, 1, 0, 0]; // the last row has no label
        mixture.Mix(targets, 2);
        Assert.Equal([0.75f, 0.25f, 0, 0.75f, 0.25f, 0], targets);
    }

    [Fact]
    public void Cutmix_weighs_targets_by_the_area_that_is_left()
    {
        using var scope = NewDisposeScope();
        var (mixing, whole) = (new ExampleMixing(0, 1), 0);
        for (var i = 0; i < 500; i++)
        {
            var mixture = mixing.Draw(RandomStream.Of(3, "test", i), 2, Shape);
            var box = mixture.Box!.Value;
            Assert.True(box.Top >= 0 && box.Left >= 0 && box.Top + box.Height <= 8 && box.Left + box.Width <= 6);
            Assert.Equal([0, 1], mixture.Partners.Order());
            var image = mixture.Mix(new Inputs(cat([zeros(1, 1, 8, 6), ones(1, 1, 8, 6)]), null, null)).Image!.data<float>().ToArray();
            if (mixture.Partners[0] == 1) Assert.Equal(1 - mixture.Share, image[..48].Average(), 1e-6);
            else Assert.Equal(0, image[..48].Max());
            if (box.Height * box.Width == 0) whole++;
            Assert.Equal(1 - box.Height * box.Width / 48.0, mixture.Share);
        }
        Assert.InRange(whole, 1, 150);
    }

    [Fact]
    public void Batches_are_mixed_by_one_or_the_other_where_both_are_asked_for()
    {
        var mixing = new ExampleMixing(1, 1);
        Assert.InRange(Enumerable.Range(0, 200).Count(i => mixing.Draw(RandomStream.Of(3, "test", i), 4, Shape).Box is null), 70, 130);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Null(new ExampleMixing(1, 0).Draw(RandomStream.Of(3, "test", i), 4, Shape).Box));
    }
}
