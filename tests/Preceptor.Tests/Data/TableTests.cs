using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class TableTests
{
    private static Table Make(string name, params string[] texts) => new(name, [
        new TextColumn("text", texts),
        new NumberColumn("number", [.. texts.Select(text => (double)text.Length)]),
        new ImageColumn("image", [.. texts.SelectMany(text => new byte[] { (byte)text.Length, 9 })], texts.Length, 1, 1, 2),
    ]);

    private static string Row(Table table, int row) =>
        $"{((TextColumn)table.Columns[0])[row]} {((NumberColumn)table.Columns[1]).Values[row]} {((ImageColumn)table.Columns[2]).Pixels[2 * row]}";

    [Fact]
    public void Rows_are_taken_in_the_order_asked_for()
    {
        var taken = Make("t", "a", "bb", "").Take([2, 1, 1]);
        Assert.Equal([" 0 0", "bb 2 2", "bb 2 2"], Enumerable.Range(0, 3).Select(row => Row(taken, row)));
    }

    [Fact]
    public void Tables_are_joined_row_by_row()
    {
        var joined = Table.Concatenate("all", [Make("t", "a", "bb"), Make("u", "ccc")]);
        Assert.Equal(["a 1 1", "bb 2 2", "ccc 3 3"], Enumerable.Range(0, 3).Select(row => Row(joined, row)));
        var other = new Table("v", [new NumberColumn("number", [1])]);
        Assert.Equal("t and v cannot be joined: column 'text' is only in one of them",
            Assert.Throws<RequestException>(() => Table.Concatenate("all", [Make("t", "a"), other])).Message);
    }

    [Fact]
    public void Columns_have_names_of_their_own() =>
        Assert.Contains("two columns are named 'a'", Assert.Throws<RequestException>(() => new Table("t", [new NumberColumn("a", []), new NumberColumn("a", [])])).Message);
}
