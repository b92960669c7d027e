using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Features to projections (Chen et al. 2020b): hidden layers with batch norm and ReLU, and a last layer with batch norm alone.</summary>
[Version(1)]
internal sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> layers = [];
    private readonly ModuleList<BatchNorm1d> norms = [];

    /// <param name="features">Numbers a feature vector.</param>
    /// <param name="depth">Layers.</param>
    /// <param name="width">Numbers a projection.</param>
    public ProjectionHead(int features, int depth, int width) : base(nameof(ProjectionHead))
    {
        for (var i = 0; i < depth; i++)
        {
            var outputs = i == depth - 1 ? width : features;
            layers.Add(nn.Linear(features, outputs, hasBias: false));
            norms.Add(nn.BatchNorm1d(outputs));
        }
        register_module("layers", layers);
        register_module("norms", norms);
    }

    /// <summary>How many hidden layers it has, which a fine-tuned network may keep.</summary>
    public int Hidden => layers.Count - 1;

    /// <summary>Copies a hidden layer and its norm.</summary>
    public void CopyLayer(int layer, Linear into, BatchNorm1d norm)
    {
        into.weight!.copy_(layers[layer].weight!);
        var own = norms[layer].state_dict();
        foreach (var (name, value) in norm.state_dict()) value.copy_(own[name]);
    }

    public override Tensor forward(Tensor features)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            features = norms[i].forward(layers[i].forward(features));
            if (i < layers.Count - 1) features = nn.functional.relu(features);
        }
        return features;
    }
}

/// <summary>An encoder with a projection head that is dropped after training.</summary>
internal sealed class ProjectedEncoder : nn.Module
{
    private readonly ProjectionHead head;

    public ProjectionHead Head => head;

    public ProjectedEncoder(Models.Encoder encoder, int depth, int width) : base(nameof(ProjectedEncoder))
    {
        Encoder = encoder;
        head = new ProjectionHead(encoder.Features, depth, width);
        register_module("encoder", encoder);
        register_module("head", head);
    }

    public Models.Encoder Encoder { get; }

    /// <summary>Projections of several views, each [B, d]: one pass over all of them, so that batch norm sees them together.</summary>
    public Tensor[] Project(Data.Inputs[] views)
    {
        var all = head.forward(Encoder.forward(new(Together(views.Select(v => v.Image)), Together(views.Select(v => v.Numbers)), null)));
        return all.chunk(views.Length, 0);
    }

    private static Tensor? Together(IEnumerable<Tensor?> parts) => parts.OfType<Tensor>().ToArray() is { Length: > 0 } all ? cat(all, 0) : null;
}
