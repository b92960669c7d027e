using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>What the columns of encoded rows are: numbers first, a value each, then categories, one-hot.</summary>
/// <param name="Numbers">Where each number stands in an encoded row.</param>
/// <param name="Categories">Where each category starts, and how many values it has.</param>
internal sealed record ColumnLayout(int[] Numbers, (int Start, int Values)[] Categories)
{
    /// <summary>How many columns, D.</summary>
    public int Count => Numbers.Length + Categories.Length;

    /// <summary>Where a column starts in an encoded row, and how many values it has there.</summary>
    public (int Start, int Length) Place(int column) => column < Numbers.Length ? (Numbers[column], 1) : Categories[column - Numbers.Length];

    /// <summary>The layout of an encoding's rows; a missing number counts as the mean.</summary>
    public static ColumnLayout Of(Data.InputEncoding encoding)
    {
        var (at, numbers, categories) = (0, new List<int>(), new List<(int, int)>());
        foreach (var number in encoding.Numbers)
        {
            numbers.Add(at);
            at += number.MarksMissing ? 2 : 1;
        }
        foreach (var category in encoding.Categories)
        {
            categories.Add((at, category.Values.Count));
            at += category.Values.Count;
        }
        return new([.. numbers], [.. categories]);
    }
}

/// <summary>Rows of a table to tokens: a number times a vector and an embedding of a category, each with a bias of its column, after tokens that no column has (T-JEPA's regularisation tokens).</summary>
[Version(1)]
internal sealed class ColumnTokenizer : nn.Module<Tensor, Tensor>
{
    // Fields carry the published names.
    private readonly Parameter weight, bias;
    private readonly ModuleList<Embedding> category_embeddings = [];
    private readonly ColumnLayout layout;
    private readonly int extra;

    public ColumnTokenizer(ColumnLayout layout, int width, int extra) : base(nameof(ColumnTokenizer))
    {
        (this.layout, this.extra) = (layout, extra);
        var bound = 1 / Math.Sqrt(width);
        weight = Initial.Uniform(bound, extra + layout.Numbers.Length, width);
        bias = Initial.Uniform(bound, layout.Count, width);
        foreach (var (_, values) in layout.Categories) category_embeddings.Add(Initial.Embedding(Math.Max(1, values), width, bound));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
        register_module("category_embeddings", category_embeddings);
    }

    /// <summary>Tokens [B, extra + D, H] of encoded rows [B, N].</summary>
    public override Tensor forward(Tensor rows)
    {
        var count = rows.shape[0];
        var width = weight.shape[1];
        var tokens = new List<Tensor> { weight.narrow(0, 0, extra).unsqueeze(0).expand(count, extra, width) };
        if (layout.Numbers.Length > 0)
        {
            var values = rows.index_select(1, tensor(layout.Numbers.Select(i => (long)i).ToArray()));
            tokens.Add(values.unsqueeze(2) * weight.narrow(0, extra, layout.Numbers.Length) + bias.narrow(0, 0, layout.Numbers.Length));
        }
        for (var c = 0; c < layout.Categories.Length; c++)
        {
            var (start, values) = layout.Categories[c];
            using var table = category_embeddings[c].weight!;
            tokens.Add((rows.narrow(1, start, values).matmul(table) + bias.narrow(0, layout.Numbers.Length + c, 1)).unsqueeze(1));
        }
        return cat([.. tokens], 1);
    }
}

/// <summary>Transformer layers with norms after each part (Vaswani et al. 2017), and a norm, a linear layer and a norm on top.</summary>
[Version(1)]
internal sealed class ColumnTransformer : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<TransformerEncoderLayer> layers = [];
    private readonly Linear fc;
    private readonly LayerNorm layernorm1, layernorm2;

    public ColumnTransformer(int width, int depth, int heads, int hidden, bool usesGelu, double epsilon) : base(nameof(ColumnTransformer))
    {
        for (var i = 0; i < depth; i++) layers.Add(nn.TransformerEncoderLayer(width, heads, hidden, 0, usesGelu ? nn.Activations.GELU : nn.Activations.ReLU));
        fc = nn.Linear(width, width);
        layernorm1 = nn.LayerNorm(width, epsilon);
        layernorm2 = nn.LayerNorm(width, epsilon);
        register_module("layers", layers);
        register_module("fc", fc);
        register_module("layernorm1", layernorm1);
        register_module("layernorm2", layernorm2);
    }

    /// <summary>[B, L, H] to [B, L, H].</summary>
    public override Tensor forward(Tensor tokens)
    {
        tokens = tokens.transpose(0, 1);
        foreach (var layer in layers) tokens = layer.forward(tokens);
        return layernorm2.forward(fc.forward(layernorm1.forward(tokens.transpose(0, 1))));
    }
}

/// <summary>The size of an encoder of columns.</summary>
public sealed record ColumnEncoderOptions
{
    /// <summary>H.</summary>
    [Description("H, numbers a token")]
    [Range(2, 4096)]
    [Source("released scripts: 64")]
    public int Width { get; set; } = 32;

    /// <summary>Layers.</summary>
    [Description("Layers")]
    [Range(1, 64)]
    [Source("released scripts: 1 to 16")]
    public int Layers { get; set; } = 2;

    /// <summary>Heads.</summary>
    [Description("Heads of the attention, a divisor of width")]
    [Range(1, 64)]
    public int Heads { get; set; } = 4;

    /// <summary>Hidden numbers.</summary>
    [Description("Hidden numbers between two layers")]
    [Range(1, 65536)]
    public int FeedForward { get; set; } = 64;

    /// <summary>GELU.</summary>
    [Description("GELU instead of ReLU")]
    public bool Gelu { get; set; }

