using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>One label a row, right or wrong; −1 where there is none.</summary>
/// <param name="Train">Class indices of the training rows [N].</param>
/// <param name="Validation">Class indices of the validation rows [M]; as noisy as the training rows unless trusted labels are offered.</param>
public sealed record Labels(int[] Train, int[] Validation) : ITargets
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<int>(Train), MemoryMarshal.AsBytes<int>(Validation));

    /// <inheritdoc/>
    public TargetEncoding Encoding => TargetEncoding.One;

    /// <summary>The training rows that have a label.</summary>
    public int[] Labelled => [.. Enumerable.Range(0, Train.Length).Where(row => Train[row] >= 0)];

    /// <summary>Writes a training row's label as a distribution.</summary>
    public void Write(int row, Span<float> target)
    {
        if (Train[row] >= 0) target[Train[row]] = 1;
    }
}

/// <summary>A teacher's logits for every training row: log-probabilities up to a constant a row.</summary>
/// <param name="Name">The teacher.</param>
/// <param name="Train">Logits [N × C].</param>
public sealed record TeacherLogits(string Name, float[] Train) : ISupervision
{
    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<float>(Train));
}

/// <summary>Says that the validation labels were checked and are right.</summary>
public sealed record TrustedLabels : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => "trusted";
}

internal static class Contents
{
    public static string Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        hash.AppendData(second);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
