using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>What a Hugging Face <c>config.json</c> says of a network: its layout, its sizes, and which tokens end a text.</summary>
/// <param name="ModelType">The layout: qwen2, gpt2 or bert.</param>
/// <param name="Options">The transformer.</param>
/// <param name="Vocabulary">Rows of the embedding; may be more than the tokenizer's.</param>
/// <param name="EndTokens">Tokens that end a text; those of generation_config.json where it is there.</param>
internal sealed record CheckpointConfiguration(string ModelType, TransformerOptions Options, int Vocabulary, IReadOnlyList<int> EndTokens)
{
    public const string FileName = "config.json", GenerationFileName = "generation_config.json";

    /// <summary>Layouts that can be read.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = ["qwen2", "gpt2", "bert"];

    /// <summary>Whether a token attends to those before it alone.</summary>
    public bool IsCausal => ModelType != "bert";

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="RequestException">A file is missing, is no JSON, or asks for what this library has not.</exception>
    public static CheckpointConfiguration Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var keys = new ConfigurationKeys(path);
        var type = keys.Text("model_type", null);
        var (options, vocabulary) = type switch
        {
            "qwen2" => (Qwen(keys), keys.Whole("vocab_size", 1, 10_000_000)),
            "gpt2" => (Gpt(keys), keys.Whole("vocab_size", 1, 10_000_000)),
            "bert" => (Bert(keys), keys.Whole("vocab_size", 1, 10_000_000)),
            _ => throw new RequestException($"{path}: model_type is '{type}'{Spelling.Hint(type, ModelTypes)}; known: {string.Join(", ", ModelTypes)}"),
        };
        try
        {
            options.Check();
        }
        catch (RequestException fault)
        {
            throw new RequestException($"{path}: {fault.Message}", fault);
        }
        var generation = Path.Combine(folder, GenerationFileName);
        var ends = File.Exists(generation) ? new ConfigurationKeys(generation).List("eos_token_id", vocabulary) : [];
        return new(type, options, vocabulary, ends.Count > 0 ? ends : keys.List("eos_token_id", vocabulary));
    }

    /// <summary>Writes a decoder's configuration as Qwen2's; see <see cref="IsQwen"/>.</summary>
    public static void Write(string folder, TransformerOptions options, int vocabulary, IReadOnlyList<int> ends, int? padding)
    {
        JsonNode? Ends() => ends.Count switch { 0 => null, 1 => ends[0], _ => new JsonArray([.. ends.Select(e => (JsonNode)e)]) };
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("Qwen2ForCausalLM"),
            ["model_type"] = "qwen2",
            ["vocab_size"] = vocabulary,
            ["hidden_size"] = options.Width,
            ["intermediate_size"] = options.HiddenSize,
            ["num_hidden_layers"] = options.Layers,
            ["num_attention_heads"] = options.Heads,
            ["num_key_value_heads"] = options.KeyValueHeadCount,
            ["head_dim"] = options.HeadSize,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = options.Length,
            ["rms_norm_eps"] = options.NormEpsilon,
            ["rope_theta"] = options.RotaryBase,
            ["rope_scaling"] = options.Stretch <= 1 ? null : new JsonObject { ["type"] = "yarn", ["rope_type"] = "yarn", ["factor"] = options.Stretch, ["original_max_position_embeddings"] = options.Length },
            ["tie_word_embeddings"] = options.Tied,
            ["attention_dropout"] = 0.0,
            ["initializer_range"] = options.InitialDeviation,
            ["use_sliding_window"] = false,
            ["bos_token_id"] = null,
            ["eos_token_id"] = Ends(),
            ["pad_token_id"] = padding,
            ["torch_dtype"] = "float32",
            ["use_cache"] = true,
        };
        ModelFiles.WriteJsonWhole(Path.Combine(folder, FileName), config);
        ModelFiles.WriteJsonWhole(Path.Combine(folder, GenerationFileName), new JsonObject { ["do_sample"] = false, ["eos_token_id"] = Ends(), ["pad_token_id"] = padding });
    }

    /// <summary>Whether Qwen2's layout can say all of a network, so that other programs can load it.</summary>
    public static bool IsQwen(TransformerOptions options) => options is
    {
        Architecture: LanguageArchitecture.Decoder, PrefixAttention: false, FeedForward: FeedForwardKind.SwiGlu, Norm: NormKind.RootMeanSquare, NormAfter: false, Positions: PositionKind.Rotary, Bias: BiasKind.QueryKeyValue,
    };

    private static TransformerOptions Qwen(ConfigurationKeys keys)
    {
        keys.Only("hidden_act", "silu");
        if (keys.Flag("use_sliding_window", false)) throw new RequestException($"{keys.Path}: use_sliding_window is true, and attention within a window is not supported; the released models have it off");
        var options = new TransformerOptions
        {
            Layers = keys.Whole("num_hidden_layers", 1, 1000),
            Width = keys.Whole("hidden_size", 2, 65_536),
            Heads = keys.Whole("num_attention_heads", 1, 1024),
            KeyValueHeads = keys.Whole("num_key_value_heads", 1, 1024, keys.Whole("num_attention_heads", 1, 1024)),
            HeadWidth = keys.Whole("head_dim", 1, 4096, 0),
            Hidden = keys.Whole("intermediate_size", 1, 1_000_000),
            NormEpsilon = keys.Number("rms_norm_eps", 1e-6),
            RotaryBase = keys.Within("rope_parameters")?.Number("rope_theta", null) ?? keys.Number("rope_theta", 10_000),
            Length = keys.Whole("max_position_embeddings", 1, 100_000_000, 32_768),
            Tied = keys.Flag("tie_word_embeddings", false),
            InitialDeviation = keys.Number("initializer_range", 0.02),
        };
        var scaling = keys.Within("rope_scaling") ?? (keys.Within("rope_parameters") is { } parameters && parameters.Text("rope_type", "default") != "default" ? parameters : null);
        if (scaling is null) return options;
        var kind = scaling.Text("rope_type", scaling.Text("type", ""));
        if (kind != "yarn") throw new RequestException($"{keys.Path}: {scaling.Prefix}type is '{kind}', expected yarn");
        options.Stretch = scaling.Number("factor", null);
        options.Length = scaling.Whole("original_max_position_embeddings", 1, 100_000_000, options.Length);
        return options;
    }

    private static TransformerOptions Gpt(ConfigurationKeys keys)
    {
        var activation = keys.Text("activation_function", "gelu_new");
        if (activation is not ("gelu_new" or "gelu")) throw new RequestException($"{keys.Path}: activation_function is '{activation}', expected gelu_new or gelu");
        return new()
        {
            Layers = keys.Whole("n_layer", 1, 1000),
            Width = keys.Whole("n_embd", 2, 65_536),
            Heads = keys.Whole("n_head", 1, 1024),
            Hidden = keys.Whole("n_inner", 1, 1_000_000, 0),
            Norm = NormKind.Layer,
            NormEpsilon = keys.Number("layer_norm_epsilon", 1e-5),
            Positions = PositionKind.Learned,
            Length = keys.Whole("n_positions", 1, 100_000_000, 1024),
            FeedForward = activation == "gelu" ? FeedForwardKind.Gelu : FeedForwardKind.GeluTanh,
            Bias = BiasKind.All,
            Tied = keys.Flag("tie_word_embeddings", true),
        };
    }

    private static TransformerOptions Bert(ConfigurationKeys keys)
    {
        keys.Only("hidden_act", "gelu");
        keys.Only("position_embedding_type", "absolute");
        return new()
        {
            Layers = keys.Whole("num_hidden_layers", 1, 1000),
            Width = keys.Whole("hidden_size", 2, 65_536),
            Heads = keys.Whole("num_attention_heads", 1, 1024),
            Hidden = keys.Whole("intermediate_size", 1, 1_000_000),
            Norm = NormKind.Layer,
            NormAfter = true,
            NormEpsilon = keys.Number("layer_norm_eps", 1e-12),
            Positions = PositionKind.Learned,
            Length = keys.Whole("max_position_embeddings", 1, 100_000_000, 512),
            FeedForward = FeedForwardKind.Gelu,
            Bias = BiasKind.All,
            Tied = true,
        };
    }

    /// <summary>The keys of a JSON file, each checked as it is asked for.</summary>
    private sealed class ConfigurationKeys
    {
        private readonly JsonElement root;

        public ConfigurationKeys(string path) : this(path, "", Parse(path)) { }

        private ConfigurationKeys(string path, string prefix, JsonElement root) => (Path, Prefix, this.root) = (path, prefix, root);

        public string Path { get; }

        public string Prefix { get; }

        public ConfigurationKeys? Within(string key) => Find(key) is not { } found ? null : found.ValueKind == JsonValueKind.Object ? new(Path, $"{Prefix}{key}.", found) : throw Wrong(key, found, "an object");

        public string Text(string key, string? otherwise) => Find(key) is not { } found ? otherwise ?? throw Missing(key) : found.ValueKind == JsonValueKind.String ? String(found, key) : throw Wrong(key, found, "a text");

        public void Only(string key, string value)
        {
            var found = Text(key, value);
            if (found != value) throw new RequestException($"{Path}: {Prefix}{key} is '{found}', expected {value}");
        }

        public bool Flag(string key, bool otherwise) => Find(key) is not { } found ? otherwise : found.ValueKind is JsonValueKind.True or JsonValueKind.False ? found.GetBoolean() : throw Wrong(key, found, "true or false");

        public double Number(string key, double? otherwise) => Find(key) is not { } found ? otherwise ?? throw Missing(key)
            : found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out var number) && double.IsFinite(number) && number > 0 ? number : throw Wrong(key, found, "a number above 0");

        public int Whole(string key, int least, int most, int? otherwise = null) => Find(key) is not { } found ? otherwise ?? throw Missing(key)
            : found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number >= least && number <= most ? number : throw Wrong(key, found, $"a whole number from {least} to {most}");

        /// <summary>One token or several.</summary>
        public IReadOnlyList<int> List(string key, int below)
        {
            if (Find(key) is not { } found) return [];
            int One(JsonElement e) => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var id) && id >= 0 && id < below ? id : throw Wrong(key, e, $"tokens from 0 to {below - 1}");
            return found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray().Select(One)] : [One(found)];
        }

        private static JsonElement Parse(string path)
        {
            try
            {
                var file = new FileInfo(path);
                if (!file.Exists) throw new RequestException($"{path}: no such file; expected a folder with {FileName} and model.safetensors");
                if (file.Length > 16 << 20) throw new RequestException($"{path}: holds {file.Length} bytes, expected a configuration of at most 16 MiB");
                var bytes = File.ReadAllBytes(path);
                if (!Utf8.IsValid(bytes)) throw new RequestException($"{path}: is not UTF-8 text");
                using var document = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false, MaxDepth = 32 });
                return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new RequestException($"{path}: expected a JSON object");
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException) // the second: a text with half a surrogate pair
            {
                throw new RequestException($"{path}: {fault.Message}", fault);
            }
        }

        private string String(JsonElement found, string key)
        {
            try
            {
                return found.GetString()!;
            }
            catch (InvalidOperationException) // half a surrogate pair
            {
                throw Wrong(key, found, "a well-formed text");
            }
        }

        private JsonElement? Find(string key) => root.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

        private RequestException Missing(string key) => new($"{Path}: {Prefix}{key} is missing");

        private RequestException Wrong(string key, JsonElement found, string expected)
        {
            var text = found.GetRawText();
            return new($"{Path}: {Prefix}{key} is {(text.Length <= 40 ? text : text[..40] + "…")}, expected {expected}");
        }
    }
}
