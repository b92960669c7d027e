using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Training;

/// <summary>
/// Changes a batch of images at random, each in its own way. How a row is changed depends on the seed, the row and the view alone, not on the
/// batch that it comes in: training takes the epoch for the view, so that a resumed run sees what an unbroken one would have seen, and a teacher's answers
/// may be kept for a few fixed views.
/// </summary>
/// <remarks>All changes that move pixels are one affine map and one sampling; they are nearest-neighbour, and so exact, unless a crop or a turn is among them.</remarks>
/// <param name="changes">Which changes.</param>
/// <param name="strength">How strong.</param>
/// <param name="seed">The seed of all views.</param>
[Version(1)]
public sealed class ImageAugmentation(IReadOnlyCollection<Augmentation> changes, AugmentationStrength strength, ulong seed)
{
    private const double ErasedShare = 0.5, LeastErased = 0.02, NarrowestErased = 0.3; // Zhong et al. 2020, section 4.2

    private readonly RandomStream stream = RandomStream.Of(seed, "augmentation");
    private Placement[] placements = [];
    private float[] values = [];

    /// <summary>The images as a view shows them.</summary>
    /// <param name="images">[B, C, H, W], normalised; stays as it is.</param>
    /// <param name="rows">The rows of the training set that they are.</param>
    /// <param name="view">The view: equal numbers change a row in equal ways.</param>
    public Tensor Augment(Tensor images, ReadOnlySpan<int> rows, int view) => Augment(images, rows, view, null);

