using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Multi-head attention (Vaswani et al. 2017), in which several heads of queries may share one of keys and values (Ainslie et al. 2023). Names are Hugging Face's.</summary>
internal sealed class Attention : nn.Module
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly nn.Module<Tensor, Tensor> q_proj, k_proj, v_proj, o_proj;
    private readonly RelativePositions? relative;
    private readonly int heads, shared, size;

    /// <summary>Creates it.</summary>
    /// <param name="options">The transformer's options.</param>
    /// <param name="isCross">Whether keys and values are of what an encoder read; places then mean nothing.</param>
    public Attention(TransformerOptions options, bool isCross = false) : base(nameof(Attention))
    {
        (heads, shared, size) = (options.Heads, options.KeyValueHeadCount, options.HeadSize);
        nn.Module<Tensor, Tensor> Of(int inputs, int outputs, BiasKind from) => TransformerStack.Projection(options, inputs, outputs, options.Bias >= from);
        q_proj = Of(options.Width, heads * size, BiasKind.QueryKeyValue);
        k_proj = Of(options.Width, shared * size, BiasKind.QueryKeyValue);
        v_proj = Of(options.Width, shared * size, BiasKind.QueryKeyValue);
        o_proj = Of(heads * size, options.Width, BiasKind.All);
        register_module("q_proj", q_proj);
        register_module("k_proj", k_proj);
        register_module("v_proj", v_proj);
        register_module("o_proj", o_proj);
        if (options.Positions != PositionKind.Relative || isCross) return;
        relative = new(options.MaxDistance, size, options.InitialDeviation);
        register_module("relative", relative);
    }

    /// <summary>Features [B, T, D] of features [B, T, D], by attention among themselves.</summary>
    /// <param name="features">The tokens.</param>
    /// <param name="pass">What they may attend to.</param>
    /// <param name="turn">Rotary positions; null for others.</param>
    /// <param name="chunks">Rotary positions in chunks, in place of those; null without.</param>
    /// <param name="bias">What is added to the scores.</param>
    /// <param name="layer">Which layer of the stack it is.</param>
    public Tensor Forward(Tensor features, TransformerPass pass, (Tensor Cosine, Tensor Sine)? turn, ChunkedPlaces? chunks, Tensor? bias, int layer)
    {
        var (query, key, value) = (Split(q_proj.forward(features), heads), Split(k_proj.forward(features), shared), Split(v_proj.forward(features), shared));
        if (chunks is not null) key = chunks.TurnKeys(key);
        else if (turn is { } by) (query, key) = (RotaryPositions.Turn(query, by), RotaryPositions.Turn(key, by));
        if (pass.Cache is { } cache) (key, value) = cache.Append(layer, key, value);
        return Merge(Attend(query, key, value, chunks, bias, isTriangle: bias is null && pass.IsCausal && features.shape[1] > 1, pass.IsPlain));
    }

    /// <summary>Features [B, T, D] of features [B, T, D], by attention to what an encoder read.</summary>
    public Tensor Cross(Tensor features, TransformerPass pass, Tensor? bias, int layer)
    {
        var (key, value) = pass.Cache is { } cache ? cache.Memory(layer, Read) : Read();
        return Merge(Attend(Split(q_proj.forward(features), heads), key, value, null, bias, false, pass.IsPlain));
        (Tensor, Tensor) Read() => (Split(k_proj.forward(pass.Memory!), shared), Split(v_proj.forward(pass.Memory!), shared));
    }

    private Tensor Attend(Tensor query, Tensor key, Tensor value, ChunkedPlaces? chunks, Tensor? bias, bool isTriangle, bool isPlain)
    {
        if (shared != heads) (key, value) = (key.repeat_interleave(heads / shared, 1), value.repeat_interleave(heads / shared, 1));
        if (bias is not null && bias.dtype != query.dtype) bias = bias.to(query.dtype);
        if (relative is null && chunks is null && !isPlain) return nn.functional.scaled_dot_product_attention(query, key, value, bias, 0, isTriangle);
        using Scalar scale = 1 / Math.Sqrt(size);
        var scaled = query * scale;
        var scores = chunks?.Scores(scaled, key) ?? scaled.matmul(key.transpose(2, 3)); // [B, H, T, S]
        var distances = relative?.Distances(query.shape[2], key.shape[2]);
        if (distances is not null) scores = scores + relative!.Scores(scaled, distances);
        if (bias is not null) scores = scores + bias;
        else if (isTriangle) scores = scores + TransformerPass.Causal.Bias(query.shape[2], key.shape[2] - query.shape[2], always: true)!;
        var weights = nn.functional.softmax(scores, 3);
        var mixed = weights.matmul(value);
        return distances is null ? mixed : mixed + relative!.Values(weights, distances);
    }

    private Tensor Split(Tensor features, int count) => features.view(features.shape[0], features.shape[1], count, size).transpose(1, 2); // [B, H, T, d]

    private Tensor Merge(Tensor mixed) => o_proj.forward(mixed.transpose(1, 2).reshape(mixed.shape[0], mixed.shape[2], heads * size));
}

/// <summary>Relative positions (Shaw et al. 2018, eqs. 3 and 4): learned vectors of the clipped distance j − i beside keys and values, shared by the heads.</summary>
internal sealed class RelativePositions : nn.Module
{
    private readonly Parameter keys, values;
    private readonly int limit;

    public RelativePositions(int limit, int size, double deviation) : base(nameof(RelativePositions))
    {
        this.limit = limit;
        keys = Initial.Normal(deviation, 2 * limit + 1, size);
        values = Initial.Normal(deviation, 2 * limit + 1, size);
        register_parameter("keys", keys);
        register_parameter("values", values);
    }

    /// <summary>Which vector each pair of query and key has [T × S]; the queries are the last of the keys' tokens.</summary>
    public Tensor Distances(long queries, long count)
    {
        using Scalar low = -limit, high = limit, up = limit;
        return (arange(count).view(1, -1) - arange(count - queries, count).view(-1, 1)).clamp(low, high).add(up).flatten();
    }

    /// <summary>What is added to the scores [B, H, T, S] of queries [B, H, T, d].</summary>
    public Tensor Scores(Tensor queries, Tensor distances)
    {
        var (rows, heads, count, size) = (queries.shape[0], queries.shape[1], queries.shape[2], queries.shape[3]);
        var vectors = keys.index_select(0, distances).view(count, -1, size); // [T, S, d]
        return queries.permute(2, 0, 1, 3).reshape(count, rows * heads, size).matmul(vectors.transpose(1, 2)).view(count, rows, heads, -1).permute(1, 2, 0, 3);
    }

    /// <summary>What is added to the mixed values [B, H, T, d] by weights [B, H, T, S].</summary>
    public Tensor Values(Tensor weights, Tensor distances)
    {
        var (rows, heads, count, others) = (weights.shape[0], weights.shape[1], weights.shape[2], weights.shape[3]);
        var vectors = values.index_select(0, distances).view(count, others, -1); // [T, S, d]
        return weights.permute(2, 0, 1, 3).reshape(count, rows * heads, others).matmul(vectors).view(count, rows, heads, -1).permute(1, 2, 0, 3);
    }
}
