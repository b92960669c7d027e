using Preceptor.Foundation;

namespace Preceptor.Tests.Foundation;

public sealed class RandomStreamTests
{
    [Fact]
    public void Equal_keys_give_equal_numbers_and_other_keys_give_others()
    {
        var a = RandomStream.Of(1, "order", 3);
        var b = RandomStream.Of(1, "order", 3);
        var first = a.NextUInt64();
        Assert.Equal(first, b.NextUInt64());
        Assert.NotEqual(first, RandomStream.Of(2, "order", 3).NextUInt64());
        Assert.NotEqual(first, RandomStream.Of(1, "dropout", 3).NextUInt64());
        Assert.NotEqual(first, RandomStream.Of(1, "order", 4).NextUInt64());
    }

    [Fact]
    public void The_stream_never_changes_between_versions() =>
        Assert.Equal([RandomStream.Of(0, "", []).NextUInt64()], [RandomStream.Of(0, "").NextUInt64()]);

    [Fact]
    public void Gaussians_have_mean_zero_and_variance_one()
    {
        var stream = RandomStream.Of(5, "gaussian");
        double sum = 0, squares = 0;
        const int n = 200_000;
        for (var i = 0; i < n; i++)
        {
            var x = stream.NextGaussian();
            sum += x;
            squares += x * x;
        }
        Assert.InRange(sum / n, -0.01, 0.01);
        Assert.InRange(squares / n, 0.98, 1.02);
    }

    [Fact]
    public void Permutations_hold_every_index_once() =>
        Assert.Equal(Enumerable.Range(0, 100), RandomStream.Of(9, "order").Permutation(100).Order());
}
