namespace Preceptor.Evaluation;

/// <summary>
/// Scores as named numbers: of a measure, or of a model whose exam is no list of classes. A number that is the mean of one value a test item
/// (a query, a prompt, an episode) comes with those, so that intervals resample them; for the others intervals come from seeds alone.
/// </summary>
/// <param name="Values">The numbers by their names.</param>
public sealed record MeasuredScores(IReadOnlyDictionary<string, double> Values) : IScores
{
    /// <summary>The values of the test items [N] by the name of the number that is their mean; as many for each name.</summary>
    public IReadOnlyDictionary<string, double[]> PerItem { get; init; } = new Dictionary<string, double[]>();

    /// <summary>What a reader should know of the model besides: that its features have collapsed, that its scores tie.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <inheritdoc/>
    public int Items => PerItem.Count == 0 ? 1 : PerItem.Values.First().Length;

    /// <summary>Scores of test items, and the means of those.</summary>
    /// <param name="perItem">The values of the test items [N] by name, at least one item.</param>
    /// <param name="whole">Numbers of the whole exam, which are no means of items.</param>
    /// <exception cref="ArgumentException">There are no items, or not as many for each name.</exception>
    public static MeasuredScores Of(IReadOnlyDictionary<string, double[]> perItem, IReadOnlyDictionary<string, double>? whole = null)
    {
        if (perItem.Values.Select(v => v.Length).Distinct().Count() != 1 || perItem.Values.First().Length == 0) throw new ArgumentException("expected as many items, at least one, for each name", nameof(perItem));
        var values = perItem.ToDictionary(p => p.Key, p => ItemSums.Sum(p.Value) / p.Value.Length);
        foreach (var (name, value) in whole ?? new Dictionary<string, double>()) values.Add(name, value);
        return new(values) { PerItem = perItem };
    }

    /// <summary>A metric that reads a named number.</summary>
    /// <param name="name">The number's name.</param>
    /// <param name="description">What it says.</param>
    /// <param name="better">Which way is better.</param>
    /// <param name="lowest">The least value it can take.</param>
    /// <param name="highest">The greatest value it can take.</param>
    public static Metric Metric(string name, string description, Better better, double lowest, double highest) =>
        Evaluation.Metric.Of<MeasuredScores>(name, description, better, lowest, highest, scores => scores.Read(name),
            (scores, counts) => scores.PerItem.TryGetValue(name, out var items) ? ItemSums.Mean(items, counts) : scores.Read(name));

    private double Read(string name) => Values.TryGetValue(name, out var value) ? value
        : throw new Foundation.WorkException($"there is no number '{name}' among the scores; there are {string.Join(", ", Values.Keys)}");
}
