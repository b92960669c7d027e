using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;
using SkiaSharp;

namespace Preceptor.Tests.Readers;

public sealed class ImageFolderReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Add(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Path, name))!);
        return folder.Write(name, content);
    }

    private ImageColumn Images() => (ImageColumn)TableReader.Read(folder.Path).Find("image")!;

    private string Fault() => Assert.Throws<RequestException>(() => TableReader.Read(folder.Path)).Message.Replace("; problem.bad-images: skip leaves such images out", "", StringComparison.Ordinal).Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).Replace('\\', '/');

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Subfolders_are_classes_and_rows_are_in_the_order_of_their_paths()
    {
        Add("dog/b.PNG", Pngs.Flat(3));
        Add("cat/deep/er.png", Pngs.Flat(2));
        Add("cat/a.png", Pngs.Flat(1));
        Add("cat/._a.png", [1]);
        Add("cat/notes.txt", [1]);
        Add(".thumbnails/a.png", [1]);
        Add("readme.txt", [1]);
        var table = TableReader.Read(folder.Path);
        Assert.Equal(["image", "file", "label"], table.Columns.Select(column => column.Name));
        Assert.Equal("file: text cat/a.png¦cat/deep/er.png¦dog/b.PNG\nlabel: text cat¦cat¦dog", DelimitedReaderTests.Show(new Table("", [.. table.Columns.Skip(1)])));
        var images = (ImageColumn)table.Columns[0];
        Assert.Equal((3, 1, 2, 3), (images.Rows, images.Channels, images.Height, images.Width));
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3], images.Pixels);
        Assert.Null(TableReader.ReadSplit(folder.Path).Test);
    }

    [Fact]
    public void The_file_is_no_input_even_where_its_name_has_words()
    {
        for (var i = 0; i < 6; i++) Add($"{(i % 2 == 0 ? "cat" : "dog")}/holiday in Rome {i}.png", Pngs.Flat(1));
        var roles = ColumnRoles.Look(TableReader.Read(folder.Path), new HashSet<string> { "label" });
        Assert.Equal(["image"], roles.All);
    }

    [Fact]
    public void Train_and_test_folders_are_told_apart()
    {
        Add("train/cat/1.png", Pngs.Flat(1));
        Add("train/dog/1.png", Pngs.Flat(2));
        Add("test/dog/2.png", Pngs.Flat(3));
        var (train, test) = TableReader.ReadSplit(folder.Path);
        Assert.Equal((2, 1), (train.Rows, test!.Rows));
        Assert.Equal("dog", test.Find("label")!.Words()(0));
    }

    [Fact]
    public void Images_without_subfolders_have_no_label()
    {
        Add("1.png", Pngs.Flat(1));
        Assert.Equal(["image", "file"], TableReader.Read(folder.Path).Columns.Select(column => column.Name));
        Add("cat/2.png", Pngs.Flat(1));
        Assert.EndsWith("1 images lie beside its subfolders, such as 1.png; put them into the subfolder of their class", Fault());
    }

    [Fact]
    public void Grey_and_colour_keep_their_values()
    {
        Add("a/bits.png", Pngs.Write(10, 1, Pngs.Grey, [[0b1010_0000, 0b0100_0000], [0xFF, 0xC0]])); // as Omniglot stores its drawings
        Assert.Equal([255, 0, 255, 0, 0, 0, 0, 0, 0, 255, .. Enumerable.Repeat((byte)255, 10)], Images().Pixels);
        Add("a/colour.png", Pngs.Write(10, 8, Pngs.Colour, [[.. Enumerable.Range(0, 30).Select(i => (byte)i)], [.. Enumerable.Range(100, 30).Select(i => (byte)i)]]));
        var images = Images();
        Assert.Equal(3, images.Channels);
        Assert.Equal([.. Enumerable.Repeat(new byte[] { 255, 0, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, 3).SelectMany(channel => channel)], images.Pixels[..60]);
        Assert.Equal([0, 3, 6], images.Pixels[60..63]);
        Assert.Equal([101, 104], images.Pixels[90..92]);
        Assert.Equal(129, images.Pixels[119]);
    }

    [Fact]
    public void Palettes_deep_colours_and_transparency_are_read()
    {
        Add("a/palette.png", Pngs.Write(2, 8, Pngs.Palette, [[1, 0]], [1, 2, 3, 4, 5, 6]));
        Add("b/deep.png", Pngs.Write(2, 16, Pngs.Colour, [[10, 0, 20, 0, 30, 0, 40, 0, 50, 0, 60, 0]]));
        Add("c/transparent.png", Pngs.Write(2, 8, Pngs.ColourAlpha, [[10, 20, 30, 128, 40, 50, 60, 255]]));
        Add("d/transparent.png", Pngs.Write(2, 8, Pngs.GreyAlpha, [[10, 128, 40, 255]]));
        Assert.Equal([4, 1, 5, 2, 6, 3, 10, 40, 20, 50, 30, 60, 10, 40, 20, 50, 30, 60, 10, 40, 10, 40, 10, 40], Images().Pixels);
    }

    [Fact]
    public void Photographs_are_read_grey_or_in_colour()
    {
        byte[] Photograph(SKColorType type)
        {
            using var bitmap = new SKBitmap(16, 8, type, SKAlphaType.Opaque);
            bitmap.Erase(new SKColor(200, 100, 50));
            return bitmap.Encode(SKEncodedImageFormat.Jpeg, 95).ToArray();
        }
        Add("a/1.jpg", Photograph(SKColorType.Gray8));
        Assert.Equal(1, Images().Channels);
        Add("b/1.JPEG", Photograph(SKColorType.Rgba8888));
        var images = Images();
        Assert.Equal((2, 3, 8, 16), (images.Rows, images.Channels, images.Height, images.Width));
        Assert.Equal([200, 100, 50], new[] { 0, 128, 256 }.Select(at => (int)images.Pixels[384 + at]), (expected, actual) => Math.Abs(expected - actual) <= 3);
        Add("b/2.jpg", Photograph(SKColorType.Rgba8888)[..^60]);
        Assert.Equal("b/2.jpg: the image cannot be decoded: the file is cut short", Fault());
    }

    [Fact]
    public void Images_of_another_size_are_named_and_counted()
    {
        Add("a/1.png", Pngs.Flat(1));
        Add("a/2.png", Pngs.Flat(1, height: 4));
        Assert.Equal("a/2.png: 4 × 3 pixels (height × width), expected 2 × 3 as a/1.png has", Fault());
        Add("b/1.png", Pngs.Flat(1, width: 4));
        Add("b/2.png", Pngs.Flat(1, width: 5));
        Assert.EndsWith("; 2 more images differ from it too", Fault());
    }

    [Fact]
    public void Damaged_images_are_named_and_counted()
    {
        var whole = Pngs.Write(64, 8, Pngs.Grey, [.. Enumerable.Range(0, 64).Select(i => Enumerable.Range(0, 64).Select(j => (byte)(i * j * 37)).ToArray())]);
        Add("a/1.png", whole);
        Add("a/2.png", whole[..(whole.Length / 2)]);
        Assert.Equal("a/2.png: the image cannot be decoded: the file is cut short", Fault());
        Add("a/0.png", "hello"u8.ToArray());
        Assert.Equal("a/0.png: the image cannot be decoded: neither PNG nor JPEG", Fault());
        Add("a/00.png", []);
        Assert.Equal("a/0.png: the image cannot be decoded: neither PNG nor JPEG; 1 more image cannot be read either", Fault()); // a point sorts before a digit
    }

    [Fact]
    public void The_message_names_the_odd_image_and_the_way_around_it()
    {
        Add("a/0.png", Pngs.Flat(1, height: 4));
        for (var i = 1; i < 4; i++) Add($"a/{i}.png", Pngs.Flat(1));
        var message = Assert.Throws<RequestException>(() => TableReader.Read(folder.Path)).Message;
        Assert.EndsWith($"0.png: 4 × 3 pixels (height × width), expected 2 × 3 as {Path.Combine(folder.Path, "a", "1.png")} has; problem.bad-images: skip leaves such images out", message);
    }

    [Fact]
    public void Bad_images_are_left_out_where_that_is_asked_for()
    {
        var whole = Pngs.Write(64, 8, Pngs.Grey, [.. Enumerable.Range(0, 64).Select(i => Enumerable.Range(0, 64).Select(j => (byte)(i * j * 37)).ToArray())]);
        Add("a/1.png", whole);
        Add("a/2.png", whole[..(whole.Length / 2)]); // its header is whole
        Add("a/3.png", "hello"u8.ToArray());
        Add("b/4.png", Pngs.Flat(1));
        Add("b/5.png", whole);
        var table = TableReader.ReadSplit(folder.Path, BadImages.Skip).Train;
        Assert.Equal("file: text a/1.png¦b/5.png\nlabel: text a¦b", DelimitedReaderTests.Show(new Table("", [.. table.Columns.Skip(1)])));
        var images = (ImageColumn)table.Find("image")!;
        Assert.Equal((2, 64, 64), (images.Rows, images.Height, images.Width));
        Assert.Equal(images.Pixels[..4096], images.Pixels[4096..]);
        Assert.StartsWith("3 of 5 images were left out: ", table.Note, StringComparison.Ordinal);
        Assert.EndsWith("2.png: the image cannot be decoded: the file is cut short; and 2 more", table.Note, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder.Path, "*.png", SearchOption.AllDirectories)) File.WriteAllText(file, "hello");
        Assert.Contains("4 more images cannot be read either", Assert.Throws<RequestException>(() => TableReader.ReadSplit(folder.Path, BadImages.Skip)).Message);
    }

    [Fact]
    public void Folders_without_images_are_told()
    {
        Add("a/1.png", Pngs.Flat(1));
        Directory.CreateDirectory(Path.Combine(folder.Path, "b"));
        Assert.Equal("b: no images; read are .png, .jpg, .jpeg", Fault());
        File.Delete(Path.Combine(folder.Path, "a", "1.png"));
        Assert.Contains("has no training rows", Fault());
    }
}
