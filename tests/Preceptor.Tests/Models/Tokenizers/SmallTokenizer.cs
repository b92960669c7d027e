using System.Text.Json.Nodes;
using Preceptor.Models;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>A tokenizer.json of 256 bytes, a few merges and two added tokens, to be changed by tests.</summary>
internal static class SmallTokenizer
{
    /// <summary>The file; its merges make "the" and " the" one token each.</summary>
    public static JsonObject Json()
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++) vocabulary[ByteAlphabet.Letter((byte)value).ToString()] = value;
        string[] merges = ["t h", "th e", "Ġ the", "a b", "ab c"];
        foreach (var merge in merges) vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        return new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Added(261, "<|end|>", true), Added(262, "<tool>", false)),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]) },
        };
    }

    public static JsonObject Added(int id, string content, bool special) => new() { ["id"] = id, ["content"] = content, ["special"] = special, ["normalized"] = false };

    /// <summary>The tokenizer of a file's text.</summary>
    public static Tokenizer Load(string json)
    {
        using var folder = new TemporaryFolder();
        return Tokenizer.Load(folder.Write("tokenizer.json", json));
    }

    /// <summary>The tokenizer of the file with a change.</summary>
    public static Tokenizer With(Action<JsonObject> change)
    {
        var json = Json();
        change(json);
        return Load(json.ToJsonString());
    }
}
