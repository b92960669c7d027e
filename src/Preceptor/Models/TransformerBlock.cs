using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// A pre-norm transformer block: x + attention(norm(x)), then x + mlp(norm(x)) (Vaswani et al. 2017; the order of
/// Dosovitskiy et al. 2021, eqs. 2 and 3). Names of parameters are timm's.
/// </summary>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor?, Tensor>
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly LayerNorm norm1, norm2;
    private readonly SelfAttention attn;
    private readonly FeedForward mlp;
    private readonly double dropout;

    public TransformerBlock(int width, int heads, double dropout) : base(nameof(TransformerBlock))
    {
        this.dropout = dropout;
        norm1 = nn.LayerNorm(width, Epsilon);
        attn = new SelfAttention(width, heads);
        norm2 = nn.LayerNorm(width, Epsilon);
        mlp = new FeedForward(width, 4 * width);
        register_module("norm1", norm1);
        register_module("attn", attn);
        register_module("norm2", norm2);
        register_module("mlp", mlp);
    }

    /// <summary>What layer norms add to the variance.</summary>
    public const double Epsilon = 1e-6;

    /// <summary>A list of blocks.</summary>
    public static ModuleList<TransformerBlock> Stack(ModelOptions options)
    {
        var (width, heads) = (options.Embedding, options.Heads);
        if (width % heads != 0) throw new RequestException($"model.heads: {heads} does not divide model.embedding {width}; allowed: {string.Join(", ", Enumerable.Range(1, Math.Min(width, 64)).Where(h => width % h == 0))}");
        return [.. Enumerable.Range(0, options.Layers).Select(_ => new TransformerBlock(width, heads, options.Dropout))];
    }

    /// <summary>Features [B, L, D] from features [B, L, D]; the bias [B, 1, 1, L] is added to the attention to each position.</summary>
    public override Tensor forward(Tensor features, Tensor? bias)
    {
        features = features + Drop(attn.forward(norm1.forward(features), bias));
        return features + Drop(mlp.forward(norm2.forward(features)));
    }

    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue features, OnnxValue? bias)
    {
        features = graph.Add("Add", [features, attn.Export(graph, name + ".attn", graph.LayerNorm(name + ".norm1", features, norm1, Epsilon), bias)]);
        return graph.Add("Add", [features, mlp.Export(graph, name + ".mlp", graph.LayerNorm(name + ".norm2", features, norm2, Epsilon))]);
    }

    private Tensor Drop(Tensor features) => dropout > 0 ? nn.functional.dropout(features, dropout, training) : features;
}

/// <summary>Multi-head self-attention: softmax(q·kᵀ/√d)·v in each head.</summary>
/// <remarks>Torch's scaled_dot_product_attention has no second derivative, and saves a tenth of a training step at these sizes.</remarks>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Linear qkv, proj;
    private readonly int heads;

    public SelfAttention(int width, int heads) : base(nameof(SelfAttention))
    {
        this.heads = heads;
        qkv = Initial.Linear(width, 3 * width);
        proj = Initial.Linear(width, width);
        register_module("qkv", qkv);
        register_module("proj", proj);
    }

    public override Tensor forward(Tensor features, Tensor? bias)
    {
        var (batch, length, width) = (features.shape[0], features.shape[1], features.shape[2]);
        var parts = qkv.forward(features).reshape(batch, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // [3, B, H, L, d]
        using Scalar scale = 1 / Math.Sqrt(width / heads);
        var scores = (parts[0] * scale).matmul(parts[1].transpose(2, 3)); // [B, H, L, L]
        if (bias is not null) scores = scores + bias;
        return proj.forward(nn.functional.softmax(scores, 3).matmul(parts[2]).transpose(1, 2).reshape(batch, length, width));
    }

    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue features, OnnxValue? bias)
    {
        var width = proj.weight!.shape[0];
        var split = graph.Transpose(graph.Reshape(graph.Linear(name + ".qkv", features, qkv), 0, 0, 3, heads, width / heads), 2, 0, 3, 1, 4);
        OnnxValue Part(long part) => graph.Add("Gather", [split, graph.Whole([part], scalar: true)], ("axis", 0L));
        var scores = graph.Add("MatMul", [graph.Add("Mul", [Part(0), graph.Number((float)(1 / Math.Sqrt(width / heads)))]), graph.Transpose(Part(1), 0, 1, 3, 2)]);
        if (bias is { } added) scores = graph.Add("Add", [scores, added]);
        var mixed = graph.Transpose(graph.Add("MatMul", [graph.Add("Softmax", scores, ("axis", 3L)), Part(2)]), 0, 2, 1, 3);
        return graph.Linear(name + ".proj", graph.Reshape(mixed, 0, 0, width), proj);
    }
}

/// <summary>Two linear layers with GELU between.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1, fc2;

    public FeedForward(int width, int hidden) : base(nameof(FeedForward))
    {
        fc1 = Initial.Linear(width, hidden);
        fc2 = Initial.Linear(hidden, width);
        register_module("fc1", fc1);
        register_module("fc2", fc2);
    }

    public override Tensor forward(Tensor features) => fc2.forward(nn.functional.gelu(fc1.forward(features)));

    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue features) =>
        graph.Linear(name + ".fc2", graph.Add("Gelu", graph.Linear(name + ".fc1", features, fc1)), fc2);
}
