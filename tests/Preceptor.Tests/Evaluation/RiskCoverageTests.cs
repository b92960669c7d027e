using CsCheck;
using Preceptor.Evaluation;

namespace Preceptor.Tests.Evaluation;

public sealed class RiskCoverageTests
{
    [Fact]
    public void The_curve_of_four_items_is_known()
    {
        var curve = new RiskCoverage([0.9f, 0.8f, 0.7f, 0.6f], [1, 1, 0, 1]);
        Assert.Equal([0, 0, 1.0 / 3, 0.25], curve.Risks());
        Assert.Equal(0.145833333, curve.Areas([1, 1, 1, 1]).Area, 1e-8);
        var (excess, risk) = curve.PastOptimum([1, 1, 1, 1]);
        Assert.Equal(1.0 / 3, risk, 1e-12); // three right of four: the optimum is three answers
        Assert.Equal(0, excess, 1e-12); // and past it there is one answer only, with the risk of the best curve
    }

    [Fact]
    public void A_perfect_confidence_loses_nothing_past_the_optimum() => Gen.Int[1, 40].Select(Gen.Int[0, 40]).Sample((right, wrong) =>
    {
        float[] confidences = [.. Enumerable.Range(0, right + wrong).Select(i => 1 - i / 100f)];
        double[] hits = [.. Enumerable.Range(0, right + wrong).Select(i => i < right ? 1.0 : 0.0)];
        var (excess, risk) = new RiskCoverage(confidences, hits).PastOptimum(Once(right + wrong));
        return Math.Abs(excess) < 1e-12 && risk == 0;
    });

    [Fact]
    public void A_constant_confidence_has_the_risk_of_all_everywhere()
    {
        var curve = new RiskCoverage([0.5f, 0.5f, 0.5f, 0.5f, 0.5f], [1, 1, 0, 1, 0]);
        Assert.All(curve.Risks(), r => Assert.Equal(0.4, r, 1e-12));
        Assert.Equal(0.4, curve.PastOptimum(Once(5)).Risk, 1e-12);
    }

    [Fact]
    public void Past_the_optimum_it_is_the_sum_over_the_curve() => Gen.Select(Gen.Int[0, 5].Array[1, 40], Gen.Int[0, 1].Array[40]).Sample((levels, hits) =>
    {
        float[] confidences = [.. levels.Select(l => l / 10f)];
        double[] right = [.. hits.Take(levels.Length).Select(h => (double)h)];
        var curve = new RiskCoverage(confidences, right);
        var (risks, optimum, n) = (curve.Risks(), (int)right.Sum(), levels.Length);
        var (excess, risk) = curve.PastOptimum(Once(n));
        var expected = Enumerable.Range(1, n).Where(j => j > optimum).Sum(j => risks[j - 1] - (1 - (double)optimum / j)) / n;
        return Math.Abs(expected - excess) < 1e-9 && Math.Abs(risk - (optimum == 0 ? 1 : risks[optimum - 1])) < 1e-9
            && Math.Abs(risks.Average() - curve.Areas(Once(n)).Area) < 1e-9;
    });

    [Fact]
    public void Counting_an_item_twice_is_having_it_twice()
    {
        var counted = new RiskCoverage([0.9f, 0.8f, 0.7f, 0.6f], [1, 0, 1, 0]).PastOptimum([1, 2, 0, 1]);
        var copied = new RiskCoverage([0.9f, 0.8f, 0.8f, 0.6f], [1, 0, 0, 0]).PastOptimum(Once(4));
        Assert.Equal(copied.Risk, counted.Risk, 1e-12);
        Assert.Equal(copied.ExcessArea, counted.ExcessArea, 1e-12);
    }

    private static double[] Once(int count)
    {
        var once = new double[count];
        Array.Fill(once, 1);
        return once;
    }
}
