namespace Preceptor.Evaluation;

/// <summary>What a measure found, as named numbers, so that claims about them are judged like claims about models. There are no test items to resample: intervals come from seeds.</summary>
/// <param name="Values">The numbers by their names.</param>
public sealed record MeasuredScores(IReadOnlyDictionary<string, double> Values) : IScores
{
    /// <inheritdoc/>
    public int Items => 1;

    /// <summary>A metric that reads a named number.</summary>
    /// <param name="name">The number's name in the measure's report.</param>
    /// <param name="description">What it says.</param>
    /// <param name="better">Which way is better in a claim.</param>
    /// <param name="lowest">The least value it can take.</param>
    /// <param name="highest">The greatest value it can take.</param>
    public static Metric Metric(string name, string description, Better better, double lowest, double highest) =>
        Evaluation.Metric.Of<MeasuredScores>(name, description, better, lowest, highest, scores => scores.Read(name), (scores, _) => scores.Read(name));

    private double Read(string name) => Values.TryGetValue(name, out var value) ? value
        : throw new Foundation.WorkException($"the measure gave no number '{name}'; it gave {string.Join(", ", Values.Keys)}");
}
