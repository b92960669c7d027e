using MathNet.Numerics;

namespace Preceptor.Measurement;

/// <summary>
/// How many bits of inductive bias a task asks for: −log₂ of the share of hypotheses that generalise among those that fit the training
/// data, where hypotheses are functions of limited frequency on the manifold of the data. It is the number of dimensions that the data leave
/// free times the bits that each of them must be pinned down to. It grows exponentially with the intrinsic dimension, as a power of the
/// resolution, and hardly falls with more data; only comparisons of it mean something, and it is of the kind of an upper bound.
/// </summary>
/// <remarks>Boopathy, Liu, Hwang, Ge, Mohammedsaleh and Fiete (ICML 2023). Large values are kept as logarithms, so that nothing overflows.</remarks>
public sealed record GeneralizationDifficulty
{
    /// <summary>The highest degree K of the eigenfunctions that the resolution asks for: K (K + m − 1) = (2π R / δ)².</summary>
    public double HighestDegree { get; private init; }

    /// <summary>ln E, with E the number of eigenfunctions of the sphere S^m up to degree K.</summary>
    public double LogEigenfunctions { get; private init; }

    /// <summary>ln W, with W the Wasserstein distance of n training samples from the distribution that test samples come from.</summary>
    public double LogWasserstein { get; private init; }

    /// <summary>ln of the dimensions of the hypothesis space.</summary>
    public double LogDimensions { get; private init; }

    /// <summary>ln of the dimensions that the training data fix.</summary>
    public double LogFixedDimensions { get; private init; }

    /// <summary>Bits that each free dimension must be pinned down to.</summary>
    public double BitsPerDimension { get; private init; }

    /// <summary>The dimensions that the training data leave free; negative where they fix more than there are.</summary>
    public double FreeDimensions => Math.Exp(LogDimensions) - Math.Exp(LogFixedDimensions);

    /// <summary>Whether the training data fix every dimension, or the error asked for is so large that any hypothesis reaches it: no bias is needed.</summary>
    public bool IsDetermined => LogFixedDimensions >= LogDimensions || BitsPerDimension <= 0;

    /// <summary>The difficulty in bits, at least 0; infinite beyond 1.8e308.</summary>
    public double Bits => IsDetermined ? 0 : Math.Pow(10, Log10Bits);

    /// <summary>log₁₀ of the difficulty in bits; −∞ where no bias is needed.</summary>
    public double Log10Bits => IsDetermined ? double.NegativeInfinity
        : (LogDimensions + Math.Log(1 - Math.Exp(LogFixedDimensions - LogDimensions)) + Math.Log(BitsPerDimension)) / Math.Log(10);

    /// <summary>The product that the released code prints, which is negative where no bias is needed.</summary>
    public double ReleasedBits => FreeDimensions * BitsPerDimension;

    /// <summary>The difficulty of learning a function from samples.</summary>
    /// <param name="error">ε, the test error to reach, divided by the Lipschitz constant of the loss.</param>
    /// <param name="samples">n, the training samples.</param>
    /// <param name="dimension">m, the intrinsic dimension of the data.</param>
    /// <param name="radius">R, the largest norm of a sample.</param>
    /// <param name="combinations">P, how many combinations of discrete features there are, each a sphere of its own; for classification the classes.</param>
    /// <param name="resolution">δ, the least distance of samples that differ in their answer.</param>
    /// <param name="logOutputs">ln D, with D the dimensions of the output; for classification the classes less one.</param>
    /// <param name="bound">B, a bound on the output.</param>
    public static GeneralizationDifficulty OfFunction(double error, double samples, double dimension, double radius, double combinations, double resolution, double logOutputs, double bound = 1)
    {
        foreach (var (name, value) in new[] { (nameof(error), error), (nameof(samples), samples), (nameof(dimension), dimension), (nameof(radius), radius), (nameof(combinations), combinations), (nameof(resolution), resolution), (nameof(bound), bound) })
            if (!(value > 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, "expected a number above 0");
        var (degree, eigenfunctions) = Eigenfunctions(dimension, 2 * Math.PI * radius / resolution);
        var wasserstein = 0.5 * Math.Log(dimension / 6)
            + (Math.Log(2) + (dimension + 1) / 2 * Math.Log(Math.PI) + Math.Log(combinations) - SpecialFunctions.GammaLn((dimension + 1) / 2)) / dimension
            + Math.Log(radius) - Math.Log(samples) / dimension;
        var lipschitz = Math.Log(degree) + 0.5 * logOutputs - Math.Log(radius);
        return new()
        {
            HighestDegree = degree,
            LogEigenfunctions = eigenfunctions,
            LogWasserstein = wasserstein,
            LogDimensions = Math.Log(2) + logOutputs + Math.Log(combinations) + eigenfunctions,
            LogFixedDimensions = Math.Log(samples) + logOutputs,
            BitsPerDimension = (Math.Log(bound) + 0.5 * logOutputs + 0.5 * Math.Log(combinations) - Math.Log(error) + lipschitz + wasserstein) / Math.Log(2),
        };
    }

    /// <summary>The difficulty of telling classes apart: a sphere for each class, an output less than there are classes.</summary>
    /// <inheritdoc cref="OfFunction"/>
    /// <param name="classes">How many classes, at least 2.</param>
#pragma warning disable CS1573 // the others are inherited
    public static GeneralizationDifficulty OfClasses(double error, double samples, double dimension, double radius, double resolution, int classes)
#pragma warning restore CS1573
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        return OfFunction(error, samples, dimension, radius, classes, resolution, Math.Log(classes - 1));
    }

