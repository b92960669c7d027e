namespace Preceptor.Evaluation;

/// <summary>Which way a metric improves.</summary>
public enum Better
{
    /// <summary>Larger values are better, as for accuracy.</summary>
    Higher,

    /// <summary>Smaller values are better, as for a loss.</summary>
    Lower,
}

/// <summary>Signed comparison of two values of one metric.</summary>
public static class Comparison
{
    /// <summary>The difference of two values, signed so that a positive one means that <paramref name="method"/> is better.</summary>
    public static double Advantage(this Better better, double method, double reference) =>
        better == Better.Higher ? method - reference : reference - method;

    /// <summary>The signed differences of two equally long lists of values.</summary>
    internal static double[] Advantages(this Better better, IReadOnlyList<double> method, IReadOnlyList<double> reference)
    {
        if (method.Count != reference.Count) throw new ArgumentException($"paired arms share their seeds: found {method.Count} values and {reference.Count}", nameof(reference));
        return [.. method.Zip(reference, (m, r) => better.Advantage(m, r))];
    }
}
