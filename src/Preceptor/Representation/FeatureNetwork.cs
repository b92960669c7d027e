using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>An encoder of columns as a network over inputs.</summary>
internal sealed class ColumnFeatures : nn.Module<Inputs, Tensor>
{
    public ColumnFeatures(ColumnEncoder columns) : base(nameof(ColumnFeatures))
    {
        Columns = columns;
        register_module("columns", columns);
    }

    public ColumnEncoder Columns { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs) => Columns.forward(inputs.Numbers!);
}

/// <summary>An encoder, the first layers of its projection head if they are kept, and a classifier on top if it was fine-tuned.</summary>
[Version(1)]
internal sealed class FeatureNetwork : nn.Module<Inputs, Tensor>
{
    private readonly ModuleList<Linear> layers = [];
    private readonly ModuleList<BatchNorm1d> norms = [];
    private readonly Linear? classifier;

    /// <param name="encoder">The encoder.</param>
    /// <param name="headLayers">How many layers of the head are kept.</param>
    /// <param name="classes">Classes of the classifier, which starts at zero; 0 for none.</param>
    public FeatureNetwork(Encoder encoder, int headLayers = 0, int classes = 0) : this(encoder, encoder.Features, headLayers, classes) { }

    /// <param name="columns">An encoder of columns.</param>
    public FeatureNetwork(ColumnEncoder columns) : this(new ColumnFeatures(columns), columns.Features, 0, 0) { }

    private FeatureNetwork(nn.Module<Inputs, Tensor> encoder, int features, int headLayers, int classes) : base(nameof(FeatureNetwork))
    {
        (Encoder, Features, Classes) = (encoder, features, classes);
        for (var i = 0; i < headLayers; i++)
        {
            layers.Add(nn.Linear(features, features, hasBias: false));
            norms.Add(nn.BatchNorm1d(features));
        }
        register_module("encoder", encoder);
        if (headLayers > 0)
        {
            register_module("layers", layers);
            register_module("norms", norms);
        }
        if (classes == 0) return;
        classifier = nn.Linear(features, classes);
        nn.init.zeros_(classifier.weight!);
        nn.init.zeros_(classifier.bias!);
        register_module("classifier", classifier);
    }

    public nn.Module<Inputs, Tensor> Encoder { get; }

    public int Features { get; }

    /// <summary>The form of an encoder of columns; null for another.</summary>
    public ColumnEncoderOptions? Columns => (Encoder as ColumnFeatures)?.Columns.Options;

    public int HeadLayers => layers.Count;

    public int Classes { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs)
    {
        var features = Encoder.forward(inputs);
        for (var i = 0; i < layers.Count; i++) features = nn.functional.relu(norms[i].forward(layers[i].forward(features)));
        return features;
    }

    /// <summary>Logits [B, C].</summary>
    public Tensor Classify(Inputs inputs) => classifier!.forward(forward(inputs));

    /// <summary>Takes over the first layers of a head.</summary>
    public void TakeFrom(ProjectionHead head)
    {
        using var noGradient = no_grad();
        for (var i = 0; i < layers.Count; i++) head.CopyLayer(i, layers[i], norms[i]);
    }

    /// <summary>Leaves the statistics of all batch norms as they are: a handful of labelled rows must not move them.</summary>
    public void KeepStatistics()
    {
        foreach (var module in modules())
            if (module is BatchNorm1d or BatchNorm2d) module.eval();
    }
}
