namespace Preceptor.Evaluation;

/// <summary>A decision on a stream that is read bit by bit.</summary>
/// <param name="Positive">Whether it was called positive.</param>
/// <param name="Read">How many texts had been read by then, k.</param>
/// <param name="Truth">Whether it is positive.</param>
public sealed record EarlyDecision(bool Positive, int Read, bool Truth);

/// <summary>
/// The early risk detection error ERDE_o (Losada and Crestani 2016): a false alarm costs the share of positive streams, a missed one 1, and
/// a right one more, the later it comes: lc_o(k) = 1 − 1/(1 + exp(k − o)), a half after o texts. The mean over all streams.
/// </summary>
public static class EarlyRiskDetectionError
{
    /// <summary>What a right alarm costs after some texts, in [0, 1].</summary>
    /// <param name="read">How many texts had been read, k.</param>
    /// <param name="deadline">After how many texts it costs a half, o; usual are 5 and 50.</param>
    public static double Latency(int read, double deadline) => 1 / (1 + Math.Exp(deadline - read));

    /// <summary>The error in [0, 1]; papers write it times a hundred.</summary>
    /// <param name="decisions">A decision a stream; at least one.</param>
    /// <param name="deadline">After how many texts a right alarm costs a half, o.</param>
    /// <param name="falseAlarm">What a false alarm costs; null for the share of positive streams.</param>
    public static double Of(IReadOnlyCollection<EarlyDecision> decisions, double deadline, double? falseAlarm = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(decisions.Count);
        var ofFalseAlarm = falseAlarm ?? decisions.Average(d => d.Truth ? 1.0 : 0);
        return decisions.Average(d => (d.Positive, d.Truth) switch
        {
            (true, true) => Latency(d.Read, deadline),
            (true, false) => ofFalseAlarm,
            (false, true) => 1.0,
            _ => 0.0,
        });
    }
}
