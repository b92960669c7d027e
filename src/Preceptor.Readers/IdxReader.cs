using System.Buffers.Binary;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Reads images and labels in the IDX format of MNIST and its relatives, plain or compressed by gzip.</summary>
public static class IdxReader
{
    private const int ImagesMagic = 0x0803, LabelsMagic = 0x0801;
    private const int FirstRoom = 1 << 20;

    /// <summary>Reads a file of images and the file of their labels.</summary>
    /// <param name="images">Magic 2051, count, height, width, then a byte a pixel.</param>
    /// <param name="labels">Magic 2049, count, then a byte a label.</param>
    /// <returns>An <see cref="ImageColumn"/> <c>image</c> of one channel and a <see cref="TextColumn"/> <c>label</c> with the label's digits.</returns>
    /// <exception cref="RequestException">A file is missing, is no IDX file, or is shorter or longer than its header says; or the counts differ.</exception>
    public static Table Read(string images, string labels)
    {
        var (pixels, sizes) = ReadFile(images, ImagesMagic, ["images", "height", "width"]);
        var (classes, counts) = ReadFile(labels, LabelsMagic, ["labels"]);
        if (sizes[0] != counts[0]) throw new RequestException($"{labels}: {counts[0]} labels, expected {sizes[0]}, the images in {images}");
        var texts = Enumerable.Range(0, 256).Select(label => label.ToString(CultureInfo.InvariantCulture)).ToArray();
        return new Table(images, [
            new ImageColumn("image", pixels, sizes[0], 1, sizes[1], sizes[2]),
            new TextColumn("label", [.. classes.Select(label => texts[label])]),
        ]);
    }

    private static (byte[] Data, int[] Sizes) ReadFile(string path, int magic, string[] sizeNames)
    {
        using var stream = InputFile.Open(path);
        return InputFile.Reading(path, () =>
        {
            var header = new byte[4 + 4 * sizeNames.Length];
            var found = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            var foundMagic = BinaryPrimitives.ReadInt32BigEndian(header);
            if (found >= 4 && foundMagic != magic) throw new RequestException($"{path}: magic number {foundMagic}, expected {magic} (IDX, {sizeNames[0]})");
            if (found < header.Length) throw new RequestException($"{path}: {found} bytes, expected a header of {header.Length}");

            var sizes = new int[sizeNames.Length];
            var expected = 1L;
            for (var i = 0; i < sizes.Length; i++)
            {
                sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * i));
                if (sizes[i] <= 0) throw new RequestException($"{path}: {sizeNames[i]} {sizes[i]}, expected at least 1");
                if ((expected *= sizes[i]) > Array.MaxLength) throw new RequestException(
                    $"{path}: the header says {string.Join(" × ", sizes.Take(i + 1))} bytes, expected at most {Array.MaxLength}");
            }
            return (ReadExactly(stream, path, (int)expected), sizes);
        });
    }

    /// <summary>Reads as many bytes as the header says; room grows with what is really there, because a header may lie.</summary>
    private static byte[] ReadExactly(Stream stream, string path, int expected)
    {
        var data = new byte[Math.Min(expected, FirstRoom)];
        var found = 0;
        while (true)
        {
            found += stream.ReadAtLeast(data.AsSpan(found), data.Length - found, throwOnEndOfStream: false);
            if (found < data.Length) throw new RequestException($"{path}: {found} bytes after the header, expected {expected}: the file is cut short or its header is wrong");
            if (found == expected) break;
            Array.Resize(ref data, (int)Math.Min(2L * data.Length, expected));
        }
        if (stream.ReadByte() >= 0) throw new RequestException($"{path}: more bytes after the header than the {expected} that it says");
        return data;
    }
}
