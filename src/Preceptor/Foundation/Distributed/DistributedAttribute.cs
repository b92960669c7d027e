namespace Preceptor.Foundation;

/// <summary>
/// Says of a method that several ranks may divide its batches: every loss of its training is a mean over the batch's rows (or whatever <c>IBatch.Terms</c> counts), no example of a batch is seen by another one's loss,
/// and what it keeps from step to step is the same whichever rank had which rows. Ranks then come to the weights of one, to rounding. Methods that do not say so are refused where there are several ranks.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DistributedAttribute : Attribute
{
    /// <summary>Why its weights are those of one rank in distribution alone, such as what each rank draws for itself; null where they are equal to rounding.</summary>
    public string? InDistribution { get; init; }
}
