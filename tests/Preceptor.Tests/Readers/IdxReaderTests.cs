using System.Buffers.Binary;
using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class IdxReaderTests
{
    private static byte[] Idx(int magic, int[] sizes, byte[] data)
    {
        var header = new byte[4 + 4 * sizes.Length];
        BinaryPrimitives.WriteInt32BigEndian(header, magic);
        for (var i = 0; i < sizes.Length; i++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        return [.. header, .. data];
    }

    private static readonly byte[] Images = Idx(0x803, [2, 2, 3], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);
    private static readonly byte[] Labels = Idx(0x801, [2], [7, 0]);

    private static Table Read(byte[] images, byte[] labels)
    {
        using var folder = new TemporaryFolder();
        return IdxReader.Read(folder.Write("images", images), folder.Write("labels", labels));
    }

    private static string Fault(byte[] images, byte[] labels) => Assert.Throws<RequestException>(() => Read(images, labels)).Message;

    [Fact]
    public void Images_and_labels_are_read_plain_or_compressed()
    {
        foreach (var table in (Table[])[Read(Images, Labels), Read(TemporaryFolder.Compress(Images), TemporaryFolder.Compress(Labels))])
        {
            var images = (ImageColumn)table.Find("image")!;
            Assert.Equal((2, 1, 2, 3), (images.Rows, images.Channels, images.Height, images.Width));
            Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), images.Pixels);
            var labels = (TextColumn)table.Find("label")!;
            Assert.Equal("70", labels[0].ToString() + labels[1].ToString());
        }
    }

    [Fact]
    public void Headers_that_lie_are_found_out()
    {
        Assert.EndsWith("11 bytes after the header, expected 12: the file is cut short or its header is wrong", Fault(Images[..^1], Labels));
        Assert.EndsWith("more bytes after the header than the 12 that it says", Fault([.. Images, 0], Labels));
        Assert.EndsWith("magic number 2049, expected 2051 (IDX, images)", Fault(Labels, Labels));
        Assert.EndsWith("3 bytes, expected a header of 16", Fault([0, 0, 8], Labels));
        Assert.EndsWith("height -1, expected at least 1", Fault(Idx(0x803, [1, -1, 1], []), Labels));
        Assert.Contains("2000000000 × 2000000000 bytes", Fault(Idx(0x803, [2_000_000_000, 2_000_000_000, 1], []), Labels));
        Assert.Contains("1 labels, expected 2", Fault(Images, Idx(0x801, [1], [7])));
    }

    [Fact]
    public void A_large_claim_allocates_no_more_than_there_is()
    {
        using var folder = new TemporaryFolder();
        var (images, labels) = (folder.Write("images", Idx(0x803, [2_000_000, 28, 28], new byte[10])), folder.Write("labels", Labels));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<RequestException>(() => IdxReader.Read(images, labels));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000);
    }

    [Fact]
    public void Damaged_files_throw_nothing_but_request_faults() =>
        Gen.Select(Gen.Int[0, 27], Gen.Byte, Gen.Bool).Sample((place, value, compressed) =>
        {
            var damaged = compressed ? TemporaryFolder.Compress(Images) : (byte[])Images.Clone();
            damaged[place % damaged.Length] = value;
            try
            {
                Read(damaged, Labels);
            }
            catch (RequestException)
            {
            }
        }, iter: 200);

    [Theory]
    [InlineData("mnist", "5041921314")]
    [InlineData("fashion-mnist", "9003027255")]
    public void Known_sets_are_read_whole(string name, string firstLabels)
    {
        if (DataFolder.Find(name) is null) Assert.Skip($"the data set {name} is not on this machine");
        var (train, test) = TableReader.ReadSplit(name);
        Assert.Equal((60_000, 10_000), (train.Rows, test!.Rows));
        var labels = (TextColumn)train.Find("label")!;
        Assert.Equal(firstLabels, string.Concat(Enumerable.Range(0, 10).Select(row => labels[row].ToString())));
        var images = (ImageColumn)train.Find("image")!;
        Assert.Equal((1, 28, 28), (images.Channels, images.Height, images.Width));
        var sum = 0L;
        foreach (var pixel in images.Pixels) sum += pixel;
        Assert.Equal(name == "mnist" ? 33.32 : 72.94, (double)sum / images.Pixels.Length, 0.01);
    }
}
