using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>How far predicted numbers are from the true ones of a test set. N stands for the items.</summary>
public sealed class NumberScores : IScores
{
    private readonly double[] centred, centredSquares; // the truth less its mean, so that squares of large numbers do not cancel

    private NumberScores(double[] predictions, double[] truth)
    {
        Predictions = predictions;
        Truth = truth;
        Residuals = [.. truth.Zip(predictions, (t, p) => t - p)];
        AbsoluteErrors = [.. Residuals.Select(Math.Abs)];
        SquaredErrors = [.. Residuals.Select(r => r * r)];
        var mean = truth.Average();
        centred = [.. truth.Select(t => t - mean)];
        centredSquares = [.. centred.Select(c => c * c)];
    }

    /// <inheritdoc/>
    public int Items => Truth.Length;

    /// <summary>The predicted numbers [N].</summary>
    public double[] Predictions { get; }

    /// <summary>The true numbers [N].</summary>
    public double[] Truth { get; }

    /// <summary>True less predicted [N].</summary>
    public double[] Residuals { get; }

    /// <summary>|true − predicted| [N].</summary>
    public double[] AbsoluteErrors { get; }

    /// <summary>(true − predicted)² [N].</summary>
    public double[] SquaredErrors { get; }

    /// <summary>Scores predicted numbers against true ones.</summary>
    /// <param name="predictions">[N].</param>
    /// <param name="truth">[N], all finite.</param>
    /// <exception cref="ArgumentException">There is no item, or the lengths differ, or a true number is not finite.</exception>
    /// <exception cref="WorkException">A predicted number is not finite: the model that gave it has diverged.</exception>
    public static NumberScores Of(double[] predictions, double[] truth)
    {
        if (truth.Length == 0) throw new ArgumentException("there are no items to score", nameof(truth));
        if (predictions.Length != truth.Length) throw new ArgumentException($"{predictions.Length} predictions do not fit {truth.Length} items", nameof(predictions));
        if (truth.Any(t => !double.IsFinite(t))) throw new ArgumentException("a true number is not finite", nameof(truth));
        if (Array.FindIndex(predictions, p => !double.IsFinite(p)) is >= 0 and var item) throw new WorkException($"item {item} was predicted as {predictions[item]}, which is no finite number");
        return new(predictions, truth);
    }

    /// <summary>R² with every item counted as often as it was drawn: 1 − Σ (true − predicted)² / Σ (true − mean)². Where all true numbers are equal: 1 if all are met, else 0.</summary>
    internal double ResampledDetermination(ReadOnlySpan<double> counts)
    {
        double errors = ItemSums.Dot(SquaredErrors, counts), total = ItemSums.Sum(counts), sum = ItemSums.Dot(centred, counts);
        var spread = ItemSums.Dot(centredSquares, counts) - sum * sum / total;
        // What rounding leaves of equal numbers is no spread.
        if (spread <= 1e-12 * ItemSums.Dot(centredSquares, counts)) return errors == 0 ? 1 : 0;
        return 1 - errors / spread;
    }
}
