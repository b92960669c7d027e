using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>One label a row, right or wrong; −1 where there is none.</summary>
/// <param name="Train">Class indices of the training rows [N]; of a distribution its likeliest.</param>
/// <param name="Validation">Class indices of the validation rows [M]; as noisy as the training rows unless trusted labels are offered.</param>
public sealed record Labels(int[] Train, int[] Validation) : ITargets
{
    /// <summary>The training rows' labels as distributions [N × C], which are learned in place of <see cref="Train"/>; null where a label is one class.</summary>
    public float[]? Soft { get; init; }

    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(MemoryMarshal.AsBytes<int>(Train), MemoryMarshal.AsBytes<int>(Validation)) + (Soft is null ? "" : $"+{Contents.Hash(MemoryMarshal.AsBytes<float>(Soft))}");

    /// <inheritdoc/>
    public TargetEncoding Encoding => TargetEncoding.One;

    /// <summary>The training rows that have a label.</summary>
    public int[] Labelled => [.. Enumerable.Range(0, Train.Length).Where(row => Train[row] >= 0)];

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new Labels([.. rows.Select(r => Train[r])], Validation) { Soft = Soft is null ? null : Contents.Take(Soft, Soft.Length / Train.Length, rows) };

    /// <summary>Writes a training row's label as a distribution.</summary>
    public void Write(int row, Span<float> target)
    {
        if (Train[row] < 0) return;
        if (Soft is null) target[Train[row]] = 1;
        else Soft.AsSpan(row * target.Length, target.Length).CopyTo(target);
    }
}

/// <summary>A teacher's logits for every training row: log-probabilities up to a constant a row.</summary>
/// <param name="Name">The teacher.</param>
/// <param name="Train">Logits [N × C].</param>
/// <param name="Classes">C.</param>
public sealed record TeacherLogits(string Name, float[] Train, int Classes) : IRowSupervision
{
    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<float>(Train));

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows) => new TeacherLogits(Name, Contents.Take(Train, Classes, rows), Classes);
}

/// <summary>Says that the validation labels were checked and are right.</summary>
public sealed record TrustedLabels : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => "trusted";
}
