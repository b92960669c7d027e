using System.Diagnostics;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Tests.Training;

public sealed class ImageAugmentationTests
{
    private static readonly Augmentation[] All = Enum.GetValues<Augmentation>();

    public static TheoryData<Augmentation> Changes => [.. All];

    private static AugmentationStrength None => new() { Shift = 0, Flip = 0, Crop = 0, Rotate = 0, Noise = 0, Colour = 0, Erasing = 0 };

    private static Tensor Images(int count, int channels, int height, int width) => InputBuffer.Tensor<float>(
        Enumerable.Range(0, count * channels * height * width).Select(i => (float)RandomStream.At(1, "pixels", i)).ToArray(), float32, count, channels, height, width);

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static float[] Warped(Tensor image, ImageAugmentation.Placement placement, int? height = null, int? width = null)
    {
        var shape = new InputShape((int)image.shape[1], (int)image.shape[2], (int)image.shape[3], 0, 0);
        var into = new float[shape.Channels * (height ?? shape.Height) * (width ?? shape.Width)];
        ImageAugmentation.Warp(Values(image), shape, placement, height ?? shape.Height, width ?? shape.Width, into);
        return into;
    }

    private static int[] Rows(int count) => [.. Enumerable.Range(0, count)];

    private static Tensor Augment(Tensor images, Augmentation change, AugmentationStrength strength, int view = 1) =>
        new ImageAugmentation([change], strength, 5).Augment(images, Rows((int)images.shape[0]), view);

    [Fact]
    public void At_strength_0_every_change_leaves_the_bits_alone()
    {
        using var scope = NewDisposeScope();
        var images = Images(3, 3, 6, 6);
        var before = Values(images);
        Assert.Equal(before, Values(new ImageAugmentation(All, None, 1).Augment(images, Rows(3), 1)));
        Assert.Equal(before, Values(new ImageAugmentation([], new(), 1).Augment(images, Rows(3), 1)));
    }

