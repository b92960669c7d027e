using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Inputs to features.</summary>
public abstract class Encoder(string name) : nn.Module<Inputs, Tensor>(name)
{
    private const int MostTokens = 400;

    /// <summary>How many features an input has, F; the output is [B, F].</summary>
    public abstract int Features { get; }

    /// <summary>Features with the means of the tokens that they come from; an encoder without tokens has its features in their place.</summary>
    internal virtual EncodedTokens ForwardTokens(Inputs inputs)
    {
        var features = forward(inputs);
        return new(features, features, features);
    }

    /// <summary>Adds the forward pass of a trained network, without dropout, to a graph; gives the features. Parameters are named as in a file of weights.</summary>
    /// <param name="graph">The graph, with the inputs.</param>
    /// <param name="name">The encoder's own name, such as <c>encoder</c>.</param>
    public abstract OnnxValue Export(OnnxGraph graph, string name);

    /// <summary>What auto stands for, given the inputs.</summary>
    public static EncoderKind Resolve(EncoderKind kind, InputShape shape) =>
        kind != EncoderKind.Auto ? kind : shape.Pixels > 0 ? EncoderKind.Resnet : shape.Tokens > 0 ? EncoderKind.Ngrams : EncoderKind.Mlp;

    /// <summary>How an encoder wants text cut, and how many tokens of a text it reads at most.</summary>
    public static (TextTokens Tokens, int Limit) Text(ModelOptions options) => options.Encoder switch
    {
        EncoderKind.Bag => (TextTokens.Words, MostTokens),
        EncoderKind.Conv or EncoderKind.Transformer => (TextTokens.Words, options.Length),
        _ => (TextTokens.Ngrams, MostTokens),
    };

    /// <summary>Creates the encoder that the options name.</summary>
    /// <exception cref="RequestException">The encoder does not fit the inputs.</exception>
    public static Encoder Create(ModelOptions options, InputShape shape) => Resolve(options.Encoder, shape) switch
    {
        EncoderKind.Linear when shape.Tokens == 0 => new MultilayerPerceptron(shape, [], options.Dropout),
        EncoderKind.Mlp when shape.Tokens == 0 => new MultilayerPerceptron(shape, options.Hidden, options.Dropout),
        EncoderKind.Resnet when shape.Pixels > 0 && shape.Tokens == 0 && shape.Numbers == 0 => new ResidualNetwork(shape, options.Width, options.Depth, options.Dropout),
        EncoderKind.Bag or EncoderKind.Ngrams when shape.Tokens > 0 && shape.Pixels == 0 => new BagOfEmbeddings(shape, options.Embedding, options.Hidden, options.Dropout),
        EncoderKind.Vit when shape.Pixels > 0 && shape.Tokens == 0 && shape.Numbers == 0 => new VisionTransformer(shape, options),
        EncoderKind.Conv when shape.Tokens > 0 && shape.Pixels == 0 => new TextConvolution(shape, options),
        EncoderKind.Transformer when shape.Tokens > 0 && shape.Pixels == 0 => new TextTransformer(shape, options),
        var kind => throw new RequestException($"model.encoder: {Options.Key(kind.ToString())} does not fit these inputs ({string.Join(", ", shape.Parts)}); "
            + (shape.Tokens > 0 ? "bag, ngrams, conv and transformer read text and numbers" : shape.Pixels > 0 && shape.Numbers == 0 ? "linear, mlp, resnet and vit read images" : "linear and mlp read numbers and images together")),
    };
}

/// <summary>What an encoder makes of inputs.</summary>
/// <param name="Features">[B, F].</param>
/// <param name="MeanToken">The mean of all tokens before the last norm [B, F].</param>
/// <param name="MeanPatch">The mean of all tokens but the class token, after the last norm [B, F].</param>
internal sealed record EncodedTokens(Tensor Features, Tensor MeanToken, Tensor MeanPatch);
