using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// Convolutions of widths 3, 4 and 5 over word embeddings, ReLU, and the largest value of each feature map over the text, with any
/// numbers beside it (Kim 2014, CNN-rand; its dropout before the head is 0.5).
/// </summary>
/// <remarks>A window is centred at each word, over zeros beyond the text's ends, so that padding changes nothing and a text of one word has a window.</remarks>
[Version(1)]
public sealed class TextConvolution : Encoder
{
    private static readonly int[] Widths = [3, 4, 5];

    private readonly Embedding embedding;
    private readonly ModuleList<WordWindows> convs;
    private readonly double dropout;

    internal TextConvolution(InputShape shape, ModelOptions options) : base(nameof(TextConvolution))
    {
        dropout = options.Dropout;
        Features = Widths.Length * options.Filters + shape.Numbers;
        embedding = Initial.Embedding(shape.Tokens, options.Embedding, 0.1);
        convs = [.. Widths.Select(width => new WordWindows(options.Embedding, options.Filters, width))];
        register_module("embedding", embedding);
        register_module("convs", convs);
    }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var real = inputs.Tokens!.to(ScalarType.Bool).to(ScalarType.Float32).unsqueeze(2); // [B, L, 1]: 1 for a word, 0 for padding
        var words = embedding.forward(inputs.Tokens) * real; // [B, L, D]
        // After ReLU nothing is below 0, so that windows at padding, set to 0, never are the largest.
        var features = cat([.. convs.Select(conv => (nn.functional.relu(conv.forward(words)) * real).amax([1]))], 1);
        if (dropout > 0) features = nn.functional.dropout(features, dropout, training);
        return inputs.Numbers is { } numbers ? cat([features, numbers], 1) : features;
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name)
    {
        using var embeddings = embedding.weight!;
        var real = graph.Words();
        var words = graph.Add("Mul", [graph.Add("Gather", [graph.Weight(name + ".embedding.weight", embeddings), graph.Tokens!.Value]), real]);
        OnnxValue channels = graph.Transpose(words, 0, 2, 1), mask = graph.Transpose(real, 0, 2, 1);
        OnnxValue Largest(int i) => graph.Add("ReduceMax", [graph.Add("Mul", [graph.Add("Relu", convs[i].Export(graph, $"{name}.convs.{i}", channels)), mask]), graph.Whole([2])], ("keepdims", 0L));
        return graph.BesideNumbers(graph.Add("Concat", [.. Enumerable.Range(0, convs.Count).Select(Largest)], ("axis", 1L)));
    }
}

/// <summary>A one-dimensional convolution's parameters, computed as one matrix product over windows: right for any number of channels (see <see cref="Convolution"/>), and as fast.</summary>
internal sealed class WordWindows : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;

    public WordWindows(int inputs, int outputs, int width) : base(nameof(WordWindows))
    {
        weight = Initial.Uniform(Math.Sqrt(6.0 / (inputs * width)), outputs, inputs, width);
        bias = nn.Parameter(zeros(outputs));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /// <summary>[B, L, outputs] from [B, L, inputs]: a window around each position.</summary>
    public override Tensor forward(Tensor words)
    {
        var (inputs, width) = (weight.shape[1], weight.shape[2]);
        var windows = nn.functional.pad(words, [0, 0, width / 2, (width - 1) / 2]).unfold(1, width, 1); // [B, L, inputs, width]
        return nn.functional.linear(windows.reshape(words.shape[0], words.shape[1], inputs * width), weight.flatten(1), bias);
    }

    /// <summary>[B, outputs, L] from [B, inputs, L].</summary>
    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue channels)
    {
        var width = weight.shape[2];
        return graph.Add("Conv", [channels, graph.Weight(name + ".weight", weight), graph.Weight(name + ".bias", bias)], ("pads", new[] { width / 2, (width - 1) / 2 }));
    }
}
