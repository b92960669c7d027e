using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Training;

/// <summary>
/// Changes a batch of images at random, each in its own way. How a row is changed depends on the seed, the row and the view alone, not on the
/// batch that it comes in: training takes the epoch for the view, so that a resumed run sees what an unbroken one would have seen, and a teacher's answers
/// may be kept for a few fixed views.
/// </summary>
/// <remarks>All changes that move pixels are one affine map and one sampling; it takes the nearest pixel, and so is exact, unless a crop or a turn is among them. It is managed code, so that it can run ahead of training.</remarks>
/// <param name="changes">Which changes.</param>
/// <param name="strength">How strong.</param>
/// <param name="seed">The seed of all views.</param>
[Version(1)]
public sealed class ImageAugmentation(IReadOnlyCollection<Augmentation> changes, AugmentationStrength strength, ulong seed)
{
    private const double ErasedShare = 0.5, LeastErased = 0.02, NarrowestErased = 0.3; // Zhong et al. 2020, section 4.2

    private readonly RandomStream stream = RandomStream.Of(seed, "augmentation");
    private float[] changed = [];

    /// <summary>The images as a view shows them.</summary>
    /// <param name="images">[B, C, H, W], normalised; stays as it is.</param>
    /// <param name="rows">The rows of the training set that they are.</param>
    /// <param name="view">The view: equal numbers change a row in equal ways.</param>
    public Tensor Augment(Tensor images, ReadOnlySpan<int> rows, int view)
    {
        var shape = new InputShape((int)images.shape[1], (int)images.shape[2], (int)images.shape[3], 0, 0);
        using var inOrder = images.contiguous();
        var from = MemoryMarshal.Cast<byte, float>(inOrder.bytes);
        if (changed.Length < from.Length) changed = new float[from.Length];
        for (var i = 0; i < rows.Length; i++) Augment(from.Slice(i * shape.Pixels, shape.Pixels), shape, rows[i], view, null, changed.AsSpan(i * shape.Pixels, shape.Pixels));
        return InputBuffer.Tensor<float>(changed.AsSpan(0, from.Length), float32, images.shape);
    }

    /// <summary>An image as a view shows it, or a small part of it.</summary>
    /// <param name="image">[C, H, W], normalised.</param>
    /// <param name="shape">C, H and W.</param>
    /// <param name="row">The row of the training set that it is.</param>
    /// <param name="view">The view: equal numbers change a row in equal ways.</param>
    /// <param name="part">How large a part to cut out, in place of the usual crop; null for the whole image's size.</param>
    /// <param name="into">Receives the changed image, of the part's size where there is one.</param>
    internal void Augment(ReadOnlySpan<float> image, InputShape shape, int row, int view, LocalCrop? part, Span<float> into)
    {
        if (Place(row, view, shape, part) is { } placement) Warp(image, shape, placement, part?.Height ?? shape.Height, part?.Width ?? shape.Width, into);
        else image.CopyTo(into);
        if (Strength(Augmentation.Colour) is > 0 and var colour) Recolour(into, shape.Channels, row, view, colour);
        if (Strength(Augmentation.Noise) is > 0 and var noise) AddNoise(into, row, view, noise);
        if (Strength(Augmentation.Erasing) is > 0 and var erasing) Erase(into, shape.Channels, part?.Height ?? shape.Height, part?.Width ?? shape.Width, row, view, erasing);
    }

    private double Strength(Augmentation change) => !changes.Contains(change) ? 0 : change switch
    {
        Augmentation.Shift => strength.Shift,
        Augmentation.Flip => strength.Flip,
        Augmentation.Crop => strength.Crop,
        Augmentation.Rotate => strength.Rotate,
        Augmentation.Noise => strength.Noise,
        Augmentation.Colour => strength.Colour,
        _ => strength.Erasing,
    };

    /// <summary>A number of a row's own in [0, 1).</summary>
    private double Uniform(string role, int row, int view) => RandomStream.At(seed, role, view, row);

    /// <summary>A number of a row's own in [−limit, limit).</summary>
    private double Within(double limit, string role, int row, int view) => limit * (2 * Uniform(role, row, view) - 1);

    /// <summary>Where an image's pixels come from: mirrored (−1) or not (1), shifted by pixels, cropped to a share of the side around a middle in [−1, 1], turned by radians.</summary>
    internal readonly record struct Placement(float Mirror, float Right, float Down, float Side, float MiddleX, float MiddleY, float Angle);

    /// <summary>A small part of an image: its size in pixels, and the shares of the image's side that it may cover.</summary>
    internal readonly record struct LocalCrop(int Height, int Width, double Smallest, double Largest);

    /// <summary>Draws a row's placement; null if no change moves pixels.</summary>
    private Placement? Place(int row, int view, InputShape shape, LocalCrop? part)
    {
        var (shift, flip, crop, rotate) = (Strength(Augmentation.Shift), Strength(Augmentation.Flip), Strength(Augmentation.Crop), Strength(Augmentation.Rotate));
        if (shift == 0 && flip == 0 && crop == 0 && rotate == 0 && part is null) return null;
        // What a crop leaves out of the side: from nothing to the strength, or as the part says.
        var (least, range) = part is { } local ? (1 - local.Largest, local.Largest - local.Smallest) : (0, crop);
        var left = least + range * Uniform("augment-crop", row, view);
        return new(
            Uniform("augment-flip", row, view) < flip ? -1 : 1,
            Pixels(shift * shape.Width, "augment-right", row, view), Pixels(shift * shape.Height, "augment-down", row, view),
            (float)(1 - left), (float)Within(left, "augment-crop-x", row, view), (float)Within(left, "augment-crop-y", row, view),
            (float)(Within(rotate, "augment-rotate", row, view) * Math.PI / 180));
    }

