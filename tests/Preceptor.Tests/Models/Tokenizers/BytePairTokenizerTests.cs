using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Models.Tokenizers;

public sealed class BytePairTokenizerTests
{
    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen2")]
    public void TextsComeBack(string name)
    {
        var tokenizer = PublishedTokenizers.Get(name);
        TextGenerators.Unicode.Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            Assert.Equal(name == "qwen2" ? CanonicalComposition.Compose(text) : text, tokenizer.Decode(ids));
            Assert.Equal(tokenizer.Decode(ids), Streamed(tokenizer, ids));
        }, seed: "0000KLfDhZ30", iter: 10_000);
    }

    [Fact]
    public void AnyTokensStreamToWhatTheyDecodeTo()
    {
        var tokenizer = PublishedTokenizers.Get("qwen2-tiny-tied");
        Gen.Int[0, tokenizer.Size - 1].Array[0, 12].Sample(ids => Assert.Equal(tokenizer.Decode(ids), Streamed(tokenizer, ids)), seed: "0000KLfDhZ30", iter: 10_000);
    }

    [Fact]
    public void HalvesOfPairsBecomeReplacementCharacters() =>
        TextGenerators.Broken.Sample(text => Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), PublishedTokenizers.Get("gpt2").Decode(PublishedTokenizers.Get("gpt2").Encode(text))), seed: "0000KLfDhZ30", iter: 2000);

    [Theory]
    [InlineData(WordScanner.Gpt2)]
    [InlineData(WordScanner.Qwen2)]
    [InlineData(WordScanner.Llama3)]
    public void TheScannerCutsWhereTheExpressionDoes(string pattern)
    {
        var (scanner, expression) = (WordScanner.Find(pattern)!, new PatternSplitter(pattern));
        TextGenerators.Unicode.Sample(text =>
        {
            List<int> scanned = [], matched = [];
            scanner.Split(text, scanned);
            expression.Split(text, matched);
            Assert.Equal(matched, scanned);
        }, seed: "0000KLfDhZ30", iter: 10_000);
    }

    [Fact]
    public void LettersBeyondTheFirstPlaneAreLetters()
    {
        List<int> ends = [];
        new PatternSplitter(@"\p{L}+|[^\p{L}]+").Split("a\U0001D400b 😀", ends);
        Assert.Equal([4, 7], ends);
    }

    [Fact]
    public void TheQueueMergesAsTheSearchDoes()
    {
        // Merges in an order that no training gives: a later token may be of a lower rank than the pair that makes it possible.
        List<(int, int, int)> merges = [(4, 2, 7), (0, 1, 4), (1, 2, 5), (4, 4, 6), (5, 0, 8), (6, 6, 9), (2, 2, 10), (10, 10, 11), (3, 3, 12), (12, 3, 13)];
        var table = new PairMerges(merges);
        Gen.Int[0, 3].Array[65, 300].Sample(tokens =>
        {
            var expected = tokens.ToList();
            while (true)
            {
                var best = Enumerable.Range(0, expected.Count - 1).Select(i => (Rank: table.Find(expected[i], expected[i + 1]) ?? int.MaxValue, At: i)).Min();
                if (best.Rank == int.MaxValue) break;
                expected[best.At] = merges[best.Rank].Item3;
                expected.RemoveAt(best.At + 1);
            }
            var parts = tokens.ToArray();
            Assert.Equal(expected, parts[..table.Merge(parts)]);
            var few = tokens[..40];
            var padded = few.Concat(Enumerable.Repeat(99, 60)).ToArray(); // 99 merges with nothing, so the queue does the same work
            Assert.Equal(few[..table.Merge(few)], padded[..(table.Merge(padded) - 60)]);
        }, seed: "0000KLfDhZ30", iter: 500);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('<')]
    [InlineData(' ')]
    [InlineData('7')]
    [InlineData('\u4E2D')]
    public void AMillionTimesOneCharacterTakesNoQuadraticTime(char unit)
    {
        var watch = Stopwatch.StartNew();
        var text = new string(unit, 1 << 20);
        var tokenizer = PublishedTokenizers.Get("gpt2");
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void ControlTokensInTextsOfStrangersAreText()
    {
        var tokenizer = SmallTokenizer.With(_ => { });
        Assert.Equal(['!', 261, 262], tokenizer.Encode("!<|end|><tool>"));
        var text = tokenizer.Encode("!<|end|><tool>", special: false);
        Assert.DoesNotContain(261, text);
        Assert.Equal(262, text[^1]);
        Assert.Equal("!<|end|><tool>", tokenizer.Decode(text));
    }

    [Fact]
    public void NormalFormLeavesAddedTokensAlone()
    {
        var tokenizer = SmallTokenizer.With(json => json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(263, "<e\u0301>", false)));
        Assert.Equal("<e\u0301>\u00E9", tokenizer.Decode(tokenizer.Encode("<e\u0301>e\u0301")));
        Assert.Equal(263, tokenizer.Encode("<e\u0301>e\u0301")[0]);
        Assert.DoesNotContain(263, tokenizer.Encode("<\u00E9>"));
        var normalized = SmallTokenizer.With(json => json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 263, ["content"] = "<e\u0301>", ["normalized"] = true }));
        Assert.Equal((263, 263), (normalized.Encode("<\u00E9>")[0], normalized.Encode("<e\u0301>")[0]));
    }

    [Fact]
    public void TheLongestOfAddedTokensWinsAndTakesItsWhiteSpace()
    {
        var tokenizer = SmallTokenizer.With(json =>
        {
            json["added_tokens"]!.AsArray().Add(SmallTokenizer.Added(263, "<tool>s", false));
            json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 264, ["content"] = "<mask>", ["lstrip"] = true, ["rstrip"] = true });
        });
        Assert.Equal([263, 262, 264, 260], tokenizer.Encode("<tool>s<tool> \n<mask>\tabc"));
    }

    [Theory]
    [InlineData(false, new[] { 257 })]
    [InlineData(true, new[] { 258 })]
    public void ABlankIsPutBeforeWhereTheFileSaysSo(bool adds, int[] ids) =>
        Assert.Equal(ids, SmallTokenizer.With(json => json["pre_tokenizer"]!["add_prefix_space"] = adds).Encode("the"));

    [Fact]
    public void WordsOfTheVocabularyNeedNoMerges()
    {
        void Change(JsonObject json, bool ignores) => (json["model"]!["vocab"]!["hat"], json["model"]!["ignore_merges"]) = (263, ignores);
        Assert.Equal([263], SmallTokenizer.With(json => Change(json, true)).Encode("hat"));
        Assert.Equal(3, SmallTokenizer.With(json => Change(json, false)).Encode("hat").Length);
    }

    [Fact]
    public void StagesFollowEachOther()
    {
        var tokenizer = SmallTokenizer.With(json => json["pre_tokenizer"] = JsonNode.Parse("""
            {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {"type": "Split", "pattern": {"String": "-"}, "behavior": "Isolated", "invert": false},
             {"type": "Split", "pattern": {"Regex": "[a-z]{2}"}, "behavior": "Isolated"}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}
            """));
        Assert.Equal(['1', '2', '-', 256, 'e'], tokenizer.Encode("12-the")); // "th" and "e" are pieces of their own, and do not merge
    }

    [Fact]
    public void SavedTokenizersAreTheSame()
    {
        foreach (var tokenizer in new[] { PublishedTokenizers.Get("qwen2-tiny-tied"), PublishedTokenizers.Get("qwen2-tiny-yarn"), PublishedTokenizers.Get("gpt2"), SmallTokenizer.With(_ => { }) })
        {
            using var folder = new TemporaryFolder();
            tokenizer.Save(folder.Path);
            var again = Tokenizer.Load(folder.Path);
            Assert.Equal((tokenizer.Fingerprint, tokenizer.Size, tokenizer.End, tokenizer.Padding), (again.Fingerprint, again.Size, again.End, again.Padding));
            Assert.Equal(tokenizer.Encode("Hello the <|endoftext|> cafe\u0301"), again.Encode("Hello the <|endoftext|> cafe\u0301"));
        }
        Assert.NotEqual(SmallTokenizer.With(_ => { }).Fingerprint, SmallTokenizer.With(json => json["normalizer"] = null).Fingerprint);
    }

    [Fact]
    public void ThreadsDoNotDisturbEachOther()
    {
        var tokenizer = PublishedTokenizers.Get("gpt2");
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => string.Concat(Enumerable.Range(0, 200).Select(j => $" word{i * j % 977}")))];
        var alone = texts.Select(t => tokenizer.Encode(t)).ToArray();
        var fresh = Tokenizer.Load(PublishedTokenizers.Folder("gpt2"));
        Parallel.For(0, 800, i => Assert.Equal(alone[i % texts.Length], fresh.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void TokensBeyondTheVocabularyAreRefused()
    {
        var tokenizer = SmallTokenizer.With(_ => { });
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([263]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        var few = SmallTokenizer.With(json => json["model"]!["vocab"]!.AsObject().Remove("z"));
        Assert.Contains("0x7A", Assert.Throws<RequestException>(() => few.Encode("z")).Message, StringComparison.Ordinal);
    }

    private static string Streamed(Tokenizer tokenizer, int[] ids)
    {
        var (stream, text) = (tokenizer.Stream(), new StringBuilder());
        foreach (var id in ids)
        {
            var some = stream.Add(id);
            Assert.Equal(some, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(some))); // never half a pair
            text.Append(some);
        }
        return text.Append(stream.Finish()).ToString();
    }
}
