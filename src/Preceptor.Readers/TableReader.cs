using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Reads whatever <c>data:</c> in a specification names: a file, several files, a folder or a data set's name.</summary>
public static class TableReader
{
    private static readonly string[] DelimitedExtensions = [".csv", ".tsv", ".tab", ".txt", ".data"];
    private const string ImagesEnd = "-images-idx3-ubyte", LabelsEnd = "-labels-idx1-ubyte";
    private const string WhatIsRead =
        "read are .csv, .tsv, .tab, .txt, .data, .jsonl and .ndjson (also .gz), .parquet, IDX image files (…-images-idx3-ubyte), CIFAR-10 files (.bin), "
        + "folders of these two, folders with a subfolder of PNG or JPEG images a class, and data sets by name";

    /// <summary>Reads one table.</summary>
    /// <param name="source">
    /// A file; several by commas or a pattern such as <c>data/*.csv</c>, whose rows follow each other and whose columns have the same
    /// names; a folder of IDX or CIFAR-10 files (its training part) or of images; or the name of a data set (its training part), or a file
    /// within one such as <c>uci-adult/adult.data</c>.
    /// </param>
    /// <param name="options">How to read delimited text, and which columns of any table are declared; with <see cref="DelimitedOptions.Delimiter"/> declared any extension is read.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestException">Nothing is there, or it cannot be read: the message says where and why.</exception>
    public static Table Read(string source, DelimitedOptions? options = null, CancellationToken cancellationToken = default)
    {
        var paths = Resolve(source);
        if (paths is [var folder] && Directory.Exists(folder)) return Parts(folder, source).Train();
        var tables = ReadAll(paths, options, cancellationToken);
        if (tables.Count == 1) return tables[0];

        // A column of numbers in one file and of text in another is text: the files are read again.
        var mixed = tables[0].Columns.Select(column => column.Name)
            .Where(name => tables.All(table => table.Find(name) is not null) && tables.Select(table => table.Find(name)!.GetType()).Distinct().Count() > 1).ToArray();
        if (mixed.Length > 0) tables = ReadAll(paths, (options ?? new()) with { Text = (options?.Text ?? new HashSet<string>()).Union(mixed).ToHashSet() }, cancellationToken);
        return Table.Concatenate(source, tables);
    }

    /// <summary>
    /// Reads a folder and the test rows that it brings: IDX files as MNIST has them, CIFAR-10 files, images in a subfolder a class (or in
    /// <c>train/</c> and <c>test/</c>, each with such subfolders); or the data set of that name.
    /// </summary>
    /// <param name="source">A folder or a data set's name.</param>
    /// <param name="badImages">What becomes of images of a folder that are damaged or of another size than most.</param>
    /// <returns>The training rows and, if they are there, the test rows.</returns>
    /// <exception cref="RequestException">There is no such folder or it has no training rows, or a file is damaged.</exception>
    public static (Table Train, Table? Test) ReadSplit(string source, BadImages badImages = BadImages.Fail)
    {
        if (!Directory.Exists(source) && PairSets.Find(source) is { } pairs) return PairSets.Read(pairs);
        var (train, test) = Parts(Directory.Exists(source) ? source : DataFolder.Require(source), source, badImages);
        return (train(), test());
    }

    private static (Func<Table> Train, Func<Table?> Test) Parts(string folder, string source, BadImages badImages = BadImages.Fail)
    {
        if (CifarHumanLabels.IsFolder(folder)) return (() => CifarHumanLabels.ReadTrain(folder), () => CifarHumanLabels.ReadTest(folder));
        if (QuestionSetReader.IsFolder(folder)) return (() => QuestionSetReader.ReadTrain(folder), () => QuestionSetReader.ReadTest(folder));
        if (CrowdAnswers.IsFolder(folder)) return (() => CrowdAnswers.Read(folder).ToTable(), () => null);
        if (KnownDataSets.Find(folder) is { } set) return (
            () => DataSetReader.Read(source, folder, set.Train, set.Label),
            () => set.Test.Length > 0 ? DataSetReader.Read($"{source} (test rows)", folder, set.Test, set.Label) : null);
        if (Present(Path.Combine(folder, "train" + ImagesEnd)) is not null) return (
            () => ReadPart(folder, "train")!,
            () => ReadPart(folder, "t10k") ?? ReadPart(folder, "test"));
        if (CifarReader.IsCifarFolder(folder)) return (() => CifarReader.ReadTrain(folder), () => CifarReader.ReadTest(folder));
        var (train, test) = (Path.Combine(folder, "train"), Path.Combine(folder, "test"));
        if (Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SequenceEqual([test, train])) return (
            () => ImageFolderReader.Read(train, badImages),
            () => ImageFolderReader.Read(test, badImages));
        if (ImageFolderReader.IsImageFolder(folder)) return (() => ImageFolderReader.Read(folder, badImages), () => null);
        throw NoRows(folder);
    }

