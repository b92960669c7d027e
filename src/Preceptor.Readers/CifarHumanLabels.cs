using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// CIFAR-10N: labels that people gave the training images of CIFAR-10 (Wei et al. 2022, "Learning with noisy labels revisited"), on those of the
/// images that the data set <c>cifar10-subset</c> has.
/// </summary>
public static class CifarHumanLabels
{
    private const string LabelFile = "cifar10n.csv", Images = "cifar10-subset", IndexEnd = ".index.txt", Exact = "train_exact_";
    private static readonly string[] FileColumns = ["clean_label", "aggre_label", "worse_label", "random_label1", "random_label2", "random_label3"];

    /// <summary>The columns of labels: the right one; the majority of three people; a wrong one of theirs where there is one; each of the three.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["clean", "aggregate", "worse", "random1", "random2", "random3"];

    /// <summary>Whether a folder holds the labels.</summary>
    public static bool IsFolder(string folder) => File.Exists(Path.Combine(folder, LabelFile));

    /// <summary>All labels in the order of CIFAR-10's training images, by column: class indices [50,000].</summary>
    /// <param name="folder">The folder of the labels.</param>
    /// <exception cref="RequestException">The file is missing or laid out in another way.</exception>
    public static IReadOnlyDictionary<string, int[]> ReadLabels(string folder)
    {
        var path = Path.Combine(folder, LabelFile);
        var table = DelimitedReader.Read(path, new DelimitedOptions { Numbers = FileColumns.Append("index").ToHashSet() });
        var index = ((NumberColumn)table.Find("index")!).Values;
        for (var row = 0; row < index.Length; row++)
            if (index[row] != row) throw new RequestException($"{path} row {row + 1}: index {index[row].ToString(CultureInfo.InvariantCulture)}, expected {row}");
        return FileColumns.Zip(Columns).ToDictionary(c => c.Second, c => ((NumberColumn)table.Find(c.First)!).Values.Select((value, row) =>
            value is >= 0 and < 10 && value == Math.Floor(value) ? (int)value : throw new RequestException($"{path} row {row + 1}: {c.First} is {value.ToString(CultureInfo.InvariantCulture)}, expected 0 to 9")).ToArray());
    }

    /// <summary>The training images of <c>cifar10-subset</c>, beside the folder or where data sets are, with a column for each kind of label.</summary>
    /// <param name="folder">The folder of the labels.</param>
    /// <exception cref="RequestException">A file is missing or damaged, or images and labels do not belong together.</exception>
    public static Table ReadTrain(string folder)
    {
        var (images, labels) = (ImageFolder(folder), ReadLabels(folder));
        var table = CifarReader.ReadTrain(images);
        int[] places = [.. CifarReader.TrainingFiles(images).SelectMany(Places)];
        if (places.Length != table.Rows) throw new RequestException($"{images}: {table.Rows} training images, but the places of {places.Length} in CIFAR-10 are known");
        var names = CifarReader.Classes(images);
        var words = table.Find("label")!.Words();
        for (var row = 0; row < places.Length; row++)
            if (places[row] >= labels["clean"].Length || names[labels["clean"][places[row]]] != words(row)) throw new RequestException(
                $"{images}: training image {row + 1} is {words(row)}, but {folder} has {(places[row] < labels["clean"].Length ? names[labels["clean"][places[row]]] : "no label")} for CIFAR-10's image {places[row]}; the two do not belong together");
        return Labelled(table, column => [.. places.Select(place => names[labels[column][place]])]);
    }

    /// <summary>The test images of <c>cifar10-subset</c>; every column has the right label.</summary>
    /// <inheritdoc cref="ReadTrain"/>
    public static Table? ReadTest(string folder)
    {
        if (CifarReader.ReadTest(ImageFolder(folder)) is not { } table) return null;
        var words = table.Find("label")!.Words();
        string[] clean = [.. Enumerable.Range(0, table.Rows).Select(words)];
        return Labelled(table, _ => clean);
    }

    private static Table Labelled(Table table, Func<string, string[]> labels) =>
        new(table.Name, [table.Find("image")!, .. Columns.Select(column => new TextColumn(column, labels(column)))]) { Note = KnownDataSets.NoteOf(Images), Targets = Columns.ToHashSet(StringComparer.Ordinal) };

    /// <summary>The places of a file's images among CIFAR-10's training images: from its index file, or the first ones.</summary>
    private static IEnumerable<int> Places(string path)
    {
        var name = Path.GetFileName(path);
        var index = Path.Combine(Path.GetDirectoryName(path)!, name[..name.IndexOf('.')] + IndexEnd);
        if (File.Exists(index)) return InputFile.Reading(index, () => File.ReadAllLines(index)).Select((line, i) =>
            int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : throw new RequestException($"{index} line {i + 1}: '{line}' is no whole number"));
        if (!name.StartsWith(Exact, StringComparison.Ordinal)) throw new RequestException($"{path}: nothing says which of CIFAR-10's images these are; expected {index}");
        return Enumerable.Range(0, CifarReader.Read(path).Rows);
    }

    private static string ImageFolder(string folder)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!, Images);
        return Directory.Exists(beside) ? beside : DataFolder.Require(Images);
    }
}
