using CsCheck;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class HardnessStrataTests
{
    [Fact]
    public void Strata_without_ties_differ_in_size_by_one_at_most() => Gen.Select(Gen.Int[6, 60], Gen.Int[2, 5]).Sample((count, strata) =>
    {
        double[] hardness = [.. RandomStream.Of((ulong)count, "hardness").Permutation(count).Select(i => (double)i)];
        var parts = HardnessStrata.Equal(hardness, strata, "hardness").Divide(hardness);
        return parts.Sum(p => p.Length) == count && parts.Max(p => p.Length) - parts.Min(p => p.Length) <= 1
            && parts.Zip(parts.Skip(1)).All(pair => pair.First.Max(i => hardness[i]) < pair.Second.Min(i => hardness[i]));
    });

    [Fact]
    public void Equally_hard_items_stay_together()
    {
        double[] grades = [3, 3, 3, 3, 5, 8];
        Assert.Equal([4, 2], HardnessStrata.Equal(grades, 2, "grade").Divide(grades).Select(p => p.Length));
        Assert.Equal(["easy", "medium", "hard"], new HardnessStrata([3, 5]).Names);
        Assert.Equal([0, 0, 1, 2], new[] { 2.0, 3, 4, 6 }.Select(new HardnessStrata([3, 5]).Of));
    }

    [Fact]
    public void A_constant_hardness_is_a_wrong_request()
    {
        var error = Assert.Throws<RequestException>(() => HardnessStrata.Equal([1, 1, 1, 1], 3, "items.csv, column 'grade'"));
        Assert.Contains("items.csv, column 'grade'", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 different", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_start_of_a_balanced_order_is_balanced() => Gen.Int[0, 3].Array[1, 40].Sample(labels =>
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length)];
        var order = HardnessStrata.BalancedOrder(rows, labels, RandomStream.Of(1, "order"));
        if (!order.Order().SequenceEqual(rows)) return false;
        var totals = rows.GroupBy(r => labels[r]).ToDictionary(g => g.Key, g => g.Count());
        return Enumerable.Range(1, order.Length).All(n =>
        {
            var counts = totals.Keys.ToDictionary(c => c, c => order.Take(n).Count(r => labels[r] == c));
            return counts.All(one => counts.All(other => one.Value <= other.Value + 1 || other.Value == totals[other.Key]));
        });
    });

    [Fact]
    public void A_curve_is_read_between_its_sizes_over_the_logarithm()
    {
        Assert.Equal(0.6, LabelCosts.At([10, 40], [0.5, 0.7], 20), 1e-12);
        Assert.Equal(0.5, LabelCosts.At([10, 40], [0.5, 0.7], 1));
        Assert.Equal(0.7, LabelCosts.At([10, 40], [0.5, 0.7], 100));
    }

    [Fact]
    public void Cheap_labels_win_from_the_ratio_at_which_the_curves_meet()
    {
        // Dear labels reach with 20 what cheap ones reach with 40: from twice the price on, cheap ones win.
        Assert.Equal(2, LabelCosts.Breakeven([10, 20, 40], [0.4, 0.5, 0.6], [0.5, 0.6, 0.7], 40), 0.03);
        Assert.Equal(1, LabelCosts.Breakeven([10, 20, 40], [0.4, 0.5, 0.7], [0.5, 0.6, 0.7], 40));
        Assert.Equal(double.NaN, LabelCosts.Breakeven([10, 20, 40], [0.1, 0.1, 0.1], [0.5, 0.6, 0.7], 40));
    }
}
