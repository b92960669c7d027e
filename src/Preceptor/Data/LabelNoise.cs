using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>
/// Plants wrong labels, so that what a method recovers can be measured. Labels are classes from 0, or −1 for none, which stays. The given
/// labels are left alone; what comes back has wrong ones among them. Row i is decided by the i-th numbers of the stream, whatever its label.
/// </summary>
public static class LabelNoise
{
    private const double RateDeviation = 0.1;

    /// <summary>Symmetric noise: a label becomes each of the other classes equally often.</summary>
    /// <param name="labels">Classes in [−1, classes).</param>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <param name="rate">The share of labels that become wrong, in [0, 1]; all labels wrong at a lower rate are wrong at a higher one.</param>
    /// <param name="random">Decides.</param>
    /// <exception cref="RequestException">A label, the classes or the rate are out of range.</exception>
    public static int[] Symmetric(IReadOnlyList<int> labels, int classes, double rate, RandomStream random)
    {
        Check(labels, classes, rate);
        return Flip(labels, (label, probabilities) => Spread(probabilities, label, rate), classes, random);
    }

    /// <summary>Pair noise: a label becomes the next class, the last the first.</summary>
    /// <inheritdoc cref="Symmetric"/>
    public static int[] Pair(IReadOnlyList<int> labels, int classes, double rate, RandomStream random)
    {
        Check(labels, classes, rate);
        return Flip(labels, (label, probabilities) =>
        {
            probabilities.Clear();
            probabilities[label] = 1 - rate;
            probabilities[(label + 1) % classes] = rate;
        }, classes, random);
    }

