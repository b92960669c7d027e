using Preceptor.Data;

namespace Preceptor.Tests.Data;

public sealed class ColumnRolesTests
{
    private static readonly int[] Rows = [.. Enumerable.Range(0, 60)];

    private static InputRoles Look(params Column[] columns) => ColumnRoles.Look(new Table("t", columns), new HashSet<string> { "label" });

    private static TextColumn Text(string name, Func<int, string> cell) => new(name, [.. Rows.Select(cell)]);

    private static NumberColumn Numbers(string name, Func<int, double> cell) => new(name, [.. Rows.Select(cell)]);

    [Fact]
    public void Columns_are_typed_by_what_they_hold()
    {
        var roles = Look(
            Numbers("row", r => r + 1), Text("code", r => $"X-{r:000}"), Text("label", r => $"{r % 2}"), Text("body", r => $"a long enough text about number {r}"),
            Text("subject", r => $"Parcel {r}"), Text("state", r => r % 4 == 0 ? "on hold" : "in work"), Text("colour", r => r % 3 == 0 ? "red" : "blue"), Numbers("price", r => r * 1.5), Text("opened", r => $"2026-01-{r % 28 + 1:00} 10:{r:00}:00"),
            new ImageColumn("photo", new byte[60 * 4], 60, 1, 2, 2), new ImageColumn("second", new byte[60 * 4], 60, 1, 2, 2));
        Assert.Equal(["body", "subject"], roles.Text);
        Assert.Equal(["price"], roles.Numbers);
        Assert.Equal(["state", "colour"], roles.Categories);
        Assert.Equal("photo", roles.Image);
    }

    [Fact]
    public void A_column_that_says_nothing_is_no_input() =>
        Assert.Empty(Look(Text("same", _ => "x"), Text("blank", _ => ""), Numbers("empty", _ => double.NaN), Text("name", r => $"Name{r}")).All);

    [Fact]
    public void More_than_fifty_values_are_no_category()
    {
        static TextColumn Column(string name, int values) => new(name, [.. Enumerable.Range(0, 200).Select(r => $"v{r % values}")]);
        var roles = ColumnRoles.Look(new Table("t", [Column("fifty", 50), Column("more", 51)]), new HashSet<string>());
        Assert.Equal(["fifty"], roles.Categories);
    }
}
