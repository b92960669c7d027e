using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Readers;
using SkiaSharp;

namespace Preceptor.Bench;

/// <summary>How fast files become tables: generated ones, read again and again, with all processors.</summary>
internal static class ReadersBench
{
    private const int Rounds = 5, Images = 5_000, Side = 32;

    /// <summary>Prints a line a format.</summary>
    /// <param name="rows">Rows of the tables.</param>
    public static void Run(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-bench-").FullName;
        try
        {
            var (csv, parquet) = (Path.Combine(folder, "table.csv"), Path.Combine(folder, "table.parquet"));
            WriteTable(csv, rows);
            ParquetWriter.FromDelimited(csv, parquet);
            Time("csv, 8 numbers and 2 texts a row", rows, csv, () => DelimitedReader.Read(csv).Rows);
            Time("parquet, the same", rows, parquet, () => TableReader.Read(parquet).Rows);
            var (pixels, labels) = (Path.Combine(folder, "images-idx3-ubyte"), Path.Combine(folder, "labels-idx1-ubyte"));
            WriteIdx(pixels, labels, 60_000);
            Time("idx, images of 28 × 28", 60_000, pixels, () => IdxReader.Read(pixels, labels).Rows);
            var images = Path.Combine(folder, "images");
            WriteImages(images);
            Time($"folder of PNG images of {Side} × {Side}", Images, images, () => ImageFolderReader.Read(images).Rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Time(string name, int rows, string path, Func<int> read)
    {
        var bytes = File.Exists(path) ? new FileInfo(path).Length : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        var (times, allocated) = (new double[Rounds], 0L);
        for (var round = -1; round < Rounds; round++) // the first one warms up
        {
            var (watch, before) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes(precise: true));
            if (read() != rows) throw new InvalidOperationException($"{path} has not {rows} rows");
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (round >= 0) times[round] = watch.Elapsed.TotalSeconds;
        }
        var seconds = Twins.Median(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rows:#,0} rows, {bytes / 1e6:0.0} MB in {seconds:0.000} s (median of {Rounds}), {rows / seconds:#,0} rows/s, {bytes / 1e6 / seconds:0} MB/s, {allocated / (double)rows:0} bytes allocated a row"));
    }

    private static void WriteTable(string path, int rows)
    {
        var random = RandomStream.Of(1, "table");
        string[] words = [.. Enumerable.Range(0, 2000).Select(i => $"word{i}")];
        using var writer = new StreamWriter(path);
        writer.WriteLine("n1,n2,n3,n4,n5,n6,n7,n8,text,class");
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < 8; i++) writer.Write(string.Create(CultureInfo.InvariantCulture, $"{random.NextGaussian():0.00000},"));
            for (var i = 0; i < 8; i++) writer.Write($"{words[random.Next(words.Length)]}{(i < 7 ? " " : ",")}");
            writer.WriteLine($"class{random.Next(10)}");
        }
    }

    private static void WriteIdx(string pixels, string labels, int count)
    {
        var random = RandomStream.Of(1, "idx");
        static byte[] Header(params int[] numbers)
        {
            var header = new byte[4 * numbers.Length];
            for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * i), numbers[i]);
            return header;
        }
        File.WriteAllBytes(pixels, [.. Header(0x0803, count, 28, 28), .. Enumerable.Range(0, count * 784).Select(i => (byte)(i * 31))]);
        File.WriteAllBytes(labels, [.. Header(0x0801, count), .. Enumerable.Range(0, count).Select(_ => (byte)random.Next(10))]);
    }

    private static void WriteImages(string folder)
    {
        var random = RandomStream.Of(1, "images");
        using var bitmap = new SKBitmap(Side, Side);
        for (var i = 0; i < Images; i++)
        {
            for (var y = 0; y < Side; y++)
                for (var x = 0; x < Side; x++) bitmap.SetPixel(x, y, new((byte)(8 * x), (byte)(8 * y), (byte)(random.Next(256) / 32 * 32)));
            var path = Path.Combine(folder, $"class{i % 10}", $"{i}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
            using var file = File.Create(path);
            data.SaveTo(file);
        }
    }
}
