using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class CifarReaderTests
{
    private const int Record = 3073;

    /// <summary>Images whose pixels are their channel's number plus ten times their label.</summary>
    private static byte[] Batch(params byte[] labels) =>
        [.. labels.SelectMany(label => Enumerable.Range(0, Record).Select(i => i == 0 ? label : (byte)(10 * label + (i - 1) / 1024)))];

    [Fact]
    public void The_official_layout_is_read_with_its_test_rows()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data_batch_2.bin", Batch(2));
        folder.Write("data_batch_1.bin.gz", TemporaryFolder.Compress(Batch(0, 1)));
        folder.Write("test_batch.bin", Batch(1));
        folder.Write("batches.meta.txt", "airplane\nautomobile\nbird\n\n");
        folder.Write("readme.html", "");
        var (train, test) = TableReader.ReadSplit(folder.Path);
        Assert.Equal("airplane automobile bird", Labels(train));
        Assert.Equal("automobile", Labels(test!));
        var images = (ImageColumn)train.Find("image")!;
        Assert.Equal((3, 3, 32, 32), (images.Rows, images.Channels, images.Height, images.Width));
        Assert.Equal([20, 21, 22], new[] { 0, 1024, 2048 }.Select(at => images.Pixels[2 * 3072 + at]));
        Assert.Equal(3, TableReader.Read(folder.Path).Rows);
        Assert.Equal(1, TableReader.Read(Path.Combine(folder.Path, "test_batch.bin")).Rows);
        Assert.Equal("airplane automobile bird", Labels(TableReader.Read(Path.Combine(folder.Path, "data_batch_*"))));
    }

    [Fact]
    public void Without_names_classes_are_numbers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data_batch_1.bin", Batch(9, 0));
        var (train, test) = TableReader.ReadSplit(folder.Path);
        Assert.Equal("9 0", Labels(train));
        Assert.Null(test);
    }

    [Fact]
    public void What_is_wrong_with_a_file_is_said_with_its_sizes()
    {
        using var folder = new TemporaryFolder();
        string Fault(byte[] content) => Assert.Throws<RequestException>(() => CifarReader.Read(folder.Write("data_batch_1.bin", content))).Message;
        Assert.EndsWith("data_batch_1.bin: 6046 bytes, expected a multiple of 3073 (a label and 3 × 32 × 32 pixels each); there are 1 whole images and 2973 bytes: the file is cut short or of another layout", Fault(Batch(1, 2)[..^100]));
        Assert.Contains("0 bytes, expected a multiple of 3073", Fault([]));
        Assert.EndsWith("image 2 has label 10, expected 0 to 9; the file is of another layout", Fault(Batch(1, 10)));
        Assert.EndsWith("data_batch_1.bin: the compressed data is damaged or cut short", Fault(TemporaryFolder.Compress(Batch(1, 2))[..^20]));
    }

    [Fact]
    public void The_subset_of_CIFAR_is_read_by_its_name()
    {
        if (DataFolder.Find("cifar10-subset") is null) Assert.Skip("needs the data set cifar10-subset");
        var test = CifarReader.ReadTest(DataFolder.Require("cifar10-subset"))!; // the training files take too long for a test
        Assert.Equal(2_000, test.Rows);
        Assert.StartsWith("airplane automobile bird cat deer dog frog horse ship truck airplane", Labels(test));
        var sum = 0L;
        var pixels = ((ImageColumn)test.Find("image")!).Pixels;
        foreach (var pixel in pixels) sum += pixel;
        Assert.Equal(122.41, (double)sum / pixels.Length, 0.01);
    }

    private static string Labels(Table table)
    {
        var words = table.Find("label")!.Words();
        return string.Join(' ', Enumerable.Range(0, table.Rows).Select(words));
    }
}
