using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;

namespace Preceptor.Models;

/// <summary>The encoders a model can be built on.</summary>
public enum EncoderKind
{
    /// <summary>By the inputs: images a residual network, text a bag of embeddings, numbers a multilayer perceptron.</summary>
    Auto,

    /// <summary>The inputs themselves: with the head, multinomial logistic regression.</summary>
    Linear,

    /// <summary>A multilayer perceptron over numbers or flattened images.</summary>
    Mlp,

    /// <summary>A small residual convolutional network over images.</summary>
    Resnet,

    /// <summary>The mean of learned word embeddings, then a hidden layer.</summary>
    Bag,

    /// <summary>The mean of learned embeddings of hashed words and word pairs, then a hidden layer.</summary>
    Ngrams,

    /// <summary>A small vision transformer over the patches of an image.</summary>
    Vit,

    /// <summary>Convolutions over word embeddings, the largest value of each over the text.</summary>
    Conv,

    /// <summary>A small transformer over word embeddings, averaged over the text.</summary>
    Transformer,
}

/// <summary>The network: an encoder and a linear head.</summary>
public sealed record ModelOptions
{
    /// <summary>The encoder.</summary>
    [Description("What turns inputs into features; auto chooses by the inputs: images resnet, text ngrams, numbers mlp")]
    public EncoderKind Encoder { get; set; } = EncoderKind.Auto;

    /// <summary>A frozen network below the encoder.</summary>
    [Description("A frozen network in an ONNX file whose features linear or mlp is trained on, in place of text or image; encoder: {onnx: …} is short for it (preceptor show frozen)")]
    public FrozenNetwork? Frozen { get; set; }

    /// <summary>Hidden widths.</summary>
    [Description("Widths of the hidden layers of mlp, bag and ngrams")]
    [Range(1, 65536)]
    public int[] Hidden { get; set; } = [256, 128];

    /// <summary>Dropout probability.</summary>
    [Description("Dropout probability before the head, between hidden layers, and after the embeddings and each half of a block of vit and transformer")]
    [Range(0, 0.95)]
    public double Dropout { get; set; }

    /// <summary>Channels of the first stage.</summary>
    [Description("Channels of resnet's first stage, 16, 32, 64 or 128; the next stages have twice and four times as many")]
    [Range(16, 128)]
    public int Width { get; set; } = 16;

    /// <summary>Blocks a stage.</summary>
    [Description("Residual blocks in each of resnet's three stages")]
    [Range(1, 32)]
    public int Depth { get; set; } = 1;

    /// <summary>Embedding width.</summary>
    [Description("Length of an embedding of bag, ngrams, conv, vit and transformer")]
    [Range(1, 4096)]
    public int Embedding { get; set; } = 64;

    /// <summary>Most token ids.</summary>
    [Description("Most words that bag, conv and transformer know; buckets that ngrams hashes into")]
    [Range(16, 1 << 22)]
    public int Vocabulary { get; set; } = 16384;

    /// <summary>Whether the head has a bias.</summary>
    [Description("Whether the linear head adds a bias to its logits")]
    public bool HeadBias { get; set; } = true;

    /// <summary>Most words a text.</summary>
    [Description("Most words of a text that conv and transformer read")]
    [Range(1, 4096)]
    public int Length { get; set; } = 200;

    /// <summary>Feature maps of each width.</summary>
    [Description("Feature maps of conv for each of its widths 3, 4 and 5")]
    [Range(1, 4096)]
    public int Filters { get; set; } = 100;

    /// <summary>Side of a patch.</summary>
    [Description("Side in pixels of vit's square patches, which must divide the image")]
    [Range(1, 256)]
    public int Patch { get; set; } = 4;

    /// <summary>Transformer blocks.</summary>
    [Description("Blocks of vit and transformer")]
    [Range(1, 32)]
    public int Layers { get; set; } = 2;

    /// <summary>Attention heads.</summary>
    [Description("Attention heads of vit and transformer, which must divide model.embedding")]
    [Range(1, 64)]
    public int Heads { get; set; } = 4;
}
