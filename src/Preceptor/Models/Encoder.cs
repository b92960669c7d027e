using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Inputs to features.</summary>
public abstract class Encoder(string name) : nn.Module<Inputs, Tensor>(name)
{
    /// <summary>How many features an input has, F; the output is [B, F].</summary>
    public abstract int Features { get; }

    /// <summary>What auto stands for, given the inputs.</summary>
    public static EncoderKind Resolve(EncoderKind kind, InputShape shape) =>
        kind != EncoderKind.Auto ? kind : shape.Pixels > 0 ? EncoderKind.Resnet : shape.Tokens > 0 ? EncoderKind.Ngrams : EncoderKind.Mlp;

    /// <summary>Creates the encoder that the options name.</summary>
    /// <exception cref="RequestException">The encoder does not fit the inputs.</exception>
    public static Encoder Create(ModelOptions options, InputShape shape) => Resolve(options.Encoder, shape) switch
    {
        EncoderKind.Linear when shape.Tokens == 0 => new MultilayerPerceptron(shape, [], options.Dropout),
        EncoderKind.Mlp when shape.Tokens == 0 => new MultilayerPerceptron(shape, options.Hidden, options.Dropout),
        EncoderKind.Resnet when shape.Pixels > 0 && shape.Tokens == 0 && shape.Numbers == 0 => new ResidualNetwork(shape, options.Width, options.Depth, options.Dropout),
        EncoderKind.Bag or EncoderKind.Ngrams when shape.Tokens > 0 && shape.Pixels == 0 => new BagOfEmbeddings(shape, options.Embedding, options.Hidden, options.Dropout),
        var kind => throw new RequestException($"model.encoder: {Options.Key(kind.ToString())} does not fit these inputs ({Describe(shape)}); "
            + (shape.Tokens > 0 ? "bag and ngrams read text and numbers" : shape.Pixels > 0 && shape.Numbers == 0 ? "linear, mlp and resnet read images" : "linear and mlp read numbers and images together")),
    };

    private static string Describe(InputShape shape) => string.Join(", ", new[]
    {
        shape.Pixels > 0 ? $"images {shape.Channels}×{shape.Height}×{shape.Width}" : "",
        shape.Numbers > 0 ? $"{shape.Numbers} numbers" : "",
        shape.Tokens > 0 ? "text" : "",
    }.Where(part => part.Length > 0));
}
