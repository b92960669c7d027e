using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Preceptor.Data;

namespace Preceptor.Reports;

/// <summary>Writes small images as PNG (ISO/IEC 15948): grey or RGB, eight bits a channel, unfiltered rows.</summary>
internal static class Png
{
    /// <summary>The image as a data URI.</summary>
    public static string DataUri(RowImage image) => "data:image/png;base64," + Convert.ToBase64String(Encode(image));

    private static byte[] Encode(RowImage image)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = image.Channels == 1 ? (byte)0 : (byte)2;
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(Rows(image)));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    // A row is a filter byte (0: none) and its pixels, channels interleaved.
    private static byte[] Rows(RowImage image)
    {
        var channels = image.Channels == 1 ? 1 : 3;
        var rows = new List<byte>(image.Height * (1 + image.Width * channels));
        for (var y = 0; y < image.Height; y++)
        {
            rows.Add(0);
            for (var x = 0; x < image.Width; x++)
                for (var channel = 0; channel < channels; channel++)
                    rows.Add(image.Pixels[(Math.Min(channel, image.Channels - 1) * image.Height + y) * image.Width + x]);
        }
        return [.. rows];
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize)) zlib.Write(bytes);
        return compressed.ToArray();
    }

    private static void WriteChunk(Stream file, string type, byte[] content)
    {
        byte[] chunk = [.. Encoding.ASCII.GetBytes(type), .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(chunk));
        file.Write(number);
    }

    // CRC-32 of annex D, bit by bit: the images are small.
    private static uint Checksum(byte[] bytes)
    {
        var crc = 0xffffffffu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}
