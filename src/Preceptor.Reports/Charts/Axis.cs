namespace Preceptor.Reports.Charts;

/// <summary>A range of values with round ticks.</summary>
/// <param name="Low">The axis' first value.</param>
/// <param name="High">The axis' last value.</param>
/// <param name="Ticks">Round values on it, in order.</param>
internal sealed record Axis(double Low, double High, IReadOnlyList<double> Ticks)
{
    /// <summary>An axis that holds values, from tick to tick.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value.</param>
    /// <param name="intervals">About how many intervals to aim at.</param>
    public static Axis Around(double low, double high, int intervals = 5)
    {
        if (!(high > low)) (low, high) = (low - Math.Max(Math.Abs(low) * 0.05, 0.01), low + Math.Max(Math.Abs(low) * 0.05, 0.01));
        var step = RoundStep((high - low) / intervals);
        long first = (long)Math.Floor(low / step + 1e-9), last = (long)Math.Ceiling(high / step - 1e-9);
        double[] ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        return new(ticks[0], ticks[^1], ticks);
    }

    /// <summary>Epochs from 1 to the last.</summary>
    public static Axis Epochs(int last)
    {
        var step = Math.Max(1, (int)Math.Ceiling(RoundStep(last / 6.0)));
        double[] ticks = [1, .. Enumerable.Range(1, last / step).Select(i => (double)i * step).Where(t => t > 1)];
        return new(1, Math.Max(last, 2), ticks);
    }

    /// <summary>An axis of decadic logarithms, with ticks at whole powers of ten, and at 2 and 5 or 3 times them where there are few.</summary>
    /// <param name="low">The least value, positive.</param>
    /// <param name="high">The greatest value.</param>
    public static Axis Decades(double low, double high)
    {
        int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
        double[] factors = last - first > 3 ? [1] : last - first > 1 ? [1, 3] : [1, 2, 5];
        var ticks = Enumerable.Range(first, last - first + 1).SelectMany(p => factors.Select(f => p + Math.Log10(f))).ToArray();
        var from = ticks.Last(t => t <= Math.Log10(low) + 1e-9);
        var to = ticks.First(t => t >= Math.Log10(high) - 1e-9);
        return new(from, to, [.. ticks.Where(t => t >= from && t <= to)]);
    }

    /// <summary>Where a value lies, 0 at the low end and 1 at the high one.</summary>
    public double Position(double value) => (value - Low) / (High - Low);

    /// <summary>1, 2 or 5 times a power of ten, at least the given size.</summary>
    private static double RoundStep(double size)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(size)));
        var factor = size / power;
        return power * (factor <= 1 + 1e-9 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    }
}
