using System.IO.Compression;
using System.Security.Cryptography;

namespace Preceptor.Readers;

/// <summary>What a check of one file found.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">Where it is or should be.</param>
/// <param name="Found">The SHA-256 found; null where the file is missing.</param>
internal sealed record FileFinding(PublishedFile File, string Path, string? Found)
{
    /// <summary>Whether it is there and as published.</summary>
    public bool IsRight => Found == File.Sha256;

    /// <summary>What is wrong, in words.</summary>
    public string Words => Found is null ? $"{Path}: is missing"
        : $"{Path}: SHA-256{(File.Form is PublishedForm.Gzip or PublishedForm.Content ? " of its content" : "")} expected {File.Sha256}, found {Found}";
}

/// <summary>Compares files with what was published.</summary>
internal static class FileCheck
{
    /// <summary>What a file of damaged compression has in place of a hash.</summary>
    public const string Damaged = "no content: its compression is damaged";

    /// <summary>Checks the files of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="folder">The set's folder.</param>
    /// <param name="stop">Stops the check.</param>
    public static IEnumerable<FileFinding> Of(PublishedSet set, string folder, CancellationToken stop)
    {
        foreach (var file in set.Files)
        {
            stop.ThrowIfCancellationRequested();
            yield return Of(file, Path.Combine(folder, file.Name), stop);
        }
    }

    /// <summary>Checks one file.</summary>
    public static FileFinding Of(PublishedFile file, string path, CancellationToken stop) => new(file, path,
        !File.Exists(path) ? null : InputFile.Reading(path, () => Hash(path, file.Form is PublishedForm.Gzip or PublishedForm.Content, stop)));

    /// <summary>The SHA-256 of a file's bytes or of what they decompress to, in small hexadecimal digits.</summary>
    public static string Hash(string path, bool content, CancellationToken stop)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        try
        {
            using var stream = content ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                stop.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (InvalidDataException) when (content)
        {
            return Damaged;
        }
    }
}
