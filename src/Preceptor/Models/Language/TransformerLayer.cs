using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>One layer of a transformer: attention, attention to what an encoder read where there is one, and the feed-forward part, each added to what came in. Names are Hugging Face's.</summary>
internal sealed class TransformerLayer : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> input_layernorm, post_attention_layernorm;
    private readonly nn.Module<Tensor, Tensor>? cross_layernorm;
    private readonly Attention self_attn;
    private readonly Attention? cross_attn;
    private readonly TransformerFeedForward mlp;
    private readonly bool normsAfter;
    private readonly double dropout;

    public TransformerLayer(TransformerOptions options, bool hasMemory) : base(nameof(TransformerLayer))
    {
        (normsAfter, dropout) = (options.NormAfter, options.Dropout);
        input_layernorm = RootMeanSquareNorm.Create(options);
        self_attn = new(options);
        post_attention_layernorm = RootMeanSquareNorm.Create(options);
        mlp = new(options);
        register_module("input_layernorm", input_layernorm);
        register_module("self_attn", self_attn);
        register_module("post_attention_layernorm", post_attention_layernorm);
        register_module("mlp", mlp);
        if (!hasMemory) return;
        cross_layernorm = RootMeanSquareNorm.Create(options);
        cross_attn = new(options, isCross: true);
        register_module("cross_layernorm", cross_layernorm);
        register_module("cross_attn", cross_attn);
    }

    /// <summary>Features [B, T, D] of features [B, T, D].</summary>
    public Tensor Forward(Tensor features, TransformerPass pass, (Tensor Cosine, Tensor Sine)? turn, ChunkedPlaces? chunks, Tensor? bias, Tensor? memoryBias, int layer)
    {
        features = Add(features, input_layernorm, x => self_attn.Forward(x, pass, turn, chunks, bias, layer));
        if (cross_attn is not null) features = Add(features, cross_layernorm!, x => cross_attn.Cross(x, pass, memoryBias, layer));
        return Add(features, post_attention_layernorm, mlp.forward);
    }

    private Tensor Add(Tensor features, nn.Module<Tensor, Tensor> norm, Func<Tensor, Tensor> part)
    {
        var added = part(normsAfter ? features : norm.forward(features));
        if (dropout > 0) added = nn.functional.dropout(added, dropout, training);
        return normsAfter ? norm.forward(features + added) : features + added;
    }
}

/// <summary>The feed-forward part of a layer.</summary>
internal sealed class TransformerFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor>? gate_proj;
    private readonly nn.Module<Tensor, Tensor> up_proj, down_proj;
    private readonly FeedForwardKind kind;

    public TransformerFeedForward(TransformerOptions options) : base(nameof(TransformerFeedForward))
    {
        kind = options.FeedForward;
        nn.Module<Tensor, Tensor> Of(int inputs, int outputs) => TransformerStack.Projection(options, inputs, outputs, options.Bias == BiasKind.All);
        if (kind == FeedForwardKind.SwiGlu)
        {
            gate_proj = Of(options.Width, options.HiddenSize);
            register_module("gate_proj", gate_proj);
        }
        up_proj = Of(options.Width, options.HiddenSize);
        down_proj = Of(options.HiddenSize, options.Width);
        register_module("up_proj", up_proj);
        register_module("down_proj", down_proj);
    }

    public override Tensor forward(Tensor features) => down_proj.forward(kind switch
    {
        FeedForwardKind.SwiGlu => nn.functional.silu(gate_proj!.forward(features)) * up_proj.forward(features),
        FeedForwardKind.GeluTanh => GeluTanh(up_proj.forward(features)),
        FeedForwardKind.Relu => nn.functional.relu(up_proj.forward(features)),
        _ => nn.functional.gelu(up_proj.forward(features)),
    });

    private static Tensor GeluTanh(Tensor x)
    {
        using TorchSharp.Scalar half = 0.5, one = 1, root = Math.Sqrt(2 / Math.PI), cubic = 0.044715;
        return x * half * ((x + x * x * x * cubic) * root).tanh().add(one);
    }
}
