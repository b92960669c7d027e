using Preceptor.Data;
using Preceptor.Prediction;

namespace Preceptor.Tests.Prediction;

public sealed class ShownRowTests
{
    [Fact]
    public void A_text_row_is_its_text_on_one_short_line_with_the_cell_that_names_it()
    {
        var table = new Table("t", [new TextColumn("same", ["a", "a"]), new TextColumn("id", ["x1", "x2"]), new TextColumn("subject", ["One", "Two"]), new TextColumn("body", ["first\n\n line\t ", string.Concat(Enumerable.Repeat("wörter 😀 ", 60))])]);
        var encoding = InputEncoding.Fit(table, new InputRoles { Text = ["subject", "body"] }, TextTokens.Words, 100);
        var rows = ShownRow.Of(table, encoding, [1, 0], areFromFile: false);
        Assert.Equal(new ShownRow(0, "x1", "One · first line", null), rows[1]);
        Assert.Equal((1, "x2"), (rows[0].Row, rows[0].Key));
        Assert.InRange(rows[0].Text.Length, 190, ShownRow.LongestText);
        Assert.EndsWith("…", rows[0].Text, StringComparison.Ordinal);
        Assert.True(rows[0].Text.EnumerateRunes().All(r => r.Value != 0xfffd));
    }

    [Fact]
    public void Numbers_and_categories_are_named()
    {
        var table = new Table("t", [new NumberColumn("age", [1.5, 2]), new TextColumn("town", ["Graz", "Linz"]), new TextColumn("note", ["all well", "not well"])]);
        var encoding = InputEncoding.Fit(table, new InputRoles { Numbers = ["age"], Categories = ["town"], Text = ["note"] }, TextTokens.Words, 100);
        Assert.Equal("all well · age 1.5 · town Graz", ShownRow.Of(table, encoding, [0], areFromFile: false)[0].Text);
    }

    [Fact]
    public void Rows_of_a_file_keep_their_place_in_it()
    {
        var table = new Table("data/people.csv", [new TextColumn("note", ["one a", "two b", "three c", "four d", "five e"])]);
        var encoding = InputEncoding.Fit(table, new InputRoles { Text = ["note"] }, TextTokens.Words, 100);
        var taken = table.Take([4, 1, 3]).Take([2, 0]);
        Assert.Equal([new RowPlace("people.csv", 4), new RowPlace("people.csv", 5)], ShownRow.Of(taken, encoding, [0, 1], areFromFile: true).Select(r => r.Place));
        Assert.Null(ShownRow.Of(taken, encoding, [0], areFromFile: false)[0].Place);
        Assert.Equal("a*.csv,b.csv", ShownRow.Of(new Table("a*.csv,b.csv", taken.Columns), encoding, [0], areFromFile: true)[0].Place!.File);
    }

    [Fact]
    public void A_large_image_is_thinned()
    {
        var pixels = Enumerable.Range(0, 2 * 130 * 100).Select(i => (byte)(i % 251)).ToArray();
        var table = new Table("t", [new ImageColumn("image", pixels, 2, 1, 130, 100)]);
        var encoding = InputEncoding.Fit(table, new InputRoles { Image = "image" }, TextTokens.Words, 100);
        var image = ShownRow.Of(table, encoding, [1], areFromFile: false)[0].Image!;
        Assert.Equal((1, 44, 34), (image.Channels, image.Height, image.Width));
        Assert.Equal(pixels[130 * 100 + 3 * 100 + 6], image.Pixels[34 + 2]);
    }

    [Fact]
    public void An_outcome_keeps_its_hardest_rows_when_saved()
    {
        using var run = Problems.Memory();
        var task = Problems.Digits(epochs: 1);
        var (outcome, model) = PredictionEvaluation.Evaluate(task, new("supervised", [], Problems.Create("supervised"), [], null), run);
        model.Dispose();
        Assert.NotEmpty(outcome.Hardest);
        Assert.Equal(outcome.Disagreements("method").Take(SeedOutcome.ShownRows).Select(d => d.Row), outcome.Hardest.Select(r => r.Row));
        var folder = Directory.CreateTempSubdirectory("preceptor").FullName;
        try
        {
            outcome.Save(folder);
            var loaded = SeedOutcome.Load(folder);
            Assert.Equal(outcome.Hardest.Select(r => (r.Row, r.Text, Convert.ToHexString(r.Image!.Pixels))), loaded.Hardest.Select(r => (r.Row, r.Text, Convert.ToHexString(r.Image!.Pixels))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
