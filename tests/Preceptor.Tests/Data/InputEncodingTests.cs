using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class InputEncodingTests
{
    private static InputEncoding Fit(InputRoles roles, params Column[] columns) => InputEncoding.Fit(new Table("train", columns), roles, TextTokens.Words, 100);

    private static float[] Encode(InputEncoding encoding, params Column[] columns) => encoding.Encode(new Table("rows.csv", columns)).Numbers(0).ToArray();

    [Fact]
    public void Numbers_are_standardised_by_the_training_rows()
    {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, deviation 2.
        var encoding = Fit(new() { Numbers = ["a"] }, Tables.Numbers("a", 2, 4, 4, 4, 5, 5, 7, 9));
        Assert.Equal(new NumberEncoding("a", 5, 2, false), Assert.Single(encoding.Numbers));
        Assert.Equal([-1.5f], Encode(encoding, Tables.Numbers("a", 2)));
        Assert.Equal([0f], Encode(encoding, Tables.Numbers("a", double.NaN)));
    }

    [Fact]
    public void A_missing_number_is_the_mean_and_marked_where_training_rows_miss_some()
    {
        var encoding = Fit(new() { Numbers = ["a"] }, Tables.Numbers("a", 1, double.NaN, 3));
        Assert.Equal(new NumberEncoding("a", 2, 1, true), Assert.Single(encoding.Numbers));
        Assert.Equal([0f, 1f], Encode(encoding, Tables.Numbers("a", double.NaN)));
        Assert.Equal([1f, 0f], Encode(encoding, Tables.Numbers("a", 3)));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1e9)]
    public void A_constant_number_becomes_zero(double value)
    {
        var encoding = Fit(new() { Numbers = ["a"] }, Tables.Numbers("a", value, value, value));
        Assert.Equal(0, Encode(encoding, Tables.Numbers("a", value))[0], 1e-6);
    }

    [Fact]
    public void Numbers_too_large_to_standardise_are_refused() =>
        Assert.Contains("column 'a'", Assert.Throws<RequestException>(() => Fit(new() { Numbers = ["a"] }, Tables.Numbers("a", 1e308, 1e308, -1e308))).Message);

    [Fact]
    public void A_column_without_any_number_is_refused() =>
        Assert.Equal("column 'a': every training row is empty; leave it out of numbers",
            Assert.Throws<RequestException>(() => Fit(new() { Numbers = ["a"] }, Tables.Numbers("a", double.NaN, double.NaN))).Message);

    [Fact]
    public void Categories_have_a_place_each_and_unknown_or_missing_ones_none()
    {
        var encoding = Fit(new() { Numbers = ["n"], Categories = ["c", "d"] }, Tables.Numbers("n", 0, 2), Tables.Text("c", " red ", "blue"), Tables.Numbers("d", 7, double.NaN));
        Assert.Equal(["blue", "red"], encoding.Categories[0].Values);
        Assert.Equal(["7"], encoding.Categories[1].Values);
        Assert.Equal(new InputShape(0, 0, 0, 4, 0), encoding.Shape);
        Assert.Equal([-1f, 0f, 1f, 1f], Encode(encoding, Tables.Numbers("n", 0), Tables.Text("c", "red"), Tables.Text("d", "7")));
        Assert.Equal([1f, 0f, 0f, 0f], Encode(encoding, Tables.Numbers("n", 2), Tables.Text("c", "green"), Tables.Text("d", "")));
    }

    [Fact]
    public void Only_the_most_frequent_categories_have_a_place()
    {
        string[] cells = [.. Enumerable.Range(0, 300).Select(i => $"v{i:000}"), "v250", "v299"];
        var values = Fit(new() { Categories = ["c"] }, Tables.Text("c", cells)).Categories[0].Values;
        Assert.Equal([.. Enumerable.Range(0, 198).Select(i => $"v{i:000}"), "v250", "v299"], values);
    }

    [Fact]
    public void Images_are_normalised_by_channel()
    {
        // Two images of one pixel and two channels: 0 and 4, 10 and 10.
        var encoding = Fit(new() { Image = "i" }, new ImageColumn("i", [0, 10, 4, 10], 2, 2, 1, 1));
        Assert.Equal([2, 10], encoding.Image!.Mean);
        Assert.Equal([2, 1], encoding.Image.Deviation);
        var buffer = new InputBuffer();
        encoding.Encode(new Table("t", [new ImageColumn("i", [4, 11], 1, 2, 1, 1)])).Gather([0], buffer);
        Assert.Equal([1f, 1f], buffer.Image[..2]);
        Assert.Equal("t: images are 1×1×1, the model was trained on 2×1×1",
            Assert.Throws<RequestException>(() => encoding.Encode(new Table("t", [new ImageColumn("i", [4], 1, 1, 1, 1)]))).Message);
    }

    [Fact]
    public void What_is_encoded_says_which_column_it_lacks()
    {
        var encoding = Fit(new() { Numbers = ["price"], Text = ["body"] }, Tables.Numbers("price", 1, 2), Tables.Text("body", "a a", "b b"));
        Assert.Equal("rows.csv: there is no column 'price' (did you mean 'prize'?); it has prize, body",
            Assert.Throws<RequestException>(() => Encode(encoding, Tables.Numbers("prize", 1), Tables.Text("body", ""))).Message);
        Assert.Equal("rows.csv: column 'body' holds numbers, expected text",
            Assert.Throws<RequestException>(() => Encode(encoding, Tables.Numbers("price", 1), Tables.Numbers("body", 1))).Message);
    }
}
