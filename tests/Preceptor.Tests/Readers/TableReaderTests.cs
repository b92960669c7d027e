using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class TableReaderTests
{
    [Fact]
    public void Several_files_follow_each_other()
    {
        using var folder = new TemporaryFolder();
        var a = folder.Write("a.csv", "x,y\n1,2\n");
        var b = folder.Write("b.csv", "y,x\nword,3\n");
        const string expected = "x: numbers 1¦3\ny: text 2¦word";
        Assert.Equal(expected, DelimitedReaderTests.Show(TableReader.Read($"{a}, {b}")));
        Assert.Equal(expected, DelimitedReaderTests.Show(TableReader.Read(Path.Combine(folder.Path, "*.csv"))));
        folder.Write("c.csv", "x,z\n1,2\n");
        var message = Assert.Throws<RequestException>(() => TableReader.Read(Path.Combine(folder.Path, "?.csv"))).Message;
        Assert.Equal($"{a} and {Path.Combine(folder.Path, "c.csv")} cannot be joined: column 'y' is only in one of them", message);
    }

    [Fact]
    public void What_is_not_read_is_said()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.xlsx", "x\n1\n");
        Assert.Contains("read are .csv", Assert.Throws<RequestException>(() => TableReader.Read(path)).Message);
        Assert.Equal(1, TableReader.Read(path, new() { Delimiter = ',' }).Rows);
        Assert.Contains("name one of its files (a.xlsx)", Assert.Throws<RequestException>(() => TableReader.Read(folder.Path)).Message);
        Assert.Contains("no files match", Assert.Throws<RequestException>(() => TableReader.Read(Path.Combine(folder.Path, "*.csv"))).Message);
        Assert.Contains("no file, folder or data set 'nowhere-at-all'", Assert.Throws<RequestException>(() => TableReader.Read("nowhere-at-all")).Message);
        Assert.Contains("no data is named", Assert.Throws<RequestException>(() => TableReader.Read(" ")).Message);
    }

    [Fact]
    public void Adult_is_read_with_its_types_and_without_its_blanks()
    {
        if (DataFolder.Find("uci-adult") is null) Assert.Skip("the data set uci-adult is not on this machine");
        var table = TableReader.Read("uci-adult/adult.data", new() { Header = false });
        Assert.Equal((32_561, 15), (table.Rows, table.Columns.Count));
        Assert.Equal(6, table.Columns.OfType<NumberColumn>().Count());
        Assert.Equal(38.58, ((NumberColumn)table.Columns[0]).Values.Average(), 0.01);
        var income = (TextColumn)table.Columns[14];
        Assert.Equal(7_841, Enumerable.Range(0, table.Rows).Count(row => income[row] is ">50K"));
    }

    [Fact]
    public void Files_with_semicolons_and_without_a_line_end_are_read()
    {
        if (DataFolder.Find("uci-wine-quality") is null) Assert.Skip("the data set uci-wine-quality is not on this machine");
        var table = TableReader.Read("uci-wine-quality/winequality-red.csv");
        Assert.Equal((1599, 12), (table.Rows, table.Columns.Count));
        Assert.All(table.Columns, column => Assert.IsType<NumberColumn>(column));
    }
}
