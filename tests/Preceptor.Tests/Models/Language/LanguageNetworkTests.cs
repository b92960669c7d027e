using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>The transformer's parts against what they must be, and its ways of being asked against each other.</summary>
public sealed class LanguageNetworkTests
{
    private static readonly TransformerOptions Small = new() { Layers = 2, Width = 16, Heads = 4, KeyValueHeads = 2, Length = 32, InitialDeviation = 0.3 };

    public static TheoryData<string> Forms => ["rotary", "learned", "relative", "layer norm after", "gpt", "shared heads", "stretched", "chunked", "untied", "encoder-decoder rotary", "encoder-decoder relative"];

    private static TransformerOptions Options(string form) => form switch
    {
        "learned" => Small with { Positions = PositionKind.Learned },
        "relative" => Small with { Positions = PositionKind.Relative, MaxDistance = 3 },
        "layer norm after" => Small with { Norm = NormKind.Layer, NormAfter = true, FeedForward = FeedForwardKind.Gelu, Bias = BiasKind.All, Positions = PositionKind.Learned },
        "gpt" => Small with { Norm = NormKind.Layer, FeedForward = FeedForwardKind.GeluTanh, Bias = BiasKind.All, Positions = PositionKind.Learned, KeyValueHeads = 0 },
        "shared heads" => Small with { KeyValueHeads = 1, HeadWidth = 6, FeedForward = FeedForwardKind.Relu },
        "stretched" => Small with { Stretch = 4 },
        "chunked" => Small with { Chunk = 4, ChunkOverlap = 2 },
        "untied" => Small with { Tied = false },
        "encoder-decoder rotary" => Small with { Architecture = LanguageArchitecture.EncoderDecoder },
        "encoder-decoder relative" => Small with { Architecture = LanguageArchitecture.EncoderDecoder, Positions = PositionKind.Relative, MaxDistance = 3 },
        _ => Small,
    };

