using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Preceptor.Models;

namespace Preceptor.Tests.Models.Tokenizers;

public sealed class CanonicalCompositionTests
{
    [Theory]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("\u212B", "\u00C5")] // the unit Å becomes the letter
    [InlineData("e\u0301\u0323", "\u1EB9\u0301")] // the mark below goes first
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\u0344", "\u0308\u0301")] // never made by composition
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("a\u0315\u0300", "\u00E0\u0315")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")] // beyond U+FFFF
    [InlineData("\u0061\u05AE\u0300\u0300", "\u00E0\u05AE\u0300")]
    public void KnownCases(string text, string composed) => Assert.Equal(composed, CanonicalComposition.Compose(text));

    [Fact]
    public void EveryCodePointAloneAndAmongMarksIsAsIcuHasIt()
    {
        // The hash of what ICU makes of the same texts (Unicode 17, String.prototype.normalize of Node.js).
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var point = 0; point < 0x110000; point++)
        {
            if (point is >= 0xD800 and < 0xE000) continue;
            var text = char.ConvertFromUtf32(point);
            foreach (var some in new[] { text, text + "\u0323\u0301", "a\u0345" + text + "\u05B0", "\u1100" + text, "\uAC00" + text })
                hash.AppendData(Encoding.UTF8.GetBytes(CanonicalComposition.Compose(some) + "\n"));
        }
        Assert.Equal("5e375430bdb2c5f1", Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void ComposingTwiceChangesNothing() =>
        TextGenerators.Unicode.Sample(text => Assert.Equal(CanonicalComposition.Compose(text), CanonicalComposition.Compose(CanonicalComposition.Compose(text))), seed: "0000KLfDhZ30", iter: 5000);

    [Fact]
    public void TextThatIsComposedIsGivenBack()
    {
        foreach (var text in new[] { "", "plain", "déjà vu", "日本語 \uAC01", "😀" }) Assert.Same(text, CanonicalComposition.Compose(text));
    }

    [Fact]
    public void MarksWithoutEndTakeNoQuadraticTime()
    {
        var watch = Stopwatch.StartNew();
        var marks = new StringBuilder("a").Insert(1, "\u0301\u0323", 300_000).ToString();
        Assert.Equal(marks.Length - 1, CanonicalComposition.Compose(marks).Length);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }
}
