using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Preceptor.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// Reads networks from Hugging Face folders (config.json beside model.safetensors or its shards) in the layouts of Qwen2, GPT-2 and BERT, and writes Qwen2's.
/// Weights of 16 bits are widened as they are read, a tensor at a time; nothing in a file is executed.
/// </summary>
internal static class LanguageCheckpoint
{
    public const string FileName = "model.safetensors", IndexFileName = "model.safetensors.index.json";

    /// <summary>Reads a network and its configuration.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="precision">In how many bits its weights are held.</param>
    /// <exception cref="RequestException">A file is missing, damaged, or does not fit the configuration.</exception>
    public static (LanguageNetwork Network, CheckpointConfiguration Configuration) Read(string folder, WeightPrecision precision = WeightPrecision.Single)
    {
        var configuration = CheckpointConfiguration.Read(folder);
        LanguageNetwork? network = null;
        try
        {
            network = Create(configuration.Options, configuration.Vocabulary, precision);
            Fill(network, name => CheckpointNames.Targets(configuration, name), folder);
            network.eval();
            return (network, configuration);
        }
        catch
        {
            network?.Dispose();
            throw;
        }
    }

    /// <summary>An untrained network whose weights are held in some number of bits.</summary>
    /// <exception cref="RequestException">Few bits are for decoders whose layers were stored as they are computed.</exception>
    public static LanguageNetwork Create(TransformerOptions options, int vocabulary, WeightPrecision precision)
    {
        if (precision is WeightPrecision.EightBit or WeightPrecision.FourBit && !CheckpointConfiguration.IsQwen(options)) throw new RequestException("eight and four bits are for decoders of Qwen2's kind; use 32 or 16 bits");
        var network = new LanguageNetwork(precision switch { WeightPrecision.EightBit => options with { QuantisedBits = 8 }, WeightPrecision.FourBit => options with { QuantisedBits = 4 }, _ => options }, vocabulary);
        if (precision == WeightPrecision.Half) network.to(ScalarType.BFloat16);
        return network;
    }

    /// <summary>Writes a network in Qwen2's layout.</summary>
    /// <param name="network">A decoder of that kind (<see cref="CheckpointConfiguration.IsQwen"/>).</param>
    /// <param name="folder">The folder.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="padding">The token of padding; null without one.</param>
    public static void Write(LanguageNetwork network, string folder, IReadOnlyList<int> ends, int? padding)
    {
        CheckpointConfiguration.Write(folder, network.Options, network.Vocabulary, ends, padding);
        WriteWeights(network, Path.Combine(folder, FileName));
    }

