using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Tests.Models;

public sealed class NetworkTests
{
    public static TheoryData<EncoderKind, string> Keys => new()
    {
        { EncoderKind.Linear, "head.bias head.weight" },
        { EncoderKind.Mlp, "encoder.hidden.layers.0.bias encoder.hidden.layers.0.weight encoder.hidden.layers.1.bias encoder.hidden.layers.1.weight head.bias head.weight" },
        { EncoderKind.Bag, "encoder.embedding.weight encoder.hidden.layers.0.bias encoder.hidden.layers.0.weight encoder.hidden.layers.1.bias encoder.hidden.layers.1.weight head.bias head.weight" },
        { EncoderKind.Ngrams, "encoder.embedding.weight encoder.hidden.layers.0.bias encoder.hidden.layers.0.weight encoder.hidden.layers.1.bias encoder.hidden.layers.1.weight head.bias head.weight" },
        {
            EncoderKind.Resnet,
            string.Join(' ', Enumerable.Range(0, 3).SelectMany(b => new[] { "conv1.weight" }.Concat(Norm("bn1")).Append("conv2.weight").Concat(Norm("bn2")).Append("shortcut.weight").Select(k => $"encoder.blocks.{b}.{k}"))
                .Concat(Norm("encoder.norm")).Append("encoder.stem.weight").Append("head.bias").Append("head.weight"))
        },
        { EncoderKind.Vit, $"encoder.cls_token encoder.pos_embed encoder.patch_embed.proj.bias encoder.patch_embed.proj.weight {Blocks} encoder.norm.bias encoder.norm.weight head.bias head.weight" },
        { EncoderKind.Conv, "encoder.embedding.weight encoder.convs.0.bias encoder.convs.0.weight encoder.convs.1.bias encoder.convs.1.weight encoder.convs.2.bias encoder.convs.2.weight head.bias head.weight" },
        { EncoderKind.Transformer, $"encoder.embedding.weight encoder.pos_embed {Blocks} encoder.norm.bias encoder.norm.weight head.bias head.weight" },
    };

    private static string Blocks => string.Join(' ', from block in Enumerable.Range(0, 2)
                                                     from part in new[] { "norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2" }
                                                     from end in new[] { "weight", "bias" }
                                                     select $"encoder.blocks.{block}.{part}.{end}");

    [Theory, MemberData(nameof(Keys))]
    public void Parameters_have_published_names_and_each_gets_a_gradient(EncoderKind kind, string keys)
    {
        using var scope = torch.NewDisposeScope();
        var (shape, inputs) = Inputs(kind);
        using var network = new Network(new ModelOptions { Encoder = kind, Hidden = [12, 8], Width = 16, Embedding = 6, Heads = 2, Filters = 5 }, shape, 5);
        Assert.Equal(keys.Split(' ').Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
        network.train();
        var logits = network.forward(inputs);
        Assert.Equal([4L, 5L], logits.shape);
        torch.nn.functional.log_softmax(logits, 1).select(1, 0).mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0, $"{p.name} gets no gradient"));
    }

    [Fact]
    public void An_encoder_that_does_not_fit_the_inputs_is_refused()
    {
        var message = Assert.Throws<RequestException>(() => Encoder.Create(new ModelOptions { Encoder = EncoderKind.Resnet }, new InputShape(0, 0, 0, 7, 0))).Message;
        Assert.Equal("model.encoder: resnet does not fit these inputs (7 numbers); linear and mlp read numbers and images together", message);
    }

    [Theory]
    [InlineData(EncoderKind.Bag)]
    [InlineData(EncoderKind.Conv)]
    [InlineData(EncoderKind.Transformer)]
    public void Padding_changes_no_text_not_even_an_empty_one(EncoderKind kind)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        using var network = new Network(new ModelOptions { Encoder = kind, Hidden = [8] }, new InputShape(0, 0, 0, 0, 20), 3);
        var narrow = network.forward(new Inputs(null, null, torch.tensor(new long[,] { { 3, 4 }, { 5, 0 }, { 0, 0 } })));
        var wide = network.forward(new Inputs(null, null, torch.tensor(new long[,] { { 3, 4, 0, 0, 0, 0, 0 }, { 5, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0 } })));
        Assert.All(narrow.data<float>().ToArray().Zip(wide.data<float>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.True(narrow[0].sub(narrow[1]).abs().max().item<float>() > 1e-3f);
    }

    private static IEnumerable<string> Norm(string name) => new[] { "bias", "num_batches_tracked", "running_mean", "running_var", "weight" }.Select(k => $"{name}.{k}");

    private static (InputShape Shape, Inputs Inputs) Inputs(EncoderKind kind)
    {
        torch.manual_seed(3);
        return kind switch
        {
            EncoderKind.Bag or EncoderKind.Ngrams or EncoderKind.Conv or EncoderKind.Transformer => (new InputShape(0, 0, 0, 3, 10), new Inputs(null, torch.randn(4, 3), torch.randint(1, 10, [4, 6]))),
            EncoderKind.Vit => (new InputShape(3, 8, 12, 0, 0), new Inputs(torch.randn(4, 3, 8, 12), null, null)),
            EncoderKind.Resnet => (new InputShape(1, 16, 16, 0, 0), new Inputs(torch.randn(4, 1, 16, 16), null, null)),
            _ => (new InputShape(1, 6, 6, 3, 0), new Inputs(torch.randn(4, 1, 6, 6), torch.randn(4, 3), null)),
        };
    }
}
