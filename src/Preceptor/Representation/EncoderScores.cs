using MathNet.Numerics.LinearAlgebra;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Representation;

/// <summary>What features are worth to whoever has labels: of each test row whether it is classified rightly.</summary>
public static class EncoderScores
{
    /// <summary>Features with an effective rank below this have collapsed to a line.</summary>
    public const double CollapsedRank = 1.5;

    /// <summary>Features whose deviation between rows is below this share of their size have collapsed to a point.</summary>
    public const double CollapsedDeviation = 1e-3;

    private const double KernelTemperature = 0.07, Ridge = 1e-3;

    /// <summary>
    /// By the nearest training rows, each with a say of exp(cosine / 0.07) (Wu et al. 2018). Of rows that are equally near the earlier one is the nearer, and of classes with equal says the one of the lower number wins.
    /// </summary>
    /// <param name="train">Training features [N × F].</param>
    /// <param name="labels">Their classes [N]; −1 for none.</param>
    /// <param name="test">Test features [T × F].</param>
    /// <param name="truth">Their classes [T].</param>
    /// <param name="width">F.</param>
    /// <param name="nearest">k.</param>
    /// <returns>1 where right, else 0 [T]; and the share of the ten nearest of the same class [T].</returns>
    public static (double[] Right, double[] Purity) Nearest(float[] train, int[] labels, float[] test, int[] truth, int width, int nearest = 20)
    {
        const int neighbourhood = 10;
        var labelled = Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).ToArray();
        var index = new VectorIndex(Unit([.. labelled.SelectMany(i => train.AsSpan(i * width, width).ToArray())], width), width);
        var queries = Unit(test, width);
        var classes = labels.Max() + 1;
        var (right, purity) = (new double[truth.Length], new double[truth.Length]);
        Parallel.For(0, truth.Length, () => (Scores: new float[index.Count], Order: new int[index.Count]), (t, _, room) =>
        {
            for (var i = 0; i < index.Count; i++) (room.Scores[i], room.Order[i]) = (-VectorIndex.Dot(queries.AsSpan(t * width, width), index[i]), i);
            Array.Sort(room.Scores, room.Order);
            OrderTies(room.Scores, room.Order, Math.Max(nearest, neighbourhood));
            var votes = new double[classes];
            for (var i = 0; i < Math.Min(nearest, index.Count); i++) votes[labels[labelled[room.Order[i]]]] += Math.Exp(-room.Scores[i] / KernelTemperature);
            right[t] = Array.IndexOf(votes, votes.Max()) == truth[t] ? 1 : 0;
            purity[t] = room.Order.Take(neighbourhood).Count(i => labels[labelled[i]] == truth[t]) / (double)Math.Min(neighbourhood, index.Count);
            return room;
        }, _ => { });
        return (right, purity);
    }

    // The sort leaves equal keys in any order; only those that begin among the first ones matter.
    private static void OrderTies(float[] sorted, int[] order, int first)
    {
        for (int start = 0, end; start < Math.Min(first, sorted.Length); start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            if (end - start > 1) Array.Sort(order, start, end - start);
        }
    }

    /// <summary>The training rows with the largest cosines, the nearest first; of equally near ones the earlier first.</summary>
    /// <param name="train">Training features [N × F].</param>
    /// <param name="asked">Features of the rows asked about [T × F].</param>
    /// <param name="width">F.</param>
    /// <param name="count">How many of each.</param>
    public static int[][] Neighbours(float[] train, float[] asked, int width, int count)
    {
        var (index, queries) = (new VectorIndex(Unit(train, width), width), Unit(asked, width));
        var scores = new float[index.Count];
        return [.. Enumerable.Range(0, asked.Length / width).Select(t =>
        {
            index.Score(queries[(t * width)..((t + 1) * width)], scores);
            return Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(count).ToArray();
        })];
    }

    /// <summary>By a linear classifier on standardised features: ridge regression on one-hot classes, in closed form.</summary>
    /// <returns>1 where right, else 0 [T].</returns>
    public static double[] LinearProbe(float[] train, int[] labels, float[] test, int[] truth, int width)
    {
        var rows = Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).ToArray();
        var classes = Math.Max(labels.Max(), truth.Max()) + 1;
        var (means, deviations) = (new double[width], new double[width]);
        foreach (var row in rows)
            for (var f = 0; f < width; f++) means[f] += train[row * width + f] / (double)rows.Length;
        foreach (var row in rows)
            for (var f = 0; f < width; f++) deviations[f] += Math.Pow(train[row * width + f] - means[f], 2) / rows.Length;
        Matrix<double> Standard(float[] features, int[] of) => Matrix<double>.Build.Dense(of.Length, width + 1, (i, f) => f == width ? 1 : (features[of[i] * width + f] - means[f]) / Math.Sqrt(deviations[f] + 1e-8));
        var x = Standard(train, rows);
        var y = Matrix<double>.Build.Dense(rows.Length, classes, (i, c) => labels[rows[i]] == c ? 1 : 0);
        var weights = (x.TransposeThisAndMultiply(x) + Matrix<double>.Build.DenseIdentity(width + 1) * (Ridge * rows.Length + 1e-6)).Cholesky().Solve(x.TransposeThisAndMultiply(y));
        var answers = Standard(test, [.. Enumerable.Range(0, truth.Length)]) * weights;
        return [.. truth.Select((t, i) => answers.Row(i).MaximumIndex() == t ? 1.0 : 0)];
    }

    /// <summary>Labels of a few rows of each class, drawn by a stream; −1 for the others.</summary>
    public static int[] Few(int[] labels, int each, RandomStream random)
    {
        var few = Enumerable.Repeat(-1, labels.Length).ToArray();
        var taken = new int[labels.Max() + 1];
        foreach (var row in random.Permutation(labels.Length))
            if (labels[row] >= 0 && taken[labels[row]]++ < each) few[row] = labels[row];
        return few;
    }

    /// <summary>How many dimensions the features use: the exponential of the entropy of their singular values (Roy and Vetterli 2007); 1 where they have collapsed.</summary>
    public static double EffectiveRank(float[] features, int width)
    {
        var rows = features.Length / width;
        var means = Enumerable.Range(0, width).Select(f => Enumerable.Range(0, rows).Average(i => (double)features[i * width + f])).ToArray();
        var x = Matrix<double>.Build.Dense(rows, width, (i, f) => features[i * width + f] - means[f]);
        double[] values = [.. x.TransposeThisAndMultiply(x).Evd(Symmetricity.Symmetric).EigenValues.Select(v => Math.Sqrt(Math.Max(0, v.Real)))];
        var sum = values.Sum();
        return sum <= 1e-12 ? 1 : Math.Exp(-values.Where(v => v > 0).Sum(v => v / sum * Math.Log(v / sum)));
    }

    /// <summary>How far features differ between rows: the root of their mean variance, as a share of the root of their mean square; from 0, where all rows have the same, to 1.</summary>
    public static double Spread(float[] features, int width)
    {
        var (rows, variance, square) = (features.Length / width, 0.0, 0.0);
        for (var f = 0; f < width; f++)
        {
            var (mean, squares, deviations) = (0.0, 0.0, 0.0);
            for (var i = 0; i < rows; i++) mean += features[i * width + f] / (double)rows;
            for (var i = 0; i < rows; i++)
            {
                squares += (double)features[i * width + f] * features[i * width + f];
                deviations += (features[i * width + f] - mean) * (features[i * width + f] - mean);
            }
            square += squares;
            variance += deviations;
        }
        return square == 0 ? 0 : Math.Sqrt(variance / square);
    }

    /// <summary>What to say of features that have collapsed, to one vector for all rows or to a line; null of others.</summary>
    /// <param name="features">[N × F].</param>
    /// <param name="width">F.</param>
    /// <param name="effectiveRank">Their effective rank.</param>
    public static string? Collapse(float[] features, int width, double effectiveRank)
    {
        string Number(double value) => value.ToString("0.0####", System.Globalization.CultureInfo.InvariantCulture);
        if (Spread(features, width) is var spread && spread < CollapsedDeviation) return $"the features have collapsed: between test rows they deviate by {Number(spread)} of their size, and below {Number(CollapsedDeviation)} they are as good as one vector for all";
        return width > 1 && effectiveRank < CollapsedRank ? $"the features have collapsed: of {width} dimensions they use {Number(effectiveRank)} (effective rank), and below {Number(CollapsedRank)} they are as good as one number" : null;
    }

    private static float[] Unit(float[] vectors, int width)
    {
        var unit = vectors.ToArray();
        for (var start = 0; start < unit.Length; start += width)
        {
            var row = unit.AsSpan(start, width);
            var length = MathF.Sqrt(VectorIndex.Dot(row, row));
            if (length > 0)
                for (var i = 0; i < width; i++) row[i] /= length;
        }
        return unit;
    }
}
