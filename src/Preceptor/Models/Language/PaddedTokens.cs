using Preceptor.Data;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Whole sequences as a network reads them in one pass, padded on the right.</summary>
internal sealed class PaddedTokens
{
    private readonly long[] ids, real;
    private readonly int rows;

    /// <summary>Takes the sequences, at least one, each of at least one token.</summary>
    public PaddedTokens(IReadOnlyList<int[]> sequences)
    {
        (rows, Width) = (sequences.Count, sequences.Max(s => s.Length));
        (ids, real) = (new long[rows * Width], new long[rows * Width]);
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < sequences[row].Length; i++) (ids[row * Width + i], real[row * Width + i]) = (sequences[row][i], 1);
        Places = [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(row * Width, sequences[row].Length)).Select(place => (long)place)];
    }

    /// <summary>Tokens of the longest sequence, T.</summary>
    public int Width { get; }

    /// <summary>The places of all tokens among those of the padded rows [B × T].</summary>
    public long[] Places { get; }

    /// <summary>The tokens [B, T].</summary>
    public Tensor Ids() => InputBuffer.Tensor<long>(ids, ScalarType.Int64, rows, Width);

    /// <summary>Which are real [B, T]; null: all.</summary>
    public Tensor? Real() => Places.Length == ids.Length ? null : InputBuffer.Tensor<long>(real, ScalarType.Int64, rows, Width);
}
