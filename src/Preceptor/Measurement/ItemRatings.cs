using Preceptor.Data;

namespace Preceptor.Measurement;

/// <summary>Ratings of items on whatever scale, and what they become when they are made comparable.</summary>
/// <param name="Items">The items' names [I].</param>
/// <param name="Unnormalised">How hard each is, on the scale of its model [I].</param>
/// <param name="Errors">The standard errors of that [I].</param>
public sealed record ItemRatings(string[] Items, double[] Unnormalised, double[] Errors)
{
    /// <summary>The share of solvers that answered each item right [I].</summary>
    public double[] Accuracies { get; init; } = [];

    /// <summary>The volatility of each rating [I]; empty where the model has none.</summary>
    public double[] Volatilities { get; init; } = [];

    /// <summary>Discriminations a [I]; empty where the model has none.</summary>
    public double[] Discriminations { get; init; } = [];

    /// <summary>Guessing rates c [I]; empty where the model has none.</summary>
    public double[] Guessing { get; init; } = [];

    /// <summary>(x − min)/(max − min): the easiest item has 0, the hardest 1; ½ for all where none is harder than another.</summary>
    public double[] Standardised
    {
        get
        {
            var (low, scale) = (Unnormalised.Min(), Scale);
            return [.. Unnormalised.Select(x => scale == 0 ? 0.5 : (x - low) / scale)];
        }
    }

    /// <summary>Rank/I, from 1/I for the easiest item to 1 for the hardest; equal ratings share their mean rank.</summary>
    public double[] Quantiles => Quantile(Unnormalised);

    private double Scale => Unnormalised.Max() - Unnormalised.Min();

    /// <summary>The table of ratings, with the names of the published data sets' fields.</summary>
    public Table ToTable()
    {
        var scale = Scale is 0 ? 1 : Scale;
        List<Column> columns =
        [
            new TextColumn("item", Items), new NumberColumn("rating", Standardised), new NumberColumn("rating_std", [.. Errors.Select(e => e / scale)]), new NumberColumn("rating_quantile", Quantiles),
            new NumberColumn("unnorm_rating", Unnormalised), new NumberColumn("unnorm_rating_std", Errors), new NumberColumn("model_avg_acc", Accuracies),
        ];
        if (Volatilities.Length > 0) columns.Add(new NumberColumn("rating_volatility", Volatilities));
        if (Discriminations.Length > 0) columns.Add(new NumberColumn("discrimination", Discriminations));
        if (Guessing.Length > 0) columns.Add(new NumberColumn("guessing", Guessing));
        return new("ratings", columns);
    }

    /// <summary>The quantile bin of every value, 0 for the least [I]: bins of equal size, equal values in one.</summary>
    internal static int[] Bins(double[] values, int bins) => [.. Quantile(values).Select(q => Math.Clamp((int)Math.Ceiling(q * bins) - 1, 0, bins - 1))];

    /// <summary>Mean rank/count of every value.</summary>
    internal static double[] Quantile(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort((double[])values.Clone(), order);
        var quantiles = new double[values.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            while (end < order.Length && values[order[end]].Equals(values[order[start]])) end++;
            for (var k = start; k < end; k++) quantiles[order[k]] = (start + 1 + end) / 2.0 / values.Length;
        }
        return quantiles;
    }

    /// <summary>Spearman's rank correlation.</summary>
    internal static double RankCorrelation(double[] left, double[] right)
    {
        var (x, y) = (Quantile(left), Quantile(right));
        var (mx, my) = (x.Average(), y.Average());
        double xy = 0, xx = 0, yy = 0;
        for (var k = 0; k < x.Length; k++)
        {
            xy += (x[k] - mx) * (y[k] - my);
            xx += (x[k] - mx) * (x[k] - mx);
            yy += (y[k] - my) * (y[k] - my);
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
