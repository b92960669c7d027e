using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// Dual chunk attention (An et al. 2024; Qwen2.5): places are counted anew in each chunk of S = chunk − overlap places, so that no distance is larger than a chunk. A query meets the keys of its own chunk at its true
/// distance, those of the chunk before at min((i mod S) + S, chunk), which is true for close neighbours, and those of all earlier ones at min(2S − 1, chunk). One softmax is over all of them.
/// </summary>
/// <param name="options">The transformer's options.</param>
internal sealed class ChunkedPositions(TransformerOptions options) : IDisposable
{
    private readonly RotaryPositions rotary = new(options);
    private readonly int step = options.Chunk - options.ChunkOverlap;

    /// <summary>At which places a query i and a key j meet.</summary>
    public static (int Query, int Key) Of(int i, int j, int chunk, int overlap)
    {
        var step = chunk - overlap;
        return ((i / step - j / step) switch { <= 0 => i % step, 1 => Math.Min(i % step + step, chunk), _ => Math.Min(2 * step - 1, chunk) }, j % step);
    }

    /// <summary>Keys [B, K, T, d], turned by their places in their chunks.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="places">Their places [B or 1, T].</param>
    public Tensor TurnKeys(Tensor keys, Tensor places)
    {
        using Scalar by = step;
        return RotaryPositions.Turn(keys, rotary.At(places.remainder(by), options.Chunk));
    }

    /// <summary>Scores [B, H, T, S] of queries [B, H, T, d], not turned, and turned keys [B, H, S, d].</summary>
    /// <param name="queries">The queries, scaled.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="queryPlaces">The queries' places [B or 1, T].</param>
    /// <param name="keyPlaces">The keys' places [B or 1, S].</param>
    public Tensor Scores(Tensor queries, Tensor keys, Tensor queryPlaces, Tensor keyPlaces)
    {
        using Scalar by = step, most = options.Chunk, one = 1, two = 2;
        var (within, turned) = (queryPlaces.remainder(by), keys.transpose(2, 3));
        Tensor At(Tensor places) => RotaryPositions.Turn(queries, rotary.At(places, options.Chunk)).matmul(turned);
        var apart = queryPlaces.floor_divide(by).unsqueeze(2) - keyPlaces.floor_divide(by).unsqueeze(1); // chunks between them [B or 1, T, S]
        var scores = At(within);
        scores = where(apart.eq(one).unsqueeze(1), At(within.add(by).clamp_max(most)), scores);
        return where(apart.ge(two).unsqueeze(1), At(full_like(within, Math.Min(2 * step - 1, options.Chunk))), scores);
    }

    public void Dispose() => rotary.Dispose();
}

/// <summary>The places of a pass's queries and of all keys.</summary>
/// <param name="Positions">What turns them.</param>
/// <param name="Queries">Places of the queries [B or 1, T].</param>
/// <param name="Keys">Places of all keys [B or 1, S].</param>
internal sealed record ChunkedPlaces(ChunkedPositions Positions, Tensor Queries, Tensor Keys)
{
    /// <summary>The pass's keys, turned.</summary>
    public Tensor TurnKeys(Tensor keys) => Positions.TurnKeys(keys, Queries);

    /// <summary>Scores of queries and turned keys.</summary>
    public Tensor Scores(Tensor queries, Tensor keys) => Positions.Scores(queries, keys, Queries, Keys);
}
