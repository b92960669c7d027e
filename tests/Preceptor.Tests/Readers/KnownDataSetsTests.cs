using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class KnownDataSetsTests
{
    public static TheoryData<string, int, int, int, int, int, string> Sets => new()
    {
        // name, training rows, test rows, classes, columns, number columns, the first row's label
        { "ag-news", 5_000, 7_600, 4, 2, 0, "Sci/Tech" },
        { "california-housing", 20_640, 0, 3_842, 10, 8, "452600.0" },
        { "covertype-subset", 15_120, 0, 7, 56, 55, "5" },
        { "rotten-tomatoes", 10_662, 0, 2, 2, 0, "negative" },
        { "sst2", 6_920, 1_821, 2, 2, 0, "positive" },
        { "trec-question", 5_452, 500, 6, 2, 0, "DESC" },
        { "uci-adult", 32_561, 16_281, 2, 15, 6, "<=50K" },
        { "uci-breast-cancer", 699, 0, 2, 11, 9, "benign" },
        { "uci-letter", 20_000, 0, 26, 17, 16, "T" },
        { "uci-optdigits", 3_823, 1_797, 10, 65, 64, "0" },
        { "uci-wine-quality", 6_497, 0, 7, 13, 11, "5" },
    };

    [Theory, MemberData(nameof(Sets))]
    public void Data_sets_are_read_by_their_names(string name, int trainRows, int testRows, int classes, int columns, int numbers, string firstLabel)
    {
        if (DataFolder.Find(name) is null) Assert.Skip($"needs the data set {name}");
        var (train, test) = TableReader.ReadSplit(name);
        Assert.Equal((name, trainRows, testRows, columns), (train.Name, train.Rows, test?.Rows ?? 0, train.Columns.Count));
        var label = KnownDataSets.All.Single(set => set.Name == name).Label;
        var found = Words(train, label).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(classes, found.Length);
        Assert.Equal((numbers, firstLabel), (train.Columns.OfType<NumberColumn>().Count(), Words(train, label)[0]));
        if (test is null) return;
        Assert.Equal(found, Words(test, label).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(train.Columns.Select(column => (column.Name, column.GetType().Name)).Order(), test.Columns.Select(column => (column.Name, column.GetType().Name)).Order());
    }

    [Fact]
    public void All_data_sets_are_tested_and_described()
    {
        Assert.Equal(KnownDataSets.All.Select(set => set.Name), Sets.Select(row => row.Data.Item1));
        var described = File.ReadAllText(Path.Combine(Packaging.Checkout.Root, "docs", "data.md"));
        Assert.All(KnownDataSets.All, set => Assert.Contains($"| `{set.Name}` | `{set.Label}` |", described));
    }

    [Fact]
    public void Classes_are_named_alike_in_training_and_test_rows()
    {
        if (DataFolder.Find("ag-news") is null) Assert.Skip("needs the data set ag-news");
        var (train, test) = TableReader.ReadSplit("ag-news");
        Assert.Equal("Business 1281, Sci/Tech 1203, Sports 1257, World 1259", Counts(Words(train, "label")));
        Assert.Equal("Business 1900, Sci/Tech 1900, Sports 1900, World 1900", Counts(Words(test!, "label")));
        Assert.StartsWith("Fears for T N pension after talks Unions representing", test!.Find("text")!.Words()(0));
    }

    [Fact]
    public void A_folder_of_that_name_is_read_wherever_it_lies()
    {
        using var folder = new TemporaryFolder();
        var path = Directory.CreateDirectory(Path.Combine(folder.Path, "sst2")).FullName;
        string Write(string name, string text)
        {
            File.WriteAllText(Path.Combine(path, name), text);
            return path;
        }
        Write("stsa.binary.train", "1 good , really\n\n0 bad\n");
        Write("stsa.binary.test", "0 so so\n");
        var (train, test) = TableReader.ReadSplit(path);
        Assert.Equal("label: text positive¦negative\ntext: text good , really¦bad", DelimitedReaderTests.Show(train));
        Assert.Equal("label: text negative\ntext: text so so", DelimitedReaderTests.Show(test!));

        string Fault(string text) => Assert.Throws<RequestException>(() => TableReader.Read(Write("stsa.binary.train", text))).Message;
        Assert.EndsWith("stsa.binary.train line 2: no label before the text", Fault("1 good\nbad\n"));
        Assert.EndsWith("stsa.binary.train row 1: label '2', expected 0, 1", Fault("2 fair\n"));
        Assert.EndsWith("stsa.binary.train: the file is empty", Fault("\n"));
        File.WriteAllBytes(Path.Combine(path, "stsa.binary.train"), [(byte)'1', (byte)' ', 0xE9, (byte)'\n']);
        Assert.EndsWith("line 1 or later is not UTF-8", Assert.Throws<RequestException>(() => TableReader.Read(path)).Message);
        Write("stsa.binary.train", "1 good\n");
        File.Delete(Path.Combine(path, "stsa.binary.test"));
        Assert.Contains("no file", Assert.Throws<RequestException>(() => TableReader.ReadSplit(path)).Message);
    }

    private static string[] Words(Table table, string column) => [.. Enumerable.Range(0, table.Rows).Select(table.Find(column)!.Words())];

    private static string Counts(string[] words) => string.Join(", ", words.GroupBy(word => word).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"));
}
