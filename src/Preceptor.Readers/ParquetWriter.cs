using DuckDB.NET.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Writes Parquet.</summary>
public static class ParquetWriter
{
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
