using System.Runtime.InteropServices;
using Preceptor.Foundation;
using SkiaSharp;

namespace Preceptor.Readers;

/// <summary>What an image file says of itself.</summary>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="IsGrey">Whether it is stored as grey, so that one channel holds all of it.</param>
internal readonly record struct ImageHeader(int Width, int Height, bool IsGrey);

/// <summary>Decodes PNG and JPEG images by SkiaSharp; any thread may.</summary>
internal static class ImageDecoder
{
    /// <summary>Reads an image's size and kind, without its pixels.</summary>
    /// <exception cref="RequestException">The file cannot be read or is no image.</exception>
    public static ImageHeader ReadHeader(string path) => InputFile.Reading(path, () =>
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0) throw Damaged(path, "the file is empty");
        using var codec = SKCodec.Create(file, out var result) ?? throw Damaged(path, Reason(result));
        return new ImageHeader(codec.Info.Width, codec.Info.Height, codec.Info.ColorType == SKColorType.Gray8);
    });

    /// <summary>Decodes an image, channel by channel and row by row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">What the file said of itself.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue.</param>
    /// <param name="pixels">Where to [channels × height × width].</param>
    /// <exception cref="RequestException">The image is damaged or cut short.</exception>
    public static void Decode(string path, ImageHeader header, int channels, Span<byte> pixels)
    {
        var bytes = InputFile.Reading(path, () => File.ReadAllBytes(path));
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw Damaged(path, Reason(SKCodecResult.InvalidInput));
        // Without a colour space the values stay as they are stored.
        var info = channels == 1
            ? new SKImageInfo(header.Width, header.Height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(header.Width, header.Height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        if (codec.Info.Width != header.Width || codec.Info.Height != header.Height) throw Damaged(path, "it changed while it was read");
        var decoded = channels == 1 ? pixels : new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* start = decoded) result = codec.GetPixels(info, (nint)start, info.RowBytes, SKCodecOptions.Default);
        }
        if (result != SKCodecResult.Success) throw Damaged(path, Reason(result));
        if (channels == 3) Separate(MemoryMarshal.Cast<byte, uint>(decoded), pixels);
    }

    /// <summary>From pixels of red, green, blue and alpha to a plane for each colour.</summary>
    private static void Separate(ReadOnlySpan<uint> pixels, Span<byte> planes)
    {
        var red = planes[..pixels.Length];
        var green = planes.Slice(pixels.Length, pixels.Length);
        var blue = planes.Slice(2 * pixels.Length, pixels.Length);
        for (var i = 0; i < pixels.Length; i++)
        {
            var pixel = pixels[i]; // little-endian: red is the lowest byte
            red[i] = (byte)pixel;
            green[i] = (byte)(pixel >> 8);
            blue[i] = (byte)(pixel >> 16);
        }
    }

    private static string Reason(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the file is cut short",
        SKCodecResult.Unimplemented => "neither PNG nor JPEG",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "the file is damaged",
        _ => $"the decoder says {result}",
    };

    private static RequestException Damaged(string path, string why) => new($"{path}: the image cannot be decoded: {why}");
}
