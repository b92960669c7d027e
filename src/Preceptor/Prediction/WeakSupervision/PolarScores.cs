namespace Preceptor.Prediction.WeakSupervision;

/// <summary>A POLAR score.</summary>
/// <param name="Value">ζ, in [0, 1].</param>
/// <param name="Row">The row.</param>
internal readonly record struct PolarScore(double Value, int Row);

/// <summary>
/// POLAR scores ζ = 1 − h(x)[answer]: how likely a source's answers are wrong, in the eyes of a network that agrees with all sources. Rows
/// on which the source abstains have none.
/// </summary>
/// <param name="Ranked">The scores, the riskiest first.</param>
internal sealed record PolarScores(IReadOnlyList<PolarScore> Ranked)
{
    private const int ScoreBins = 10;
    private const double Certain = 1e-8;

    /// <summary>The scores of a source's answers.</summary>
    /// <param name="probabilities">h [N × C].</param>
    /// <param name="answers">The answers [N]; −1 for none.</param>
    /// <param name="classes">C.</param>
    /// <param name="released">Whether answers that h is certain of are left out, as the released code does with all scores below 1e-8.</param>
    public static PolarScores Of(double[] probabilities, int[] answers, int classes, bool released = false) =>
        new([.. Enumerable.Range(0, answers.Length).Where(row => answers[row] >= 0)
            .Select(row => new PolarScore(1 - probabilities[row * classes + answers[row]], row))
            .Where(s => !released || s.Value >= Certain).OrderByDescending(s => s.Value)]);

    /// <summary>The mean distance of score and error rate over ten bins of the score, by their sizes.</summary>
    /// <param name="isWrong">Whether the answer to a row is wrong.</param>
    public double ExpectedCalibrationError(Func<int, bool> isWrong)
    {
        var bins = new (double Scores, double Errors)[ScoreBins];
        foreach (var score in Ranked)
        {
            ref var bin = ref bins[Math.Min((int)(score.Value * ScoreBins), ScoreBins - 1)];
            bin = (bin.Scores + score.Value, bin.Errors + (isWrong(score.Row) ? 1 : 0));
        }
        return bins.Sum(b => Math.Abs(b.Errors - b.Scores)) / Ranked.Count;
    }

    /// <summary>Mean score and error rate of √n bins of ⌊√n⌋ rows, the riskiest first; what is left over is dropped.</summary>
    /// <param name="isWrong">Whether the answer to a row is wrong.</param>
    public IReadOnlyList<(double Score, double ErrorRate)> Bins(Func<int, bool> isWrong)
    {
        var size = (int)Math.Sqrt(Ranked.Count);
        return size == 0 ? [] : [.. Ranked.Chunk(size).Where(b => b.Length == size).Select(b => (b.Average(s => s.Value), b.Count(s => isWrong(s.Row)) / (double)size))];
    }

    /// <summary>R²: the squared correlation of score and error rate over <see cref="Bins"/>.</summary>
    /// <param name="isWrong">Whether the answer to a row is wrong.</param>
    public double Determination(Func<int, bool> isWrong)
    {
        var bins = Bins(isWrong);
        var (score, error) = (bins.Average(b => b.Score), bins.Average(b => b.ErrorRate));
        var together = bins.Sum(b => (b.Score - score) * (b.ErrorRate - error));
        return together * together / (bins.Sum(b => (b.Score - score) * (b.Score - score)) * bins.Sum(b => (b.ErrorRate - error) * (b.ErrorRate - error)));
    }
}
