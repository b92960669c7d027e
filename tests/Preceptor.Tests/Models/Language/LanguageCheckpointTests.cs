using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Files of other programs: what they hold is what is computed, and what lies is refused.</summary>
public sealed class LanguageCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static TransformerOptions Gpt => new() { Layers = 2, Width = 16, Heads = 4, Norm = NormKind.Layer, NormEpsilon = 1e-5, FeedForward = FeedForwardKind.GeluTanh, Bias = BiasKind.All, Positions = PositionKind.Learned, Length = 12, InitialDeviation = 0.3 };

    private void WriteConfiguration(string json) => File.WriteAllText(Path.Combine(folder, "config.json"), json);

    private void WriteWeights(IEnumerable<(string Name, Tensor Value)> tensors, string file = "model.safetensors") =>
        Safetensors.Write(Path.Combine(folder, file), tensors.Select(t => KeyValuePair.Create(t.Name, StoredArray.Of(t.Value))), []);

    private static float[] Answer(LanguageNetwork network, TransformerPass pass)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return network.Logits(network.Features(tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, 5), pass)).contiguous().data<float>().ToArray();
    }

    [Theory]
    [InlineData("")]
    [InlineData("transformer.")]
    public void A_file_of_GPT_2_is_the_network_it_was_made_from(string prefix)
    {
        using var scope = NewDisposeScope();
        using var network = LanguageNetworkTests.Create(Gpt, 7);
        var of = network.state_dict();
        var tensors = new List<(string, Tensor)> { ("wte.weight", of["model.embed_tokens.weight"]), ("wpe.weight", of["model.embed_positions"]), ("ln_f.weight", of["model.norm.weight"]), ("ln_f.bias", of["model.norm.bias"]) };
        for (var i = 0; i < 2; i++)
        {
            var (ours, theirs) = ($"model.layers.{i}.", $"h.{i}.");
            foreach (var what in new[] { "weight", "bias" })
            {
                // Conv1D stores [in, out], and queries, keys and values side by side.
                Tensor Turned(string name) => of[$"{ours}{name}.{what}"] is var t && what == "weight" ? t.t() : t;
                tensors.Add(($"{theirs}attn.c_attn.{what}", cat([.. new[] { "q", "k", "v" }.Select(p => Turned($"self_attn.{p}_proj"))], -1)));
                tensors.Add(($"{theirs}attn.c_proj.{what}", Turned("self_attn.o_proj")));
                tensors.Add(($"{theirs}mlp.c_fc.{what}", Turned("mlp.up_proj")));
                tensors.Add(($"{theirs}mlp.c_proj.{what}", Turned("mlp.down_proj")));
                tensors.Add(($"{theirs}ln_1.{what}", of[$"{ours}input_layernorm.{what}"]));
                tensors.Add(($"{theirs}ln_2.{what}", of[$"{ours}post_attention_layernorm.{what}"]));
            }
            tensors.Add(($"{theirs}attn.bias", ones(1, 1, 12, 12)));
        }
        WriteWeights(tensors.Select(t => (prefix + t.Item1, t.Item2)));
        WriteConfiguration("""{"model_type": "gpt2", "vocab_size": 7, "n_layer": 2, "n_embd": 16, "n_head": 4, "n_positions": 12, "layer_norm_epsilon": 1e-5, "eos_token_id": 6}""");
        var (again, configuration) = LanguageCheckpoint.Read(folder);
        Assert.Equal([6], configuration.EndTokens);
        Assert.Equal(Answer(network, TransformerPass.Causal), Answer(again, TransformerPass.Causal));
        again.Dispose();
    }

    [Fact]
    public void A_file_of_BERT_is_the_encoder_it_was_made_from()
    {
        using var scope = NewDisposeScope();
        using var network = LanguageNetworkTests.Create(Gpt with { FeedForward = FeedForwardKind.Gelu, NormAfter = true, NormEpsilon = 1e-12 }, 7);
        var of = network.state_dict();
        manual_seed(3);
        var types = randn(2, 16);
        var tensors = new List<(string, Tensor)>
        {
            ("embeddings.word_embeddings.weight", of["model.embed_tokens.weight"]), ("embeddings.position_embeddings.weight", of["model.embed_positions"] - types[0]), ("embeddings.token_type_embeddings.weight", types),
            ("embeddings.LayerNorm.gamma", of["model.embed_layernorm.weight"]), ("embeddings.LayerNorm.beta", of["model.embed_layernorm.bias"]), ("pooler.dense.weight", ones(16, 16)),
        };
        (string, string)[] parts = [("attention.self.query", "self_attn.q_proj"), ("attention.self.key", "self_attn.k_proj"), ("attention.self.value", "self_attn.v_proj"), ("attention.output.dense", "self_attn.o_proj"),
            ("attention.output.LayerNorm", "input_layernorm"), ("intermediate.dense", "mlp.up_proj"), ("output.dense", "mlp.down_proj"), ("output.LayerNorm", "post_attention_layernorm")];
        for (var i = 0; i < 2; i++)
            foreach (var (theirs, ours) in parts)
                foreach (var what in new[] { "weight", "bias" }) tensors.Add(($"encoder.layer.{i}.{theirs}.{what}", of[$"model.layers.{i}.{ours}.{what}"]));
        WriteWeights(tensors);
        WriteConfiguration("""{"model_type": "bert", "vocab_size": 7, "num_hidden_layers": 2, "hidden_size": 16, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 12, "hidden_act": "gelu"}""");
        var (again, configuration) = LanguageCheckpoint.Read(folder);
        Assert.False(configuration.IsCausal);
        var (expected, actual) = (Answer(network, TransformerPass.Bidirectional), Answer(again, TransformerPass.Bidirectional));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
        again.Dispose();
    }

    private const string Valid = """{"model_type": "qwen2", "vocab_size": 7, "num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 8, "tie_word_embeddings": true, "max_position_embeddings": 16}""";

    private static TransformerOptions Tiny => new() { Layers = 1, Width = 8, Heads = 2, Hidden = 8, Length = 16 };

    [Theory]
    [InlineData("\"qwen2\"", "\"qwen3\"", "known: qwen2, gpt2, bert")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 1e30", "vocab_size is 1e30, expected a whole number from 1 to 10000000")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 8", "'model.embed_tokens.weight' is F32 [7, 8], expected [8, 8]")]
    [InlineData("\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2", "no file has a tensor for model.layers.1.")]
    [InlineData("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "model.heads: 3 does not divide model.width 8")]
    [InlineData("\"hidden_size\": 8", "\"hidden_size\": \"8\"", "hidden_size is \"8\", expected a whole number from 2 to 65536")]
    [InlineData("\"hidden_size\": 8, ", "", "hidden_size is missing")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 7, \"vocab_size\": 9", "Duplicate")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 7, \"use_sliding_window\": true", "attention within a window is not supported")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 7, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}", "rope_scaling.type is 'linear', expected yarn")]
    [InlineData("\"vocab_size\": 7", "\"vocab_size\": 7, \"eos_token_id\": [1, 9]", "eos_token_id is 9, expected tokens from 0 to 6")]
    [InlineData("}", "", "config.json")]
    public void A_configuration_that_is_wrong_is_named(string from, string to, string message)
    {
        using var network = LanguageNetworkTests.Create(Tiny, 7);
        LanguageCheckpoint.WriteWeights(network, Path.Combine(folder, "model.safetensors"));
        WriteConfiguration(Valid);
        LanguageCheckpoint.Read(folder).Network.Dispose();
        WriteConfiguration(Valid.Replace(from, to, StringComparison.Ordinal));
        var fault = Assert.Throws<RequestException>(() => LanguageCheckpoint.Read(folder));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map": {"model.norm.weight": "../elsewhere.safetensors"}}""", "weight_map has '../elsewhere.safetensors' for model.norm.weight, expected a file's name")]
    [InlineData("""{"weight_map": {"model.norm.weight": 3}}""", "expected a file's name")]
    [InlineData("""{"weight_map": []}""", "expected an object weight_map")]
    [InlineData("""{"weight_map": {"model.norm.weight": "absent.safetensors"}}""", "absent.safetensors: no such file")]
    [InlineData("""{"weight_map": {"model.norm.weight": "model.safetensors"}}""", "is not one that model.safetensors.index.json has in this file")]
    [InlineData("""{"weight_map": {"a": 1, "a": 2}}""", "Duplicate")]
    public void An_index_that_lies_is_refused(string index, string message)
    {
        using var network = LanguageNetworkTests.Create(Tiny, 7);
        LanguageCheckpoint.WriteWeights(network, Path.Combine(folder, "model.safetensors"));
        WriteConfiguration(Valid);
        File.WriteAllText(Path.Combine(folder, LanguageCheckpoint.IndexFileName), index);
        Assert.Contains(message, Assert.Throws<RequestException>(() => LanguageCheckpoint.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_is_changed_to_it_is_read_or_refused()
    {
        using var network = LanguageNetworkTests.Create(Tiny, 7);
        LanguageCheckpoint.WriteWeights(network, Path.Combine(folder, "model.safetensors"));
        WriteConfiguration(Valid);
        var files = new[] { "config.json", "model.safetensors" }.ToDictionary(f => f, f => File.ReadAllBytes(Path.Combine(folder, f)));
        Gen.Select(Gen.Bool, Gen.Int[0, 1200], Gen.Byte, Gen.Int[0, 3]).Sample((isConfiguration, at, value, kind) =>
        {
            var name = isConfiguration ? "config.json" : "model.safetensors";
            var bytes = (byte[])files[name].Clone();
            at %= bytes.Length;
            if (kind == 0) bytes = bytes[..at];
            else if (kind == 1) bytes = [.. bytes[..at], value, .. bytes[at..]];
            else bytes[at] = value;
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
            try
            {
                LanguageCheckpoint.Read(folder).Network.Dispose();
            }
            catch (RequestException fault)
            {
                Assert.Contains(folder, fault.Message, StringComparison.Ordinal);
            }
            finally
            {
                File.WriteAllBytes(Path.Combine(folder, name), files[name]);
            }
        }, iter: 400, threads: 1);
    }

    [Fact]
    public void Sixteen_bits_are_widened_exactly()
    {
        using var scope = NewDisposeScope();
        using var network = LanguageNetworkTests.Create(Tiny, 7);
        var halves = network.state_dict().ToDictionary(p => p.Key, p => p.Value.to(ScalarType.BFloat16));
        WriteWeights(halves.Select(p => (p.Key, p.Value)));
        WriteConfiguration(Valid);
        var (again, _) = LanguageCheckpoint.Read(folder);
        foreach (var (name, value) in again.state_dict()) Assert.True(value.eq(halves[name].to(ScalarType.Float32)).all().item<bool>(), name);
        again.Dispose();
        var (narrow, _) = LanguageCheckpoint.Read(folder, WeightPrecision.Half);
        Assert.All(narrow.state_dict().Values, v => Assert.Equal(ScalarType.BFloat16, v.dtype));
        Assert.True(Answer(again = LanguageCheckpoint.Read(folder).Network, TransformerPass.Causal).Zip(Logits(narrow), (a, b) => Math.Abs(a - b)).Max() < 0.01);
        again.Dispose();
        narrow.Dispose();
        static float[] Logits(LanguageNetwork of)
        {
            using var noGradient = no_grad();
            return of.Logits(of.Features(tensor(new long[] { 3, 1, 4, 1, 5 }).view(1, 5), TransformerPass.Causal)).to(ScalarType.Float32).contiguous().data<float>().ToArray();
        }
    }

    [Fact]
    public void What_is_written_says_what_other_programs_ask()
    {
        using var network = LanguageNetworkTests.Create(Tiny with { Stretch = 4, KeyValueHeads = 1 }, 7);
        LanguageCheckpoint.Write(network, folder, [5, 6], 6);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        Assert.Equal(("qwen2", 7, 8, 1, 2, 1, "silu", true), ((string)config["model_type"]!, (int)config["vocab_size"]!, (int)config["hidden_size"]!, (int)config["num_hidden_layers"]!, (int)config["num_attention_heads"]!, (int)config["num_key_value_heads"]!, (string)config["hidden_act"]!, (bool)config["tie_word_embeddings"]!));
        Assert.Equal(("yarn", 4.0, 16), ((string)config["rope_scaling"]!["type"]!, (double)config["rope_scaling"]!["factor"]!, (int)config["rope_scaling"]!["original_max_position_embeddings"]!));
        Assert.Contains("\"format\":\"pt\"", Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")).AsSpan(8, 400)), StringComparison.Ordinal);
        Assert.True(CheckpointConfiguration.IsQwen(network.Options));
        Assert.False(CheckpointConfiguration.IsQwen(Gpt));
    }
}
