using System.Security.Cryptography;

namespace Preceptor.Foundation;

/// <summary>Hashes of contents, and rows of arrays.</summary>
internal static class Contents
{
    /// <summary>Some rows of an array [N × C].</summary>
    public static float[] Take(float[] values, int width, int[] rows)
    {
        var taken = new float[(long)rows.Length * width];
        for (var i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * width, width).CopyTo(taken.AsSpan(i * width));
        return taken;
    }

    public static string Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        hash.AppendData(second);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
