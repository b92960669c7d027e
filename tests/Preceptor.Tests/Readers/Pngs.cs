using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Preceptor.Tests.Readers;

/// <summary>Writes PNG images of any kind, to read them again.</summary>
internal static class Pngs
{
    public const byte Grey = 0, Colour = 2, Palette = 3, GreyAlpha = 4, ColourAlpha = 6;

    /// <summary>An image of rows as the file stores them, bits and channels packed.</summary>
    public static byte[] Write(int width, int bits, byte kind, byte[][] rows, byte[]? palette = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows.Length);
        (header[8], header[9]) = ((byte)bits, kind);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR", header), .. palette is null ? [] : Chunk("PLTE", palette),
            .. Chunk("IDAT", Compress([.. rows.SelectMany(row => row.Prepend((byte)0))])), .. Chunk("IEND", []),
        ];
    }

    /// <summary>A grey image of one value.</summary>
    public static byte[] Flat(byte value, int height = 2, int width = 3) => Write(width, 8, Grey, [.. Enumerable.Range(0, height).Select(_ => Enumerable.Repeat(value, width).ToArray())]);

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest)) zlib.Write(bytes);
        return compressed.ToArray();
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        var chunk = new byte[named.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(named.Length + 4), Checksum(named));
        return chunk;
    }

    private static uint Checksum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB88320;
        }
        return ~sum;
    }
}
