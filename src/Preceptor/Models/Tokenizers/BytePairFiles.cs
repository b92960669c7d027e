using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>From files to a <see cref="BytePairTokenizer"/>: what is in them is checked, and what is not known here refused, since it would change answers.</summary>
internal static class BytePairFiles
{
    /// <summary>Builds the tokenizer that files describe.</summary>
    /// <param name="file">The tokenizer.json.</param>
    /// <param name="configuration">The tokenizer_config.json.</param>
    /// <exception cref="RequestException">They contradict themselves, or describe a tokenizer of another kind.</exception>
    public static BytePairTokenizer Build(TokenizerFile file, JsonKey configuration)
    {
        Require(file["model.type"], file["model.type"].IsMissing || file["model.type"].Text == "BPE", "BPE");
        Require(file["model.dropout"], file["model.dropout"].Node is null or JsonValue && (file["model.dropout"].Node?.ToJsonString() ?? "0") is "0" or "0.0", "none, since it draws at random");
        foreach (var key in new[] { "model.continuing_subword_prefix", "model.end_of_word_suffix" }) Require(file[key], file[key].IsMissing || file[key].Text.Length == 0, "none, as byte-level tokenizers have");
        Require(file["model.byte_fallback"], !file["model.byte_fallback"].Flag(), "false, as byte-level tokenizers have");
        if (file.Vocabulary.Count == 0) throw new RequestException($"{file.Path}: model.vocab is missing or empty");
        int? unknown = file["model.unk_token"].IsMissing ? null : file.Vocabulary.TryGetValue(file["model.unk_token"].Text, out var id) ? id : throw file["model.unk_token"].Wrong("a token of model.vocab");
        var added = Added(file);
        var tokens = Tokens(file, added);
        var roles = new TokenRoles(
            Named(configuration["eos_token"], tokens) ?? (configuration.Object.Count == 0 ? added.FirstOrDefault(a => a.Content is "<|endoftext|>" or "</s>" or "<|end_of_text|>")?.Id : null),
            Named(configuration["pad_token"], tokens),
            Named(configuration["bos_token"], tokens),
            unknown);
        return new(file, configuration.Object, tokens, added, Merges(file), Stages(file), Composes(file["normalizer"]), file["model.ignore_merges"].Flag(), roles);
    }

