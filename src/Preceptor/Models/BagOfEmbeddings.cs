using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>The mean of the token embeddings of a text, with any numbers beside it, through hidden layers (Joulin et al. 2017, fastText).</summary>
[Version(1)]
public sealed class BagOfEmbeddings : Encoder
{
    private readonly EmbeddingBag embedding;
    private readonly HiddenLayers hidden;

    internal BagOfEmbeddings(InputShape shape, int width, int[] widths, double dropout) : base(nameof(BagOfEmbeddings))
    {
        embedding = nn.EmbeddingBag(shape.Tokens, width, mode: EmbeddingBagMode.Mean, padding_index: 0);
        hidden = new HiddenLayers(width + shape.Numbers, widths, dropout);
        register_module("embedding", embedding);
        register_module("hidden", hidden);
    }

    /// <inheritdoc/>
    public override int Features => hidden.Features;

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var mean = embedding.forward(inputs.Tokens!, null, null);
        return hidden.forward(inputs.Numbers is { } numbers ? cat([mean, numbers], 1) : mean);
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name)
    {
        var embeddings = graph.Add("Gather", [graph.Weight(name + ".embedding.weight", embedding.get_parameter("weight")!), graph.Tokens!.Value]);
        return hidden.Export(graph, name + ".hidden", graph.BesideNumbers(graph.MeanOverWords(embeddings, graph.Words())));
    }
}
