using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>Files that are damaged or lie: one message that names file and key, and no crash.</summary>
public sealed class HostileTokenizerTests
{
    public static TheoryData<string, string, string> Lies => new()
    {
        { "model.type", "\"Unigram\"", "model.type is \"Unigram\"" },
        { "model.vocab", "[]", "model.vocab" },
        { "model.vocab", "{}", "model.vocab is missing or empty" },
        { "model.vocab.a", "-1", "'a'" },
        { "model.vocab.a", "4194304", "'a'" },
        { "model.vocab.a", "1e99", "'a'" },
        { "model.vocab.a", "\"1\"", "'a'" },
        { "model.vocab.a", "98", "one number, 98" },
        { "model.merges", "{}", "model.merges" },
        { "model.merges", "[\"t h\", 5]", "model.merges[1]" },
        { "model.merges", "[\"t\"]", "model.merges[0]" },
        { "model.merges", "[\"t h e\"]", "model.merges[0]" },
        { "model.merges", "[\" t\"]", "model.merges[0]" },
        { "model.merges", "[[\"t\"]]", "model.merges[0]" },
        { "model.merges", "[[\"t\", \"h\", \"e\"]]", "model.merges[0]" },
        { "model.merges", "[[\"t\", \"\"]]", "model.merges[0]" },
        { "model.merges", "[\"th e\", \"x y\"]", "'xy' is not in the vocabulary" },
        { "model.merges", "[\"the the\"]", "'thethe' is not in the vocabulary" },
        { "model.merges", "[\"nobody e\"]", "'nobody' is not in the vocabulary" },
        { "model.merges", "[\"t h\", \"t h\"]", "merges[1]: 't h' stands there twice" },
        { "model.dropout", "0.1", "model.dropout" },
        { "model.byte_fallback", "true", "model.byte_fallback" },
        { "model.unk_token", "\"<unk>\"", "model.unk_token" },
        { "model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix" },
        { "normalizer", "{\"type\": \"NFKC\"}", "normalizer.type is \"NFKC\"" },
        { "normalizer", "5", "normalizer is 5" },
        { "normalizer", "{\"type\": \"\\ud800\"}", "normalizer" },
        { "pre_tokenizer", "null", "pre_tokenizer" },
        { "pre_tokenizer", "{\"type\": \"Whitespace\"}", "pre_tokenizer.type" },
        { "pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(\"}, \"behavior\": \"Isolated\"}", "pre_tokenizer.pattern.Regex" },
        { "pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\"}, \"behavior\": \"Removed\"}", "pre_tokenizer.behavior" },
        { "added_tokens", "{}", "added_tokens is {}" },
        { "added_tokens", "[{\"id\": 9999999, \"content\": \"x\"}]", "added_tokens[0].id is 9999999" },
        { "added_tokens", "[{\"id\": 5, \"content\": \"<x>\"}]", "one number, 5" },
        { "added_tokens", "[{\"id\": 5, \"content\": \"the\"}]", "added_tokens[0].id is 5" },
        { "added_tokens", "[{\"id\": 300, \"content\": \"\"}]", "added_tokens[0].content" },
        { "added_tokens", "[{\"id\": 300, \"content\": \"<x>\"}, {\"id\": 301, \"content\": \"<x>\"}]", "added_tokens[1].content" },
        { "added_tokens", "[{\"id\": 300, \"id\": 301, \"content\": \"<x>\"}]", "added_tokens" },
        { "added_tokens", "[{\"content\": \"<x>\"}]", "added_tokens[0].id" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void LiesAreNamed(string key, string value, string part)
    {
        var json = SmallTokenizer.Json();
        JsonNode at = json;
        var keys = key.Split('.');
        foreach (var name in keys[..^1]) at = at[name]!;
        at[keys[^1]] = "VALUE";
        Refused(json.ToJsonString().Replace("\"VALUE\"", value, StringComparison.Ordinal), part);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"model\": 5}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}}")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0}}} more")]
    [InlineData("{\"model\": {\"vocab\": {\"\\ud800\": 0}}}")]
    public void WhatIsNoJsonObjectIsRefused(string json) => Refused(json, "tokenizer.json: ");

    [Fact]
    public void KeysThatStandTwiceAreRefused()
    {
        var json = SmallTokenizer.Json().ToJsonString();
        Refused(json.Replace("\"the\":", "\"th\":", StringComparison.Ordinal), "'th' stands there twice");
        Refused("{\"model\": {}, " + json[1..], "model stands there twice");
        Refused("{\"normalizer\": {}, " + json[1..], "normalizer stands there twice");
    }

    [Fact]
    public void NestingWithoutEndIsRefused() =>
        Refused("{\"normalizer\": " + string.Concat(Enumerable.Repeat("[", 1_000_000)), "tokenizer.json");

    [Fact]
    public void AVocabularyOfTenMillionIsRefusedWhereItPassesTheLimit()
    {
        var json = new StringBuilder("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"first\": 0");
        for (var i = 4_100_000; i < 4_200_000; i++) json.Append(CultureInfo.InvariantCulture, $",\"{i:x}\":{i}");
        Refused(json.Append("}}}").ToString(), $"the number of '{4194304:x}'");
        Assert.Equal(4_194_304, SmallTokenizer.With(file => file["model"]!["vocab"]!["last"] = 4_194_303).Size);
    }

    [Fact]
    public void ANameOfAFileIsInEveryMessage()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("has neither tokenizer.json nor", Assert.Throws<RequestException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("vocab.json", "{\"a\": 0}");
        folder.Write("merges.txt", "#version: 0.2\na\n");
        Assert.Contains("merges.txt: line 2", Assert.Throws<RequestException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("merges.txt", "#version: 0.2\n");
        folder.Write("tokenizer_config.json", "{\"tokenizer_class\": \"LlamaTokenizer\"}");
        Assert.Contains("tokenizer_config.json: tokenizer_class", Assert.Throws<RequestException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", "{\"tokenizer_class\": ");
        Assert.Contains("tokenizer_config.json", Assert.Throws<RequestException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", "{\"eos_token\": 5}");
        Assert.Contains("eos_token", Assert.Throws<RequestException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APatternThatTakesForeverIsGivenUp()
    {
        var tokenizer = SmallTokenizer.With(json => json["pre_tokenizer"] = JsonNode.Parse("""
            {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(a|aa)+[0-9]"}, "behavior": "Isolated"}, {"type": "ByteLevel", "use_regex": false}]}
            """));
        Assert.Contains("pre_tokenizer", Assert.Throws<RequestException>(() => tokenizer.Encode(new string('a', 80) + "!")).Message, StringComparison.Ordinal);
    }

    /// <summary>Mutations of a small valid file, for as many seconds as PRECEPTOR_FUZZ_SECONDS says.</summary>
    [Fact]
    public void MutationsLoadOrAreRefused()
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("PRECEPTOR_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        var (watch, mutations, loaded) = (Stopwatch.StartNew(), new TokenizerMutations(seconds > 1 ? (ulong)Environment.TickCount64 : 7), 0);
        for (var number = 0; watch.Elapsed.TotalSeconds < seconds || number < 300; number++)
        {
            var json = mutations.Next();
            using var folder = new TemporaryFolder();
            var path = folder.Write("tokenizer.json", json);
            try
            {
                var tokenizer = Tokenizer.Load(path);
                var ids = tokenizer.Encode("the cafe\u0301 <|end|> abc \uD800 12\r\n  <tool>😀");
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.Size - 1));
                _ = (tokenizer.Decode(ids), tokenizer.Fingerprint);
                loaded++;
            }
            catch (RequestException e)
            {
                Assert.Contains("tokenizer.json", e.Message, StringComparison.Ordinal);
                Assert.InRange(e.Message.Length, 10, 1000);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(json), e);
            }
        }
        Assert.InRange(loaded, 1, int.MaxValue);
    }

    private static void Refused(string json, string part)
    {
        var message = Assert.Throws<RequestException>(() => SmallTokenizer.Load(json)).Message;
        Assert.Contains("tokenizer.json", message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 10, 1000);
    }
}