    internal static LanguageNetwork Create(TransformerOptions options, int vocabulary = 11)
    {
        manual_seed(5);
        var network = new LanguageNetwork(options, vocabulary);
        network.eval();
        return network;
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        var (a, b) = (Numbers(expected), Numbers(actual));
        Assert.Equal(a.Length, b.Length);
        for (var i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], tolerance);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Tokens_read_one_after_the_other_are_those_read_together(string form)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Create(Options(form));
        var ids = tensor(new long[] { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 0, 1 }).view(2, 8);
        var memory = network.Options.Architecture == LanguageArchitecture.EncoderDecoder ? network.Encode(ids.flip(1), null) : null;
        var pass = TransformerPass.Causal with { Memory = memory };
        var whole = network.Logits(network.Features(ids, pass));
        AssertClose(whole, network.Logits(network.Features(ids, pass with { IsPlain = true })));
        foreach (var parts in new[] { new[] { 1, 1, 1, 1, 1, 1, 1, 1 }, [3, 4, 1], [8] })
        {
            using var cache = new KeyValueCache(network.Options.Layers);
            var (at, seen) = (0L, new List<Tensor>());
            foreach (var part in parts)
            {
                seen.Add(network.Logits(network.Features(ids.narrow(1, at, part), pass with { Cache = cache })));
                at += part;
            }
            AssertClose(whole, cat(seen, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_token_sees_none_that_come_later_and_padding_changes_nothing(string form)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Create(Options(form));
        var hasEncoder = network.Options.Architecture == LanguageArchitecture.EncoderDecoder;
        var (ids, other) = (tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, 5), tensor(new long[] { 3, 1, 4, 9, 9 }).view(1, 5));
        var pass = TransformerPass.Causal with { Memory = hasEncoder ? network.Encode(ids, null) : null };
        var whole = network.Logits(network.Features(ids, pass));
        AssertClose(whole.narrow(1, 0, 3), network.Logits(network.Features(other, pass)).narrow(1, 0, 3), 1e-6);
        // Two tokens of padding on the left.
        var (padded, real) = (cat([zeros([1, 2], ScalarType.Int64), ids], 1), tensor(new long[] { 0, 0, 1, 1, 1, 1, 1 }).view(1, 7));
        AssertClose(whole, network.Logits(network.Features(padded, pass with { Real = real })).narrow(1, 2, 5));
        if (!hasEncoder) return;
        var (longer, marks) = (cat([ids, zeros([1, 3], ScalarType.Int64)], 1), tensor(new long[] { 1, 1, 1, 1, 1, 0, 0, 0 }).view(1, 8));
        AssertClose(whole, network.Logits(network.Features(ids, pass with { Memory = network.Encode(longer, marks), MemoryReal = marks })));
    }

    [Fact]
    public void A_prefix_is_read_in_both_directions_and_the_rest_is_not()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Create(Small);
        Tensor Of(long[] ids, long prefix, bool isPlain = false) => network.Features(tensor(ids).view(1, -1), TransformerPass.Causal with { Prefix = tensor(new[] { prefix }), IsPlain = isPlain });
        var (first, second, third) = (Of([3, 1, 4, 1, 5], 3), Of([3, 1, 7, 1, 5], 3), Of([3, 1, 4, 1, 8], 3));
        Assert.NotEqual(Numbers(first.narrow(1, 0, 1)), Numbers(second.narrow(1, 0, 1)));
        Assert.Equal(Numbers(first.narrow(1, 0, 4)), Numbers(third.narrow(1, 0, 4)));
        AssertClose(first, Of([3, 1, 4, 1, 5], 3, isPlain: true));
        AssertClose(Of([3, 1, 4, 1, 5], 0), network.Features(tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, -1), TransformerPass.Causal));
        AssertClose(Of([3, 1, 4, 1, 5], 5), network.Features(tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, -1), TransformerPass.Bidirectional));
    }

    [Fact]
    public void Heads_that_share_keys_are_heads_with_the_same_keys()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var shared = Create(Small);
        using var all = Create(Small with { KeyValueHeads = 4 });
        var from = shared.state_dict();
        foreach (var (name, tensor) in all.state_dict())
        {
            var value = from[name];
            // Each head of four numbers stands for two heads of queries.
            if (name.Contains("k_proj", StringComparison.Ordinal) || name.Contains("v_proj", StringComparison.Ordinal)) value = value.view([2, 4, .. value.shape[1..]]).repeat_interleave(2, 0).reshape(tensor.shape);
            tensor.copy_(value);
        }
        var ids = tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, 5);
        AssertClose(shared.Features(ids, TransformerPass.Causal), all.Features(ids, TransformerPass.Causal));
    }

    [Fact]
    public void A_turn_keeps_lengths_and_knows_distances_alone()
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryPositions(new() { Width = 32, Heads = 4 });
        manual_seed(1);
        var (q, k) = (randn(1, 1, 1, 8), randn(1, 1, 1, 8));
        Tensor At(Tensor of, long place) => RotaryPositions.Turn(of, rotary.At(place, 1));
        AssertClose(q, At(q, 0), 0);
        Assert.Equal(q.norm().item<float>(), At(q, 777).norm().item<float>(), 1e-5);
        double Score(long a, long b) => (At(q, a) * At(k, b)).sum().item<float>();
        foreach (var shift in new[] { 1, 10, 500 }) Assert.Equal(Score(7, 3), Score(7 + shift, 3 + shift), 1e-4);
        Assert.NotEqual(Score(7, 3), Score(8, 3), 1e-3);
    }

    [Fact]
    public void Chunks_keep_true_distances_up_to_their_length()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var plain = Create(Small);
        using var chunked = Create(Small with { Chunk = 6, ChunkOverlap = 2 });
        var ids = tensor(new long[] { 3, 1, 4, 1, 5, 9, 2, 6 }).view(1, 8);
        var (one, other) = (plain.Features(ids, TransformerPass.Causal), chunked.Features(ids, TransformerPass.Causal));
        AssertClose(one.narrow(1, 0, 7), other.narrow(1, 0, 7));
        Assert.True((one - other).abs().max().item<float>() > 1e-3); // the eighth token is seven places from the first, and a chunk is six
    }

    [Fact]
    public void Relative_positions_are_vectors_of_clipped_distances()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(1);
        using var relative = new RelativePositions(2, 3, 1);
        var (queries, weights) = (randn(2, 1, 4, 3), rand(2, 1, 4, 4));
        var (keys, values) = (relative.state_dict()["keys"], relative.state_dict()["values"]);
        var (scores, mixed, distances) = (relative.Scores(queries, relative.Distances(4, 4)), relative.Values(weights, relative.Distances(4, 4)), relative.Distances(2, 4));
        for (var i = 0; i < 4; i++)
        {
            var expected = zeros(3);
            for (var j = 0; j < 4; j++)
            {
                var at = Math.Clamp(j - i, -2, 2) + 2;
                Assert.Equal((queries[1, 0, i] * keys[at]).sum().item<float>(), scores[1, 0, i, j].item<float>(), 1e-5);
                expected = expected + weights[1, 0, i, j] * values[at];
                if (i >= 2) Assert.Equal(at, distances[(i - 2) * 4 + j].item<long>());
            }
            AssertClose(expected, mixed[1, 0, i]);
        }
    }

    [Fact]
    public void The_norm_of_a_constant_is_one_but_for_epsilon()
    {
        using var scope = NewDisposeScope();
        using var norm = new RootMeanSquareNorm(4, 0.5);
        Assert.All(Numbers(norm.forward(full([1, 4], 3f))), v => Assert.Equal(3 / Math.Sqrt(9.5), v, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_parameter_gets_a_gradient(string form)
    {
        using var scope = NewDisposeScope();
        using var network = Create(Options(form));
        network.train();
        var batch = new LanguageBatch(network.Options.Architecture, 0);
        batch.Fill(TokenSequences.Of([([1, 2, 3], [4, 5, 6]), ([7], [8, 9])]), [0, 1]);
        nn.functional.cross_entropy(batch.Logits(network), batch.Targets()).backward();
        foreach (var (name, parameter) in network.named_parameters()) Assert.True(parameter.grad is { } g && (g.abs().sum().item<float>() > 0 || name.EndsWith("k_proj.bias", StringComparison.Ordinal)), name);
    }

    [Fact]
    public void Parameters_have_the_published_names()
    {
        using var network = Create(Small with { Layers = 1, Tied = false });
        string[] expected =
        [
            "lm_head.weight", "model.embed_tokens.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.mlp.down_proj.weight", "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight",
            "model.layers.0.post_attention_layernorm.weight", "model.layers.0.self_attn.k_proj.bias", "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.o_proj.weight", "model.layers.0.self_attn.q_proj.bias",
            "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.v_proj.bias", "model.layers.0.self_attn.v_proj.weight", "model.norm.weight",
        ];
        Assert.Equal(expected, network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        static string Message(TransformerOptions options) => Assert.Throws<RequestException>(() => new LanguageNetwork(options, 5)).Message;
        Assert.Contains("model.heads: 3 does not divide model.width 16; allowed: 1, 2, 4, 8, 16", Message(Small with { Heads = 3 }), StringComparison.Ordinal);
        Assert.Contains("model.key-value-heads: 3 does not divide model.heads 4", Message(Small with { KeyValueHeads = 3 }), StringComparison.Ordinal);
        Assert.Contains("model.stretch", Message(Small with { Stretch = 2, Positions = PositionKind.Learned }), StringComparison.Ordinal);
        Assert.Contains("model.head-width: 5", Message(Small with { HeadWidth = 5 }), StringComparison.Ordinal);
    }
}
