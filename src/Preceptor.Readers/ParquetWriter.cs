using DuckDB.NET.Data;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Writes Parquet.</summary>
public static class ParquetWriter
{
    /// <summary>Writes rows, by way of a CSV file in the temporary folder.</summary>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">The cells of each row; empty: none.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="RequestException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, string path) => By(plain => DelimitedWriter.Write(header, rows, plain), path);

    /// <summary>Writes a table of text and numbers, by way of a CSV file in the temporary folder.</summary>
    /// <param name="table">The table.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="RequestException">A column holds images, or the file cannot be written.</exception>
    public static void Write(Table table, string path) => By(plain => DelimitedWriter.Write(table, plain), path);

    private static void By(Action<string> write, string path)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-parquet-").FullName;
        try
        {
            write(Path.Combine(folder, "plain.csv"));
            FromDelimited(Path.Combine(folder, "plain.csv"), path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Turns a CSV file with a header into Parquet, beside its place and then renamed; columns get the types that their values have.</summary>
    /// <param name="csv">The CSV file.</param>
    /// <param name="path">The Parquet file.</param>
    /// <exception cref="RequestException">It cannot be written.</exception>
    public static void FromDelimited(string csv, string path)
    {
        var temporary = path + "." + Path.GetRandomFileName();
        try
        {
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
            command.CommandText = $"COPY (SELECT * FROM read_csv({Quote(Path.GetFullPath(csv))}, header = true)) TO {Quote(Path.GetFullPath(temporary))} (FORMAT parquet)";
            command.ExecuteNonQuery();
            File.Move(temporary, path, overwrite: true);
        }
        catch (DuckDBException e)
        {
            throw new RequestException($"{path}: cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