    private static List<Table> ReadAll(IReadOnlyList<string> paths, DelimitedOptions? options, CancellationToken cancellationToken) =>
        [.. paths.Select(path => ReadFile(path, options, cancellationToken))];

    private static Table ReadFile(string path, DelimitedOptions? options, CancellationToken cancellationToken)
    {
        var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (plain.EndsWith(ImagesEnd, StringComparison.Ordinal))
        {
            var labels = plain[..^ImagesEnd.Length] + LabelsEnd;
            return IdxReader.Read(path, File.Exists(labels) ? labels : labels + ".gz");
        }
        var extension = options?.Delimiter is null ? InputFile.Extension(path) : "";
        if (extension is ".parquet") return ParquetReader.Read(path, options, cancellationToken);
        if (extension is ".jsonl" or ".ndjson") return JsonLinesReader.Read(path, options, cancellationToken);
        if (extension is ".bin") return CifarReader.Read(path);
        if (options?.Delimiter is null && File.Exists(path) && !DelimitedExtensions.Contains(extension))
            throw new RequestException($"{path}: files of this kind are not read; {WhatIsRead}; declare the delimiter to read it as delimited text");
        return DelimitedReader.Read(path, options, cancellationToken);
    }

    private static Table? ReadPart(string folder, string part)
    {
        var images = Present(Path.Combine(folder, part + ImagesEnd));
        return images is null ? null : IdxReader.Read(images, Present(Path.Combine(folder, part + LabelsEnd)) ?? Path.Combine(folder, part + LabelsEnd));
    }

    private static string? Present(string path) => File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;

    private static RequestException NoRows(string folder)
    {
        var files = Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).Take(8).ToArray();
        var names = files.Length == 0 ? "" : $"; name one of its files ({string.Join(", ", files)}{(files.Length == 8 ? ", …" : "")})";
        return new($"{folder} has no training rows: neither train{ImagesEnd}, nor data_batch_1.bin, nor subfolders of images{names}");
    }

    /// <summary>The files, or the one folder, that a source means.</summary>
    private static IReadOnlyList<string> Resolve(string source)
    {
        if (source.Trim().Length == 0) throw new RequestException("no data is named; give a file, a folder or a data set's name");
        if (Path.Exists(source)) return [source];
        var parts = source.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 1 ? [.. parts.SelectMany(ResolveOne)] : ResolveOne(source.Trim());
    }

    private static IReadOnlyList<string> ResolveOne(string source)
    {
        if (Path.Exists(source)) return [source];
        var slash = source.IndexOf('/');
        if (DataFolder.Find(slash < 0 ? source : source[..slash]) is { } folder)
            source = slash < 0 ? folder : Path.Combine(folder, source[(slash + 1)..]);
        else if (slash < 0 && Path.GetExtension(source).Length == 0 && !source.Contains('*') && !source.Contains('?'))
            throw new RequestException($"no file, folder or data set '{source}'{Spelling.Hint(source, DataFolder.Names().Concat(Neighbours()))}");
        var pattern = Path.GetFileName(source);
        if (!pattern.Contains('*') && !pattern.Contains('?')) return [source];

        var parent = Path.GetDirectoryName(source) is { Length: > 0 } given ? given : ".";
        if (!Directory.Exists(parent)) throw new RequestException($"no files match {source}: there is no folder {parent}");
        var files = Directory.GetFiles(parent, pattern).Select(file => parent == "." && !source.StartsWith('.') ? Path.GetFileName(file) : file).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new RequestException($"no files match {source}");
    }

    private static IEnumerable<string> Neighbours() =>
        Directory.EnumerateFileSystemEntries(Environment.CurrentDirectory).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal);
}
