using Preceptor.Control;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Logs of episodes as files, in one columnar form after Minari: a row an observation, with the columns that <see cref="EpisodeLog"/> names.</summary>
public static class EpisodeFiles
{
    /// <summary>Reads a log and checks it.</summary>
    /// <param name="path">Parquet, CSV, TSV or JSON Lines.</param>
    /// <param name="actions">What actions may be; null for anything finite.</param>
    /// <exception cref="RequestException">The file cannot be read, or is no log: the message names the row.</exception>
    public static EpisodeLog Read(string path, BoxSpace? actions = null) => EpisodeLog.Of(TableReader.Read(path), actions: actions);

    /// <summary>Writes a log beside its place and then renames it, so that it is whole or not there.</summary>
    /// <param name="log">The log.</param>
    /// <param name="path">The file: .parquet, .csv or .tsv.</param>
    /// <exception cref="RequestException">The file cannot be written.</exception>
    public static void Write(EpisodeLog log, string path)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)) ParquetWriter.Write(log.ToTable(), path);
        else DelimitedWriter.Write(log.ToTable(), path);
    }
}
