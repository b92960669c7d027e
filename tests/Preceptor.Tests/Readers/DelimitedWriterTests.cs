using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class DelimitedWriterTests
{
    [Fact]
    public void Cells_are_quoted_only_where_needed()
    {
        var text = new StringWriter();
        DelimitedWriter.Write(new Table("t", [new TextColumn("a b", ["x y", " x", "q\"", "1;2", ""]), new NumberColumn("n", [0.1, double.NaN, -0.0, 1e300, 3])]), text);
        Assert.Equal("a b,n\nx y,0.1\n\" x\",\n\"q\"\"\",-0\n\"1;2\",1E+300\n,3\n", text.ToString());
    }

    [Fact]
    public void Files_are_written_whole_and_read_back()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["a.csv", "a.tsv", "a.csv.gz"])
        {
            var path = Path.Combine(folder.Path, name);
            DelimitedWriter.Write(["id", "text"], [["1", "x\ty"], ["2", ""]], path);
            Assert.Equal("id: numbers 1¦2\ntext: text x\ty¦", DelimitedReaderTests.Show(DelimitedReader.Read(path)));
        }
        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void What_cannot_be_written_is_a_clear_fault_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "a.csv");
        var images = new Table("digits", [new ImageColumn("image", [1], 1, 1, 1, 1)]);
        Assert.Contains("column 'image'", Assert.Throws<RequestException>(() => DelimitedWriter.Write(images, path)).Message);
        Assert.Throws<ArgumentException>(() => DelimitedWriter.Write(["a"], [["1", "2"]], path));
        Assert.Empty(Directory.GetFiles(folder.Path));
        Assert.Contains("cannot be written", Assert.Throws<RequestException>(() => DelimitedWriter.Write(["a"], [], Path.Combine(folder.Path, "no", "a.csv"))).Message);
    }
}