    /// <summary>Class-dependent noise: which class a label becomes depends on the label alone.</summary>
    /// <param name="labels">Classes in [−1, C).</param>
    /// <param name="transitions">How likely the true class (row) is labelled as each (column) [C × C]; rows add up to 1.</param>
    /// <param name="random">Decides.</param>
    /// <exception cref="RequestException">A label is out of range, or a row is no distribution.</exception>
    public static int[] ByClass(IReadOnlyList<int> labels, double[,] transitions, RandomStream random)
    {
        var classes = transitions.GetLength(0);
        if (transitions.GetLength(1) != classes) throw new RequestException($"label noise: transitions are {classes} × {transitions.GetLength(1)}, expected a square");
        Check(labels, classes, 0);
        for (var truth = 0; truth < classes; truth++)
        {
            var row = Enumerable.Range(0, classes).Select(label => transitions[truth, label]).ToArray();
            if (row.Any(p => !(p >= 0)) || !(Math.Abs(row.Sum() - 1) <= 1e-6)) throw new RequestException(
                $"label noise: row {truth} of the transitions is {string.Join(", ", row.Select(p => FormattableString.Invariant($"{p:0.###}")))}, expected probabilities that add up to 1");
        }
        return Flip(labels, (label, probabilities) =>
        {
            for (var c = 0; c < classes; c++) probabilities[c] = transitions[label, c];
        }, classes, random);
    }

    /// <summary>
    /// Instance-dependent noise as planted by Xia et al. 2020 ("Part-dependent label noise", NeurIPS, algorithm 2): each row has a rate of its
    /// own, q ~ N(rate, 0.1²) cut to [0, 1]; it becomes wrong with probability q, as the class that a random linear map of its inputs, one map
    /// for each true class, prefers (softmax over the other classes).
    /// </summary>
    /// <remarks>The cut raises the mean of q above small rates (to 0.13 at 0.1). At rate 0 nothing is changed, as one expects of it.</remarks>
    /// <param name="labels">Classes in [−1, classes), one a row.</param>
    /// <param name="inputs">The inputs, standardised so that maps of them are neither flat nor certain [rows × dimension].</param>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <param name="rate">The mean rate before the cut, in [0, 1].</param>
    /// <param name="random">Draws the maps, then each row's rate and label.</param>
    /// <exception cref="RequestException">A label, the classes or the rate are out of range, or rows and inputs differ in number.</exception>
    public static int[] ByInstance(IReadOnlyList<int> labels, ReadOnlySpan<float> inputs, int classes, double rate, RandomStream random)
    {
        Check(labels, classes, rate);
        if (labels.Count == 0 || rate == 0) return [.. labels];
        var (dimension, rest) = Math.DivRem(inputs.Length, labels.Count);
        if (rest > 0 || dimension == 0) throw new RequestException($"label noise: {inputs.Length} inputs for {labels.Count} labels, expected as many for each");

        var maps = new double[classes * dimension * classes]; // [true class × dimension × class]
        for (var i = 0; i < maps.Length; i++) maps[i] = random.NextGaussian();
        var noisy = new int[labels.Count];
        var probabilities = new double[classes];
        for (var row = 0; row < noisy.Length; row++)
        {
            var own = CutGaussian(rate, random);
            var choice = random.NextDouble();
            noisy[row] = labels[row];
            if (labels[row] < 0) continue;
            Prefer(maps.AsSpan(labels[row] * dimension * classes, dimension * classes), inputs.Slice(row * dimension, dimension), labels[row], own, probabilities);
            noisy[row] = Choose(labels[row], probabilities, choice);
        }
        return noisy;
    }

    /// <summary>How a label may turn out: fills the probability of each class.</summary>
    private delegate void Outcome(int label, Span<double> probabilities);

    private static int[] Flip(IReadOnlyList<int> labels, Outcome outcome, int classes, RandomStream random)
    {
        var noisy = new int[labels.Count];
        var probabilities = new double[classes];
        for (var row = 0; row < noisy.Length; row++)
        {
            var choice = random.NextDouble();
            noisy[row] = labels[row];
            if (labels[row] < 0) continue;
            outcome(labels[row], probabilities);
            noisy[row] = Choose(labels[row], probabilities, choice);
        }
        return noisy;
    }

    /// <summary>The wrong classes share the choices from 0 on, in order; what is left is the label's own, so that rounding never makes it wrong.</summary>
    private static int Choose(int label, ReadOnlySpan<double> probabilities, double choice)
    {
        for (var c = 0; c < probabilities.Length; c++)
            if (c != label && (choice -= probabilities[c]) < 0) return c;
        return label;
    }

    private static void Spread(Span<double> probabilities, int label, double rate)
    {
        probabilities.Fill(rate / (probabilities.Length - 1));
        probabilities[label] = 1 - rate;
    }

    private static double CutGaussian(double mean, RandomStream random)
    {
        double drawn;
        do drawn = mean + RateDeviation * random.NextGaussian();
        while (drawn is < 0 or > 1);
        return drawn;
    }

    /// <summary>Spreads a row's rate over the wrong classes by the softmax of the row's inputs times the map of its true class.</summary>
    private static void Prefer(ReadOnlySpan<double> map, ReadOnlySpan<float> input, int label, double rate, Span<double> probabilities)
    {
        var classes = probabilities.Length;
        probabilities.Clear();
        for (var d = 0; d < input.Length; d++)
            for (var c = 0; c < classes; c++) probabilities[c] += input[d] * map[d * classes + c];
        probabilities[label] = double.NegativeInfinity;
        var largest = double.NegativeInfinity;
        foreach (var logit in probabilities) largest = Math.Max(largest, logit);
        var total = 0.0;
        foreach (ref var p in probabilities) total += p = Math.Exp(p - largest);
        foreach (ref var p in probabilities) p *= rate / total;
        probabilities[label] = 1 - rate;
    }

    private static void Check(IReadOnlyList<int> labels, int classes, double rate)
    {
        if (classes < 2) throw new RequestException($"label noise: {classes} classes, expected at least 2");
        if (!(rate is >= 0 and <= 1)) throw new RequestException(FormattableString.Invariant($"label noise: the rate is {rate}, expected 0 to 1"));
        for (var row = 0; row < labels.Count; row++)
            if (labels[row] < -1 || labels[row] >= classes) throw new RequestException($"label noise: label {labels[row]} in row {row + 1}, expected −1 to {classes - 1}");
    }
}
