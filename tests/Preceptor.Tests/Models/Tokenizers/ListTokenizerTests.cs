using CsCheck;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Models.Tokenizers;

public sealed class ListTokenizerTests
{
    [Fact]
    public void CharactersAreCodePointsInTheirOrder()
    {
        var tokenizer = CharacterTokenizer.Learn(["ba", "😀b\n"]);
        Assert.Equal((7, 1, 0, 2), (tokenizer.Size, tokenizer.End, tokenizer.Padding, tokenizer.Unknown));
        Assert.Equal([4, 3, 6, 2], tokenizer.Encode("a\n😀z"));
        Assert.Equal("a\n😀\uFFFD", tokenizer.Decode([0, .. tokenizer.Encode("a\n😀z"), 1]));
        Assert.Equal("😀", tokenizer.Token(6));
    }

    [Fact]
    public void CharactersComeBack() =>
        TextGenerators.Unicode.Array[1, 4].Sample(texts =>
        {
            var tokenizer = CharacterTokenizer.Learn(texts);
            foreach (var text in texts) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }, seed: "0000KLfDhZ30", iter: 1000);

    [Fact]
    public void WordsComeBackWithSingleBlanks()
    {
        var tokenizer = WordTokenizer.Learn(["put the red block on the blue block\nnow put the red one away"]);
        Assert.Equal("the red block\nnow put \uFFFD\n\none", tokenizer.Decode(tokenizer.Encode("  the red\tblock \n now put it\n\none ")));
        Assert.Equal("the", tokenizer.Token(3)); // the most frequent
        Assert.Equal(7, WordTokenizer.Learn(["a b c d e f a"], most: 4).Size);
        var (stream, text) = (tokenizer.Stream(), "");
        foreach (var id in tokenizer.Encode("the red block\nnow")) text += stream.Add(id);
        Assert.Equal("the red block\nnow", text + stream.Finish());
    }

    [Fact]
    public void WithoutAnUnknownTokenStrangersAreRefused()
    {
        Assert.Equal([2, 4, 3], new CharacterTokenizer("0+1").Encode("01+"));
        Assert.Contains("'x'", Assert.Throws<RequestException>(() => new CharacterTokenizer("0+1").Encode("0x")).Message, StringComparison.Ordinal);
        Assert.Contains("'word'", Assert.Throws<RequestException>(() => new WordTokenizer(["a"]).Encode("a word")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesOfTokensInTextsAreText()
    {
        Assert.Equal("<end>", CharacterTokenizer.Learn(["<end>"]).Decode(CharacterTokenizer.Learn(["<end>"]).Encode("<end>")));
        Assert.Equal([3, 2, 4], WordTokenizer.Learn(["a <end> b"]).Encode("a <end> b"));
        Assert.Throws<ArgumentException>(() => new WordTokenizer(["<end>"]));
        Assert.Throws<ArgumentException>(() => new WordTokenizer(["two words"]));
        Assert.Throws<ArgumentException>(() => new CharacterTokenizer("aba"));
    }

    [Fact]
    public void SavedTokenizersAreTheSame()
    {
        foreach (var tokenizer in new Tokenizer[] { CharacterTokenizer.Learn(["ab😀\"\\\n"]), new CharacterTokenizer("01"), WordTokenizer.Learn(["to be or\nnot \"to\" be"]), new WordTokenizer(["yes", "no"]) })
        {
            using var folder = new TemporaryFolder();
            tokenizer.Save(folder.Path);
            foreach (var again in new[] { Tokenizer.Load(folder.Path), Tokenizer.Load(Path.Combine(folder.Path, "tokenizer.json")) })
            {
                Assert.Equal((tokenizer.GetType(), tokenizer.Fingerprint, tokenizer.Size), (again.GetType(), again.Fingerprint, again.Size));
                Assert.Equal(Enumerable.Range(0, tokenizer.Size).Select(tokenizer.Token), Enumerable.Range(0, again.Size).Select(again.Token));
            }
        }
        Assert.NotEqual(new WordTokenizer(["a", "b"]).Fingerprint, new CharacterTokenizer("ab").Fingerprint);
        Assert.NotEqual(new CharacterTokenizer("ab").Fingerprint, new CharacterTokenizer("ab", unknown: true).Fingerprint);
    }
}