    [Theory, MemberData(nameof(Changes))]
    public void Every_change_changes_something_and_the_images_given_stay(Augmentation change)
    {
        using var scope = NewDisposeScope();
        var images = Images(16, 3, 12, 10);
        var before = Values(images);
        var after = Values(Augment(images, change, new()));
        Assert.NotEqual(before, after);
        Assert.Equal(before, Values(images));
        Assert.All(after, v => Assert.True(float.IsFinite(v)));
        if (change is Augmentation.Shift or Augmentation.Flip or Augmentation.Crop or Augmentation.Rotate) Assert.All(after, v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void A_flip_swaps_left_and_right()
    {
        using var scope = NewDisposeScope();
        var images = InputBuffer.Tensor<float>([1, 2, 3, 4, 5, 6], float32, 1, 1, 2, 3);
        Assert.Equal([3, 2, 1, 6, 5, 4], Values(Augment(images, Augmentation.Flip, None with { Flip = 1 })));
        var flipped = Values(Augment(Images(400, 1, 1, 2), Augmentation.Flip, None with { Flip = 0.3 })).Chunk(2).Zip(Values(Images(400, 1, 1, 2)).Chunk(2), (a, b) => a[0] != b[0]).Count(f => f);
        Assert.InRange(flipped, 90, 150);
    }

    [Fact]
    public void A_shift_moves_whole_pixels_and_repeats_the_edge()
    {
        using var scope = NewDisposeScope();
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        var images = InputBuffer.Tensor<float>([.. Enumerable.Repeat(image, 200).SelectMany(v => v)], float32, 200, 1, 3, 3);
        var found = Values(Augment(images, Augmentation.Shift, None with { Shift = 1.0 / 3 })).Chunk(9).Select(v => string.Concat(v)).ToHashSet();
        string Shifted(int right, int down) => string.Concat(Enumerable.Range(0, 9).Select(i => image[3 * Math.Clamp(i / 3 - down, 0, 2) + Math.Clamp(i % 3 - right, 0, 2)]));
        var expected = from right in new[] { -1, 0, 1 } from down in new[] { -1, 0, 1 } select Shifted(right, down);
        Assert.Equal(expected.Order(), found.Order());
        Assert.Contains("112445778", found); // one to the right
    }

    [Fact]
    public void A_quarter_turn_is_exact_on_squares_and_keeps_shapes_on_others()
    {
        using var scope = NewDisposeScope();
        var square = Images(1, 2, 5, 5);
        ImageAugmentation.Placement Turn(double angle) => new(1, 0, 0, 1, 0, 0, (float)angle);
        Assert.Equal(Values(square.rot90(1, (2, 3))), Warped(square, Turn(Math.PI / 2)), (a, b) => Math.Abs(a - b) < 1e-5);
        var wide = InputBuffer.Tensor<float>([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], float32, 1, 1, 3, 7); // a stroke of three pixels lies
        var turned = Warped(wide, Turn(Math.PI / 2));
        Assert.Equal([0, 0, 0], new[] { turned[7], turned[8], turned[9] }, (a, b) => Math.Abs(a - b) < 1e-5);
        wide = InputBuffer.Tensor<float>([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], float32, 1, 1, 3, 7);
        turned = Warped(wide, Turn(Math.PI / 2)); // and then stands
        Assert.Equal([3, 2, 1], new[] { turned[3], turned[10], turned[17] }, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Pixels_move_as_torch_samples_an_affine_grid()
    {
        using var scope = NewDisposeScope();
        var image = Images(1, 3, 7, 10);
        for (var i = 0; i < 40; i++)
        {
            double Draw(string what, double most) => most * (2 * RandomStream.At(2, what, i) - 1);
            var side = i % 4 == 0 ? 1 : 0.3f + 0.7f * (float)RandomStream.At(2, "side", i);
            var p = new ImageAugmentation.Placement(i % 2 == 0 ? 1 : -1, (float)Math.Round(Draw("right", 3)), (float)Math.Round(Draw("down", 3)), side, (float)Draw("x", 1 - side), (float)Draw("y", 1 - side), i % 4 == 0 ? 0 : (float)Draw("angle", 1));
            var (sine, cosine, ratio, x, y) = (MathF.Sin(p.Angle), MathF.Cos(p.Angle), 0.7f, -2 * p.Right / 10, -2 * p.Down / 7);
            float[] map = [p.Mirror * side * cosine, -p.Mirror * side * sine * ratio, p.Mirror * (side * (cosine * x - sine * ratio * y) + p.MiddleX), side * sine / ratio, side * cosine, side * (sine / ratio * x + cosine * y) + p.MiddleY];
            var (height, width) = i % 3 == 0 ? (4, 6) : (7, 10);
            var grid = nn.functional.affine_grid(InputBuffer.Tensor<float>(map, float32, 1, 2, 3), [1, 3, height, width], align_corners: false);
            var expected = nn.functional.grid_sample(image, grid, p is { Side: 1, Angle: 0 } && height == 7 ? GridSampleMode.Nearest : GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
            if (p is { Side: 1, Angle: 0 } && height != 7) continue; // the nearest of another grid's pixels may lie halfway
            Assert.Equal(Values(expected), Warped(image, p, height, width), (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Fact]
    public void A_crop_enlarges_a_part()
    {
        using var scope = NewDisposeScope();
        var ramp = InputBuffer.Tensor<float>([0, 1, 2, 3], float32, 1, 1, 1, 4);
        // Half of the side, at the right end: coordinates −0.75 … 0.75 become 0.125 … 0.875, which are pixels 1.75 … 3.25.
        var cropped = Warped(ramp, new(1, 0, 0, 0.5f, 0.5f, 0, 0));
        Assert.Equal([1.75f, 2.25f, 2.75f, 3], cropped, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Erasing_puts_the_mean_into_one_rectangle_of_every_second_image()
    {
        using var scope = NewDisposeScope();
        var erased = Values(Augment(ones(500, 2, 10, 8), Augmentation.Erasing, new() { Erasing = 0.5 })).Chunk(160).ToArray();
        Assert.InRange(erased.Count(e => e.Contains(0)), 210, 290);
        foreach (var image in erased)
        {
            Assert.Equal(image[..80], image[80..]);
            var places = Enumerable.Range(0, 80).Where(i => image[i] == 0).ToArray();
            if (places.Length == 0) continue;
            var (tall, wide) = (places.Max(p => p / 8) - places.Min(p => p / 8) + 1, places.Max(p => p % 8) - places.Min(p => p % 8) + 1);
            Assert.Equal(tall * wide, places.Length);
            Assert.InRange(places.Length, 1, 50);
        }
        Assert.All(Enumerable.Range(0, 80).Select(p => erased.Count(e => e[p] == 0) / 500.0), share => Assert.InRange(share, 0.005, 0.35)); // no place is spared
    }

    [Fact]
    public void Noise_has_its_deviation_and_colour_its_limits()
    {
        using var scope = NewDisposeScope();
        var noise = Values(Augment(zeros(4, 3, 32, 32), Augmentation.Noise, new() { Noise = 0.5 }));
        Assert.Equal(0, noise.Average(), 0.02);
        Assert.Equal(0.5, Math.Sqrt(noise.Average(v => v * v)), 0.02);
        var flat = Values(Augment(ones(200, 1, 2, 2), Augmentation.Colour, new() { Colour = 0.3 })).Chunk(4).ToArray();
        Assert.All(flat, image => Assert.Single(image.Distinct())); // of one value only the brightness moves
        Assert.InRange(flat.Min(i => i[0]), 0.7, 0.75);
        Assert.InRange(flat.Max(i => i[0]), 1.25, 1.3);
    }

    [Fact]
    public void A_row_looks_the_same_in_every_batch_and_other_in_every_view_and_seed()
    {
        using var scope = NewDisposeScope();
        var images = Images(8, 3, 8, 8);
        var augmentation = new ImageAugmentation(All, new(), 3);
        var whole = Values(augmentation.Augment(images, Rows(8), 2)).Chunk(192).ToArray();
        var alone = Values(new ImageAugmentation(All, new(), 3).Augment(images.index_select(0, InputBuffer.Tensor<long>([6, 1], int64, 2)), [6, 1], 2)).Chunk(192).ToArray();
        Assert.Equal(whole[6], alone[0], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(whole[1], alone[1], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(whole.SelectMany(v => v), Values(augmentation.Augment(images, Rows(8), 2)));
        Assert.NotEqual(whole.SelectMany(v => v), Values(augmentation.Augment(images, Rows(8), 3)));
        Assert.NotEqual(whole.SelectMany(v => v), Values(new ImageAugmentation(All, new(), 4).Augment(images, Rows(8), 2)));
    }

    [Fact]
    public void Memory_stays_flat()
    {
        var augmentation = new ImageAugmentation(All, new(), 3);
        var images = Images(64, 3, 16, 16);
        var rows = Rows(64);
        long After(int from, int to)
        {
            for (var view = from; view < to; view++)
            {
                using var scope = NewDisposeScope();
                augmentation.Augment(images, rows, view);
            }
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64 >> 20;
        }
        var before = After(0, 200);
        Assert.InRange(After(200, 800) - before, -1000, 24);
        images.Dispose();
    }
}
