using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models;

/// <summary>The parts of transformers and of text convolutions against what they stand for.</summary>
public sealed class TransformerTests
{
    private static readonly ModelOptions Options = new() { Embedding = 8, Heads = 2, Layers = 2, Length = 12 };

    [Fact]
    public void Attention_is_torchs_own_over_the_words_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var attention = new SelfAttention(8, 2);
        var features = randn(3, 5, 8);
        var bias = zeros(3, 1, 1, 5).index_fill_(3, tensor(new long[] { 3, 4 }), -1e9f);
        var weights = attention.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var parts = nn.functional.linear(features, weights["qkv.weight"], weights["qkv.bias"]).chunk(3, 2).Select(p => p.view(3, 5, 2, 4).transpose(1, 2)).ToArray();
        var mixed = nn.functional.scaled_dot_product_attention(parts[0], parts[1].narrow(2, 0, 3), parts[2].narrow(2, 0, 3));
        var expected = nn.functional.linear(mixed.transpose(1, 2).reshape(3, 5, 8), weights["proj.weight"], weights["proj.bias"]);
        Assert.True(allclose(expected, attention.forward(features, bias), 1e-5, 1e-6));
    }

    [Fact]
    public void A_block_follows_a_permutation_of_its_tokens()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var block = new TransformerBlock(8, 2, 0);
        var features = randn(2, 6, 8);
        var order = tensor(new long[] { 4, 1, 5, 0, 3, 2 });
        Assert.True(allclose(block.forward(features, null).index_select(1, order), block.forward(features.index_select(1, order), null), 1e-5, 1e-6));
    }

    [Fact]
    public void The_text_transformer_knows_the_order_of_words_by_its_positions()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = (TextTransformer)Encoder.Create(Options with { Encoder = EncoderKind.Transformer }, new InputShape(0, 0, 0, 0, 20));
        Tensor Of(params long[] ids) => encoder.forward(new Inputs(null, null, tensor(ids).unsqueeze(0)));
        Assert.False(allclose(Of(3, 4, 5), Of(5, 4, 3), 1e-4, 1e-5));
        using (no_grad()) encoder.get_parameter("pos_embed")!.zero_();
        Assert.True(allclose(Of(3, 4, 5), Of(5, 4, 3), 1e-4, 1e-5));
    }

    [Fact]
    public void Patches_are_a_convolution_whose_stride_is_its_kernel()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var patches = new PatchEmbedding(3, 4, 10);
        var weights = patches.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal([10L, 3, 4, 4], weights["proj.weight"].shape);
        var image = randn(2, 3, 8, 12);
        var expected = nn.functional.conv2d(image.to(float64), weights["proj.weight"].to(float64), weights["proj.bias"].to(float64), strides: [4, 4]).flatten(2).transpose(1, 2).to(float32);
        Assert.True(allclose(expected, patches.forward(image), 1e-4, 1e-5));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Windows_over_words_are_a_convolution(int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var windows = new WordWindows(6, 10, width);
        var weights = windows.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal([10L, 6, width], weights["weight"].shape);
        var words = randn(2, 7, 6);
        var expected = nn.functional.conv1d(words.to(float64).transpose(1, 2), weights["weight"].to(float64), weights["bias"].to(float64), padding: width / 2).narrow(2, 0, 7).transpose(1, 2).to(float32);
        Assert.True(allclose(expected, windows.forward(words), 1e-4, 1e-5));
    }

    [Theory]
    [InlineData(EncoderKind.Vit)]
    [InlineData(EncoderKind.Conv)]
    [InlineData(EncoderKind.Transformer)]
    public void The_gradient_of_a_gradient_is_what_differences_say(EncoderKind kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (shape, inputs) = kind == EncoderKind.Vit
            ? (new InputShape(1, 8, 8, 0, 0), new Inputs(randn(2, 1, 8, 8, dtype: float64), null, null))
            : (new InputShape(0, 0, 0, 0, 20), new Inputs(null, null, tensor(new long[,] { { 3, 4, 5, 6 }, { 7, 8, 0, 0 } })));
        using var network = new Network(Options with { Encoder = kind, Filters = 4 }, shape, 3);
        network.to(float64);
        var head = network.get_parameter("head.weight")!;
        var inner = network.named_parameters().First(p => p.name.EndsWith(kind == EncoderKind.Conv ? "convs.1.weight" : "blocks.0.attn.qkv.weight", StringComparison.Ordinal)).parameter;
        Tensor GradientNorm(bool differentiable)
        {
            var loss = nn.functional.cross_entropy(network.forward(inputs), tensor(new long[] { 0, 2 }));
            return autograd.grad([loss], [inner], retain_graph: differentiable, create_graph: differentiable)[0].square().sum();
        }
        var exact = autograd.grad([GradientNorm(true)], [head])[0];
        const double Step = 1e-5;
        for (var i = 0; i < 3; i++)
        {
            double At(double shift)
            {
                using (no_grad()) head[i, i].add_(shift);
                var value = GradientNorm(false).item<double>();
                using (no_grad()) head[i, i].sub_(shift);
                return value;
            }
            Assert.Equal((At(Step) - At(-Step)) / (2 * Step), exact[i, i].item<double>(), 1e-7 + 1e-4 * Math.Abs(exact[i, i].item<double>()));
        }
    }

    [Fact]
    public void Sizes_that_do_not_divide_are_refused_with_those_that_do()
    {
        var patch = Assert.Throws<RequestException>(() => Encoder.Create(Options with { Encoder = EncoderKind.Vit, Patch = 5 }, new InputShape(1, 28, 28, 0, 0)));
        Assert.Equal("model.patch: 5 does not divide images of 28×28; allowed: 1, 2, 4, 7, 14, 28", patch.Message);
        var heads = Assert.Throws<RequestException>(() => Encoder.Create(Options with { Encoder = EncoderKind.Transformer, Heads = 3 }, new InputShape(0, 0, 0, 0, 9)));
        Assert.Equal("model.heads: 3 does not divide model.embedding 8; allowed: 1, 2, 4, 8", heads.Message);
    }
}
