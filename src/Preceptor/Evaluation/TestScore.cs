namespace Preceptor.Evaluation;

/// <summary>A score when test item i is counted <paramref name="counts"/>[i] times, whole numbers [N], as in a bootstrap resample; safe to call from several threads.</summary>
public delegate double ResampledScore(ReadOnlySpan<double> counts);

/// <summary>What one model, trained with one seed, scored on one test set, and how that score moves with the items of the test set.</summary>
/// <param name="Value">The score.</param>
/// <param name="Items">How many test items it stands on (N).</param>
/// <param name="Resampled">The score with every item counted as often as it was drawn.</param>
public sealed record TestScore(double Value, int Items, ResampledScore Resampled)
{
    /// <summary>A score that is the mean of one number an item, such as a loss, a reward or a pass.</summary>
    /// <param name="items">The number of each test item [N].</param>
    public static TestScore Mean(double[] items)
    {
        if (items.Length == 0) throw new ArgumentException("there are no test items", nameof(items));
        return new(ItemSums.Sum(items) / items.Length, items.Length, counts => ItemSums.Mean(items, counts));
    }
}
