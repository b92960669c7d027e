using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads a folder of PNG and JPEG images, a subfolder a class: an <see cref="ImageColumn"/> <c>image</c>, the class as text column
/// <c>label</c>, and the path within the folder as text column <c>file</c>. Images that lie in the folder itself have no label.
/// </summary>
/// <remarks>
/// All images have the size of most. If all are stored as grey they have one channel, else all have three. Transparency, colour profiles and the
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
    /// <param name="bad">What becomes of images that cannot be decoded or have another size than most; left out ones are named in the table's note.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">There are no images, or one cannot be used: the message names it and says how many more.</exception>
    public static Table Read(string folder, BadImages bad = BadImages.Fail, CancellationToken cancellationToken = default)
    {
        var paths = InputFile.Reading(folder, () => Find(folder));
        if (paths.Length == 0) throw new RequestException($"{folder}: no images in its subfolders; read are {string.Join(", ", Extensions)}");
        var headers = new ImageHeader[paths.Length];
        var faults = ForEach(paths, row => headers[row] = ImageDecoder.ReadHeader(paths[row]), cancellationToken);
        if (bad == BadImages.Fail) ThrowFirst(faults, "cannot be read either");
        MarkOtherSizes(paths, headers, faults);
        if (bad == BadImages.Fail) ThrowFirst(faults, "differ from it too");

        int[] kept = Kept(faults);
        if (kept.Length == 0) ThrowFirst(faults, "cannot be read either");
        var (width, height, _) = headers[kept[0]];
        var channels = kept.All(row => headers[row].IsGrey) ? 1 : 3;
        var size = (long)channels * height * width;
        if (size * paths.Length > Array.MaxLength) throw new RequestException(
            $"{folder}: {paths.Length} images of {channels} × {height} × {width} take {size * paths.Length >> 20} MB, expected at most {Array.MaxLength >> 20} MB; make them smaller");
        var pixels = new byte[size * paths.Length];
        var undecoded = ForEach(paths, row =>
        {
            if (faults[row] is null) ImageDecoder.Decode(paths[row], headers[row], channels, pixels.AsSpan((int)(row * size), (int)size));
        }, cancellationToken);
        if (bad == BadImages.Fail) ThrowFirst(undecoded, "cannot be read either");
        for (var row = 0; row < faults.Length; row++) faults[row] ??= undecoded[row];
        kept = Kept(faults);
        if (kept.Length == 0) ThrowFirst(faults, "cannot be read either");

        var names = paths.Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).ToArray();
        Column[] columns = [new ImageColumn("image", pixels, paths.Length, channels, height, width), new TextColumn("file", names)];
        if (names[0].Contains('/')) columns = [.. columns, new TextColumn("label", [.. names.Select(name => name[..name.IndexOf('/')])])];
        if (kept.Length == paths.Length) return new Table(folder, columns);
        return new Table(folder, [.. columns.Select(column => column.Take(kept))]) { Note = Left(faults, paths.Length) };
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

    private static RequestException?[] ForEach(string[] paths, Action<int> work, CancellationToken cancellationToken)
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
        return faults;
    }

    /// <summary>The size of most images, of equally frequent ones the first, is the one expected.</summary>
    private static void MarkOtherSizes(string[] paths, ImageHeader[] headers, RequestException?[] faults)
    {
        int[] readable = Kept(faults);
        if (readable.Length == 0) return;
        var usual = readable.GroupBy(row => (headers[row].Height, headers[row].Width)).MaxBy(group => group.Count())!; // the first of equals
        foreach (var row in readable)
            if ((headers[row].Height, headers[row].Width) != usual.Key) faults[row] = new RequestException(
                $"{paths[row]}: {headers[row].Height} × {headers[row].Width} pixels (height × width), expected {usual.Key.Height} × {usual.Key.Width} as {paths[usual.First()]} has");
    }

    private static int[] Kept(RequestException?[] faults) => [.. Enumerable.Range(0, faults.Length).Where(row => faults[row] is null)];

    private static void ThrowFirst(RequestException?[] faults, string what)
    {
        var found = faults.OfType<RequestException>().ToArray();
        if (found.Length > 0) throw new RequestException($"{found[0].Message}{AndMore(found.Length - 1, what)}; problem.bad-images: skip leaves such images out", found[0]);
    }

    private static string Left(RequestException?[] faults, int images)
    {
        var found = faults.OfType<RequestException>().ToArray();
        return $"{found.Length} of {images} images were left out: {found[0].Message}{(found.Length > 1 ? $"; and {found.Length - 1} more" : "")}";
    }

    private static string AndMore(int count, string what) => count == 0 ? "" : $"; {count} more {(count == 1 ? "image" : "images")} {what}";
}
