using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>Weights of the scores ∇ log p(z | x) in an estimate of ∇ Σ log p(y | x) (Phan et al. 2023); divided by the number of questions they make the mean.</summary>
[Version(1)]
internal static class RationaleGradient
{
    /// <summary>
    /// The weights of proposals and of what is remembered. A right proposal takes the place of what is remembered and counts 1, otherwise what is remembered does, where there is something; and b of each proposal is taken away,
    /// the share of the others that are right, which knows nothing of the proposal itself: so the mean stays what it is.
    /// </summary>
    /// <param name="accepted">Whether the proposal of each question is right [M].</param>
    /// <param name="remembered">Whether a right rationale of it is remembered [M].</param>
    /// <param name="hasControl">Whether anything is taken away.</param>
    public static (double[] Proposed, double[] Remembered) Weights(IReadOnlyList<bool> accepted, IReadOnlyList<bool> remembered, bool hasControl)
    {
        var (count, right) = (accepted.Count, accepted.Count(a => a));
        double Others(int m) => hasControl && count > 1 ? (right - (accepted[m] ? 1.0 : 0)) / (count - 1) : 0;
        return ([.. Enumerable.Range(0, count).Select(m => (accepted[m] ? 1 : 0) - Others(m))], [.. Enumerable.Range(0, count).Select(m => !accepted[m] && remembered[m] ? 1.0 : 0)]);
    }

    /// <summary>
    /// A few of many terms, drawn by the sizes of their weights with equal distances between (systematic resampling): each with its sign times W / L, where W is the sum of all sizes. The mean over the offset is the whole sum; and with equal sizes and as many
    /// draws as terms it is the sum itself.
    /// </summary>
    /// <param name="weights">The weights of all terms.</param>
    /// <param name="count">How many are drawn, L.</param>
    /// <param name="offset">Where it begins, from 0 to 1.</param>
    public static List<(int Term, double Weight)> Subsample(IReadOnlyList<double> weights, int count, double offset)
    {
        var (sum, drawn, at, upTo) = (weights.Sum(Math.Abs), new List<(int, double)>(), -1, 0.0);
        if (sum == 0) return drawn;
        var last = weights.Select((w, i) => w == 0 ? -1 : i).Max();
        for (var k = 0; k < count; k++)
        {
            var place = (k + offset) / count * sum;
            // Rounding may leave the last place behind the end.
            while (at < last && (at < 0 || upTo <= place)) upTo += Math.Abs(weights[++at]);
            drawn.Add((at, Math.Sign(weights[at]) * sum / count));
        }
        return drawn;
    }
}
