using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Layers over token vectors, with the norm behind the last; and the embedding of tokens where it is not shared with another stack.</summary>
internal sealed class TransformerStack : nn.Module
{
    private readonly Embedding? embed_tokens;
    private readonly QuantisedMatrix? quantisedTokens;
    private readonly Parameter? embed_positions;
    private readonly nn.Module<Tensor, Tensor>? embed_layernorm, norm;
    private readonly TransformerLayer[] all;
    private readonly RotaryPositions? rotary;
    private readonly ChunkedPositions? chunked;
    private readonly TransformerOptions options;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">The options.</param>
    /// <param name="vocabulary">Tokens it embeds itself; 0 for none.</param>
    /// <param name="hasMemory">Whether it attends to what an encoder read.</param>
    public TransformerStack(TransformerOptions options, int vocabulary, bool hasMemory = false) : base(nameof(TransformerStack))
    {
        this.options = options;
        if (vocabulary > 0 && options.QuantisedBits > 0) quantisedTokens = new(vocabulary, options.Width, 8); // rows that are looked up one by one, and of tied models the output layer: worth eight bits
        else if (vocabulary > 0)
        {
            embed_tokens = Initial.Embedding(vocabulary, options.Width, options.InitialDeviation);
            register_module("embed_tokens", embed_tokens);
        }
        if (options.Positions == PositionKind.Learned)
        {
            embed_positions = Initial.Normal(options.InitialDeviation, options.Length, options.Width);
            register_parameter("embed_positions", embed_positions);
        }
        if (options.Chunk > 0) chunked = new(options);
        else if (options.Positions == PositionKind.Rotary) rotary = new(options);
        if (options.NormAfter)
        {
            embed_layernorm = RootMeanSquareNorm.Create(options);
            register_module("embed_layernorm", embed_layernorm);
        }
        all = [.. Enumerable.Range(0, options.Layers).Select(_ => new TransformerLayer(options, hasMemory))];
        var layers = new ModuleGroup(all);
        register_module("layers", layers);
        if (options.NormAfter) return;
        norm = RootMeanSquareNorm.Create(options);
        register_module("norm", norm);
    }

    /// <summary>A linear layer of a transformer: with an adapter beside it, or as <see cref="Linear"/>.</summary>
    public static nn.Module<Tensor, Tensor> Projection(TransformerOptions options, int inputs, int outputs, bool hasBias) =>
        options.QuantisedBits > 0 ? new QuantisedLinear(inputs, outputs, hasBias, options.QuantisedBits)
        : options.AdapterRank > 0 ? new AdaptedLinear(inputs, outputs, hasBias, options.AdapterRank, options.AdapterAlpha) : Linear(options, inputs, outputs, hasBias);

    /// <summary>A linear layer as large language models begin: normal weights, constants of 0.</summary>
    public static Linear Linear(TransformerOptions options, int inputs, int outputs, bool hasBias)
    {
        var linear = nn.Linear(inputs, outputs, hasBias);
        nn.init.normal_(linear.weight!, 0, options.InitialDeviation);
        if (hasBias) nn.init.zeros_(linear.bias!);
        return linear;
    }

    /// <summary>Token vectors [B, T, D] of ids [B, T].</summary>
    public Tensor Embed(Tensor ids) => quantisedTokens is null ? embed_tokens!.forward(ids) : QuantisedLinear.Embed(quantisedTokens, ids);

    /// <summary>The embedding's weights where they are rounded; else null.</summary>
    public QuantisedMatrix? QuantisedTokens => quantisedTokens;

    /// <summary>The embedding's weights [V, D], a handle of its own.</summary>
    public Parameter Tokens => embed_tokens!.weight!;

    /// <summary>Features [B, T, D] of token vectors [B, T, D].</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="pass">What they may attend to.</param>
    /// <param name="watch">Sees what enters each layer; null for nobody.</param>
    public Tensor Forward(Tensor vectors, TransformerPass pass, Action<int, Tensor>? watch = null)
    {
        var (count, read) = (vectors.shape[1], pass.Cache?.Length ?? 0);
        var places = pass.Places(count);
        var chunks = chunked is null ? null : new ChunkedPlaces(chunked, places ?? arange(read, read + count).view(1, -1), pass.Places(read + count) ?? arange(read + count).view(1, -1));
        var turn = rotary is null ? null : places is null ? rotary.At(read, count) : ((Tensor, Tensor)?)rotary.At(places, read + count);
        if (embed_positions is not null) vectors = vectors + (places is null ? embed_positions.narrow(0, read, count) : embed_positions.index_select(0, places.flatten()).view(places.shape[0], count, options.Width));
        if (embed_layernorm is not null) vectors = embed_layernorm.forward(vectors);
        if (options.Dropout > 0) vectors = nn.functional.dropout(vectors, options.Dropout, training);
        var (bias, memoryBias) = (pass.Bias(count, read, always: false), pass.MemoryBias());
        for (var layer = 0; layer < all.Length; layer++)
        {
            watch?.Invoke(layer, vectors);
            vectors = all[layer].Forward(vectors, pass, turn, chunks, bias, memoryBias, layer);
        }
        return norm is null ? vectors : norm.forward(vectors);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rotary?.Dispose();
            chunked?.Dispose();
        }
        base.Dispose(disposing);
    }
}
