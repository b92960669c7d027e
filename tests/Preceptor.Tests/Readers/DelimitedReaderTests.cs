using System.Text;
using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class DelimitedReaderTests
{
    private static Table Read(string content, DelimitedOptions? options = null, string name = "file.csv") =>
        DelimitedReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(content)), name, options);

    private static string Fault(string content, DelimitedOptions? options = null, string name = "file.csv") =>
        Assert.Throws<RequestException>(() => Read(content, options, name)).Message;

    /// <summary>All cells as text, with each column's kind, for comparison.</summary>
    internal static string Show(Table table) => string.Join('\n', table.Columns.Select(column => column switch
    {
        TextColumn text => $"{text.Name}: text " + string.Join("¦", Enumerable.Range(0, text.Rows).Select(row => text[row].ToString())),
        NumberColumn numbers => $"{numbers.Name}: numbers " + string.Join("¦", numbers.Values),
        _ => throw new InvalidOperationException(),
    }));

    [Fact]
    public void Columns_are_typed_by_looking()
    {
        var table = Read("id,age,word,none\n1,17.5,x,\n2,NA,,null\n3,-1e3,7,?\n");
        Assert.Equal("id: numbers 1¦2¦3\nage: numbers 17.5¦NaN¦-1000\nword: text x¦¦7\nnone: numbers NaN¦NaN¦NaN", Show(table));
    }

    [Fact]
    public void Declarations_win_over_looking()
    {
        var options = new DelimitedOptions { Text = new HashSet<string> { "zip" }, Numbers = new HashSet<string> { "age" } };
        Assert.Equal("zip: text 007¦NA\nage: numbers 1¦NaN", Show(Read("zip,age\n007,1\nNA,\n", options)));
        Assert.Equal("file.csv line 3, column 'age': 'abc' is not a number", Fault("zip,age\n1,1\n1,abc\n", options));
        Assert.Equal("file.csv line 3, column 'age': 'inf' is not a finite number", Fault("zip,age\n1,1\n1,inf\n", options));
        Assert.Contains("no column 'age' (did you mean 'agee'?)", Fault("zip,agee\n1,1\n", options));
    }

    [Fact]
    public void Quoted_cells_hold_delimiters_quotes_and_line_ends() =>
        Assert.Equal("a: text x,y¦\"q\"\r\n2¦5\" pipe\nb: numbers 1¦2¦3", Show(Read("\uFEFF\"a\",b\r\n\"x,y\",1\r\n\r\n \"\"\"q\"\"\r\n2\" , 2\r\n5\" pipe,3")));

    [Fact]
    public void Blanks_around_cells_are_dropped_unless_told()
    {
        Assert.Equal("a: text x¦z\nb: text y¦ w ", Show(Read("a, b\n x ,\ty\n z,\" w \"\n")));
        Assert.Equal("a: text  x \n b: text y", Show(Read("a, b\n x ,y\n", new() { Trim = false })));
    }

    [Theory]
    [InlineData("a;b\n1,5;2\n2,5;3\n", "file.csv", "a: text 1,5¦2,5\nb: numbers 2¦3")]
    [InlineData("a\tb\n1\t2\n", "file.txt", "a: numbers 1\nb: numbers 2")]
    [InlineData("a,b\tc\n1\t2\n", "file.tsv", "a,b: numbers 1\nc: numbers 2")]
    [InlineData("a\nx\n", "file.csv", "a: text x")]
    [InlineData("\"a;b;c\",d\n\"1;2;3\",4\n", "file.csv", "a;b;c: text 1;2;3\nd: numbers 4")]
    public void The_delimiter_is_found(string content, string name, string expected) => Assert.Equal(expected, Show(Read(content, name: name)));

    [Fact]
    public void A_header_can_be_missing_and_names_given()
    {
        Assert.Equal("column1: text x\ncolumn2: numbers 1", Show(Read("x,1\n", new() { Header = false })));
        Assert.Equal("w: text x\nn: numbers 1", Show(Read("x,1\n", new() { Names = ["w", "n"] })));
        Assert.Equal("w: text x\nn: numbers 1", Show(Read("a,b\nx,1\n", new() { Names = ["w", "n"], Header = true })));
        Assert.Equal("file.csv line 1: 2 columns, but 1 names are given (w)", Fault("x,1\n", new() { Names = ["w"] }));
    }

    [Fact]
    public void Faults_name_the_physical_line()
    {
        Assert.Equal("file.csv line 4: 1 cell, expected 2 (columns a, b)", Fault("a,b\n\"x\ny\",1\nz\n"));
        Assert.Equal("file.csv line 3: 5 cells, expected 4 (columns a, b, c, …); the first cell too many starts at character 9", Fault("a,b,c,d\n1,2,3,4\n1,2,3,ö,,\n".Replace(",,", ",")[..^1] + "5\n"));
        Assert.StartsWith("file.csv line 3: a quote opens a cell here and never closes", Fault("a,b\nx,1\n\"y,2\nz,3\n"));
        Assert.StartsWith("file.csv line 2: 'x,1' follows a closing quote", Fault("a,b\n\"y\"x,1\n"));
        Assert.StartsWith("file.csv line 3, column 'b': the number is not finite", Fault("a,b\nx,1\ny,-Infinity\n"));
        Assert.StartsWith("file.csv line 2, column 'b': the number is not finite", Fault("a,b\nx,1e999\ny,1\n"));
    }

    [Fact]
    public void Faulty_files_say_what_is_wrong()
    {
        Assert.Equal("file.csv: the file is empty", Fault(""));
        Assert.Equal("file.csv: the file is empty", Fault("\uFEFF\r\n\n"));
        Assert.Equal("file.csv: the file has a header (columns a, b) but no rows", Fault("a,b\n"));
        Assert.Equal("file.csv line 1: the header names two columns 'a' (columns 1 and 3)", Fault("a,b,a\n1,2,3\n"));
        Assert.Equal("file.csv line 2: the header has no name for column 2 of 2", Fault("\na,\n1,2\n"));
        var bytes = "a,b\nx,1\nyÿ,2\n"u8.ToArray().Where(b => b != 0xC3).ToArray();
        Assert.Equal("bad.csv line 3: byte 0xBF is not UTF-8; save the file as UTF-8", Assert.Throws<RequestException>(() => DelimitedReader.Read(new MemoryStream(bytes), "bad.csv")).Message);
        Assert.Contains("UTF-16", Assert.Throws<RequestException>(() => DelimitedReader.Read(new MemoryStream([0xFF, 0xFE, 65, 0]), "bad.csv")).Message);
    }

    [Fact]
    public void Missing_files_get_a_hint()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tickets.csv", "a\n1\n");
        Assert.EndsWith("tickest.csv (did you mean 'tickets.csv'?)", Assert.Throws<RequestException>(() => DelimitedReader.Read(Path.Combine(folder.Path, "tickest.csv"))).Message);
        Assert.Contains("there is no folder", Assert.Throws<RequestException>(() => DelimitedReader.Read(Path.Combine(folder.Path, "no", "x.csv"))).Message);
        Assert.Contains("is a folder", Assert.Throws<RequestException>(() => DelimitedReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Compressed_files_and_readers_give_the_same_table()
    {
        using var folder = new TemporaryFolder();
        var content = "a\tb\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"word{i}\t{i}\n"));
        var bytes = Encoding.UTF8.GetBytes(content);
        var expected = Show(Read(content, name: "x.tsv"));
        Assert.Equal(expected, Show(DelimitedReader.Read(folder.Write("x.tsv.gz", TemporaryFolder.Compress(bytes)))));
        Assert.Equal(expected, Show(DelimitedReader.Read(new StringReader(content), "standard input")));
        var cut = folder.Write("cut.tsv.gz", TemporaryFolder.Compress(bytes)[..^3000]);
        Assert.Contains("damaged or cut short", Assert.Throws<RequestException>(() => DelimitedReader.Read(cut)).Message);
    }

    [Fact]
    public void A_late_text_cell_makes_the_column_text()
    {
        var content = "a,b\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"0{i},{i}\n")) + "x,1\n";
        var table = Read(content, new() { BlockBytes = 64, Threads = 2 });
        Assert.Equal("00", ((TextColumn)table.Columns[0])[0].ToString());
        Assert.IsType<NumberColumn>(table.Columns[1]);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.Contains("delimiter '.'", Fault("a\n1\n", new() { Delimiter = '.' }));
        Assert.Contains("delimiter '\"'", Fault("a\n1\n", new() { Delimiter = '"' }));
        Assert.Contains("quote ' '", Fault("a\n1\n", new() { Quote = ' ' }));
        Assert.Contains("column 'a' is declared both", Fault("a\n1\n", new() { Text = new HashSet<string> { "a" }, Numbers = new HashSet<string> { "a" } }));
        Assert.Equal("a: text \"x\nb: numbers 1", Show(Read("a|b\n\"x|1", new() { Quote = null, Delimiter = '|' })));
    }

    [Fact]
    public void Cancellation_stops_the_reading() =>
        Assert.Throws<OperationCanceledException>(() => DelimitedReader.Read(new MemoryStream("a\n1\n"u8.ToArray()), "x.csv", null, new CancellationToken(true)));

    [Fact]
    public void Simple_numbers_are_read_as_the_runtime_reads_them() =>
        Gen.Select(Gen.Long[-9_999_999_999, 9_999_999_999], Gen.Int[0, 15]).Array[100].Sample(pairs =>
        {
            var texts = pairs.Select(pair => (Text: pair.Item1.ToString(), Point: pair.Item2))
                .Select(number => number.Point < number.Text.Length && number.Point > 1 ? number.Text.Insert(number.Point, ".") : number.Text).ToArray();
            return ((NumberColumn)Read($"a\n{string.Join('\n', texts)}\n").Columns[0]).Values.SequenceEqual(texts.Select(double.Parse));
        }, iter: 50);

    private static readonly Gen<string> Cell = Gen.OneOf(
        Gen.Int[0, 12].Select(i => "ab\",;\t\n\r é漢\uFEFF0"[i]).Array[0, 6].Select(letters => new string(letters)),
        Gen.Int[-50, 50].Select(number => number.ToString()),
        Gen.Const("😀, NA"));

    private static readonly Gen<Table> Tables =
        from columns in Gen.Int[1, 4]
        from cells in Gen.Select(Cell, Cell, Cell, Cell).Array[1, 30]
        from name in Cell
        select new Table("t", [.. Enumerable.Range(0, columns).Select(c => new TextColumn(
            $"{name.Trim([' ', '\t'])}{c}", [.. cells.Select(row => c switch { 0 => row.Item1, 1 => row.Item2, 2 => row.Item3, _ => row.Item4 })]))]);

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Tables, Gen.Int[16, 100], Gen.Int[1, 3], Gen.Int[0, 2].Select(i => ",;\t"[i])).Sample((table, block, threads, delimiter) =>
        {
            var text = new StringWriter();
            DelimitedWriter.Write(table, text, delimiter);
            var options = new DelimitedOptions
            {
                Delimiter = table.Columns.Count == 1 ? delimiter : null,
                Text = table.Columns.Select(column => column.Name).ToHashSet(),
                BlockBytes = block,
                Threads = threads,
            };
            return Show(Read(text.ToString(), options)) == Show(table);
        }, iter: 1000);

    // Half of the files have one column, because nearly all others are ragged.
    [Fact]
    public void Blocks_and_threads_change_neither_the_table_nor_the_fault() =>
        Gen.Select(Gen.Byte.Array[0, 200].Select(bytes => bytes.Select(b => (byte)"ab12,,\n\n\"\r é\t.-NA;"[b % 18]).ToArray()), Gen.Int[16, 60], Gen.Int[1, 3], Gen.Bool, Gen.Bool).Sample((bytes, block, threads, header, one) =>
        {
            var options = new DelimitedOptions { Header = header, Delimiter = one ? '|' : null, Threads = 1 };
            return Outcome(bytes, options) == Outcome(bytes, options with { BlockBytes = block, Threads = threads });
        }, iter: 300);

    [Fact]
    public void Random_bytes_throw_nothing_but_request_faults() =>
        Gen.Byte.Array[0, 100].Sample(bytes => Outcome(bytes, new() { Header = false, Threads = 2, BlockBytes = 16 }).Length >= 0, iter: 3000);

    private static string Outcome(byte[] bytes, DelimitedOptions options)
    {
        try
        {
            return Show(DelimitedReader.Read(new MemoryStream(bytes), "f.csv", options));
        }
        catch (RequestException fault)
        {
            return fault.Message;
        }
    }
}