    /// <summary>What vocab.json and merges.txt leave open, by the configuration: normal form and pattern by the tokenizer's class, and the added tokens.</summary>
    public static TokenizerFile Complete(TokenizerFile file, JsonKey configuration)
    {
        var kind = configuration["tokenizer_class"].IsMissing ? "GPT2Tokenizer" : configuration["tokenizer_class"].Text.Replace("Fast", "", StringComparison.Ordinal);
        Require(configuration["tokenizer_class"], kind is "GPT2Tokenizer" or "Qwen2Tokenizer", "GPT2Tokenizer or Qwen2Tokenizer, where there is no tokenizer.json");
        var added = new JsonArray();
        if (!configuration["added_tokens_decoder"].IsMissing)
            foreach (var (id, token) in configuration["added_tokens_decoder"].Object)
            {
                var entry = new JsonKey(configuration.File, $"added_tokens_decoder.{id}", token);
                var copy = (JsonObject)entry.Object.DeepClone();
                copy["id"] = int.TryParse(id, out var number) ? number : throw entry.Wrong("a whole number as its key");
                added.Add(copy);
            }
        foreach (var key in new[] { "bos_token", "eos_token", "unk_token", "pad_token" })
            if (NameOf(configuration[key]) is { } name && file.Vocabulary.TryGetValue(name, out var id) && !added.Any(a => a!["content"]?.ToString() == name))
                added.Add(new JsonObject { ["id"] = id, ["content"] = name, ["special"] = true });
        var isQwen = kind == "Qwen2Tokenizer";
        JsonObject Bytes(bool pattern) => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = configuration["add_prefix_space"].Flag(), ["trim_offsets"] = !isQwen, ["use_regex"] = pattern };
        var split = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = WordScanner.Qwen2 }, ["behavior"] = "Isolated", ["invert"] = false };
        (file.Parts["version"], file.Parts["added_tokens"], file.Model["type"]) = ("1.0", added, "BPE");
        file.Parts["normalizer"] = isQwen ? new JsonObject { ["type"] = "NFC" } : null;
        file.Parts["pre_tokenizer"] = isQwen ? new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(split, Bytes(false)) } : Bytes(true);
        file.Parts["decoder"] = Bytes(!isQwen);
        return file;
    }

    private static void Require(JsonKey key, bool holds, string expected)
    {
        if (!holds) throw key.Wrong(expected);
    }

    private static string? NameOf(JsonKey key) => key.IsMissing ? null : key.Node is JsonObject ? key["content"].Text : key.Text;

    private static int? Named(JsonKey key, string?[] tokens) => NameOf(key) is { Length: > 0 } name && Array.IndexOf(tokens, name) is >= 0 and var id ? id : null;

    private static AddedToken[] Added(TokenizerFile file)
    {
        if (file["added_tokens"].IsMissing) return [];
        var (added, contents) = (new List<AddedToken>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var entry in file["added_tokens"].Items)
        {
            var token = new AddedToken(entry["id"].Integer, entry["content"].Text, entry["special"].Flag(), entry["normalized"].Flag(), entry["lstrip"].Flag(), entry["rstrip"].Flag());
            Require(entry["single_word"], !entry["single_word"].Flag(), "false: tokens that are found as whole words only are not known here");
            Require(entry["id"], token.Id is >= 0 and < TokenizerFile.MostTokens, $"a number from 0 to {TokenizerFile.MostTokens - 1}");
            Require(entry["content"], token.Content.Length > 0 && CharacterClasses.WellFormed(token.Content) == token.Content, "a text that is not empty");
            Require(entry["content"], contents.Add(token.Content), "a text that no other added token has");
            Require(entry["id"], !file.Vocabulary.TryGetValue(token.Content, out var id) || id == token.Id, $"{id}, the number of '{JsonKey.Shown(token.Content)}' in model.vocab");
            added.Add(token);
        }
        return [.. added];
    }

    /// <summary>All tokens by number.</summary>
    private static string?[] Tokens(TokenizerFile file, AddedToken[] added)
    {
        var tokens = new string?[file.Vocabulary.Values.Concat(added.Select(a => a.Id)).Max() + 1];
        foreach (var (token, id) in file.Vocabulary.Concat(added.Where(a => !file.Vocabulary.ContainsKey(a.Content)).Select(a => KeyValuePair.Create(a.Content, a.Id))))
        {
            if (tokens[id] is { } other) throw new RequestException($"{file.Path}: model.vocab, added_tokens: '{JsonKey.Shown(other)}' and '{JsonKey.Shown(token)}' have one number, {id}");
            tokens[id] = token;
        }
        return tokens;
    }

    private static PairMerges Merges(TokenizerFile file)
    {
        var (merges, seen) = (new (int, int, int)[file.Merges.Count], new HashSet<(int, int)>(file.Merges.Count));
        for (var rank = 0; rank < merges.Length; rank++)
        {
            var (left, right) = file.Merges[rank];
            int Id(string token) => file.Vocabulary.TryGetValue(token, out var id) ? id : throw new RequestException($"{file.Path}: merges[{rank}]: '{JsonKey.Shown(left)} {JsonKey.Shown(right)}': '{JsonKey.Shown(token)}' is not in the vocabulary");
            merges[rank] = (Id(left), Id(right), Id(left + right));
            if (!seen.Add((merges[rank].Item1, merges[rank].Item2))) throw new RequestException($"{file.Path}: merges[{rank}]: '{JsonKey.Shown(left)} {JsonKey.Shown(right)}' stands there twice");
        }
        return new(merges);
    }

    private static bool Composes(JsonKey normalizer)
    {
        if (normalizer.IsMissing) return false;
        var type = normalizer["type"];
        if (type.Text == "Sequence") return normalizer["normalizers"].Items.Select(Composes).ToArray().Contains(true);
        Require(type, type.Text == "NFC", "NFC, or no normaliser");
        return true;
    }

    private static List<SplitStage> Stages(TokenizerFile file)
    {
        var stages = new List<SplitStage>();
        Add(file["pre_tokenizer"]);
        return stages is [.., { IsBytes: true }] && stages.Count(s => s.IsBytes) == 1 ? stages : throw file["pre_tokenizer"].Wrong("ByteLevel, or a Sequence that ends with it");

        void Add(JsonKey key)
        {
            var type = key["type"];
            if (stages.Count == 16) throw key.Wrong("at most 16 stages");
            if (type.Text == "Sequence") foreach (var item in key["pretokenizers"].Items) Add(item);
            else if (type.Text == "ByteLevel") stages.Add(new(key["use_regex"].Flag(otherwise: true) ? TextSplitter.Of(WordScanner.Gpt2) : null, true, key["add_prefix_space"].Flag(otherwise: true)));
            else if (type.Text == "Digits") stages.Add(new(new PatternSplitter(key["individual_digits"].Flag() ? @"\p{N}" : @"\p{N}+"), false, false));
            else if (type.Text == "Split") stages.Add(new(Splitter(key), false, false));
            else throw type.Wrong("Sequence, Split, Digits or ByteLevel");
        }
    }

    private static TextSplitter Splitter(JsonKey key)
    {
        Require(key["behavior"], key["behavior"].Text == "Isolated", "Isolated");
        Require(key["invert"], !key["invert"].Flag(), "false");
        var pattern = key["pattern"]["Regex"];
        try
        {
            return TextSplitter.Of(pattern.IsMissing ? System.Text.RegularExpressions.Regex.Escape(key["pattern"]["String"].Text) : pattern.Text);
        }
        catch (ArgumentException e)
        {
            throw new RequestException($"{pattern.File}: {pattern.Name}: {JsonKey.Shown(e.Message, 300)}", e);
        }
    }
}

/// <summary>A stage of cutting texts into pieces.</summary>
/// <param name="Splitter">Cuts; null for a stage that does not.</param>
/// <param name="IsBytes">Whether pieces become bytes after it.</param>
/// <param name="AddsBlank">Whether a piece that does not begin with a blank gets one first.</param>
internal sealed record SplitStage(TextSplitter? Splitter, bool IsBytes, bool AddsBlank);

/// <summary>Which tokens have a part of their own; null for those that there are none of.</summary>
/// <param name="End">Ends a text.</param>
/// <param name="Padding">Fills up.</param>
/// <param name="Begin">Begins a text.</param>
/// <param name="Unknown">Stands for what has no token.</param>
internal readonly record struct TokenRoles(int? End, int? Padding, int? Begin, int? Unknown);
