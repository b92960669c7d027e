using System.Numerics;
using Preceptor.Evaluation;

namespace Preceptor.Measurement;

/// <summary>
/// Logits of labelled items, class after class, so that many temperatures can be tried quickly: as many items at once as the processor's
/// vectors hold. N stands for the items, C for the classes.
/// </summary>
public sealed class LogitColumns
{
    private readonly float[] logits; // [C × padded]
    private readonly int padded;

    /// <summary>Takes logits, row after row.</summary>
    /// <param name="logits">[N × C]; log-probabilities up to a constant a row.</param>
    /// <param name="labels">The true class of each item [N].</param>
    /// <param name="classes">C, at least 2.</param>
    /// <param name="centre">
    /// Whether each row is shifted to the mean 0. One temperature for all classes makes no difference of it; a temperature a class does, and what a network
    /// adds to a whole row, or the logarithm to a probability, should not.
    /// </param>
    public LogitColumns(ReadOnlySpan<float> logits, int[] labels, int classes, bool centre = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (labels.Length == 0 || logits.Length != labels.Length * classes) throw new ArgumentException($"{logits.Length} logits do not fit {labels.Length} items of {classes} classes", nameof(logits));
        (Labels, Classes) = (labels, classes);
        padded = (labels.Length + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        this.logits = new float[classes * padded];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * classes, classes);
            var mean = 0.0;
            if (centre)
                foreach (var logit in row) mean += logit / (double)classes;
            for (var c = 0; c < classes; c++) this.logits[c * padded + i] = (float)(row[c] - mean);
        }
    }

    /// <summary>The true class of each item [N].</summary>
    public int[] Labels { get; }

    /// <summary>How many classes (C).</summary>
    public int Classes { get; }

    /// <summary>How many items (N).</summary>
    public int Count => Labels.Length;

    /// <summary>The largest probability of each item under softmax(z_c / T_c), and whether its class, the first of equals, is the true one.</summary>
    /// <param name="temperatures">T, one for all classes or one a class.</param>
    /// <param name="confidences">Receives the confidences [N].</param>
    /// <param name="right">Receives 1 or 0 [N].</param>
    public void Score(ReadOnlySpan<double> temperatures, Span<float> confidences, Span<double> right)
    {
        var width = Vector<float>.Count;
        Span<float> inverse = stackalloc float[temperatures.Length];
        for (var c = 0; c < inverse.Length; c++) inverse[c] = (float)(1 / temperatures[c]);
        Span<float> confidence = stackalloc float[width];
        Span<int> best = stackalloc int[width];
        for (var start = 0; start < padded; start += width)
        {
            var (largest, leading) = (new Vector<float>(float.NegativeInfinity), new Vector<float>(float.NegativeInfinity));
            var winners = Vector<int>.Zero;
            for (var c = 0; c < Classes; c++)
            {
                var scaled = Scaled(c, start, inverse);
                largest = Vector.Max(largest, scaled);
                // One temperature changes no decision, but scaled logits may be equal by rounding where the logits are not.
                var judged = inverse.Length == 1 ? Scaled(c, start, [1]) : scaled;
                winners = Vector.ConditionalSelect(Vector.GreaterThan(judged, leading), new Vector<int>(c), winners);
                leading = Vector.Max(leading, judged);
            }
            var sum = Vector<float>.Zero;
            for (var c = 0; c < Classes; c++) sum += Vector.Exp(Scaled(c, start, inverse) - largest);
            (Vector<float>.One / sum).CopyTo(confidence);
            winners.CopyTo(best);
            for (var i = 0; i < width && start + i < Count; i++)
            {
                confidences[start + i] = confidence[i];
                right[start + i] = best[i] == Labels[start + i] ? 1 : 0;
            }
        }
    }

    /// <summary>The mean negative log-likelihood of the true classes under softmax(z / T), in nats.</summary>
    public double NegativeLogLikelihood(double temperature)
    {
        var width = Vector<float>.Count;
        Span<float> inverse = [(float)(1 / temperature)];
        Span<float> logarithms = stackalloc float[width];
        var loss = 0.0;
        for (var start = 0; start < padded; start += width)
        {
            var largest = new Vector<float>(float.NegativeInfinity);
            for (var c = 0; c < Classes; c++) largest = Vector.Max(largest, Scaled(c, start, inverse));
            var sum = Vector<float>.Zero;
            for (var c = 0; c < Classes; c++) sum += Vector.Exp(Scaled(c, start, inverse) - largest);
            (Vector.Log(sum) + largest).CopyTo(logarithms);
            for (var i = 0; i < width && start + i < Count; i++) loss += logarithms[i] - logits[Labels[start + i] * padded + start + i] * inverse[0];
        }
        return loss / Count;
    }

    /// <summary>softmax(z_c / T_c) [N × C], row after row.</summary>
    public float[] Probabilities(ReadOnlySpan<double> temperatures)
    {
        var probabilities = new float[Count * Classes];
        for (var i = 0; i < Count; i++)
        {
            var row = probabilities.AsSpan(i * Classes, Classes);
            double largest = double.NegativeInfinity, sum = 0;
            for (var c = 0; c < Classes; c++) largest = Math.Max(largest, Of(c, i, temperatures));
            for (var c = 0; c < Classes; c++) sum += Math.Exp(Of(c, i, temperatures) - largest);
            for (var c = 0; c < Classes; c++) row[c] = (float)(Math.Exp(Of(c, i, temperatures) - largest) / sum);
        }
        return probabilities;
    }

    /// <summary>The expected calibration error under softmax(z_c / T_c).</summary>
    internal double CalibrationError(ReadOnlySpan<double> temperatures, float[] ends)
    {
        var (confidences, right, once) = (new float[Count], new double[Count], new double[Count]);
        Array.Fill(once, 1);
        Score(temperatures, confidences, right);
        return Calibration.Error(confidences, right, once, ends);
    }

    private Vector<float> Scaled(int c, int start, ReadOnlySpan<float> inverse) =>
        new Vector<float>(logits.AsSpan(c * padded + start)) * new Vector<float>(inverse[inverse.Length == 1 ? 0 : c]);

    private double Of(int c, int item, ReadOnlySpan<double> temperatures) => logits[c * padded + item] / temperatures[temperatures.Length == 1 ? 0 : c];
}
