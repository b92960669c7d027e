using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class SplitsTests
{
    private static RandomStream Random(ulong seed = 1) => RandomStream.Of(seed, "test");

    private static int[] Rows(int count) => [.. Enumerable.Range(0, count)];

    [Fact]
    public void Stratified_takes_the_share_of_every_class()
    {
        // 60, 30 and 10 rows of three classes.
        int Class(int row) => row < 60 ? 0 : row < 90 ? 1 : 2;
        var (kept, taken) = Splits.Stratified(Rows(100), Class, 0.2, Random());
        Assert.Equal([12, 6, 2], taken.CountBy(Class).OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal([48, 24, 8], kept.CountBy(Class).OrderBy(c => c.Key).Select(c => c.Value));
    }

    [Fact]
    public void Stratified_leaves_the_only_row_of_a_class_and_the_share_of_all_rows_holds()
    {
        var (kept, taken) = Splits.Stratified(Rows(40), row => row < 8 ? row : 99, 0.5, Random());
        Assert.Subset(kept.ToHashSet(), Rows(8).ToHashSet());
        Assert.Equal(20, taken.Length);
    }

    [Fact]
    public void Every_split_divides_the_rows_in_order_and_repeats_itself() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 6], Gen.Double[0, 0.95], Gen.ULong).Sample((count, classes, share, seed) =>
        {
            int[] rows = [.. Enumerable.Range(0, count).Select(r => 3 * r)];
            Func<(int[] Kept, int[] Taken)>[] splits =
            [
                () => Splits.Stratified(rows, r => r / 3 % classes, share, Random(seed)),
                () => Splits.ByGroup(rows, r => $"{r / 3 % classes}", share, Random(seed)),
                () => Splits.Latest(rows, r => $"{r / 3 % classes}", share),
            ];
            foreach (var split in splits)
            {
                var (kept, taken) = split();
                Assert.Equal(rows, kept.Concat(taken).Order());
                Assert.Equal(kept.Order(), kept);
                Assert.Equal(taken.Order(), taken);
                Assert.True(count == 0 || kept.Length > 0);
                Assert.Equal(taken, split().Taken);
            }
        }, iter: 200);

    [Fact]
    public void Stratified_leaves_no_class_out_and_takes_the_share_to_a_row_a_class() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 200], Gen.Double[0, 0.9], Gen.ULong).Sample((classes, share, seed) =>
        {
            var (kept, taken) = Splits.Stratified(Rows(classes.Length), r => classes[r], share, Random(seed));
            Assert.InRange(taken.Length, share * classes.Length - 6, share * classes.Length + 1);
            Assert.All(classes.Distinct(), c => Assert.Contains(kept, r => classes[r] == c));
        }, iter: 200);

    [Fact]
    public void Another_seed_takes_other_rows() =>
        Assert.NotEqual(Splits.Stratified(Rows(100), _ => 0, 0.5, Random(1)).Taken, Splits.Stratified(Rows(100), _ => 0, 0.5, Random(2)).Taken);

    [Fact]
    public void A_group_is_never_on_both_sides() =>
        Gen.Select(Gen.Int[0, 9].Array[2, 60], Gen.Double[0.05, 0.9], Gen.ULong).Sample((groups, share, seed) =>
        {
            var (kept, taken) = Splits.ByGroup(Rows(groups.Length), r => $"{groups[r]}", share, Random(seed));
            Assert.Empty(kept.Select(r => groups[r]).Intersect(taken.Select(r => groups[r])));
            Assert.True(groups.Distinct().Count() == 1 ? taken.Length == 0 : taken.Length > 0);
        }, iter: 200);

    [Fact]
    public void By_group_takes_no_group_more_than_the_share_needs()
    {
        var (_, taken) = Splits.ByGroup(Rows(100), r => $"{r / 10}", 0.25, Random());
        Assert.Equal(30, taken.Length);
    }

    [Fact]
    public void Latest_takes_the_end_of_time_whatever_the_order_of_rows()
    {
        string[] times = ["2026-05-01", "2026-01-01", "2026-03-01", "2026-04-01", "2026-02-01"];
        var (kept, taken) = Splits.Latest(Rows(5), r => times[r], 0.4);
        Assert.Equal([1, 2, 4], kept);
        Assert.Equal([0, 3], taken);
    }

    [Fact]
    public void Rows_of_the_same_moment_stay_together_on_the_earlier_side()
    {
        string[] times = ["1", "2", "2", "2", "3"];
        Assert.Equal([4], Splits.Latest(Rows(5), r => times[r], 0.6).Taken);
        Assert.Empty(Splits.Latest(Rows(5), _ => "1", 0.5).Taken);
    }
}