    /// <summary>A whole number of pixels, each from −most to most equally likely.</summary>
    private int Pixels(double most, string role, int row, int view)
    {
        var furthest = (int)Math.Round(most);
        return (int)(Uniform(role, row, view) * (2 * furthest + 1)) - furthest;
    }

    /// <summary>Moves pixels: of the output's coordinates x, y in [−1, 1] first the shift is undone, then the turn, the crop and the mirroring. Beyond the border is the border.</summary>
    /// <param name="image">[C, H, W].</param>
    /// <param name="shape">C, H and W.</param>
    /// <param name="p">Where pixels come from.</param>
    /// <param name="newHeight">The result's height.</param>
    /// <param name="newWidth">The result's width.</param>
    /// <param name="into">Receives the result [C, newHeight, newWidth].</param>
    internal static void Warp(ReadOnlySpan<float> image, InputShape shape, Placement p, int newHeight, int newWidth, Span<float> into)
    {
        var (height, width, ratio, isExact) = (shape.Height, shape.Width, (float)shape.Height / shape.Width, p is { Side: 1, Angle: 0 });
        var (sine, cosine) = MathF.SinCos(p.Angle);
        var (right, down) = (-2 * p.Right / width, -2 * p.Down / height);
        for (var row = 0; row < newHeight; row++)
        {
            var y = (2 * row + 1f) / newHeight - 1 + down;
            for (var column = 0; column < newWidth; column++)
            {
                var x = (2 * column + 1f) / newWidth - 1 + right;
                var fromX = p.Mirror * (p.Side * (cosine * x - sine * ratio * y) + p.MiddleX);
                var fromY = p.Side * (sine / ratio * x + cosine * y) + p.MiddleY;
                var (across, along) = (Math.Clamp(((fromX + 1) * width - 1) / 2, 0, width - 1), Math.Clamp(((fromY + 1) * height - 1) / 2, 0, height - 1));
                var to = row * newWidth + column;
                if (isExact)
                {
                    var at = (int)MathF.Round(along) * width + (int)MathF.Round(across);
                    for (var c = 0; c < shape.Channels; c++) into[c * newHeight * newWidth + to] = image[c * height * width + at];
                    continue;
                }
                var (left, top) = ((int)across, (int)along);
                var (u, v) = (across - left, along - top);
                var (stepX, stepY) = (left + 1 < width ? 1 : 0, top + 1 < height ? width : 0);
                for (var c = 0; c < shape.Channels; c++)
                {
                    var at = c * height * width + top * width + left;
                    var (upper, lower) = (image[at] + u * (image[at + stepX] - image[at]), image[at + stepY] + u * (image[at + stepY + stepX] - image[at + stepY]));
                    into[c * newHeight * newWidth + to] = upper + v * (lower - upper);
                }
            }
        }
    }

    private void Recolour(Span<float> image, int channels, int row, int view, double limit)
    {
        float Factor(string role, double middle) => (float)(middle + Within(limit, role, row, view));
        var sum = 0.0;
        foreach (var value in image) sum += value;
        var (mean, contrast, brightness) = ((float)(sum / image.Length), Factor("augment-contrast", 1), Factor("augment-brightness", 0));
        foreach (ref var value in image) value = (value - mean) * contrast + mean + brightness;
        if (channels != 3) return;
        var (saturation, plane) = (Factor("augment-saturation", 1), image.Length / 3);
        for (var i = 0; i < plane; i++)
        {
            var grey = (image[i] + image[plane + i] + image[2 * plane + i]) / 3;
            for (var c = 0; c < 3; c++) image[c * plane + i] = grey + (image[c * plane + i] - grey) * saturation;
        }
    }

    private void AddNoise(Span<float> image, int row, int view, double deviation)
    {
        stream.MoveTo(seed, "augment-noise", view, row);
        foreach (ref var value in image) value += (float)(deviation * stream.NextGaussian());
    }

    /// <summary>Blanks a rectangle of every second image.</summary>
    private void Erase(Span<float> image, int channels, int height, int width, int row, int view, double most)
    {
        if (Uniform("augment-erase", row, view) >= ErasedShare) return;
        var least = Math.Min(LeastErased, most);
        var area = (least + (most - least) * Uniform("augment-erase-area", row, view)) * height * width;
        var aspect = Math.Exp(Within(-Math.Log(NarrowestErased), "augment-erase-aspect", row, view)); // height over width
        var tall = Math.Clamp((int)Math.Round(Math.Sqrt(area * aspect)), 1, height);
        var wide = Math.Clamp((int)Math.Round(Math.Sqrt(area / aspect)), 1, width);
        var top = (int)(Uniform("augment-erase-top", row, view) * (height - tall + 1));
        var start = (int)(Uniform("augment-erase-left", row, view) * (width - wide + 1));
        for (var c = 0; c < channels; c++)
            for (var y = top; y < top + tall; y++) image.Slice((c * height + y) * width + start, wide).Clear();
    }
}
