using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Reads CIFAR-10 in its binary layout: records of 3,073 bytes, a label and 32 × 32 pixels for red, green and blue; plain or compressed
/// by gzip. A folder has training files (<c>data_batch_1.bin</c> … or <c>train….bin</c>), test files (<c>test….bin</c>) and the names of
/// the classes (<c>batches.meta.txt</c>).
/// </summary>
public static class CifarReader
{
    private const int Channels = 3, Side = 32, Pixels = Channels * Side * Side, Record = 1 + Pixels;
    private const string ClassNames = "batches.meta.txt";

    /// <summary>Whether a folder holds training files of this layout.</summary>
    public static bool IsCifarFolder(string folder) => TrainingFiles(folder).Length > 0;

    /// <summary>Reads a folder's training files, in the order of their names.</summary>
    /// <inheritdoc cref="Read"/>
    public static Table ReadTrain(string folder) => TrainingFiles(folder) is { Length: > 0 } files
        ? Read(files)
        : throw new RequestException($"{folder}: no training files (data_batch_1.bin, … or train….bin)");

    /// <summary>A folder's training files, in the order of their names.</summary>
    internal static string[] TrainingFiles(string folder) => Files(folder, "data_batch", "train");

    /// <summary>Reads a folder's test files, in the order of their names; null if there are none.</summary>
    /// <inheritdoc cref="Read"/>
    public static Table? ReadTest(string folder) => Files(folder, "test") is { Length: > 0 } files ? Read(files) : null;

    /// <summary>Reads files whose rows follow each other.</summary>
    /// <param name="paths">At least one; the names of the classes lie beside the first, else labels are numbers.</param>
    /// <returns>An <see cref="ImageColumn"/> <c>image</c> and a <see cref="TextColumn"/> <c>label</c> of the classes' names.</returns>
    /// <exception cref="RequestException">A file is missing or cut short, or has a label that is no class.</exception>
    public static Table Read(params IReadOnlyList<string> paths)
    {
        var classes = Classes(Path.GetDirectoryName(Path.GetFullPath(paths[0]))!);
        var contents = paths.Select(path => ReadFile(path, classes.Length)).ToArray();
        var rows = contents.Sum(content => (long)content.Length / Record);
        if (rows * Pixels > Array.MaxLength) throw new RequestException($"{paths[0]} and {paths.Count - 1} more files: {rows} images, expected at most {Array.MaxLength / Pixels}");
        var (pixels, labels, row) = (new byte[rows * Pixels], new string[rows], 0);
        foreach (var content in contents)
            for (var at = 0; at < content.Length; at += Record, row++)
            {
                labels[row] = classes[content[at]];
                content.AsSpan(at + 1, Pixels).CopyTo(pixels.AsSpan(row * Pixels));
            }
        return new Table(paths[0], [new ImageColumn("image", pixels, row, Channels, Side, Side), new TextColumn("label", labels)]) { Note = KnownDataSets.NoteOf(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(paths[0])))!) };
    }

    private static byte[] ReadFile(string path, int classes)
    {
        using var stream = InputFile.Open(path);
        var content = InputFile.Reading(path, () =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        });
        var (whole, rest) = Math.DivRem(content.Length, Record);
        if (whole == 0 || rest > 0) throw new RequestException(
            $"{path}: {content.Length} bytes, expected a multiple of {Record} (a label and {Channels} × {Side} × {Side} pixels each); there are {whole} whole images and {rest} bytes: the file is cut short or of another layout");
        for (var image = 0; image < whole; image++)
            if (content[image * Record] >= classes) throw new RequestException(
                $"{path}: image {image + 1} has label {content[image * Record]}, expected 0 to {classes - 1}; the file is of another layout");
        return content;
    }

    /// <summary>The names of a folder's classes; digits where nothing names them.</summary>
    internal static string[] Classes(string folder)
    {
        var path = Path.Combine(folder, ClassNames);
        if (!File.Exists(path)) return [.. Enumerable.Range(0, 10).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        return [.. InputFile.Reading(path, () => File.ReadAllLines(path)).Select(line => line.Trim()).Where(line => line.Length > 0)];
    }

    private static string[] Files(string folder, params string[] starts) =>
        [.. Directory.EnumerateFiles(folder).Where(path => IsCifar(path) && starts.Any(start => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    private static bool IsCifar(string path) => InputFile.Extension(path) == ".bin";
}
