using CsCheck;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Tests.Foundation;

/// <summary>Which rank does what, and how gradients are cut into messages.</summary>
public sealed class RanksShareTests
{
    [Fact]
    public void Shares_are_all_rows_once_and_differ_by_one_at_most() => Gen.Select(Gen.Int[0, 2000], Gen.Int[1, 70]).Sample((count, ranks) =>
    {
        var shares = Enumerable.Range(0, ranks).Select(rank => new Rank(rank, ranks).Share(count).GetOffsetAndLength(count)).ToArray();
        Assert.Equal(Enumerable.Range(0, count), shares.SelectMany(s => Enumerable.Range(s.Offset, s.Length)));
        Assert.InRange(shares.Max(s => s.Length) - shares.Min(s => s.Length), 0, 1);
    });

    [Fact]
    public void Every_rank_has_a_row_of_a_batch_and_each_row_counts_once() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 50]).Sample((count, ranks) =>
    {
        var shares = Enumerable.Range(0, ranks).Select(rank => new Rank(rank, ranks).ShareOfBatch(count)).ToArray();
        Assert.All(shares, s => Assert.True(s.Count > 0 && s.First + s.Count <= count));
        Assert.Equal(Enumerable.Range(0, count), shares.Where(s => !s.IsSpare).SelectMany(s => Enumerable.Range(s.First, s.Count)));
    });

    [Fact]
    public void Buckets_hold_every_number_once_and_none_beyond_their_end() => Gen.Select(Gen.Int[0, 30].List[0, 12], Gen.Int[1, 9], Gen.Int[1, 16]).Sample((sizes, header, capacity) =>
    {
        var buckets = GradientBuckets.Of(sizes, header, capacity);
        Assert.Equal(sizes.SelectMany((size, tensor) => Enumerable.Range(0, size).Select(i => (tensor, i))), buckets.SelectMany(b => b).SelectMany(p => Enumerable.Range(p.From, p.Count).Select(i => (p.Tensor, i))));
        for (var b = 0; b < buckets.Length; b++)
        {
            var at = b == 0 ? header : 0;
            foreach (var piece in buckets[b])
            {
                Assert.Equal(at, piece.At);
                at += piece.Count;
            }
            Assert.InRange(at, 0, Math.Max(capacity, b == 0 ? header : 0));
        }
    });

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("OMPI_COMM_WORLD_RANK=3;OMPI_COMM_WORLD_SIZE=4", 3, 4)]
    [InlineData("PMI_RANK=1;PMI_SIZE=2", 1, 2)]
    [InlineData("PMIX_RANK=5;SLURM_STEP_NUM_TASKS=6;SLURM_NTASKS=8", 5, 6)]
    [InlineData("SLURM_NTASKS=8;SLURM_PROCID=0", 0, 1)]
    [InlineData("OMPI_COMM_WORLD_RANK=4;OMPI_COMM_WORLD_SIZE=4", 0, 1)]
    [InlineData("OMPI_COMM_WORLD_SIZE=many;OMPI_COMM_WORLD_RANK=0", 0, 1)]
    public void Launchers_are_known_by_their_variables(string variables, int number, int count)
    {
        var set = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        Assert.Equal(new RankLaunch(number, count), RankLaunch.Read(set.GetValueOrDefault));
    }

    [Fact]
    public void One_rank_gives_what_it_has()
    {
        var alone = Ranks.Alone;
        Assert.Equal((0, 1, true, false), (alone.Number, alone.Count, alone.IsFirst, alone.AreMany));
        Assert.Equal(("text", -0.1, 7L, true), (alone.Agree("text"), alone.Agree(-0.1), alone.Agree(7L), alone.Agree(true)));
        Assert.Equal([[1, 2, 3]], alone.GatherAll([1, 2, 3]));
    }

    private sealed class Rank(int number, int count) : Ranks
    {
        public override int Number => number;

        public override int Count => count;

        public override void Sum(Span<float> numbers) => throw new NotSupportedException();

        public override void Broadcast(Span<byte> bytes) => throw new NotSupportedException();

        public override void Gather(Span<byte> whole, ReadOnlySpan<int> ends) => throw new NotSupportedException();

        public override void Barrier() => throw new NotSupportedException();
    }
}
