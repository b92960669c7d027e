using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads a folder of PNG and JPEG images, a subfolder a class: an <see cref="ImageColumn"/> <c>image</c>, the class as text column
/// <c>label</c>, and the path within the folder as text column <c>file</c>. Images that lie in the folder itself have no label.
/// </summary>
/// <remarks>
/// All images have one size. If all are stored as grey they have one channel, else all have three. Transparency, colour profiles and the
/// orientation that a camera notes are not applied. Images are decoded by several threads straight to their place.
/// </remarks>
public static class ImageFolderReader
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Whether a folder holds images, in itself or in its subfolders.</summary>
    public static bool IsImageFolder(string folder) =>
        Images(folder, SearchOption.TopDirectoryOnly).Any() || ClassFolders(folder).Any(inner => Images(inner, SearchOption.AllDirectories).Any());

    /// <summary>Reads a folder; rows are in the order of their paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">There are no images, or one cannot be decoded or has another size: the message names it and says how many more.</exception>
    public static Table Read(string folder, CancellationToken cancellationToken = default)
    {
        var paths = InputFile.Reading(folder, () => Find(folder));
        if (paths.Length == 0) throw new RequestException($"{folder}: no images in its subfolders; read are {string.Join(", ", Extensions)}");
        var headers = new ImageHeader[paths.Length];
        ForEach(paths, row => headers[row] = ImageDecoder.ReadHeader(paths[row]), cancellationToken);
        RequireOneSize(paths, headers);

        var (width, height, _) = headers[0];
        var channels = headers.All(header => header.IsGrey) ? 1 : 3;
        var size = (long)channels * height * width;
        if (size * paths.Length > Array.MaxLength) throw new RequestException(
            $"{folder}: {paths.Length} images of {channels} × {height} × {width} take {size * paths.Length >> 20} MB, expected at most {Array.MaxLength >> 20} MB; make them smaller");
        var pixels = new byte[size * paths.Length];
        ForEach(paths, row => ImageDecoder.Decode(paths[row], headers[row], channels, pixels.AsSpan((int)(row * size), (int)size)), cancellationToken);

        var names = paths.Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).ToArray();
        Column[] columns = [new ImageColumn("image", pixels, paths.Length, channels, height, width), new TextColumn("file", names)];
        return new Table(folder, names[0].Contains('/') ? [.. columns, new TextColumn("label", [.. names.Select(name => name[..name.IndexOf('/')])])] : columns);
    }

    private static string[] Find(string folder)
    {
        string[] loose = [.. Images(folder, SearchOption.TopDirectoryOnly)];
        var classes = ClassFolders(folder).Select(inner => (Name: inner, Images: Images(inner, SearchOption.AllDirectories).ToArray())).ToArray();
        if (loose.Length > 0 && classes.Any(inner => inner.Images.Length > 0)) throw new RequestException(
            $"{folder}: {loose.Length} images lie beside its subfolders, such as {Path.GetFileName(loose[0])}; put them into the subfolder of their class");
        var empty = loose.Length > 0 ? null : classes.FirstOrDefault(inner => inner.Images.Length == 0).Name;
        if (empty is not null) throw new RequestException($"{empty}: no images; read are {string.Join(", ", Extensions)}");
        return [.. loose.Concat(classes.SelectMany(inner => inner.Images)).OrderBy(path => path.Replace('\\', '/'), StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ClassFolders(string folder) => Directory.EnumerateDirectories(folder).Where(IsVisible);

    private static IEnumerable<string> Images(string folder, SearchOption depth) =>
        Directory.EnumerateFiles(folder, "*", depth).Where(path => IsVisible(path) && Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()));

    /// <summary>Systems leave hidden files of their own, some with an image's extension.</summary>
    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');

    private static void ForEach(string[] paths, Action<int> work, CancellationToken cancellationToken)
    {
        var faults = new RequestException?[paths.Length];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, row =>
        {
            try
            {
                work(row);
            }
            catch (RequestException fault)
            {
                faults[row] = fault;
            }
        });
        var found = faults.OfType<RequestException>().ToArray();
        if (found.Length > 0) throw new RequestException($"{found[0].Message}{AndMore(found.Length - 1, "cannot be read either")}", found[0]);
    }

    private static void RequireOneSize(string[] paths, ImageHeader[] headers)
    {
        var (width, height, _) = headers[0];
        var others = Enumerable.Range(0, paths.Length).Where(row => headers[row].Width != width || headers[row].Height != height).ToArray();
        if (others.Length == 0) return;
        var found = headers[others[0]];
        throw new RequestException(
            $"{paths[others[0]]}: {found.Height} × {found.Width} pixels (height × width), expected {height} × {width} as {paths[0]} has{AndMore(others.Length - 1, "differ from it too")}");
    }

    private static string AndMore(int count, string what) => count == 0 ? "" : $"; {count} more {(count == 1 ? "image" : "images")} {what}";
}