    /// <summary>Writes the weights by their names.</summary>
    public static void WriteWeights(LanguageNetwork network, string path)
    {
        using var scope = NewDisposeScope();
        // Readers of this format ask for the framework whose layout the tensors have.
        Safetensors.Write(path, network.state_dict().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, StoredArray.Of(p.Value))), [KeyValuePair.Create("format", "pt")]);
    }

    /// <summary>Reads weights that bear the network's own names.</summary>
    /// <exception cref="RequestException">A file is missing, damaged, or does not fit.</exception>
    public static void ReadWeights(LanguageNetwork network, string folder) => Fill(network, name => [(name, default)], folder);

    private static void Fill(LanguageNetwork network, Func<string, IReadOnlyList<(string Target, CheckpointPart Part)>> targets, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (places, rounded) = (network.state_dict(), network.Quantised());
        var missing = new HashSet<string>(places.Keys.Concat(rounded.Keys), StringComparer.Ordinal);
        foreach (var (file, expected) in Files(folder))
        {
            var left = expected is null ? null : new HashSet<string>(expected, StringComparer.Ordinal);
            Safetensors.ReadEach(file, (name, array) =>
            {
                if (left is not null && !left.Remove(name)) throw new RequestException($"{file}: tensor '{name}' is not one that {IndexFileName} has in this file");
                foreach (var (target, part) in targets(name))
                {
                    if (rounded.TryGetValue(target, out var matrix))
                    {
                        QuantisedLinear.Take(matrix, array, $"{file}: tensor '{name}'");
                        if (!missing.Remove(target)) throw new RequestException($"{file}: tensor '{name}' is there twice");
                        continue;
                    }
                    if (!places.TryGetValue(target, out var place)) throw new RequestException($"{file}: tensor '{name}' has no place in a network of {network.Options.Layers} layers as the configuration has it");
                    Copy(array, place, part, $"{file}: tensor '{name}'");
                    if (part.Kind != CheckpointPart.Addition && !missing.Remove(target)) throw new RequestException($"{file}: tensor '{name}' is there twice");
                }
            });
            if (left?.Count > 0) throw new RequestException($"{file}: tensor '{left.First()}' is missing, which {IndexFileName} has in this file");
        }
        // The output layer of a file without one is the embedding.
        if (missing.Count > 0) throw new RequestException($"{folder}: no file has a tensor for {missing.Order(StringComparer.Ordinal).First()} ({missing.Count} of {places.Count + rounded.Count} are missing)");
    }

    private static void Copy(StoredArray array, Tensor place, CheckpointPart part, string what)
    {
        using var scope = NewDisposeScope();
        switch (part.Kind)
        {
            case CheckpointPart.Whole:
                array.ConvertTo(place, what);
                break;
            case CheckpointPart.Addition: // one vector that is added to all rows
                if (array.Shape.Count != 2 || array.Shape[0] < 1 || array.Shape[1] != place.shape[1]) throw new RequestException($"{what} is [{string.Join(", ", array.Shape)}], expected [types, {place.shape[1]}]");
                place.add_(array.ToTensor().narrow(0, 0, 1).to(place.dtype));
                break;
            default:
                // Stored as [in, out], with several layers' outputs side by side.
                var stored = array.ToTensor();
                long[] expected = place.shape.Length == 1 ? [place.shape[0] * part.Of] : [place.shape[1], place.shape[0] * part.Of];
                if (!array.Shape.SequenceEqual(expected)) throw new RequestException($"{what} is {array.Type} [{string.Join(", ", array.Shape)}], expected [{string.Join(", ", expected)}]");
                place.copy_(place.shape.Length == 1 ? stored.narrow(0, part.Number * place.shape[0], place.shape[0]) : stored.narrow(1, part.Number * place.shape[0], place.shape[0]).t());
                break;
        }
    }

    // The files, each with the tensors it must have; null where nothing says so.
    private static IEnumerable<(string File, IReadOnlyList<string>? Tensors)> Files(string folder)
    {
        var index = Path.Combine(folder, IndexFileName);
        if (!File.Exists(index)) return [(Path.Combine(folder, FileName), null)];
        try
        {
            if (new FileInfo(index).Length > 64 << 20) throw new RequestException($"{index}: larger than 64 MiB, so not an index of shards");
            var bytes = File.ReadAllBytes(index);
            if (!Utf8.IsValid(bytes)) throw new RequestException($"{index}: is not UTF-8 text");
            using var json = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw new RequestException($"{index}: expected an object weight_map");
            return [.. map.EnumerateObject().Select(p => (p.Name, File: Shard(p.Value, p.Name))).GroupBy(p => p.File, StringComparer.Ordinal)
                .Select(g => (Path.Combine(folder, g.Key), (IReadOnlyList<string>?)[.. g.Select(p => p.Name)]))];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{index}: {fault.Message}", fault);
        }
        string Shard(JsonElement value, string tensor)
        {
            var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            // A name that leads out of the folder is none of a shard.
            return name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..") ? name
                : throw new RequestException($"{index}: weight_map has '{(name.Length <= 60 ? name : name[..60] + "…")}' for {tensor}, expected a file's name");
        }
    }
}

/// <summary>How a stored tensor becomes one of the network's.</summary>
/// <param name="Kind">As a whole, transposed or as a part, or added to all rows.</param>
/// <param name="Number">Which part.</param>
/// <param name="Of">Of how many.</param>
internal readonly record struct CheckpointPart(int Kind, int Number = 0, int Of = 1)
{
    public const int Whole = 0, Transposed = 1, Addition = 2;
}

/// <summary>The names of published layouts, as those of <see cref="LanguageNetwork"/>.</summary>
internal static class CheckpointNames
{
    private static readonly Dictionary<string, string> GptParts = new(StringComparer.Ordinal)
    {
        ["ln_1"] = "input_layernorm",
        ["attn.c_proj"] = "self_attn.o_proj",
        ["ln_2"] = "post_attention_layernorm",
        ["mlp.c_fc"] = "mlp.up_proj",
        ["mlp.c_proj"] = "mlp.down_proj",
    };

