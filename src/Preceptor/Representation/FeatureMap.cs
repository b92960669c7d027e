using MathNet.Numerics.LinearAlgebra;

namespace Preceptor.Representation;

/// <summary>Features in two dimensions, for the eye: their first two principal components.</summary>
public static class FeatureMap
{
    /// <summary>The place of each row.</summary>
    /// <param name="features">[N × F].</param>
    /// <param name="width">F, at least 2.</param>
    public static (double X, double Y)[] Of(float[] features, int width)
    {
        var rows = features.Length / width;
        var means = Enumerable.Range(0, width).Select(f => Enumerable.Range(0, rows).Average(i => (double)features[i * width + f])).ToArray();
        var x = Matrix<double>.Build.Dense(rows, width, (i, f) => features[i * width + f] - means[f]);
        var vectors = x.TransposeThisAndMultiply(x).Evd(Symmetricity.Symmetric).EigenVectors; // ascending
        var places = x * vectors.SubMatrix(0, width, Math.Max(0, width - 2), Math.Min(2, width));
        return [.. Enumerable.Range(0, rows).Select(i => (places[i, places.ColumnCount - 1], places[i, 0]))];
    }
}
