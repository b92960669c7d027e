using Preceptor.Evaluation;

namespace Preceptor.Tests.Evaluation;

public sealed class StratifiedSampleTests
{
    [Fact]
    public void Weighs_strata_by_their_rows()
    {
        var share = StratifiedSample.Share([new(90, [0, 0, 0, 1]), new(10, [1, 1])]);
        Assert.Equal(0.9 * 0.25 + 0.1, share.Mean, 12);
        Assert.InRange(share.Low, 0, share.Mean);
        Assert.InRange(share.High, share.Mean, 1);
    }

    [Fact]
    public void A_population_that_was_seen_whole_leaves_no_doubt()
    {
        var share = StratifiedSample.Share([new(4, [0, 1, 0, 0]), new(2, [1, 1])]);
        Assert.Equal((0.5, 0.5, 0.5), (share.Mean, share.Low, share.High));
    }

    [Fact]
    public void None_wrong_of_a_few_is_no_proof_of_none()
    {
        var share = StratifiedSample.Share([new(1000, new double[20])]);
        Assert.Equal(0, share.Mean);
        Assert.True(share.High > 0.02);
    }

    [Fact]
    public void Draws_more_where_more_is_doubtful_and_never_more_than_there_is()
    {
        Assert.Equal([50, 50], StratifiedSample.Allocate([1000, 1000], [0.3, 0.3], 100));
        Assert.Equal([75, 25], StratifiedSample.Allocate([1000, 1000], [0.3, 0.1], 100));
        Assert.Equal([2, 3, 1], StratifiedSample.Allocate([2, 100, 1], [0.5, 0.01, 0.5], 6));
        Assert.Equal([2, 1], StratifiedSample.Allocate([2, 1], [0.5, 0.5], 100));
    }
}
