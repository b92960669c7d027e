namespace Preceptor.Evaluation;

/// <summary>A metric of classification when item i is counted <paramref name="counts"/>[i] times, whole numbers [N], as in a bootstrap resample.</summary>
public delegate double ResampledMetric(ClassificationScores scores, ReadOnlySpan<double> counts);

/// <summary>One number that sums up <see cref="ClassificationScores"/>.</summary>
/// <param name="Name">Its name in specifications and results.</param>
/// <param name="Description">What it says, in one sentence.</param>
/// <param name="Better">Which way it improves.</param>
/// <param name="Lowest">The least value it can take.</param>
/// <param name="Highest">The greatest value it can take.</param>
/// <param name="Value">Reads it from scores.</param>
/// <param name="Resampled">Computes it with every item counted as often as it was drawn; with counts of 1 it equals <paramref name="Value"/> up to rounding.</param>
public sealed record Metric(string Name, string Description, Better Better, double Lowest, double Highest, Func<ClassificationScores, double> Value, ResampledMetric Resampled)
{
    /// <summary>The difference of two values, signed so that a positive one means that <paramref name="method"/> is better.</summary>
    public double Advantage(double method, double reference) => Better.Advantage(method, reference);

    /// <summary>This metric of one model on one test set, ready for <see cref="Intervals"/>.</summary>
    public TestScore Score(ClassificationScores scores) => new(Value(scores), scores.Items, counts => Resampled(scores, counts));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