    private static readonly Dictionary<string, string> BertParts = new(StringComparer.Ordinal)
    {
        ["attention.self.query"] = "self_attn.q_proj",
        ["attention.self.key"] = "self_attn.k_proj",
        ["attention.self.value"] = "self_attn.v_proj",
        ["attention.output.dense"] = "self_attn.o_proj",
        ["attention.output.LayerNorm"] = "input_layernorm",
        ["intermediate.dense"] = "mlp.up_proj",
        ["output.dense"] = "mlp.down_proj",
        ["output.LayerNorm"] = "post_attention_layernorm",
    };

    /// <summary>Where a stored tensor goes; nowhere for what only training or another task needs.</summary>
    public static IReadOnlyList<(string Target, CheckpointPart Part)> Targets(CheckpointConfiguration configuration, string name) => configuration.ModelType switch
    {
        "gpt2" => Gpt(name.StartsWith("transformer.", StringComparison.Ordinal) ? name["transformer.".Length..] : name, configuration.Options.Tied),
        "bert" => Bert(name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name),
        // Files of tied networks may have the output layer all the same.
        _ => name == "lm_head.weight" && configuration.Options.Tied || name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) ? [] : [(name, default)],
    };

    private static IReadOnlyList<(string, CheckpointPart)> Gpt(string name, bool isTied)
    {
        if (name is "lm_head.weight") return isTied ? [] : [(name, default)];
        if (name is "wte.weight") return [("model.embed_tokens.weight", default)];
        if (name is "wpe.weight") return [("model.embed_positions", default)];
        if (name.StartsWith("ln_f.", StringComparison.Ordinal)) return [("model.norm." + name["ln_f.".Length..], default)];
        if (!Layer(name, "h.", out var layer, out var part, out var what)) return [(name, default)];
        if (part is "attn" && what is "bias" or "masked_bias") return [];
        var place = $"model.layers.{layer}.";
        if (part is "attn.c_attn") return [.. new[] { "q_proj", "k_proj", "v_proj" }.Select((p, i) => ($"{place}self_attn.{p}.{what}", new CheckpointPart(CheckpointPart.Transposed, i, 3)))];
        return GptParts.TryGetValue(part, out var ours) ? [($"{place}{ours}.{what}", part.StartsWith("ln_", StringComparison.Ordinal) ? default : new(CheckpointPart.Transposed))] : [(name, default)];
    }

    private static IReadOnlyList<(string, CheckpointPart)> Bert(string name)
    {
        name = name.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal).Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
        if (name.StartsWith("pooler.", StringComparison.Ordinal) || name.StartsWith("cls.", StringComparison.Ordinal) || name is "embeddings.position_ids") return [];
        if (name is "embeddings.word_embeddings.weight") return [("model.embed_tokens.weight", default)];
        if (name is "embeddings.position_embeddings.weight") return [("model.embed_positions", default)];
        // A text alone has the first type throughout, so that its vector stands at every place.
        if (name is "embeddings.token_type_embeddings.weight") return [("model.embed_positions", new(CheckpointPart.Addition))];
        if (name.StartsWith("embeddings.LayerNorm.", StringComparison.Ordinal)) return [("model.embed_layernorm." + name["embeddings.LayerNorm.".Length..], default)];
        return Layer(name, "encoder.layer.", out var layer, out var part, out var what) && BertParts.TryGetValue(part, out var ours) ? [($"model.layers.{layer}.{ours}.{what}", default)] : [(name, default)];
    }

    // h.3.attn.c_attn.weight: layer 3, part attn.c_attn, weight.
    private static bool Layer(string name, string prefix, out int layer, out string part, out string what)
    {
        (layer, part, what) = (0, "", "");
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return false;
        var (dot, last) = (name.IndexOf('.', prefix.Length), name.LastIndexOf('.'));
        if (dot < 0 || last <= dot || !int.TryParse(name.AsSpan(prefix.Length, dot - prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out layer)) return false;
        (part, what) = (name[(dot + 1)..last], name[(last + 1)..]);
        return true;
    }
}
