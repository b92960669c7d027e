using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class FoldsTests
{
    [Fact]
    public void Every_class_is_spread_evenly() => Gen.Select(Gen.Int[-1, 4].Array[0, 200], Gen.Int[2, 9], Gen.ULong).Sample((labels, count, seed) =>
    {
        var folds = Folds.Of(labels, null, count, RandomStream.Of(seed, "folds"));
        Assert.All(labels.Distinct(), label =>
        {
            var sizes = Enumerable.Range(0, count).Select(f => labels.Where((l, row) => l == label && folds[row] == f).Count()).ToArray();
            Assert.True(sizes.Max() - sizes.Min() <= 1);
        });
    });

    [Fact]
    public void No_group_lies_in_two_folds_and_folds_are_of_like_size() => Gen.Select(Gen.ULong[0, 30].Array[1, 200], Gen.Int[2, 5], Gen.ULong).Sample((groups, count, seed) =>
    {
        var folds = Folds.Of(new int[groups.Length], groups, count, RandomStream.Of(seed, "folds"));
        var largest = groups.GroupBy(g => g).Max(g => g.Count());
        Assert.All(groups.Select((g, row) => (g, row)).GroupBy(p => p.g), g => Assert.Single(g.Select(p => folds[p.row]).Distinct()));
        var sizes = Enumerable.Range(0, count).Select(f => folds.Count(fold => fold == f)).ToArray();
        Assert.True(sizes.Max() - sizes.Min() <= largest);
    });
}
