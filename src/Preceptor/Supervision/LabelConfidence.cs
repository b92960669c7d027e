using System.Globalization;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>How sure whoever labelled a training row was of its label.</summary>
/// <param name="Train">Confidences [N] in [0, 1]; 1 where nothing was said.</param>
public sealed record LabelConfidence(float[] Train) : IRowSupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<float>(Train));

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new LabelConfidence(Contents.Take(Train, 1, rows));

    /// <summary>The confidences in a sentence.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"labels come with a confidence, {Train.DefaultIfEmpty().Average():0.00} on average; {Train.Count(c => c < 0.5f):#,0} of {Train.Length:#,0} training rows have less than 0.5");
}
