using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Linear layers with ReLU over flattened images and numbers; without hidden layers, the inputs themselves.</summary>
[Version(1)]
public sealed class MultilayerPerceptron : Encoder
{
    private readonly HiddenLayers hidden;

    internal MultilayerPerceptron(InputShape shape, int[] widths, double dropout) : base(nameof(MultilayerPerceptron))
    {
        hidden = new HiddenLayers(shape.Pixels + shape.Numbers, widths, dropout);
        register_module("hidden", hidden);
    }

    /// <inheritdoc/>
    public override int Features => hidden.Features;

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var flat = inputs.Image?.flatten(1);
        return hidden.forward((flat, inputs.Numbers) switch
        {
            ({ } image, { } numbers) => cat([image, numbers], 1),
            ({ } image, null) => image,
            (null, { } numbers) => numbers,
            _ => throw new InvalidOperationException("a multilayer perceptron needs images or numbers"),
        });
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name) =>
        hidden.Export(graph, name + ".hidden", graph.Image is { } image ? graph.BesideNumbers(graph.Add("Flatten", image, ("axis", 1L))) : graph.Numbers!.Value);
}

/// <summary>Linear layers, each followed by ReLU and dropout.</summary>
internal sealed class HiddenLayers : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> layers = [];
    private readonly double dropout;

    public HiddenLayers(int inputs, int[] widths, double dropout) : base(nameof(HiddenLayers))
    {
        this.dropout = dropout;
        Features = inputs;
        foreach (var width in widths)
        {
            layers.Add(nn.Linear(Features, width));
            Features = width;
        }
        register_module("layers", layers);
    }

    public int Features { get; }

    public override Tensor forward(Tensor features)
    {
        foreach (var layer in layers)
        {
            features = nn.functional.relu(layer.forward(features));
            if (dropout > 0) features = nn.functional.dropout(features, dropout, training);
        }
        return features;
    }

    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue features)
    {
        for (var i = 0; i < layers.Count; i++) features = graph.Add("Relu", graph.Linear($"{name}.layers.{i}", features, layers[i]));
        return features;
    }
}
