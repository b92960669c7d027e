using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>What is to be predicted of the rows, in one of its forms: what plain supervised training learns from.</summary>
public interface ITargets : IRowSupervision
{
    /// <summary>The form, and how it becomes a network's outputs.</summary>
    TargetEncoding Encoding { get; }

    /// <summary>The training rows that have a target.</summary>
    int[] Labelled { get; }

    /// <summary>Writes a training row's target as a network learns it into zeros, which stay where the row has none.</summary>
    /// <param name="row">The training row.</param>
    /// <param name="target">One number an output [C].</param>
    void Write(int row, Span<float> target);
}

/// <summary>Any number of labels a row, right or wrong.</summary>
/// <param name="Train">The labels of each training row, as indices of classes; null where it is not known which it has.</param>
/// <param name="Validation">Those of the validation rows.</param>
public sealed record ManyLabels(int[]?[] Train, int[]?[] Validation) : ITargets
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<int>(Flat(Train)), MemoryMarshal.AsBytes<int>(Flat(Validation)));

    /// <inheritdoc/>
    public TargetEncoding Encoding { get; } = new(TargetKind.Many);

    /// <inheritdoc/>
    public int[] Labelled => [.. Enumerable.Range(0, Train.Length).Where(row => Train[row] is not null)];

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new ManyLabels([.. rows.Select(r => Train[r])], Validation);

    /// <inheritdoc/>
    public void Write(int row, Span<float> target)
    {
        foreach (var label in Train[row] ?? []) target[label] = 1;
    }

    // −1 ends a row, −2 stands for one without labels known.
    private static int[] Flat(int[]?[] rows) => [.. rows.SelectMany(r => r is null ? [-2] : r.Append(-1))];
}

/// <summary>A number a row, right or wrong.</summary>
/// <param name="Train">The training rows' numbers [N]; NaN where there is none.</param>
/// <param name="Validation">Those of the validation rows [M].</param>
public sealed record NumberTargets(double[] Train, double[] Validation) : ITargets
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<double>(Train), MemoryMarshal.AsBytes<double>(Validation));

    /// <inheritdoc/>
    public TargetEncoding Encoding { get; } = TargetEncoding.OfNumbers(Train);

    /// <inheritdoc/>
    public int[] Labelled => [.. Enumerable.Range(0, Train.Length).Where(row => !double.IsNaN(Train[row]))];

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new NumberTargets([.. rows.Select(r => Train[r])], Validation);

    /// <inheritdoc/>
    public void Write(int row, Span<float> target)
    {
        if (!double.IsNaN(Train[row])) target[0] = (float)Encoding.Standardise(Train[row]);
    }
}
