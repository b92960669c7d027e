using DuckDB.NET.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class ParquetReaderTests
{
    private static readonly DuckDBConnection Writer = Open();

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:;threads=1");
        connection.Open();
        return connection;
    }

    private static string Write(TemporaryFolder folder, string query, string name = "rows.parquet")
    {
        var plain = Path.Combine(folder.Path, "written");
        using var command = Writer.CreateCommand();
        command.CommandText = $"COPY ({query}) TO '{plain}' (FORMAT parquet)";
        command.ExecuteNonQuery();
        var path = Path.Combine(folder.Path, name);
        File.Move(plain, path);
        return path;
    }

    private static void Replace(byte[] content, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        for (int at; (at = content.AsSpan().IndexOf(old)) >= 0;) with.CopyTo(content.AsSpan(at));
    }

    private static string Show(string query, DelimitedOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return DelimitedReaderTests.Show(ParquetReader.Read(Write(folder, query), options));
    }

    private static string Fault(string query, DelimitedOptions? options = null) => Assert.Throws<RequestException>(() => Show(query, options)).Message;

    [Fact]
    public void Types_become_numbers_or_text()
    {
        Assert.Equal(
            "i: numbers 1\nf: numbers 0.5\nd: numbers 2.5\ndec: numbers 1.5\nu: numbers 1.8446744073709552E+19\nb: text true\nt: text é",
            Show("SELECT 1::INT AS i, 0.5::FLOAT AS f, 2.5::DOUBLE AS d, 1.50::DECIMAL(6,2) AS dec, 18446744073709551615::UBIGINT AS u, true AS b, 'é' AS t"));
        Assert.Equal(
            "day: text 2024-02-03\ntime: text 04:05:06\nmoment: text 2024-02-03T04:05:06.5\nzoned: text 2024-02-03T02:05:06Z\nnano: text 2024-02-03T04:05:06.123456789\nid: text 85b7d8eb-5c40-4360-ae2b-1af451f1c24c\nkind: text u",
            Show("""
                SELECT DATE '2024-02-03' AS day, TIME '04:05:06' AS time, TIMESTAMP '2024-02-03 04:05:06.5' AS moment, TIMESTAMPTZ '2024-02-03 04:05:06+02' AS zoned,
                    TIMESTAMP_NS '2024-02-03 04:05:06.123456789' AS nano, '85b7d8eb-5c40-4360-ae2b-1af451f1c24c'::UUID AS id, 'u'::ENUM('u', 'v') AS kind
                """));
        Assert.Equal("n: numbers NaN¦2\nt: text ¦x\nx: numbers NaN¦NaN", Show("SELECT * FROM (VALUES (NULL::INT, NULL::VARCHAR, 'nan'::DOUBLE), (2, 'x', NULL)) v(n, t, x)"));
    }

    [Fact]
    public void Declarations_win_over_types()
    {
        const string query = "SELECT 7::BIGINT AS label, 9007199254740993::BIGINT AS id, 1.0::DOUBLE AS d, 0.1::FLOAT AS f, '3.5' AS age";
        Assert.Equal(
            "label: text 7\nid: text 9007199254740993\nd: text 1\nf: text 0.1\nage: numbers 3.5",
            Show(query, new() { Text = new HashSet<string> { "label", "id", "d", "f" }, Numbers = new HashSet<string> { "age" } }));
        Assert.EndsWith("rows.parquet row 2, column 'age': 'old' is not a number", Fault("SELECT unnest(['1', 'old']) AS age", new() { Numbers = new HashSet<string> { "age" } }));
        Assert.EndsWith("no column 'ages' (did you mean 'age'?); columns are age", Fault("SELECT 1 AS age", new() { Numbers = new HashSet<string> { "ages" } }));
    }

    [Theory]
    [InlineData("SELECT [1, 2] AS cell", "INTEGER[]")]
    [InlineData("SELECT 1 AS a, {'b': 1} AS cell", "STRUCT(b INTEGER)")]
    [InlineData("SELECT MAP {'a': 1} AS cell", "MAP(VARCHAR, INTEGER)")]
    [InlineData("SELECT 'abc'::BLOB AS cell", "BLOB")]
    [InlineData("SELECT [1.5::DECIMAL(3,1)] AS cell", "DECIMAL(3,1)[]")]
    public void Nested_cells_are_refused(string query, string type) => Assert.EndsWith(
        $"rows.parquet, column 'cell': {type} is not read, expected numbers, text, booleans, dates or times; leave the column out or spread it over several", Fault(query));

    [Fact]
    public void Columns_keep_their_names()
    {
        Assert.Equal("a: numbers 1\n\"; DROP TABLE t; --: numbers 3\nc0: numbers 4", Show("SELECT 1 AS a, 3 AS \"\"\"; DROP TABLE t; --\", 4 AS c0"));
        Assert.EndsWith("rows.parquet: the file has columns (a) but no rows", Fault("SELECT 1 AS a WHERE false"));
        Assert.EndsWith("rows.parquet row 1, column 'a': the number is not finite; empty the cell or declare the column as text", Fault("SELECT 'inf'::DOUBLE AS a"));
    }

    [Fact]
    public void Names_that_differ_in_case_alone_stay_as_they_are()
    {
        using var folder = new TemporaryFolder();
        var content = File.ReadAllBytes(Write(folder, "SELECT 1 AS latter, 2 AS zzqzzq"));
        Replace(content, "zzqzzq"u8, "LATTER"u8); // DuckDB writes no such file itself
        Assert.Equal("latter: numbers 1\nLATTER: numbers 2", DelimitedReaderTests.Show(ParquetReader.Read(folder.Write("case.parquet", content))));
        Replace(content, "LATTER"u8, "latter"u8);
        Assert.EndsWith("case.parquet: two columns are named 'latter'", Assert.Throws<RequestException>(() => ParquetReader.Read(folder.Write("case.parquet", content))).Message);
    }

    [Theory]
    [InlineData("a'); DROP TABLE x; --.parquet")]
    [InlineData("*.parquet")]
    [InlineData("a[1].parquet")]
    [InlineData("a?b{c,d}.parquet")]
    [InlineData("é 😀.parquet")]
    public void A_path_is_neither_SQL_nor_a_pattern(string name)
    {
        if (OperatingSystem.IsWindows() && name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0) name = "a'; [1].parquet";
        using var folder = new TemporaryFolder();
        Write(folder, "SELECT 1 AS other", "a1.parquet");
        Assert.Equal("mine: numbers 2", DelimitedReaderTests.Show(ParquetReader.Read(Write(folder, "SELECT 2 AS mine", name))));
    }

    [Fact]
    public void A_folder_named_like_a_column_adds_none()
    {
        using var folder = new TemporaryFolder();
        var inner = Directory.CreateDirectory(Path.Combine(folder.Path, "year=2024")).FullName;
        var path = Path.Combine(inner, "rows.parquet");
        File.Move(Write(folder, "SELECT 1 AS a"), path);
        Assert.Equal("a: numbers 1", DelimitedReaderTests.Show(ParquetReader.Read(path)));
    }

    [Fact]
    public void Damaged_files_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Write(folder, "SELECT i AS a, 'text ' || i AS b FROM range(1000) r(i)"));
        string Damaged(byte[] content)
        {
            var message = Assert.Throws<RequestException>(() => ParquetReader.Read(folder.Write("damaged.parquet", content))).Message;
            return message[message.IndexOf("damaged.parquet", StringComparison.Ordinal)..];
        }
        Assert.Equal($"damaged.parquet: the Parquet file is cut short: its {whole.Length - 100} bytes do not end with PAR1", Damaged(whole[..^100]));
        Assert.Equal("damaged.parquet: no Parquet file: it starts with 0x612C620A, expected PAR1", Damaged("a,b\n1,2\n"u8.ToArray()));
        Assert.Equal("damaged.parquet: the file is empty", Damaged([]));
        Assert.Contains("compressed by gzip", Damaged(TemporaryFolder.Compress(whole)));
        Assert.StartsWith("damaged.parquet: the file is damaged or not Parquet as we read it: ", Damaged([.. whole[..4], .. new byte[500], .. whole[^200..]]));
        Assert.Contains("no file", Assert.Throws<RequestException>(() => ParquetReader.Read(Path.Combine(folder.Path, "none.parquet"))).Message);
        Assert.Contains("is a folder", Assert.Throws<RequestException>(() => ParquetReader.Read(folder.Path)).Message);
    }

    [Fact]
    public void Rows_keep_their_order_whatever_the_threads()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "SELECT i AS n FROM range(130000) r(i)");
        foreach (var threads in (int[])[1, 4]) // and two of Parquet's row groups
        {
            var numbers = (Preceptor.Data.NumberColumn)ParquetReader.Read(path, new() { Threads = threads }).Columns[0];
            Assert.Equal(130_000, numbers.Rows);
            Assert.DoesNotContain(Enumerable.Range(0, numbers.Rows), row => numbers.Values[row] != row);
        }
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => ParquetReader.Read(path, null, stopped.Token));
    }
}
