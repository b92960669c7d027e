using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class DuplicatesTests
{
    [Fact]
    public void Exact_repeats_name_the_first_and_blank_rows_repeat_nothing() =>
        Assert.Equal([0, 1, 0, 3, 4, 0], Duplicates.Exact([7, 9, 7, 0, 0, 7]));

    [Fact]
    public void Texts_that_share_most_words_are_near_and_others_are_not()
    {
        var random = RandomStream.Of(1, "texts");
        var texts = new List<string>();
        for (var i = 0; i < 400; i++)
        {
            string[] words = [.. Enumerable.Range(0, 60).Select(_ => $"w{random.Next(2000)}")];
            texts.Add(string.Join(' ', words));
            words[random.Next(60)] = "changed";
            texts.Add(i % 2 == 0 ? string.Join(' ', words) : string.Join(' ', Enumerable.Range(0, 60).Select(_ => $"w{random.Next(2000)}")));
        }
        var examples = Encode(new Table("t", [new TextColumn("text", texts)]), new InputRoles { Text = ["text"] });
        var (exact, rounded, sketches) = Sketch(examples);
        var near = Duplicates.Near(exact, rounded, sketches);
        var found = Enumerable.Range(0, 400).Where(i => near[2 * i + 1] == 2 * i).ToArray();
        Assert.DoesNotContain(found, i => i % 2 == 1);
        Assert.True(found.Length > 190, $"{found.Length} of 200 near-duplicates found");
        Assert.Equal(found.Length, near.Where((first, row) => first != row).Count());
    }

    [Fact]
    public void Numbers_that_differ_by_little_are_near()
    {
        var examples = Encode(new Table("t", [new NumberColumn("a", [1, 1.0001, 5, 9]), new NumberColumn("b", [2, 2, 2, -4])]), new InputRoles { Numbers = ["a", "b"] });
        var (exact, rounded, _) = Sketch(examples);
        Assert.Equal([0, 1, 2, 3], exact);
        Assert.Equal([0, 0, 2, 3], Duplicates.NearNumbers(exact, rounded));
    }

    [Fact]
    public void Images_that_differ_by_little_are_near()
    {
        var random = RandomStream.Of(2, "images");
        var pixels = new byte[60 * 100];
        for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)random.Next(256);
        for (var p = 0; p < 100; p++) pixels[5900 + p] = (byte)Math.Clamp(pixels[p] + random.Next(7) - 3, 0, 255);
        var examples = Encode(new Table("t", [new ImageColumn("image", pixels, 60, 1, 10, 10)]), new InputRoles { Image = "image" });
        var near = Duplicates.NearImages(Sketch(examples).Exact, examples);
        Assert.Equal(0, near[59]);
        Assert.Equal(Enumerable.Range(0, 59), near.Take(59));
    }

    [Fact]
    public void Overlap_is_estimated_from_sketches()
    {
        byte[] first = new byte[RowSketch.Length], second = new byte[RowSketch.Length];
        var errors = Enumerable.Range(0, 200).Average(trial =>
        {
            RowSketch.Words([.. Enumerable.Range(1000 * trial, 100)], first);
            RowSketch.Words([.. Enumerable.Range(1000 * trial + 20, 100)], second);
            return RowSketch.Overlap(first, second) - 80 / 120.0;
        });
        Assert.InRange(errors, -0.03, 0.03);
    }

    private static Examples Encode(Table table, InputRoles roles) => InputEncoding.Fit(table, roles, TextTokens.Ngrams, 1 << 18).Encode(table);

    private static (int[] Exact, ulong[] Rounded, byte[] Sketches) Sketch(Examples examples)
    {
        var sketches = new byte[examples.Count * RowSketch.Length];
        for (var row = 0; row < examples.Count; row++) RowSketch.Words(examples.Tokens(row), sketches.AsSpan(row * RowSketch.Length, RowSketch.Length));
        return (Duplicates.Exact([.. Enumerable.Range(0, examples.Count).Select(r => RowSketch.Exact(examples, r))]), [.. Enumerable.Range(0, examples.Count).Select(r => RowSketch.Rounded(examples, r))], sketches);
    }
}
