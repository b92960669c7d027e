using System.Numerics;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Evaluation;

/// <summary>
/// How well predicted probabilities fit the true classes of a test set: right or wrong, sure or unsure, class by class.
/// N stands for the items, C for the classes. Computed in double precision from single-precision probabilities.
/// </summary>
public sealed class ClassificationScores : IScores
{
    /// <summary>The least probability that the logarithm sees, so that one impossible answer costs 27.6 nats and not infinity.</summary>
    public const double SmallestProbability = 1e-12;

    private readonly RiskCoverage riskCoverage;

    private ClassificationScores(int[,] confusion, int[] labels, int[] predictions, float[] confidences, double[] right, double[] losses, double[] squaredErrors)
    {
        ConfusionMatrix = confusion;
        Labels = labels;
        Predictions = predictions;
        Confidences = confidences;
        Right = right;
        LogLosses = losses;
        SquaredErrors = squaredErrors;
        riskCoverage = new(confidences, right);
        Accuracy = ItemSums.Sum(right) / Items;
        NegativeLogLikelihood = ItemSums.Sum(losses) / Items;
        BrierScore = ItemSums.Sum(squaredErrors) / Items;
        ReliabilityDiagram = Calibration.Diagram(confidences, right);
        ExpectedCalibrationError = ReliabilityDiagram.Sum(b => b.Count * Math.Abs((b.Accuracy - b.Confidence) ?? 0)) / Items;
        var once = new double[Items];
        Array.Fill(once, 1);
        (AreaUnderRiskCoverage, var optimum) = riskCoverage.Areas(once);
        ExcessAreaUnderRiskCoverage = AreaUnderRiskCoverage - optimum;
        PerClass = [.. Enumerable.Range(0, Classes).Select(ClassScoreOf)];
        MacroF1 = PerClass.Average(c => c.F1)!.Value;
    }

    /// <summary>How many items were scored (N).</summary>
    public int Items => Labels.Length;

    /// <summary>How many classes the probabilities cover (C).</summary>
    public int Classes => ConfusionMatrix.GetLength(0);

    /// <summary>The share of items whose most probable class is the true one, in [0, 1]; of equally probable classes the first counts.</summary>
    public double Accuracy { get; }

    /// <summary>The mean F1 of the classes that occur among the labels or the predictions, in [0, 1].</summary>
    public double MacroF1 { get; }

    /// <summary>The mean of −ln p(true class) in nats, with p at least <see cref="SmallestProbability"/>: in [0, 27.64].</summary>
    public double NegativeLogLikelihood { get; }

    /// <summary>The mean of Σ_c (p_c − y_c)² over all classes, y one-hot, in [0, 2] (Brier 1950; for two classes twice the score of the positive class alone).</summary>
    public double BrierScore { get; }

    /// <summary>Σ_b n_b/N · |accuracy_b − confidence_b| over ten bins (0, 0.1], … (0.9, 1] of the largest probability, in [0, 1].</summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>The area under the risk-coverage curve (AURC), in [0, 1]: the mean over n of the share of errors among the n surest items.</summary>
    public double AreaUnderRiskCoverage { get; }

    /// <summary>AURC minus the least one possible with as many errors, in [0, 1]: what is lost by being sure of the wrong items.</summary>
    public double ExcessAreaUnderRiskCoverage { get; }

    /// <summary>Counts [C, C]: row true class, column predicted class.</summary>
    public int[,] ConfusionMatrix { get; }

    /// <summary>Support, precision, recall and F1 of each class [C].</summary>
    public IReadOnlyList<ClassScore> PerClass { get; }

    /// <summary>The ten bins of the reliability diagram, from unsure to sure.</summary>
    public IReadOnlyList<ReliabilityBin> ReliabilityDiagram { get; }

    /// <summary>The true classes [N].</summary>
    public int[] Labels { get; }

    /// <summary>The most probable classes [N].</summary>
    public int[] Predictions { get; }

    /// <summary>The largest probability of each item [N].</summary>
    public float[] Confidences { get; }

    /// <summary>1 for an item predicted right, 0 for one predicted wrong [N].</summary>
    public double[] Right { get; }

    /// <summary>−ln p(true class) of each item [N].</summary>
    public double[] LogLosses { get; }

    /// <summary>Σ_c (p_c − y_c)² of each item [N].</summary>
    public double[] SquaredErrors { get; }

