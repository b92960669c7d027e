using System.Globalization;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>A distribution over the classes for each training row, such as the shares of many annotators' votes.</summary>
/// <param name="Train">Probabilities [N × C], each row adds up to 1; a row of zeros has none.</param>
/// <param name="Classes">C.</param>
public sealed record SoftLabels(float[] Train, int Classes) : IRowSupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<float>(Train));

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new SoftLabels(Contents.Take(Train, Classes, rows), Classes);

    /// <summary>The soft labels in a sentence: how many rows have one, and how sure they are.</summary>
    public string Summary
    {
        get
        {
            var largest = Enumerable.Range(0, Train.Length / Classes).Select(row => Train.AsSpan(row * Classes, Classes).ToArray().Max()).Where(p => p > 0).ToArray();
            return string.Create(CultureInfo.InvariantCulture, $"{largest.Length:#,0} of {Train.Length / Classes:#,0} training rows have one; the likeliest class has {largest.DefaultIfEmpty().Average():0.0 %} on average");
        }
    }
}