    /// <summary>Extra tokens.</summary>
    [Description("Tokens that no column has, always there and never predicted: they keep the encoder from collapsing")]
    [Range(0, 64)]
    [Source("section 3: 1")]
    public int ExtraTokens { get; set; } = 1;
}

/// <summary>A transformer over the columns of a row: tokens with positions, of all columns or of some.</summary>
[Version(1)]
internal sealed class ColumnEncoder : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;
    private readonly ColumnTokenizer tokenizer;
    private readonly ColumnTransformer transformer;
    private readonly Tensor positions;
    private readonly int columns;

    public ColumnEncoder(ColumnLayout layout, ColumnEncoderOptions options) : base(nameof(ColumnEncoder))
    {
        (columns, Options) = (layout.Count, options);
        if (options.Width % options.Heads != 0) throw new RequestException($"heads: {options.Heads} does not divide the width {options.Width}");
        tokenizer = new ColumnTokenizer(layout, options.Width, options.ExtraTokens);
        transformer = new ColumnTransformer(options.Width, options.Layers, options.Heads, options.FeedForward, options.Gelu, Epsilon);
        positions = Positions.Interleaved(layout.Count + options.ExtraTokens, options.Width, 100);
        register_module("tokenizer", tokenizer);
        register_module("transformer", transformer);
        register_buffer("positions", positions, persistent: false);
    }

    public ColumnEncoderOptions Options { get; }

    /// <summary>Numbers a feature vector: all tokens, one after the other.</summary>
    public int Features => (columns + Options.ExtraTokens) * Options.Width;

    /// <summary>Features [B, F] of rows [B, N].</summary>
    public override Tensor forward(Tensor rows) => Encode(rows, null).flatten(1);

    /// <summary>Encoded tokens [B, L, H]: of all, or of those chosen in each row [B, L].</summary>
    public Tensor Encode(Tensor rows, Tensor? chosen)
    {
        var tokens = tokenizer.forward(rows) + positions;
        return transformer.forward(chosen is null ? tokens : tokens.gather(1, chosen.unsqueeze(2).expand(-1, -1, tokens.shape[2])));
    }

    /// <summary>The tokens of target columns [S·B, T, H], set after set, from all columns' [B, D, H] and the sets [S, B, T].</summary>
    public static Tensor Gather(Tensor columns, Tensor sets) =>
        cat([.. Enumerable.Range(0, (int)sets.shape[0]).Select(s => columns.gather(1, sets.select(0, s).unsqueeze(2).expand(-1, -1, columns.shape[2])))], 0);
}

/// <summary>Positions as waves.</summary>
internal static class Positions
{
    /// <summary>Sines and cosines in turn [L, H], of wavelengths up to a base.</summary>
    public static Tensor Interleaved(int length, int width, double wavelength) => Table(length, width, (i, k) => (i / Math.Pow(wavelength, 2.0 * (k / 2) / width), k % 2 == 0));

    /// <summary>All sines, then all cosines [L, H].</summary>
    public static Tensor Halves(int length, int width, double wavelength) => Table(length, width, (i, k) => (i / Math.Pow(wavelength, k % (width / 2) / (width / 2.0)), k < width / 2));

    private static Tensor Table(int length, int width, Func<int, int, (double Angle, bool IsSine)> at)
    {
        var values = new float[length * width];
        for (var i = 0; i < length; i++)
            for (var k = 0; k < width; k++) values[i * width + k] = (float)(at(i, k) is (var angle, true) ? Math.Sin(angle) : Math.Cos(at(i, k).Angle));
        return tensor(values, [length, width]);
    }
}

/// <summary>The predictor: context tokens and, for each target column, a mask token with its position, through a narrow transformer; what comes out for the targets, in the encoder's width.</summary>
[Version(1)]
internal sealed class ColumnPredictor : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Parameter mask_token;
    private readonly Linear predictor_emb, predictor_proj;
    private readonly LayerNorm predictor_norm;
    private readonly ColumnTransformer transformer;
    private readonly Tensor positions;

    public ColumnPredictor(int columns, int width, int narrow, int depth, int heads, int hidden, bool usesGelu, double epsilon) : base(nameof(ColumnPredictor))
    {
        mask_token = Initial.Normal(0.02, 1, 1, narrow);
        predictor_emb = nn.Linear(width, narrow);
        transformer = new ColumnTransformer(narrow, depth, heads, hidden, usesGelu, epsilon);
        predictor_norm = nn.LayerNorm(narrow, epsilon);
        predictor_proj = nn.Linear(narrow, width);
        positions = Positions.Halves(columns, narrow, 10000);
        register_parameter("mask_token", mask_token);
        register_module("predictor_emb", predictor_emb);
        register_module("transformer", transformer);
        register_module("predictor_norm", predictor_norm);
        register_module("predictor_proj", predictor_proj);
        register_buffer("positions", positions, persistent: false);
    }

    /// <summary>Predictions [S·B, T, H], set after set.</summary>
    /// <param name="context">The context's features [B, C, H].</param>
    /// <param name="contextColumns">Which columns they are [B, C].</param>
    /// <param name="targetColumns">The target columns [S, B, T].</param>
    public override Tensor forward(Tensor context, Tensor contextColumns, Tensor targetColumns)
    {
        var (sets, count, targets) = (targetColumns.shape[0], context.shape[0], targetColumns.shape[2]);
        var known = predictor_emb.forward(context) + positions.to_type(context.dtype)[contextColumns];
        var asked = mask_token + positions.to_type(context.dtype)[targetColumns.reshape(sets * count, targets)];
        var tokens = cat([known.repeat(sets, 1, 1), asked], 1);
        tokens = predictor_norm.forward(transformer.forward(tokens));
        return predictor_proj.forward(tokens.narrow(1, context.shape[1], targets));
    }
}