    /// <summary>Scores probabilities against true classes.</summary>
    /// <param name="probabilities">Probabilities [N × C], row after row; each row sums to 1 (± 0.02, for teachers that give two decimals).</param>
    /// <param name="labels">True classes [N], each in [0, C).</param>
    /// <exception cref="ArgumentException">There is no item, the lengths do not fit, a label is not a class, or a row is no distribution (logits, perhaps).</exception>
    /// <exception cref="WorkException">A probability is not a number: the model that gave it has diverged.</exception>
    public static ClassificationScores Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels)
    {
        var items = labels.Length;
        if (items == 0) throw new ArgumentException("there are no items to score", nameof(labels));
        var classes = probabilities.Length / items;
        if (classes == 0 || classes * items != probabilities.Length)
            throw new ArgumentException($"{probabilities.Length} probabilities do not divide into {items} rows of classes", nameof(probabilities));

        var confusion = new int[classes, classes];
        var predictions = new int[items];
        var confidences = new float[items];
        var right = new double[items];
        var losses = new double[items];
        var squaredErrors = new double[items];
        for (var i = 0; i < items; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            var label = labels[i];
            if ((uint)label >= (uint)classes) throw new ArgumentException($"item {i} has label {label}, expected 0 to {classes - 1}", nameof(labels));
            var (least, greatest, sum, squares) = Summarise(row);
            RequireDistribution(i, least, sum);
            // Bits of equal positive floats are equal, and integers are searched with vectors.
            var prediction = MemoryMarshal.Cast<float, int>(row).IndexOf(BitConverter.SingleToInt32Bits(greatest));
            confusion[label, prediction]++;
            predictions[i] = prediction;
            confidences[i] = greatest;
            right[i] = prediction == label ? 1 : 0;
            losses[i] = -Math.Log(Math.Clamp(row[label], SmallestProbability, 1));
            squaredErrors[i] = Math.Max(0, squares - 2.0 * row[label] + 1);
        }
        return new(confusion, labels.ToArray(), predictions, confidences, right, losses, squaredErrors);
    }

    /// <summary>Macro F1 with every item counted as often as it was drawn.</summary>
    internal double ResampledMacroF1(ReadOnlySpan<double> counts)
    {
        Span<double> sums = Classes <= 256 ? stackalloc double[2 * Classes] : new double[2 * Classes];
        sums.Clear();
        var hits = sums[..Classes];
        var occurrences = sums[Classes..];
        for (var i = 0; i < Labels.Length; i++)
        {
            hits[Labels[i]] += counts[i] * Right[i];
            occurrences[Labels[i]] += counts[i];
            occurrences[Predictions[i]] += counts[i];
        }
        double sum = 0;
        var present = 0;
        for (var c = 0; c < Classes; c++)
        {
            if (occurrences[c] == 0) continue;
            sum += 2 * hits[c] / occurrences[c];
            present++;
        }
        return sum / present;
    }

    /// <summary>AURC and its optimum with every item counted as often as it was drawn.</summary>
    internal (double Area, double Optimum) ResampledRiskCoverage(ReadOnlySpan<double> counts) => riskCoverage.Areas(counts);

    /// <summary>The expected share of errors among the n surest items, n = 1 … N [N]; among equally sure ones the mean over their orders.</summary>
    public double[] RisksByCoverage() => riskCoverage.Risks();

    /// <summary>E-AUoptRC, and the risk at the coverage that equals the accuracy, with every item counted as often as it was drawn.</summary>
    internal (double ExcessArea, double Risk) ResampledPastOptimum(ReadOnlySpan<double> counts) => riskCoverage.PastOptimum(counts);

    private ClassScore ClassScoreOf(int c)
    {
        int support = 0, predicted = 0;
        for (var other = 0; other < Classes; other++)
        {
            support += ConfusionMatrix[c, other];
            predicted += ConfusionMatrix[other, c];
        }
        return new(c, support, predicted, ConfusionMatrix[c, c]);
    }

    private static (float Least, float Greatest, double Sum, double Squares) Summarise(ReadOnlySpan<float> row)
    {
        var (least, greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        double sum = 0, squares = 0;
        var i = 0;
        if (row.Length >= Vector<float>.Count)
        {
            var (lows, highs) = (new Vector<float>(least), new Vector<float>(greatest));
            var (sums, products) = (Vector<double>.Zero, Vector<double>.Zero);
            for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var values = new Vector<float>(row[i..]);
                lows = Vector.Min(lows, values);
                highs = Vector.Max(highs, values);
                Vector.Widen(values, out var first, out var second);
                sums += first + second;
                products += first * first + second * second;
            }
            for (var k = 0; k < Vector<float>.Count; k++) (least, greatest) = (Math.Min(least, lows[k]), Math.Max(greatest, highs[k]));
            (sum, squares) = (Vector.Sum(sums), Vector.Sum(products));
        }
        for (; i < row.Length; i++)
        {
            var value = row[i];
            if (value < least) least = value;
            if (value > greatest) greatest = value;
            sum += value;
            squares += (double)value * value;
        }
        return (least, greatest, sum, squares);
    }

    private static void RequireDistribution(int item, float least, double sum)
    {
        if (!double.IsFinite(sum)) throw new WorkException($"item {item} was predicted with a probability that is not a number");
        if (Math.Abs(sum - 1) > 0.02 || least < -1e-6f)
            throw new ArgumentException($"the probabilities of item {item} have the sum {sum:G6} and the least value {least:G6}, expected a sum of 1 and none below 0 (are they logits?)");
    }
}
