namespace Preceptor.Measurement;

/// <summary>What a label may cost: two learning curves over the number of labels, and the price at which one overtakes the other.</summary>
public static class LabelCosts
{
    /// <summary>The score at a number of labels, between measured sizes by interpolation over the logarithm of the size; the ends' values beyond them.</summary>
    /// <param name="sizes">Measured sizes, ascending.</param>
    /// <param name="scores">The score at each.</param>
    /// <param name="size">Where to read.</param>
    public static double At(IReadOnlyList<int> sizes, IReadOnlyList<double> scores, double size)
    {
        if (size <= sizes[0]) return scores[0];
        for (var i = 1; i < sizes.Count; i++)
            if (size <= sizes[i])
            {
                var share = Math.Log(size / sizes[i - 1]) / Math.Log((double)sizes[i] / sizes[i - 1]);
                return scores[i - 1] + share * (scores[i] - scores[i - 1]);
            }
        return scores[^1];
    }

    /// <summary>
    /// The least ratio of a dear label's price to a cheap one's at which a budget is better spent on cheap ones, among ratios that the
    /// measured sizes allow; no number where even the largest is not enough.
    /// </summary>
    /// <param name="sizes">Measured sizes, ascending.</param>
    /// <param name="cheap">Scores with cheap labels.</param>
    /// <param name="dear">Scores with dear labels.</param>
    /// <param name="budget">How many cheap labels the budget buys.</param>
    public static double Breakeven(IReadOnlyList<int> sizes, IReadOnlyList<double> cheap, IReadOnlyList<double> dear, double budget)
    {
        var bought = At(sizes, cheap, budget);
        for (var ratio = 1.0; ratio <= budget / sizes[0] + 1e-9; ratio *= 1.01)
            if (bought >= At(sizes, dear, budget / ratio)) return ratio;
        return double.NaN;
    }
}
