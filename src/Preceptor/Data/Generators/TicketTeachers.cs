using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>
/// Simulated teachers. Each sees the ticket's topics through noise of its own, keyed by the ticket's id, and never the noisy
/// label: the plainer the ticket, the clearer it sees.
/// </summary>
internal static class TicketTeachers
{
    /// <summary>The strong teacher: the exact posterior of what it sees, hence calibrated.</summary>
    /// <remarks>
    /// Seeing x = k · onehot(truth) + Gaussian noise of variance 1, the posterior is softmax(k · x + log prior). Of a mixed
    /// ticket it knows both topics and sees with a smaller k which of them counts.
    /// </remarks>
    internal static void Strong(ulong seed, int id, in TicketContent content, ReadOnlySpan<double> logPriors, Span<float> probabilities)
    {
        var random = RandomStream.Of(seed, "strong teacher", id);
        var sight = content.Kind switch { TicketKind.Mixed => 0.9, TicketKind.Vague => 1.2, _ => content.Clues == 2 ? 3.4 : 2.8 };
        Span<double> logits = stackalloc double[probabilities.Length];
        for (var c = 0; c < logits.Length; c++)
        {
            var signal = c == content.Truth ? sight : 0;
            var candidate = content.Kind != TicketKind.Mixed || c == content.Truth || c == content.Second;
            logits[c] = sight * (signal + random.NextGaussian()) + logPriors[c] - (candidate ? 0 : 7);
        }
        Softmax(logits, probabilities);
    }

    /// <summary>The weak teacher: it sees less, prefers common classes, confuses the same sentences each time, and is too sure of itself.</summary>
    internal static void Weak(ulong seed, int id, in TicketContent content, ReadOnlySpan<double> logPriors, Span<float> probabilities)
    {
        var own = RandomStream.Of(seed, "weak teacher", id);
        var shared = RandomStream.Of(seed, "weak teacher's prejudice", content.Truth, content.Cue);
        var sight = content.Kind switch { TicketKind.Mixed => 2.0, TicketKind.Vague => 1.0, _ => content.Clues == 2 ? 2.7 : 2.1 };
        Span<double> logits = stackalloc double[probabilities.Length];
        for (var c = 0; c < logits.Length; c++)
        {
            var signal = c == content.Truth ? sight : c == content.Second ? 0.75 * sight : 0;
            var noise = 0.6 * shared.NextGaussian() + 0.8 * own.NextGaussian();
            logits[c] = Overconfidence * (2 * (signal + noise) + 1.2 * logPriors[c]);
        }
        Softmax(logits, probabilities);
    }

    private const double Overconfidence = 2;

    private static void Softmax(ReadOnlySpan<double> logits, Span<float> probabilities)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var total = 0.0;
        foreach (var logit in logits) total += Math.Exp(logit - largest);
        for (var c = 0; c < logits.Length; c++) probabilities[c] = (float)(Math.Exp(logits[c] - largest) / total);
    }
}
