using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// A small residual network over images (He et al. 2016): a 3×3 convolution, three stages that each halve the image and
/// double the channels, and the mean over positions.
/// </summary>
[Version(1)]
public sealed class ResidualNetwork : Encoder
{
    private readonly Conv2d stem;
    private readonly BatchNorm2d norm;
    private readonly ModuleList<ResidualBlock> blocks = [];
    private readonly double dropout;

    internal ResidualNetwork(InputShape shape, int width, int depth, double dropout) : base(nameof(ResidualNetwork))
    {
        this.dropout = dropout;
        stem = Convolution.Create(shape.Channels, width, 3);
        norm = nn.BatchNorm2d(width);
        Features = width;
        for (var stage = 0; stage < 3; stage++)
            for (var block = 0; block < depth; block++)
            {
                var channels = width << stage;
                blocks.Add(new ResidualBlock(Features, channels, block == 0 ? 2 : 1));
                Features = channels;
            }
        register_module("stem", stem);
        register_module("norm", norm);
        register_module("blocks", blocks);
    }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var features = nn.functional.relu(norm.forward(stem.forward(inputs.Image!)));
        foreach (var block in blocks) features = block.forward(features);
        features = features.mean([2, 3]);
        return dropout > 0 ? nn.functional.dropout(features, dropout, training) : features;
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name)
    {
        var features = graph.Add("Relu", Convolution.Export(graph, name + ".norm", Convolution.Export(graph, name + ".stem", graph.Image!.Value, stem), norm));
        for (var i = 0; i < blocks.Count; i++) features = blocks[i].Export(graph, $"{name}.blocks.{i}", features);
        return graph.Add("ReduceMean", [features, graph.Whole([2, 3])], ("keepdims", 0L));
    }
}

/// <summary>Two 3×3 convolutions with batch normalisation around a shortcut.</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;
    private readonly Conv2d? shortcut;

    public ResidualBlock(int inputs, int outputs, int stride) : base(nameof(ResidualBlock))
    {
        conv1 = Convolution.Create(inputs, outputs, 3, stride: stride);
        bn1 = nn.BatchNorm2d(outputs);
        conv2 = Convolution.Create(outputs, outputs, 3);
        bn2 = nn.BatchNorm2d(outputs);
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        register_module("conv2", conv2);
        register_module("bn2", bn2);
        if (stride == 1 && inputs == outputs) return;
        shortcut = Convolution.Create(inputs, outputs, 1, stride: stride);
        register_module("shortcut", shortcut);
    }

    public override Tensor forward(Tensor features)
    {
        var inner = nn.functional.relu(bn1.forward(conv1.forward(features)));
        inner = bn2.forward(conv2.forward(inner));
        return nn.functional.relu(inner + (shortcut?.forward(features) ?? features));
    }

    public OnnxValue Export(OnnxGraph graph, string name, OnnxValue features)
    {
        var inner = graph.Add("Relu", Convolution.Export(graph, name + ".bn1", Convolution.Export(graph, name + ".conv1", features, conv1), bn1));
        inner = Convolution.Export(graph, name + ".bn2", Convolution.Export(graph, name + ".conv2", inner, conv2), bn2);
        return graph.Add("Relu", graph.Add("Add", [inner, shortcut is null ? features : Convolution.Export(graph, name + ".shortcut", features, shortcut)]));
    }
}
