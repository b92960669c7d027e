using Preceptor.Foundation;

namespace Preceptor.Baselines;

/// <summary>The classes that have a training row, among all of a problem's: the libraries know only those.</summary>
/// <param name="Total">How many classes the problem has, C.</param>
/// <param name="Indices">The seen ones' indices, increasing.</param>
/// <param name="AreApart">Whether each score stands by itself, as log-odds of a label or as a number, and all are seen; else classes exclude each other.</param>
public sealed record SeenClasses(int Total, int[] Indices, bool AreApart = false)
{
    // Small enough never to win, large enough that the logarithm of the loss stays in scale.
    private const double LeastProbability = 1e-12;

    /// <summary>The classes of some labels.</summary>
    public static SeenClasses Of(int total, IEnumerable<int> labels) => new(total, [.. labels.Distinct().Order()]);

    /// <summary>Outputs whose scores stand each by itself.</summary>
    public static SeenClasses Apart(int outputs) => new(outputs, [.. Enumerable.Range(0, outputs)], AreApart: true);

    /// <summary>How many classes were seen.</summary>
    public int Count => Indices.Length;

    /// <summary>Log-probabilities of all classes from the scores of the seen ones; the others get the logarithm of a tiny probability. Scores that stand apart stay as they are.</summary>
    /// <param name="scores">One a seen class, log-probabilities up to a constant.</param>
    /// <param name="logits">One a class [C].</param>
    public void Spread(ReadOnlySpan<double> scores, Span<float> logits)
    {
        if (AreApart)
        {
            for (var i = 0; i < scores.Length; i++) logits[i] = (float)scores[i];
            return;
        }
        double largest = double.NegativeInfinity, sum = 0;
        foreach (var score in scores) largest = Math.Max(largest, score);
        foreach (var score in scores) sum += Math.Exp(score - largest);
        var total = largest + Math.Log(sum);
        logits.Fill((float)Math.Log(LeastProbability));
        for (var i = 0; i < scores.Length; i++) logits[Indices[i]] = (float)(scores[i] - total);
    }

    /// <summary>Checks classes that were read from a file.</summary>
    /// <exception cref="RequestException">They are not increasing indices below the total.</exception>
    internal void Check(string path)
    {
        var valid = Total is >= 1 and <= 1_000_000 && Indices is { Length: >= 1 } && (!AreApart || Indices.Length == Total);
        for (var i = 0; valid && i < Indices.Length; i++) valid = Indices[i] < Total && Indices[i] > (i == 0 ? -1 : Indices[i - 1]);
        if (!valid) throw new RequestException($"{path}: describes impossible classes");
    }
}
