using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>Control tokens that are added to a tokenizer: found in texts, kept by saving and loading, and nothing else changes.</summary>
public sealed class ControlTokenTests
{
    private static readonly string[] Control = ["[R]", "<extra_id_0>", "<extra_id_1>"];

    /// <summary>Tokenizers of each kind.</summary>
    public static TheoryData<Tokenizer> Kinds => [new WordTokenizer(["the", "end", "\n"]), WordTokenizer.Learn(["the end\nthe end"]), CharacterTokenizer.Learn(["the end"]), Bytes()];

    // Byte-level BPE without merges: a token a byte.
    private static Tokenizer Bytes()
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-bytes-").FullName;
        try
        {
            var vocabulary = new JsonObject();
            for (var value = 0; value < 256; value++) vocabulary[ByteAlphabet.Letter((byte)value).ToString()] = value;
            File.WriteAllText(Path.Combine(folder, "vocab.json"), vocabulary.ToJsonString());
            File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void They_are_found_come_back_and_are_kept(Tokenizer plain)
    {
        ArgumentNullException.ThrowIfNull(plain);
        var tokenizer = plain.With(Control);
        Assert.Equal(plain.Size + 3, tokenizer.Size);
        Assert.Equal(plain.Encode("the end"), tokenizer.Encode("the end"));
        Assert.Equal((plain.End, plain.Padding), (tokenizer.End, tokenizer.Padding));
        Assert.Equal(Control.Select((_, i) => (int?)plain.Size + i), Control.Select(tokenizer.Find));
        var ids = tokenizer.Encode("[R] the <extra_id_1> end");
        Assert.Equal((plain.Size, 1, 1), (ids[0], ids.Count(i => i == plain.Size + 2), ids.Count(i => i == plain.Size)));
        Assert.Equal("[R] the <extra_id_1> end", tokenizer.Decode(ids));
        Assert.Same(tokenizer, tokenizer.With(Control[1..]));
        Assert.NotEqual(plain.Fingerprint, tokenizer.Fingerprint);
        Assert.Equal(tokenizer.Fingerprint, plain.With(Control[..1]).With(Control).Fingerprint);
        var folder = Directory.CreateTempSubdirectory("preceptor-control-").FullName;
        try
        {
            tokenizer.Save(folder);
            var again = Tokenizer.Load(folder);
            Assert.Equal((tokenizer.Fingerprint, tokenizer.Size, tokenizer.GetType()), (again.Fingerprint, again.Size, again.GetType()));
            Assert.Equal(ids, again.Encode("[R] the <extra_id_1> end"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Texts_of_strangers_have_none()
    {
        var tokenizer = WordTokenizer.Learn(["the end"]).With(Control);
        Assert.Equal(tokenizer.Encode("the strange end"), tokenizer.Encode("the [R] end", special: false));
        Assert.DoesNotContain(tokenizer.Size - 3, Bytes().With(Control).Encode("[R]", special: false));
        Assert.Throws<RequestException>(() => new WordTokenizer(["the"]).With(Control).Encode("[R]", special: false));
    }
}
