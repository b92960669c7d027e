using Preceptor.Evaluation;

namespace Preceptor.Measurement;

/// <summary>What a temperature is chosen by, on items that are not scored.</summary>
public enum TemperatureCriterion
{
    /// <summary>The expected calibration error.</summary>
    Ece,

    /// <summary>The negative log-likelihood (Guo, Pleiss, Sun and Weinberger 2017).</summary>
    Nll,
}

/// <summary>What is done to class levels before they move temperatures.</summary>
public enum LevelScaling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are divided by the largest.</summary>
    Max,

    /// <summary>They are stretched to [0, 1].</summary>
    MinMax,
}

/// <summary>
/// Temperatures that mend confidence after training: one for all classes, which changes no decision, or one a class where some
/// classes are over-confident and others under-confident, which may.
/// </summary>
/// <remarks>
/// Ao, Rueger and Siddharthan, Two Sides of Miscalibration (UAI 2023): T* minimises the calibration error over a grid; T_c = T* (1 + γ S_c),
/// where S_c is how far the confidence of class c lies above its accuracy at T*, outliers pulled in to 1.5 interquartile ranges, and γ is
/// chosen over a grid by the calibration error.
/// </remarks>
public static class TemperatureScaling
{
    /// <summary>Bins of equal width that the calibration error is taken over here.</summary>
    public const int Bins = 15;

    /// <summary>γ is looked for in [−2, 2).</summary>
    public const double LargestFactor = 2;

    private const double TemperatureGrid = 0.01, FactorGrid = 0.001;

    /// <summary>T*, the best temperature of a grid in steps of 0.01; the first of equals.</summary>
    /// <param name="items">Items that are not scored.</param>
    /// <param name="from">The least temperature.</param>
    /// <param name="to">The first temperature beyond the grid.</param>
    /// <param name="criterion">What is least at the best temperature.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static double Fit(LogitColumns items, double from = 0.5, double to = 2, TemperatureCriterion criterion = TemperatureCriterion.Ece, CancellationToken cancellation = default)
    {
        if (!(from > 0) || !(to > from)) throw new ArgumentOutOfRangeException(nameof(from), from, "expected temperatures above 0, the first below the last");
        var ends = Calibration.EndsOf(Bins);
        return Best(Grid(from, to, TemperatureGrid), t => criterion == TemperatureCriterion.Ece ? items.CalibrationError([t], ends) : items.NegativeLogLikelihood(t), cancellation);
    }

    /// <summary>T_c, one temperature a class [C], and γ; γ = 0 is one temperature for all.</summary>
    /// <param name="items">Items that are not scored.</param>
    /// <param name="temperature">T*.</param>
    /// <param name="scaling">What is done to the classes' levels.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static (double[] Temperatures, double Factor) FitClasses(LogitColumns items, double temperature, LevelScaling scaling = LevelScaling.None, CancellationToken cancellation = default)
    {
        var (confidences, right) = (new float[items.Count], new double[items.Count]);
        items.Score([temperature], confidences, right);
        var levels = Scale(Winsorise(ClassLevels(items.Labels, items.Classes, confidences, right)), scaling);
        var ends = Calibration.EndsOf(Bins);
        // γ = 0 comes first, so that temperatures differ only where that is better.
        double[] grid = [0, .. Grid(-LargestFactor, LargestFactor, FactorGrid).Where(g => Math.Abs(g) > FactorGrid / 2)];
        var factor = Best(grid, g => Temperatures(temperature, levels, g) is var t && t.Min() <= 0 ? double.PositiveInfinity : items.CalibrationError(t, ends), cancellation);
        return (Temperatures(temperature, levels, factor), factor);
    }

    /// <summary>S_c, how far the mean confidence in items that truly are of a class lies above the share of them that is right [C]; 0 for a class without items.</summary>
    public static double[] ClassLevels(ReadOnlySpan<int> labels, int classes, ReadOnlySpan<float> confidences, ReadOnlySpan<double> right)
    {
        var (levels, counts) = (new double[classes], new int[classes]);
        for (var i = 0; i < labels.Length; i++)
        {
            levels[labels[i]] += confidences[i] - right[i];
            counts[labels[i]]++;
        }
        for (var c = 0; c < classes; c++) levels[c] /= Math.Max(1, counts[c]);
        return levels;
    }

    /// <summary>The miscalibration score (|P| Σ_{c in P} S_c + |N| Σ_{c in N} S_c) / C, with P the classes whose level is at least 0 and N the others: above 0 over-confident, below under-confident.</summary>
    public static double MiscalibrationScore(IReadOnlyCollection<double> levels)
    {
        double[] over = [.. levels.Where(s => s >= 0)], under = [.. levels.Where(s => s < 0)];
        return (over.Length * over.Sum() + under.Length * under.Sum()) / levels.Count;
    }

    /// <summary>Pulls values beyond 1.5 interquartile ranges in to them; quartiles between two values are their mean.</summary>
    public static double[] Winsorise(double[] values)
    {
        var sorted = values.Order().ToArray();
        var (first, third) = (Midpoint(sorted, 0.25), Midpoint(sorted, 0.75));
        var reach = 1.5 * (third - first);
        return [.. values.Select(v => Math.Clamp(v, first - reach, third + reach))];
    }

    private static double Midpoint(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        return (sorted[(int)Math.Floor(place)] + sorted[(int)Math.Ceiling(place)]) / 2;
    }

    private static double[] Scale(double[] levels, LevelScaling scaling)
    {
        var (least, most) = (levels.Min(), levels.Max());
        return scaling switch
        {
            LevelScaling.Max when most > 0 => [.. levels.Select(s => s / most)],
            LevelScaling.MinMax when most > least => [.. levels.Select(s => (s - least) / (most - least))],
            _ => levels,
        };
    }

    private static double[] Temperatures(double temperature, double[] levels, double factor) => [.. levels.Select(s => temperature * (1 + factor * s))];

    private static double[] Grid(double from, double to, double spacing) => [.. Enumerable.Range(0, (int)Math.Ceiling((to - from) / spacing - 1e-9)).Select(i => from + i * spacing)];

    private static double Best(double[] grid, Func<double, double> score, CancellationToken cancellation)
    {
        var scores = new double[grid.Length];
        Parallel.For(0, grid.Length, new ParallelOptions { CancellationToken = cancellation }, i => scores[i] = score(grid[i]));
        var best = 0;
        for (var i = 1; i < grid.Length; i++)
            if (scores[i] < scores[best]) best = i;
        return grid[best];
    }
}
