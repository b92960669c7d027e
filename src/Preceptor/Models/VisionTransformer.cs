using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// A small vision transformer (Dosovitskiy et al. 2021): square patches become tokens, a class token goes before them, learned
/// positions are added, and after the blocks the class token, normalised, is the features. Names of parameters are timm's.
/// </summary>
[Version(1)]
public sealed class VisionTransformer : Encoder
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly PatchEmbedding patch_embed;
    private readonly Parameter cls_token, pos_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly double dropout;
    private readonly (long Rows, long Columns) grid;

    internal VisionTransformer(InputShape shape, ModelOptions options) : base(nameof(VisionTransformer))
    {
        var (patch, width) = (options.Patch, options.Embedding);
        if (shape.Height % patch != 0 || shape.Width % patch != 0)
            throw new RequestException($"model.patch: {patch} does not divide images of {shape.Height}×{shape.Width}; allowed: {string.Join(", ", Enumerable.Range(1, Math.Min(shape.Height, shape.Width)).Where(p => shape.Height % p == 0 && shape.Width % p == 0))}");
        dropout = options.Dropout;
        Features = width;
        grid = (shape.Height / patch, shape.Width / patch);
        patch_embed = new PatchEmbedding(shape.Channels, patch, width);
        cls_token = nn.Parameter(zeros(1, 1, width));
        pos_embed = Initial.Normal(0.02, 1, 1 + shape.Height / patch * (shape.Width / patch), width);
        blocks = TransformerBlock.Stack(options);
        norm = nn.LayerNorm(width, TransformerBlock.Epsilon);
        register_module("patch_embed", patch_embed);
        register_parameter("cls_token", cls_token);
        register_parameter("pos_embed", pos_embed);
        register_module("blocks", blocks);
        register_module("norm", norm);
    }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <summary>Features [B, F].</summary>
    public override Tensor forward(Inputs inputs) => norm.forward(Tokens(inputs.Image!).select(1, 0));

    internal override EncodedTokens ForwardTokens(Inputs inputs)
    {
        var tokens = Tokens(inputs.Image!);
        var normalised = norm.forward(tokens);
        return new(normalised.select(1, 0), tokens.mean([1]), normalised.narrow(1, 1, tokens.shape[1] - 1).mean([1]));
    }

    // [B, 1 + P, D], the class token first.
    private Tensor Tokens(Tensor image)
    {
        var patches = patch_embed.forward(image); // [B, P, D]
        var tokens = cat([cls_token.expand(patches.shape[0], 1, Features), patches], 1) + Positions(image);
        if (dropout > 0) tokens = nn.functional.dropout(tokens, dropout, training);
        foreach (var block in blocks) tokens = block.forward(tokens, null);
        return tokens;
    }

    // Positions of an image of another size lie between those that were learned.
    private Tensor Positions(Tensor image)
    {
        var (rows, columns) = (image.shape[2] / patch_embed.Patch, image.shape[3] / patch_embed.Patch);
        if ((rows, columns) == grid) return pos_embed;
        var learned = pos_embed.narrow(1, 1, pos_embed.shape[1] - 1).reshape(1, grid.Rows, grid.Columns, Features).permute(0, 3, 1, 2);
        var between = nn.functional.interpolate(learned, [rows, columns], null, InterpolationMode.Bicubic, align_corners: false);
        return cat([pos_embed.narrow(1, 0, 1), between.permute(0, 2, 3, 1).reshape(1, rows * columns, Features)], 1);
    }

    /// <inheritdoc/>
    public override OnnxValue Export(OnnxGraph graph, string name)
    {
        var patches = patch_embed.Export(graph, name + ".patch_embed");
        var batch = graph.Add("Shape", patches, ("start", 0L), ("end", 1L));
        var first = graph.Add("Expand", [graph.Weight(name + ".cls_token", cls_token), graph.Add("Concat", [batch, graph.Whole([1, Features])], ("axis", 0L))]);
        var tokens = graph.Add("Add", [graph.Add("Concat", [first, patches], ("axis", 1L)), graph.Weight(name + ".pos_embed", pos_embed)]);
        for (var i = 0; i < blocks.Count; i++) tokens = blocks[i].Export(graph, $"{name}.blocks.{i}", tokens, null);
        return graph.LayerNorm(name + ".norm", graph.Add("Gather", [tokens, graph.Whole([0], scalar: true)], ("axis", 1L)), norm, TransformerBlock.Epsilon);
    }
}

/// <summary>The square patches of an image, each through the same linear map: a convolution whose stride is its kernel.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly PatchProjection proj;

    public PatchEmbedding(int channels, int patch, int width) : base(nameof(PatchEmbedding))
    {
        proj = new PatchProjection(channels, patch, width);
        register_module("proj", proj);
    }

    /// <summary>The side of a patch in pixels.</summary>
    public long Patch => proj.Side;

    /// <summary>[B, P, D] from [B, C, H, W].</summary>
    public override Tensor forward(Tensor image) => proj.forward(image);

    public OnnxValue Export(OnnxGraph graph, string name) => proj.Export(graph, name + ".proj");
}

/// <summary>A convolution's parameters, computed as one matrix product: right for any width (see <see cref="Convolution"/>).</summary>
internal sealed class PatchProjection : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;

    public PatchProjection(int channels, int patch, int width) : base(nameof(PatchProjection))
    {
        weight = Initial.Uniform(Math.Sqrt(6.0 / (channels * patch * patch + width)), width, channels, patch, patch);
        bias = nn.Parameter(zeros(width));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    public long Side => weight.shape[2];

    public override Tensor forward(Tensor image)
    {
        var (channels, patch) = (weight.shape[1], weight.shape[2]);
        var (rows, columns) = (image.shape[2] / patch, image.shape[3] / patch);
        var patches = image.view(-1, channels, rows, patch, columns, patch).permute(0, 2, 4, 1, 3, 5).reshape(-1, rows * columns, channels * patch * patch);
        return nn.functional.linear(patches, weight.flatten(1), bias);
    }

    public OnnxValue Export(OnnxGraph graph, string name)
    {
        var (width, patch) = (weight.shape[0], weight.shape[2]);
        var grid = graph.Add("Conv", [graph.Image!.Value, graph.Weight(name + ".weight", weight), graph.Weight(name + ".bias", bias)], ("strides", new[] { patch, patch }));
        return graph.Transpose(graph.Reshape(grid, 0, width, -1), 0, 2, 1);
    }
}
