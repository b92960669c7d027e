using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Linear layers with GELU between, from one width over a hidden one to another. Weights begin so that signals are as large as in the released heads, whose deviation of 0.02 is for 2,048 numbers.</summary>
internal sealed class GeluHead : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> layers = [];

    /// <param name="inputs">Numbers in.</param>
    /// <param name="hidden">Numbers between.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <param name="depth">Layers.</param>
    public GeluHead(int inputs, int hidden, int outputs, int depth) : base(nameof(GeluHead))
    {
        for (var i = 0; i < depth; i++)
        {
            var layer = nn.Linear(i == 0 ? inputs : hidden, i == depth - 1 ? outputs : hidden);
            // Cut off at ±2, which is too far to matter; TorchSharp's own trunc_normal_ gives all numbers the same value.
            nn.init.normal_(layer.weight!, 0, 0.02 * Math.Sqrt(2048.0 / layer.weight!.shape[1]));
            nn.init.zeros_(layer.bias!);
            layers.Add(layer);
        }
        register_module("layers", layers);
    }

    /// <summary>Vectors of length 1.</summary>
    public override Tensor forward(Tensor features)
    {
        for (var i = 0; i < layers.Count; i++) features = layers[i].forward(i == 0 ? features : nn.functional.gelu(features));
        return nn.functional.normalize(features, 2, 1, 1e-12);
    }
}

/// <summary>
/// What student and teacher of <see cref="MultiGranularity"/> have in common: an encoder, heads for instances, local groups and groups, and the block that relates an image to its neighbours. The heads' outputs have length 1.
/// </summary>
[Version(2)]
internal sealed class MultiGranularNetwork : nn.Module
{
    private readonly GeluHead instance, localGroup, group;
    private readonly ModuleList<TransformerBlock> relation;
    private readonly LayerNorm relationNorm;
    private readonly Parameter prototypes;

    public MultiGranularNetwork(Encoder encoder, MultiGranularity.Options options) : base(nameof(MultiGranularNetwork))
    {
        Encoder = encoder;
        var width = encoder.Features;
        instance = new GeluHead(width, options.HeadHidden, options.HeadWidth, 3);
        localGroup = new GeluHead(width, options.HeadHidden, options.HeadWidth, 3);
        group = new GeluHead(width, options.HeadHidden, options.HeadWidth, 3);
        relation = [.. Enumerable.Range(0, options.RelationBlocks).Select(_ => new TransformerBlock(width, Heads(width), 0))];
        relationNorm = nn.LayerNorm(width, TransformerBlock.Epsilon);
        prototypes = Initial.Normal(0.02, options.Prototypes, options.HeadWidth);
        register_module("encoder", encoder);
        register_module("instance", instance);
        register_module("localGroup", localGroup);
        register_module("group", group);
        register_module("relation", relation);
        register_module("relationNorm", relationNorm);
        register_parameter("prototypes", prototypes);
    }

    public Encoder Encoder { get; }

    /// <summary>The projection of features for telling images apart [B, d].</summary>
    public Tensor Instance(Tensor features) => instance.forward(features);

    /// <summary>The projection of an image's mean token [B, F] among its neighbours [B, n, F].</summary>
    public Tensor LocalGroup(Tensor meanToken, Tensor neighbours)
    {
        var tokens = cat([meanToken.unsqueeze(1), neighbours], 1);
        foreach (var block in relation) tokens = block.forward(tokens, null);
        return localGroup.forward(relationNorm.forward(tokens.select(1, 0)));
    }

    /// <summary>Logits over the groups [B, m]: cosines with the prototypes, whose lengths are fixed to 1.</summary>
    /// <param name="features">Features [B, F].</param>
    /// <param name="isFrozen">Whether the prototypes stay as they are.</param>
    public Tensor Group(Tensor features, bool isFrozen = false) =>
        group.forward(features).matmul(nn.functional.normalize(isFrozen ? prototypes.detach() : prototypes, 2, 1, 1e-12).t());

    // As many heads as divide the width and leave each at least 32 numbers.
    private static int Heads(int width) => Enumerable.Range(1, Math.Max(1, width / 32)).Last(h => width % h == 0);
}
