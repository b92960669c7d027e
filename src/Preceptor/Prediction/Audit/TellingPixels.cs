using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Prediction.Audit;

/// <summary>Which parts of an image speak for the suggested class: those without which the odds of it over the given class fall (occlusion, Zeiler and Fergus 2014).</summary>
public static class TellingPixels
{
    private const int Grid = 7;

    /// <summary>The image in grey, the parts that speak for the suggested class tinted red, those for the given one blue.</summary>
    /// <param name="row">A table of that row alone.</param>
    /// <param name="model">The model that judged it.</param>
    /// <param name="suggested">The suggested class.</param>
    /// <param name="given">The given one.</param>
    /// <returns>The picture; null where the model reads no image itself, or the image is larger than rows are shown.</returns>
    public static RowImage? ByOcclusion(Table row, Predictor model, int suggested, int given)
    {
        if (model.Encoding.Image?.Column is not { } name || row.Find(name) is not ImageColumn image || Math.Max(image.Height, image.Width) > RowImage.LargestSide) return null;
        int area = image.Height * image.Width, size = image.Channels * area;
        var pixels = new byte[(Grid * Grid + 1) * size];
        var mean = (byte)image.Pixels.Average(p => p);
        for (var variant = 0; variant <= Grid * Grid; variant++) image.Pixels.CopyTo(pixels.AsSpan(variant * size));
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++)
                for (var channel = 0; channel < image.Channels; channel++) pixels[(1 + Cell(image, y, x)) * size + channel * area + y * image.Width + x] = mean;
        var variants = row.Take(new int[Grid * Grid + 1]);
        var changed = variants.Columns.Select(column => column.Name == name ? new ImageColumn(name, pixels, Grid * Grid + 1, image.Channels, image.Height, image.Width) : column);
        var predictions = model.Predict(new Table(row.Name, [.. changed]));
        double Odds(int variant) => Math.Log(Math.Max(predictions.Row(variant)[suggested], 1e-9)) - Math.Log(Math.Max(predictions.Row(variant)[given], 1e-9));
        double[] falls = [.. Enumerable.Range(1, Grid * Grid).Select(variant => Odds(0) - Odds(variant))];
        var largest = Math.Max(falls.Max(Math.Abs), 1e-6);
        var marked = new byte[3 * area];
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++)
            {
                var grey = 0.0;
                for (var channel = 0; channel < image.Channels; channel++) grey += image.Pixels[channel * area + y * image.Width + x] / (double)image.Channels;
                var tint = 0.6 * falls[Cell(image, y, x)] / largest;
                var at = y * image.Width + x;
                marked[at] = (byte)(grey * (1 - Math.Abs(tint)) + 255 * Math.Max(0, tint));
                marked[area + at] = (byte)(grey * (1 - Math.Abs(tint)));
                marked[2 * area + at] = (byte)(grey * (1 - Math.Abs(tint)) + 255 * Math.Max(0, -tint));
            }
        return new(3, image.Height, image.Width, marked);
    }

    private static int Cell(ImageColumn image, int y, int x) => y * Grid / image.Height * Grid + x * Grid / image.Width;
}
