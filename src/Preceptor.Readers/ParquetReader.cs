using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads Parquet files into a <see cref="Table"/>: numbers stay numbers; booleans become <c>true</c> and <c>false</c>, dates and times
/// ISO 8601 texts; nulls are empty cells. Columns of lists, structures, maps or bytes are refused.
/// </summary>
/// <remarks>
/// DuckDB decodes, in a database in memory of its own that neither fetches extensions nor writes anything. Its statements are made of fixed text:
/// the path is a parameter, and columns are referred to by their number.
/// </remarks>
public static class ParquetReader
{
    private const string Database =
        "DataSource=:memory:;autoinstall_known_extensions=false;autoload_known_extensions=false;allow_community_extensions=false;temp_directory=";

    private const string Rows = "read_parquet(?, hive_partitioning = false)";
    private const int RowsBetweenChecks = 4096;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Of these, columns declared as text or numbers and the number of threads count.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">The file is missing, damaged or no Parquet file, or a column is of a type that is not read.</exception>
    public static Table Read(string path, DelimitedOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        RequireParquet(path);
        try
        {
            using var connection = new DuckDBConnection($"{Database};threads={options.ThreadCount.ToString(CultureInfo.InvariantCulture)}");
            connection.Open();
            return Read(connection, path, options, cancellationToken);
        }
        catch (DuckDBException fault)
        {
            throw new RequestException($"{path}: the file is damaged or not Parquet as we read it: {fault.Message.Split('\n')[0]}", fault);
        }
    }

    private static Table Read(DuckDBConnection connection, string path, DelimitedOptions options, CancellationToken cancellationToken)
    {
        // Names come from the file's schema: DuckDB's own differ in more than the case of their letters.
        var types = Strings(connection, $"DESCRIBE SELECT * FROM {Rows}", path, "column_type");
        var names = Strings(connection, $"DESCRIBE SELECT * FROM {Rows}", path, "column_name");
        for (var i = 0; i < names.Length; i++)
            if (!ParquetColumn.IsRead(types[i])) throw new RequestException(
                $"{path}, column '{names[i]}': {types[i]} is not read, expected numbers, text, booleans, dates or times; leave the column out or spread it over several");
        names = Strings(connection, "SELECT name FROM parquet_schema(?) WHERE num_children IS NULL", path, "name");
        if (names.FirstOrDefault(name => names.Count(other => other == name) > 1) is { } twice) throw new RequestException($"{path}: two columns are named '{twice}'");

        var wanted = DelimitedHeader.Types(path, names, options);
        var columns = names.Select((name, i) => new ParquetColumn(path, name, types[i], wanted[i])).ToArray();
        var cells = names.Select((_, i) => $"c{i}").ToArray();
        var query = $"SELECT {string.Join(", ", columns.Select((column, i) => column.Query(cells[i])))} FROM {Rows} AS t({string.Join(", ", cells)})";
        using var command = Command(connection, query, path);
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        var rows = 0L;
        for (; reader.Read(); rows++)
        {
            if (rows % RowsBetweenChecks == 0) cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < columns.Length; i++) columns[i].Add(reader, i, rows + 1);
        }
        if (rows == 0) throw new RequestException($"{path}: the file has columns ({string.Join(", ", names)}) but no rows");
        return new Table(path, [.. columns.Select(column => column.Build())]);
    }

    private static string[] Strings(DuckDBConnection connection, string query, string path, string column)
    {
        using var command = Command(connection, query, path);
        using var reader = command.ExecuteReader();
        var place = reader.GetOrdinal(column);
        var strings = new List<string>();
        while (reader.Read()) strings.Add(reader.GetString(place));
        return [.. strings];
    }

    private static DuckDBCommand Command(DuckDBConnection connection, string query, string path)
    {
        var command = connection.CreateCommand();
        command.CommandText = query;
        command.Parameters.Add(new DuckDBParameter(Literally(path)));
        return command;
    }

    /// <summary>The path as a pattern that only it matches, because DuckDB reads patterns.</summary>
    private static string Literally(string path)
    {
        var pattern = new StringBuilder();
        foreach (var letter in Path.GetFullPath(path)) pattern.Append(letter is '*' or '?' or '[' ? $"[{letter}]" : letter);
        return pattern.ToString();
    }

    private static void RequireParquet(string path)
    {
        InputFile.Open(path).Dispose(); // for its messages
        var (start, end, length) = InputFile.Reading(path, () =>
        {
            using var file = File.OpenRead(path);
            var (first, last) = (new byte[4], new byte[4]);
            file.ReadAtLeast(first, 4, throwOnEndOfStream: false);
            file.Position = Math.Max(0, file.Length - 4);
            file.ReadAtLeast(last, 4, throwOnEndOfStream: false);
            return (first, last, file.Length);
        });
        if (length == 0) throw new RequestException($"{path}: the file is empty");
        if (start is [0x1F, 0x8B, ..]) throw new RequestException($"{path}: the file is compressed by gzip; Parquet is compressed inside, so decompress it first");
        if (start.AsSpan().SequenceEqual("PARE"u8)) throw new RequestException($"{path}: the file is encrypted, which is not read");
        if (!start.AsSpan().SequenceEqual("PAR1"u8)) throw new RequestException($"{path}: no Parquet file: it starts with 0x{Convert.ToHexString(start)}, expected PAR1");
        if (!end.AsSpan().SequenceEqual("PAR1"u8)) throw new RequestException(
            $"{path}: the Parquet file is cut short: its {length} bytes do not end with PAR1");
    }
}
