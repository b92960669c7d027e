using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// A small transformer encoder over words (Vaswani et al. 2017, its layer norms before attention as in Xiong et al. 2020): embeddings and
/// learned positions, blocks that attend to words alone and never to padding, and the mean over the words, with any numbers beside it.
/// </summary>
[Version(1)]
public sealed class TextTransformer : Encoder
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly Embedding embedding;
    private readonly Parameter pos_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly double dropout;

    internal TextTransformer(InputShape shape, ModelOptions options) : base(nameof(TextTransformer))
    {
        var width = options.Embedding;
        dropout = options.Dropout;
        Features = width + shape.Numbers;
        embedding = Initial.Embedding(shape.Tokens, width, 0.02);
        pos_embed = Initial.Normal(0.02, 1, options.Length, width);
        blocks = TransformerBlock.Stack(options);
        norm = nn.LayerNorm(width, TransformerBlock.Epsilon);
        register_module("embedding", embedding);
        register_parameter("pos_embed", pos_embed);
        register_module("blocks", blocks);
        register_module("norm", norm);
    }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var ids = inputs.Tokens!;
        var real = ids.to(ScalarType.Bool).to(ScalarType.Float32); // [B, L]: 1 for a word, 0 for padding
        using Scalar one = 1, far = 1e9;
        var bias = ((real - one) * far).view(ids.shape[0], 1, 1, ids.shape[1]);
        var words = embedding.forward(ids) + pos_embed.narrow(1, 0, ids.shape[1]);
        if (dropout > 0) words = nn.functional.dropout(words, dropout, training);
        foreach (var block in blocks) words = block.forward(words, bias);
        words = norm.forward(words);
        var mean = (words * real.unsqueeze(2)).sum(1) / real.sum(1, keepdim: true).clamp_min(one); // a text without a word is 0
        return inputs.Numbers is { } numbers ? cat([mean, numbers], 1) : mean;
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name)
    {
        using var embeddings = embedding.weight!;
        var real = graph.Words();
        var bias = graph.Add("Mul", [graph.Add("Sub", [graph.Add("Unsqueeze", [graph.Transpose(real, 0, 2, 1), graph.Whole([1])]), graph.Number(1)]), graph.Number(1e9f)]);
        var length = graph.Add("Shape", graph.Tokens!.Value, ("start", 1L), ("end", 2L));
        var positions = graph.Add("Slice", [graph.Weight(name + ".pos_embed", pos_embed), graph.Whole([0]), length, graph.Whole([1])]);
        var words = graph.Add("Add", [graph.Add("Gather", [graph.Weight(name + ".embedding.weight", embeddings), graph.Tokens.Value]), positions]);
        for (var i = 0; i < blocks.Count; i++) words = blocks[i].Export(graph, $"{name}.blocks.{i}", words, bias);
        return graph.BesideNumbers(graph.MeanOverWords(graph.LayerNorm(name + ".norm", words, norm, TransformerBlock.Epsilon), real));
    }
}
