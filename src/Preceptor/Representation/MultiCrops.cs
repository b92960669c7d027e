using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Representation;

/// <summary>The crops that a student sees.</summary>
public sealed record CropOptions
{
    /// <summary>Parts.</summary>
    [Description("Small parts of each image that the student sees besides two whole crops")]
    [Range(0, 64)]
    [Source("main.py: 10")]
    [Tried("0")]
    public int Parts { get; set; } = 2;

    /// <summary>The side of a part.</summary>
    [Description("The side of a part in pixels, as a share of the image's")]
    [Range(0.05, 1)]
    [Source("main.py: 96 of 224")]
    public double PartSide { get; set; } = 0.67;

    /// <summary>What the side of a part is a multiple of.</summary>
    [Description("The side of a part in pixels is a multiple of this; a multiple of model.patch for vit")]
    [Range(1, 64)]
    public int PartMultiple { get; set; } = 4;

    /// <summary>The least share a part covers.</summary>
    [Description("The least share of the image's side that a part covers")]
    [Range(0.05, 1)]
    [Source("main.py: 0.05 of the area, 0.22 of the side")]
    public double PartSmallest { get; set; } = 0.35;

    /// <summary>The largest.</summary>
    [Description("The largest share of the image's side that a part covers")]
    [Range(0.05, 1)]
    [Source("main.py: 0.25 of the area, 0.5 of the side")]
    public double PartLargest { get; set; } = 0.6;

    /// <summary>How often changes are strong.</summary>
    [Description("The share of the student's crops that are also turned, noisy and erased, where training.augment has these")]
    [Range(0, 1)]
    [Source("main.py: 0.5")]
    [Tried("0")]
    public double StrongShare { get; set; } = 0.5;
}

/// <summary>
/// Makes crops (Zhou et al. 2022, section 4; <c>multicropdataset.py</c>): whole images for a teacher, others and small parts for a student. Weak changes are shifts, flips, crops and colours; turns, noise and erasing are the
/// strong ones, which a share of the student's crops has besides.
/// </summary>
internal sealed class MultiCrops
{
    /// <summary>Whole crops of the teacher, and of the student.</summary>
    public const int Whole = 2;
    private static readonly Augmentation[] Strong = [Augmentation.Rotate, Augmentation.Noise, Augmentation.Erasing];

    private readonly ImageAugmentation weak, strong;
    private readonly ulong seed;
    private readonly int parts;
    private readonly double strongShare;
    private readonly ImageAugmentation.LocalCrop part;

    /// <param name="training">The changes and their strength.</param>
    /// <param name="shape">What an image is like.</param>
    /// <param name="seed">The seed of all crops.</param>
    /// <param name="options">How many parts there are, how large, and how often changes are strong.</param>
    public MultiCrops(TrainingOptions training, InputShape shape, ulong seed, CropOptions options)
    {
        var strength = training.Strength ?? new();
        weak = new([.. training.Augment.Except(Strong)], strength, seed);
        strong = new(training.Augment, strength, seed);
        (this.seed, parts, strongShare) = (seed, options.Parts, options.StrongShare);
        part = new(Side(shape.Height), Side(shape.Width), options.PartSmallest, options.PartLargest);

        int Side(int pixels) => Math.Max(1, (int)Math.Round(options.PartSide * pixels / options.PartMultiple)) * options.PartMultiple;
    }

    /// <summary>Adds the crops of a batch of images: the teacher's two whole ones, weakly changed, then the student's two other whole ones and its parts.</summary>
    public void See(ViewBatch batch)
    {
        var first = batch.Epoch * (2 * Whole + parts);
        var ofWhole = IsStrong("strong-whole", batch.Epoch, batch.Rows);
        for (var view = first; view < first + 2 * Whole + parts; view++)
        {
            var isPart = view >= first + 2 * Whole;
            var isStrong = view < first + Whole ? null : isPart ? IsStrong("strong-part", view, batch.Rows) : ofWhole;
            batch.SeeImages(i => isStrong?[i] == true ? strong : weak, view, isPart ? part : null);
        }
    }

    /// <summary>The places in the batch of the images whose whole crops of the student are weakly changed too.</summary>
    public int[] Weak(ViewBatch batch)
    {
        var isStrong = IsStrong("strong-whole", batch.Epoch, batch.Rows);
        return [.. Enumerable.Range(0, isStrong.Length).Where(i => !isStrong[i])];
    }

    private bool[] IsStrong(string role, int view, ReadOnlySpan<int> rows)
    {
        var drawn = new bool[rows.Length];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = RandomStream.At(seed, role, view, rows[i]) < strongShare;
        return drawn;
    }
}