    /// <summary>The difficulty of two classifications of independent inputs at once: the manifold is the product, of every pair of samples.</summary>
    /// <param name="first">Samples, dimension, radius and classes of the first.</param>
    /// <param name="second">Those of the second.</param>
    /// <param name="resolution">δ of both.</param>
    /// <param name="error">ε.</param>
    /// <param name="released">Whether the output has as many dimensions as the first has classes, as in the released code, and not one less.</param>
    public static GeneralizationDifficulty OfPair(ClassTask first, ClassTask second, double resolution, double error, bool released = false) =>
        OfFunction(error, first.Samples * second.Samples, first.Dimension + second.Dimension, Math.Sqrt(first.Radius * first.Radius + second.Radius * second.Radius),
            (double)first.Classes * second.Classes, resolution, Math.Log(released ? first.Classes : first.Classes - 1));

    /// <summary>The difficulty of learning to learn classes from one image each: the output is a classifier.</summary>
    /// <param name="error">ε.</param>
    /// <param name="episodes">n, the training episodes.</param>
    /// <param name="within">m₀, the intrinsic dimension of the images of one family.</param>
    /// <param name="across">m₁, that of images of all families.</param>
    /// <param name="radius">R, the largest norm of an image.</param>
    /// <param name="resolution">δ.</param>
    /// <param name="ways">Classes an episode; 20 on Omniglot.</param>
    public static GeneralizationDifficulty OfFewShot(double error, double episodes, double within, double across, double radius, double resolution, int ways = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ways, 2);
        double pairs = ways * (ways - 1);
        var outputs = Math.Log(2 * pairs) + Eigenfunctions(within, 2 * Math.PI * radius / resolution).Log;
        return OfFunction(error, episodes, across + (ways - 1) * within, radius * Math.Sqrt(ways), 1, resolution, outputs, Math.Sqrt(pairs));
    }

    /// <summary>
    /// The difficulty of learning a policy: a function from what is observed to actions, whose frequencies fill a ball. A policy that sees a
    /// Markov state observes m numbers; one that must remember T observations of k numbers observes T · k.
    /// </summary>
    /// <param name="error">ε, the distance from the best action.</param>
    /// <param name="samples">n, the steps seen.</param>
    /// <param name="observations">m, the numbers that a policy decides on.</param>
    /// <param name="actions">D, the dimensions of an action.</param>
    /// <param name="resolution">δ.</param>
    public static GeneralizationDifficulty OfPolicy(double error, double samples, double observations, double actions, double resolution)
    {
        foreach (var (name, value) in new[] { (nameof(error), error), (nameof(samples), samples), (nameof(observations), observations), (nameof(actions), actions), (nameof(resolution), resolution) })
            if (!(value > 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, "expected a number above 0");
        var m = observations;
        var modes = m * Math.Log(2 * Math.PI / resolution) + m / 2 * Math.Log(Math.PI) - SpecialFunctions.GammaLn(m / 2 + 1);
        return new()
        {
            HighestDegree = 2 * Math.PI / resolution,
            LogEigenfunctions = modes,
            LogWasserstein = double.NaN,
            LogDimensions = Math.Log(2) + Math.Log(actions) + modes,
            LogFixedDimensions = Math.Log(samples) + Math.Log(actions),
            BitsPerDimension = Math.Log2(4 * Math.PI * Math.PI / Math.Sqrt(6)) + Math.Log2(actions) + 0.5 * Math.Log2(m) - Math.Log2(resolution) - Math.Log2(samples) / m - Math.Log2(error),
        };
    }

    /// <summary>K and ln E: the highest degree below a frequency, and how many eigenfunctions of the Laplace-Beltrami operator on S^m lie up to it, E = C(m + K, m) + C(m + K − 1, m), for K that need not be whole.</summary>
    /// <param name="dimension">m.</param>
    /// <param name="frequency">M = 2π R / δ.</param>
    public static (double Degree, double Log) Eigenfunctions(double dimension, double frequency)
    {
        var m = dimension;
        // The usual form of the root would lose digits where m is far above M.
        var degree = 2 * frequency * frequency / (Math.Sqrt((m - 1) * (m - 1) + 4 * frequency * frequency) + (m - 1));
        var binomial = SpecialFunctions.GammaLn(m + degree + 1) - SpecialFunctions.GammaLn(m + 1) - SpecialFunctions.GammaLn(degree + 1);
        return (degree, binomial + Math.Log(1 + degree / (m + degree)));
    }
}

/// <summary>A classification, by what its difficulty depends on.</summary>
/// <param name="Samples">n.</param>
/// <param name="Dimension">m.</param>
/// <param name="Radius">R.</param>
/// <param name="Classes">c.</param>
public sealed record ClassTask(double Samples, double Dimension, double Radius, int Classes);
