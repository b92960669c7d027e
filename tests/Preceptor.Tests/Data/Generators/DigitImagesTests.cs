using System.Security.Cryptography;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data.Generators;

public sealed class DigitImagesTests
{
    private const int Pixels = DigitImages.Side * DigitImages.Side;

    [Fact]
    public void Images_change_only_with_the_version()
    {
        Assert.Equal(1, VersionAttribute.Of(typeof(DigitImages)));
        var (table, digits) = DigitImages.Generate(64, 1);
        Assert.StartsWith("282000413243263859773075", string.Concat(digits));
        Assert.Equal("CB7D5A1E0F8DACF4", Convert.ToHexString(SHA256.HashData(Images(table).Pixels))[..16]);
    }

    [Fact]
    public void Another_seed_gives_other_images()
    {
        var (first, _) = DigitImages.Generate(10, 1);
        var (second, _) = DigitImages.Generate(10, 2);
        Assert.NotEqual(Images(first).Pixels, Images(second).Pixels);
    }

    [Fact]
    public void A_set_made_in_parallel_equals_its_images_painted_one_by_one_and_begins_with_every_smaller_set()
    {
        var (large, digits) = DigitImages.Generate(700, 5);
        var (small, fewer) = DigitImages.Generate(130, 5);
        Assert.Equal(fewer, digits[..130]);
        Assert.Equal(Images(small).Pixels, Images(large).Pixels[..(130 * Pixels)]);
        var one = new byte[Pixels];
        for (var i = 699; i >= 0; i--)
        {
            Assert.Equal(digits[i], DigitImages.Paint(5, i, new(), one));
            Assert.True(one.AsSpan().SequenceEqual(Images(large).Pixels.AsSpan(i * Pixels, Pixels)), $"image {i} differs");
        }
    }

    [Fact]
    public void Digits_are_equally_common_and_agree_with_the_labels()
    {
        var (table, digits) = DigitImages.Generate(5000, 3);
        var labels = (TextColumn)table.Find("label")!;
        for (var i = 0; i < digits.Length; i++) Assert.Equal((char)('0' + digits[i]), Assert.Single(labels[i].ToArray()));
        // The standard deviation of a count is 21.
        for (var digit = 0; digit < 10; digit++) Assert.InRange(digits.Count(d => d == digit), 410, 590);
    }

    [Fact]
    public void Ink_stands_out_from_the_paper()
    {
        var (table, _) = DigitImages.Generate(200, 4, new() { Clutter = 0, Noise = 0 });
        for (var i = 0; i < 200; i++)
        {
            var image = Images(table).Pixels.AsSpan(i * Pixels, Pixels).ToArray();
            Assert.True(image.Max() >= 0.6 * 255 - 1);
            Assert.InRange(image.Count(p => p > 0.45 * 255), 15, 330);
        }
    }

    [Fact]
    public void Options_of_zero_leave_nothing_but_the_pen()
    {
        var plain = new DigitOptions { Rotation = 0, Shear = 0, Shift = 0, Elastic = 0, Jitter = 0, Clutter = 0, Background = 0, Noise = 0 };
        var (table, _) = DigitImages.Generate(20, 6, plain);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(0, Images(table).Pixels[i * Pixels]));
    }

    [Fact]
    public void The_text_view_has_a_line_a_row()
    {
        var pixels = new byte[Pixels];
        pixels[1] = 255;
        var lines = DigitImages.Text(pixels).Split('\n');
        Assert.Equal(DigitImages.Side + 1, lines.Length);
        Assert.Equal("  @@" + new string(' ', 2 * DigitImages.Side - 4), lines[0]);
        Assert.True(string.IsNullOrWhiteSpace(lines[1]));
    }

    [Fact]
    public void No_images_are_an_empty_table() => Assert.Equal(0, DigitImages.Generate(0, 1).Table.Rows);

    private static ImageColumn Images(Table table) => (ImageColumn)table.Find("image")!;
}
