namespace Preceptor.Evaluation;

/// <summary>Where the uncertainty of an <see cref="Interval"/> was taken from.</summary>
public enum IntervalSource
{
    /// <summary>From how the values of the seeds differ.</summary>
    Seeds,

    /// <summary>From resampling the items of the test set.</summary>
    TestItems,
}

/// <summary>A mean and the confidence interval around it.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Low">The lower end, at most <paramref name="Mean"/>.</param>
/// <param name="High">The upper end, at least <paramref name="Mean"/>.</param>
/// <param name="Values">The values of the seeds, whose mean <paramref name="Mean"/> is.</param>
public sealed record Interval(double Mean, double Low, double High, IReadOnlyList<double> Values)
{
    /// <summary>Where the uncertainty was taken from.</summary>
    public IntervalSource Source { get; init; } = IntervalSource.Seeds;

    /// <summary>High − Low.</summary>
    public double Width => High - Low;

    /// <summary>Whether a value lies in the interval, ends included.</summary>
    public bool Contains(double value) => Low <= value && value <= High;
}
