using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Preceptor.Training;

/// <summary>A random change of training images that leaves their class as it is.</summary>
public enum Augmentation
{
    /// <summary>Moves the image by whole pixels; what comes in repeats the edge.</summary>
    Shift,

    /// <summary>Swaps left and right.</summary>
    Flip,

    /// <summary>Enlarges a part to the whole image's size.</summary>
    Crop,

    /// <summary>Turns the image about its middle; what comes in repeats the edge.</summary>
    Rotate,

    /// <summary>Adds Gaussian noise to every value.</summary>
    Noise,

    /// <summary>Changes brightness, contrast and, of three channels, saturation.</summary>
    Colour,

    /// <summary>Puts the mean in place of a rectangle, in every second image (Zhong et al. 2020).</summary>
    Erasing,
}

/// <summary>How strong each <see cref="Augmentation"/> is; 0 changes nothing.</summary>
public sealed record AugmentationStrength
{
    /// <summary>The furthest shift.</summary>
    [Description("Furthest shift in each direction, as a share of the image's side")]
    [Range(0, 1)]
    public double Shift { get; set; } = 0.125;

    /// <summary>The share of flipped images.</summary>
    [Description("Share of images whose left and right are swapped")]
    [Range(0, 1)]
    public double Flip { get; set; } = 0.5;

    /// <summary>How much a crop may leave out.</summary>
    [Description("Largest share of the image's side that a crop leaves out")]
    [Range(0, 0.9)]
    public double Crop { get; set; } = 0.25;

    /// <summary>The furthest turn.</summary>
    [Description("Furthest turn to either side in degrees")]
    [Range(0, 180)]
    public double Rotate { get; set; } = 15;

    /// <summary>The noise's deviation.</summary>
    [Description("Standard deviation of the noise, where values have one of 1")]
    [Range(0, 10)]
    public double Noise { get; set; } = 0.1;

    /// <summary>The furthest change of colour.</summary>
    [Description("Furthest change of contrast and saturation as a share, and of brightness where values have a standard deviation of 1")]
    [Range(0, 1)]
    public double Colour { get; set; } = 0.3;

    /// <summary>The largest erased share.</summary>
    [Description("Largest share of the image's area that is erased")]
    [Range(0, 1)]
    public double Erasing { get; set; } = 0.3;
}
