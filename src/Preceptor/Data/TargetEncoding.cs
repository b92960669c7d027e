using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>The forms of what is to be predicted of a row.</summary>
public enum TargetKind
{
    /// <summary>One of several classes.</summary>
    One,

    /// <summary>Any number of several labels, none too.</summary>
    Many,

    /// <summary>A number.</summary>
    Number,
}

/// <summary>Between what is to be predicted and a network's outputs: logits of classes, log-odds of labels, or a number in standard units.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Mean">What a number's output of 0 stands for.</param>
/// <param name="Deviation">How much an output of 1 is above it; positive.</param>
public sealed record TargetEncoding(TargetKind Kind, double Mean = 0, double Deviation = 1)
{
    /// <summary>Of one class a row.</summary>
    public static TargetEncoding One { get; } = new(TargetKind.One);

    /// <summary>Standard units of numbers: by their mean and standard deviation (N in the denominator), which is 1 where all are equal.</summary>
    /// <param name="numbers">The training rows' numbers; NaN for none.</param>
    /// <exception cref="RequestException">They are too large to standardise.</exception>
    public static TargetEncoding OfNumbers(IReadOnlyList<double> numbers)
    {
        double[] known = [.. numbers.Where(n => !double.IsNaN(n))];
        if (known.Length == 0) return new(TargetKind.Number);
        var mean = known.Average();
        var deviation = Math.Sqrt(known.Average(n => (n - mean) * (n - mean)));
        if (!double.IsFinite(deviation)) throw new RequestException("the numbers to predict are too large to standardise");
        return new(TargetKind.Number, mean, deviation > 1e-12 * Math.Max(1, Math.Abs(mean)) ? deviation : 1);
    }

    /// <summary>A number in standard units.</summary>
    public double Standardise(double number) => (number - Mean) / Deviation;

    /// <summary>The number that an output stands for.</summary>
    public double Number(double output) => Mean + Deviation * output;

    /// <summary>Checks an encoding that was read from a file.</summary>
    /// <exception cref="RequestException">It is not one that training makes.</exception>
    internal TargetEncoding Check(string path) => Enum.IsDefined(Kind) && double.IsFinite(Mean) && double.IsFinite(Deviation) && Deviation > 0
        ? this : throw new RequestException($"{path}: describes an impossible target (mean {Mean}, deviation {Deviation})");
}
