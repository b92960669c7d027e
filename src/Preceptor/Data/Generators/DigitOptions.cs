namespace Preceptor.Data.Generators;

/// <summary>
/// How much <see cref="DigitImages"/> deforms and hides its digits. Lengths are in pixels of a 28 × 28 image; grey values
/// lie in [0, 1]. The defaults are tuned so that the shape of a digit must be learnt: a linear model on pixels stays well
/// below a convolutional network.
/// </summary>
public sealed record DigitOptions
{
    /// <summary>Largest rotation to either side, in degrees, 0 to 90.</summary>
    public double Rotation { get; init; } = 15;

    /// <summary>Largest horizontal shear to either side, as shift per unit of height.</summary>
    public double Shear { get; init; } = 0.25;

    /// <summary>Smallest height of a digit.</summary>
    public double SmallestHeight { get; init; } = 15;

    /// <summary>Largest height of a digit.</summary>
    public double LargestHeight { get; init; } = 21;

    /// <summary>Largest shift of a digit's centre along each axis.</summary>
    public double Shift { get; init; } = 1.75;

    /// <summary>Largest smooth displacement of a point of the skeleton along each axis.</summary>
    public double Elastic { get; init; } = 1.6;

    /// <summary>Largest displacement of each drawn point of its own along each axis: an unsteady hand.</summary>
    public double Jitter { get; init; } = 0.7;

    /// <summary>Smallest width of the pen.</summary>
    public double ThinnestStroke { get; init; } = 1.2;

    /// <summary>Largest width of the pen.</summary>
    public double ThickestStroke { get; init; } = 3;

    /// <summary>Grey value of the palest ink; the darkest is 1.</summary>
    public double PalestInk { get; init; } = 0.6;

    /// <summary>Largest number of distracting strokes in the background; each image draws 0 to this many.</summary>
    public int Clutter { get; init; } = 3;

    /// <summary>Ink of the strongest distracting stroke, as a share of the digit's ink.</summary>
    public double ClutterInk { get; init; } = 0.7;

    /// <summary>Largest grey value of the smooth background.</summary>
    public double Background { get; init; } = 0.4;

    /// <summary>Standard deviation of the noise of a pixel.</summary>
    public double Noise { get; init; } = 0.08;
}
