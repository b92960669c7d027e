using System.IO.Compression;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Progress of a pull.</summary>
/// <param name="File">The file.</param>
/// <param name="Arrived">Bytes of it that arrived.</param>
/// <param name="Expected">Bytes it has.</param>
internal readonly record struct PullProgress(PublishedFile File, long Arrived, long Expected);

/// <summary>
/// Fetches the files of a published data set into a folder of its name. Each is fetched beside its place, compared with the published SHA-256 and only then
/// renamed; a file that is there already is compared and left alone.
/// </summary>
/// <param name="client">Asks servers.</param>
/// <param name="options">How often.</param>
internal sealed class DataPull(HttpClient client, DownloadOptions options)
{
    /// <summary>Room for another header of a compressed file.</summary>
    private const long Slack = 1 << 16;

    private readonly Download download = new(client, options);

    /// <summary>Fetches what is missing.</summary>
    /// <param name="set">The set.</param>
    /// <param name="root">The folder in which the set's folder lies or is to lie.</param>
    /// <param name="mirror">A copy of a data folder to fetch from, as <c>MIRROR/SET/FILE</c>; null for the files' own homes.</param>
    /// <param name="progress">Told what arrives.</param>
    /// <param name="stop">Stops; what arrived stays.</param>
    /// <returns>How many files were fetched, the others having been there.</returns>
    /// <exception cref="RequestException">A file that is there, or that arrived, is not as published; or a file has no home.</exception>
    /// <exception cref="WorkException">A server refuses, or does not answer.</exception>
    public async Task<int> PullAsync(PublishedSet set, string root, Uri? mirror, IProgress<PullProgress>? progress, CancellationToken stop)
    {
        var folder = Path.Combine(root, set.Name);
        var missing = new List<FileFinding>();
        foreach (var finding in FileCheck.Of(set, folder, stop))
        {
            if (finding.Found is null) missing.Add(finding);
            else if (!finding.IsRight) throw new RequestException($"{finding.Words}; it is left as it is: move it away to fetch it anew");
        }
        if (mirror is null && missing.FirstOrDefault(f => f.File.Form == PublishedForm.None) is { } made) throw new RequestException(
            $"{set.Name}: {made.File.Name} has no home: it was made from other files{(made.File.Address == "-" ? "" : $" ({made.File.Address})")}; --mirror fetches it from a copy of a data folder");
        foreach (var finding in missing)
        {
            var address = mirror is null ? new Uri(finding.File.Address) : new Uri($"{mirror.ToString().TrimEnd('/')}/{set.Name}/{string.Join('/', finding.File.Name.Split('/').Select(Uri.EscapeDataString))}");
            // A mirror serves files as they are kept, their homes may serve what they contain.
            await FetchAsync(finding, address, finding.File.Form == PublishedForm.Gzip && mirror is null, progress, stop).ConfigureAwait(false);
        }
        return missing.Count;
    }

    private async Task FetchAsync(FileFinding finding, Uri address, bool compress, IProgress<PullProgress>? progress, CancellationToken stop)
    {
        var (file, path) = (finding.File, finding.Path);
        var isContent = file.Form is PublishedForm.Gzip or PublishedForm.Content && !compress;
        long? expected = isContent ? null : file.Bytes;
        var part = path + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var isFirst = true; ; isFirst = false)
        {
            var resumed = await download.FetchAsync(address, part, expected, file.Bytes + (isContent ? Slack : 0), arrived => progress?.Report(new(file, arrived, file.Bytes)), stop).ConfigureAwait(false);
            var found = FileCheck.Hash(part, isContent, stop);
            if (found == file.Sha256) break;
            if (resumed && isFirst)
            {
                Download.Forget(part); // the earlier part may have been of another version
                continue;
            }
            var rejected = path + ".rejected";
            File.Move(part, rejected, overwrite: true);
            Download.Forget(part);
            throw new RequestException($"{address.AbsoluteUri}: SHA-256{(isContent ? " of its content" : "")} expected {file.Sha256}, found {found}; what arrived is kept as {rejected} and is not used");
        }
        if (compress) Compress(part, path);
        else File.Move(part, path);
        Download.Forget(part);
    }

    private static void Compress(string part, string path)
    {
        var whole = path + ".whole";
        using (var content = File.OpenRead(part))
        using (var gzip = new GZipStream(File.Create(whole), CompressionLevel.SmallestSize)) content.CopyTo(gzip);
        File.Move(whole, path);
    }
}
