namespace Preceptor.Evaluation;

/// <summary>What a model's answers to a test set scored, item by item.</summary>
public interface IScores
{
    /// <summary>How many items were scored (N).</summary>
    int Items { get; }
}

/// <summary>A metric when item i is counted <paramref name="counts"/>[i] times, whole numbers [N], as in a bootstrap resample.</summary>
public delegate double ResampledMetric<in TScores>(TScores scores, ReadOnlySpan<double> counts) where TScores : IScores;

/// <summary>One number that sums up scores.</summary>
/// <param name="Name">Its name in specifications and results.</param>
/// <param name="Description">What it says, in one sentence.</param>
/// <param name="Better">Which way it improves.</param>
/// <param name="Lowest">The least value it can take.</param>
/// <param name="Highest">The greatest value it can take.</param>
/// <param name="Value">Reads it from scores.</param>
/// <param name="Resampled">Computes it with every item counted as often as it was drawn; with counts of 1 it equals <paramref name="Value"/> up to rounding.</param>
public sealed record Metric(string Name, string Description, Better Better, double Lowest, double Highest, Func<IScores, double> Value, ResampledMetric<IScores> Resampled)
{
    /// <summary>Whether it is a share, shown in per cent.</summary>
    public bool IsShare => this is { Lowest: 0, Highest: 1 };

    /// <summary>A metric of one kind of scores.</summary>
    public static Metric Of<TScores>(string name, string description, Better better, double lowest, double highest, Func<TScores, double> value, ResampledMetric<TScores> resampled) where TScores : IScores =>
        new(name, description, better, lowest, highest, scores => value((TScores)scores), (scores, counts) => resampled((TScores)scores, counts));

    /// <summary>A metric of one kind of scores that is computed alike whether items were drawn or not.</summary>
    public static Metric Of<TScores>(string name, string description, Better better, double lowest, double highest, ResampledMetric<TScores> resampled) where TScores : IScores =>
        Of(name, description, better, lowest, highest, scores => resampled(scores, Once(scores.Items)), resampled);

    /// <summary>The difference of two values, signed so that a positive one means that <paramref name="method"/> is better.</summary>
    public double Advantage(double method, double reference) => Better.Advantage(method, reference);

    /// <summary>This metric of one model on one test set, ready for <see cref="Intervals"/>.</summary>
    public TestScore Score(IScores scores) => new(Value(scores), scores.Items, counts => Resampled(scores, counts));

    /// <summary>The same of items that were drawn with unequal probabilities: each counts as often as the items that it stands for (Hájek's estimator).</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="weights">One over each item's probability of being drawn [N]; null where all count alike.</param>
    public TestScore Score(IScores scores, double[]? weights)
    {
        if (weights is null) return Score(scores);
        var scale = weights.Length / weights.Sum(); // counts of about 1
        return new(Resampled(scores, Weighted(weights, scale, null)), scores.Items, counts => Resampled(scores, Weighted(weights, scale, counts)));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static double[] Weighted(double[] weights, double scale, ReadOnlySpan<double> counts)
    {
        var weighted = new double[weights.Length];
        for (var i = 0; i < weights.Length; i++) weighted[i] = weights[i] * scale * (counts.IsEmpty ? 1 : counts[i]);
        return weighted;
    }

    private static double[] Once(int items)
    {
        var counts = new double[items];
        Array.Fill(counts, 1);
        return counts;
    }
}
