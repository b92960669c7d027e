namespace Preceptor.Data;

/// <summary>A small picture of a row.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Pixels">Channel by channel and row by row [channels × height × width].</param>
public sealed record RowImage(int Channels, int Height, int Width, byte[] Pixels)
{
    /// <summary>Most pixels of a side.</summary>
    public const int LargestSide = 64;

    /// <summary>The image of a row, thinned to at most <see cref="LargestSide"/> pixels a side.</summary>
    public static RowImage Of(ImageColumn images, int row)
    {
        ArgumentNullException.ThrowIfNull(images);
        var step = (Math.Max(images.Height, images.Width) + LargestSide - 1) / LargestSide;
        int height = (images.Height + step - 1) / step, width = (images.Width + step - 1) / step;
        var pixels = new byte[images.Channels * height * width];
        var start = row * images.Channels * images.Height * images.Width;
        for (var channel = 0; channel < images.Channels; channel++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    pixels[(channel * height + y) * width + x] = images.Pixels[start + (channel * images.Height + y * step) * images.Width + x * step];
        return new(images.Channels, height, width, pixels);
    }
}
