using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>What the tokens of a pass may attend to, and where they stand.</summary>
public sealed record TransformerPass
{
    /// <summary>Each token attends to itself and to those before it.</summary>
    public static TransformerPass Causal { get; } = new() { IsCausal = true };

    /// <summary>Each token attends to all.</summary>
    public static TransformerPass Bidirectional { get; } = new();

    /// <summary>Whether a token attends to none that come later.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Which tokens are real [B, S], 64-bit 0 or 1, those in the cache included; null: all. Places count real tokens alone.</summary>
    public Tensor? Real { get; init; }

    /// <summary>How many first tokens of each row are read in both directions although the pass is causal [B], 64-bit; null: none.</summary>
    public Tensor? Prefix { get; init; }

    /// <summary>What an encoder read [B, M, D]; null without one.</summary>
    public Tensor? Memory { get; init; }

    /// <summary>Which of it is real [B, M]; null: all.</summary>
    public Tensor? MemoryReal { get; init; }

    /// <summary>Whether attention is computed step by step, which has a second derivative, and not by torch's fused kernel.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Which tokens each attends to [B, 1, T, T], true or false, in place of all else that is said of that; null: as is said. For texts that branch, with <see cref="Ordinals"/>.</summary>
    internal Tensor? Allowed { get; init; }

    /// <summary>The places [B, T] of the pass's tokens, 64-bit; null where they follow from the rest.</summary>
    internal Tensor? Ordinals { get; init; }

    /// <summary>Keys and values of tokens read before; null without.</summary>
    internal KeyValueCache? Cache { get; init; }

    /// <summary>What is added to the scores [B or 1, 1, T, S]; null where nothing is, or where causality alone is.</summary>
    /// <param name="count">Tokens of the pass T.</param>
    /// <param name="read">Tokens read before.</param>
    /// <param name="always">Whether causality alone has a bias as well.</param>
    internal Tensor? Bias(long count, long read, bool always)
    {
        if (Allowed is not null) return ToBias(Allowed);
        var isTriangle = IsCausal && count > 1;
        if (Real is null && Prefix is null && !(isTriangle && (always || read > 0))) return null;
        Tensor? allowed = null;
        if (isTriangle || Prefix is not null)
        {
            var (key, query) = (arange(read + count).view(1, 1, 1, -1), arange(read, read + count).view(1, 1, -1, 1));
            if (isTriangle) allowed = key.le(query);
            if (isTriangle && Prefix is not null) allowed = allowed!.logical_or(key.lt(Prefix.view(-1, 1, 1, 1)));
        }
        return ToBias(Real is null ? allowed : allowed is null ? OfReal(Real) : allowed.logical_and(OfReal(Real)));
    }

    /// <summary>What is added to the scores of what an encoder read [B, 1, 1, M]; null where nothing is.</summary>
    internal Tensor? MemoryBias() => MemoryReal is null ? null : ToBias(OfReal(MemoryReal));

    /// <summary>The places [B, T] of the pass's tokens, counting real ones; null where they follow each other.</summary>
    internal Tensor? Places(long count)
    {
        if (Ordinals is not null) return Ordinals;
        if (Real is null) return null;
        using Scalar one = 1, zero = 0;
        return Real.cumsum(1).sub(one).clamp_min(zero).narrow(1, Real.shape[1] - count, count);
    }

    private static Tensor OfReal(Tensor real) => real.to(ScalarType.Bool).view(real.shape[0], 1, 1, real.shape[1]);

    // A row that attends to nothing, as of padding, must not become NaN: so no infinity.
    private static Tensor? ToBias(Tensor? allowed)
    {
        if (allowed is null) return null;
        using Scalar one = 1, far = 1e9f;
        return allowed.to(ScalarType.Float32).sub(one).mul(far);
    }
}
