namespace Preceptor.Measurement;

/// <summary>Scores of how familiar a row looks to a classifier, high for a row like those it learned from.</summary>
public enum ConfidenceScore
{
    /// <summary>The largest probability (Hendrycks and Gimpel 2017).</summary>
    MaxProbability,

    /// <summary>Minus the entropy of the probabilities, in nats.</summary>
    Entropy,

    /// <summary>Minus the energy, ln Σ_c exp z_c (Liu, Wang, Owens and Li 2020); it needs logits, since probabilities have lost it.</summary>
    Energy,
}

internal static class Confidence
{
    /// <summary>The score of every row [N].</summary>
    /// <param name="score">Which score.</param>
    /// <param name="logits">[N × C]; for energy a network's own, not the logarithms of probabilities, whose energy is always 0.</param>
    /// <param name="classes">C.</param>
    public static double[] Of(ConfidenceScore score, ReadOnlySpan<float> logits, int classes)
    {
        var scores = new double[logits.Length / classes];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = logits.Slice(i * classes, classes);
            double largest = double.NegativeInfinity, sum = 0, weighted = 0;
            foreach (var z in row) largest = Math.Max(largest, z);
            foreach (var z in row)
            {
                var e = Math.Exp(z - largest);
                sum += e;
                weighted += e * (z - largest);
            }
            scores[i] = score switch
            {
                ConfidenceScore.MaxProbability => 1 / sum,
                ConfidenceScore.Entropy => weighted / sum - Math.Log(sum),
                _ => largest + Math.Log(sum),
            };
        }
        return scores;
    }
}