    /// <summary>The images as a view shows them, or a small part of each.</summary>
    /// <param name="images">[B, C, H, W], normalised; stays as it is.</param>
    /// <param name="rows">The rows of the training set that they are.</param>
    /// <param name="view">The view: equal numbers change a row in equal ways.</param>
    /// <param name="part">How large a part to cut out, in place of the usual crop; null for the whole image's size.</param>
    internal Tensor Augment(Tensor images, ReadOnlySpan<int> rows, int view, LocalCrop? part)
    {
        if (Place(rows, view, (int)images.shape[2], (int)images.shape[3], part)) images = Warp(images, placements.AsSpan(0, rows.Length), part?.Height, part?.Width);
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        if (Strength(Augmentation.Colour) is > 0 and var colour) images = Recolour(images, rows, view, colour);
        if (Strength(Augmentation.Noise) is > 0 and var noise) images = images + Noise(images.shape, rows, view, noise);
        if (Strength(Augmentation.Erasing) is > 0 and var erasing) images = images * Kept(rows, view, height, width, erasing);
        return images;
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

    /// <summary>Draws the rows' placements; false if no change moves pixels.</summary>
    private bool Place(ReadOnlySpan<int> rows, int view, int height, int width, LocalCrop? part)
    {
        var (shift, flip, crop, rotate) = (Strength(Augmentation.Shift), Strength(Augmentation.Flip), Strength(Augmentation.Crop), Strength(Augmentation.Rotate));
        if (shift == 0 && flip == 0 && crop == 0 && rotate == 0 && part is null) return false;
        // What a crop leaves out of the side: from nothing to the strength, or as the part says.
        var (least, range) = part is { } local ? (1 - local.Largest, local.Largest - local.Smallest) : (0, crop);
        if (placements.Length < rows.Length) placements = new Placement[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var left = least + range * Uniform("augment-crop", row, view);
            placements[i] = new(
                Uniform("augment-flip", row, view) < flip ? -1 : 1,
                Pixels(shift * width, "augment-right", row, view), Pixels(shift * height, "augment-down", row, view),
                (float)(1 - left), (float)Within(left, "augment-crop-x", row, view), (float)Within(left, "augment-crop-y", row, view),
                (float)(Within(rotate, "augment-rotate", row, view) * Math.PI / 180));
        }
        return true;
    }

    /// <summary>A whole number of pixels, each from −most to most equally likely.</summary>
    private int Pixels(double most, string role, int row, int view)
    {
        var furthest = (int)Math.Round(most);
        return (int)(Uniform(role, row, view) * (2 * furthest + 1)) - furthest;
    }

    /// <summary>Moves pixels: of the output's coordinates x, y in [−1, 1] first the shift is undone, then the turn, the crop and the mirroring.</summary>
    /// <remarks>The result has the images' size where no other is given.</remarks>
    internal static Tensor Warp(Tensor images, ReadOnlySpan<Placement> placements, int? newHeight = null, int? newWidth = null)
    {
        var (count, height, width) = (placements.Length, images.shape[2], images.shape[3]);
        var ratio = (float)height / width;
        var isExact = true;
        var maps = new float[count * 6];
        for (var i = 0; i < count; i++)
        {
            var p = placements[i];
            isExact &= p is { Side: 1, Angle: 0 };
            var (sine, cosine) = MathF.SinCos(p.Angle);
            var (x, y) = (-2 * p.Right / width, -2 * p.Down / height);
            var map = maps.AsSpan(i * 6, 6);
            map[0] = p.Mirror * p.Side * cosine;
            map[1] = -p.Mirror * p.Side * sine * ratio;
            map[2] = p.Mirror * (p.Side * (cosine * x - sine * ratio * y) + p.MiddleX);
            map[3] = p.Side * sine / ratio;
            map[4] = p.Side * cosine;
            map[5] = p.Side * (sine / ratio * x + cosine * y) + p.MiddleY;
        }
        var grid = nn.functional.affine_grid(InputBuffer.Tensor<float>(maps, float32, count, 2, 3), [count, images.shape[1], newHeight ?? height, newWidth ?? width], align_corners: false);
        return nn.functional.grid_sample(images, grid, isExact ? GridSampleMode.Nearest : GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    private Tensor Recolour(Tensor images, ReadOnlySpan<int> rows, int view, double limit)
    {
        var mean = images.mean([1, 2, 3], keepdim: true);
        images = (images - mean) * Factors("augment-contrast", 1, rows, view, limit) + mean + Factors("augment-brightness", 0, rows, view, limit);
        if (images.shape[1] != 3) return images;
        var grey = images.mean([1], keepdim: true);
        return grey + (images - grey) * Factors("augment-saturation", 1, rows, view, limit);
    }

    /// <summary>A number a row around a middle [B, 1, 1, 1].</summary>
    private Tensor Factors(string role, double middle, ReadOnlySpan<int> rows, int view, double limit)
    {
        var factors = Room(rows.Length);
        for (var i = 0; i < rows.Length; i++) factors[i] = (float)(middle + Within(limit, role, rows[i], view));
        return InputBuffer.Tensor<float>(factors, float32, rows.Length, 1, 1, 1);
    }

    private Tensor Noise(long[] shape, ReadOnlySpan<int> rows, int view, double deviation)
    {
        var size = (int)(shape[1] * shape[2] * shape[3]);
        var noise = Room(rows.Length * size);
        for (var i = 0; i < rows.Length; i++)
        {
            stream.MoveTo(seed, "augment-noise", view, rows[i]);
            foreach (ref var value in noise.Slice(i * size, size)) value = (float)(deviation * stream.NextGaussian());
        }
        return InputBuffer.Tensor<float>(noise, float32, shape);
    }

    /// <summary>0 where a row's rectangle is, else 1 [B, 1, H, W].</summary>
    private Tensor Kept(ReadOnlySpan<int> rows, int view, int height, int width, double most)
    {
        var kept = Room(rows.Length * height * width);
        kept.Fill(1);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            if (Uniform("augment-erase", row, view) >= ErasedShare) continue;
            var least = Math.Min(LeastErased, most);
            var area = (least + (most - least) * Uniform("augment-erase-area", row, view)) * height * width;
            var aspect = Math.Exp(Within(-Math.Log(NarrowestErased), "augment-erase-aspect", row, view)); // height over width
            var tall = Math.Clamp((int)Math.Round(Math.Sqrt(area * aspect)), 1, height);
            var wide = Math.Clamp((int)Math.Round(Math.Sqrt(area / aspect)), 1, width);
            var top = (int)(Uniform("augment-erase-top", row, view) * (height - tall + 1));
            var start = (int)(Uniform("augment-erase-left", row, view) * (width - wide + 1));
            for (var y = top; y < top + tall; y++) kept.Slice((i * height + y) * width + start, wide).Clear();
        }
        return InputBuffer.Tensor<float>(kept, float32, rows.Length, 1, height, width);
    }

    private Span<float> Room(int length)
    {
        if (values.Length < length) values = new float[length];
        return values.AsSpan(0, length);
    }
}
