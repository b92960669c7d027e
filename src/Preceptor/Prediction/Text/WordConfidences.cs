using Options = Preceptor.Prediction.Text.IncrementalTextClassification.Options;

namespace Preceptor.Prediction.Text;

/// <summary>What a word says of each class, and how that comes about; a number a class everywhere.</summary>
/// <param name="Local">lv: how frequent the word is in the class, against the class's most frequent word.</param>
/// <param name="Significance">sg: how far the class stands out among the classes.</param>
/// <param name="Sanction">sn: 1 if the word is significant to no other class, 0 if to all.</param>
/// <param name="Global">gv = lv · sg · sn.</param>
/// <param name="Confidence">What texts add up: gv, or gv over the class's largest gv if that is asked for; 0 up to the threshold α.</param>
public sealed record WordConfidence(double[] Local, double[] Significance, double[] Sanction, double[] Global, double[] Confidence);

/// <summary>
/// Turns counts into confidences, a word at a time and only when a word is asked for: what was reckoned is kept until counts are added.
/// </summary>
internal sealed class WordConfidences(WordCounts counts, Options options)
{
    private const double FilterFloor = 0.03, FilterMedian = 0.2, FilterLocal = 0.09, FilterDeviation = 0.1, FilterLargestMedian = 0.3;

    private readonly int classes = counts.Classes;
    private readonly double[] local = new double[counts.Classes], significance = new double[counts.Classes], sanction = new double[counts.Classes], scratch = new double[counts.Classes];
    private readonly double[] largest = new double[counts.Classes];
    private double[] confidences = [];
    private int[] stamps = [];
    private int largestVersion;

    /// <summary>The confidences of a word [C].</summary>
    public ReadOnlySpan<double> Of(int word)
    {
        if (word >= stamps.Length)
        {
            var room = Math.Max(counts.Words.Count, 2 * stamps.Length);
            Array.Resize(ref stamps, room);
            Array.Resize(ref confidences, room * classes);
        }
        var ofWord = confidences.AsSpan(word * classes, classes);
        if (stamps[word] == counts.Version) return ofWord;
        if (options.Normalised) FindLargest();
        Global(word, ofWord);
        Confidence(ofWord);
        stamps[word] = counts.Version;
        return ofWord;
    }

    /// <summary>A word with all that leads to its confidences.</summary>
    public WordConfidence Explain(int word)
    {
        var global = new double[classes];
        Global(word, global);
        return new([.. local], [.. significance], [.. sanction], global, Of(word).ToArray());
    }

    /// <summary>gv(w, c) = lv · sg · sn of all classes.</summary>
    private void Global(int word, Span<double> into)
    {
        var ofWord = counts.Of(word);
        for (var c = 0; c < classes; c++)
            local[c] = ofWord[c] < options.LeastCount ? 0 : Math.Pow(ofWord[c] / (double)counts.Largest[c], options.Smoothness);
        local.CopyTo(scratch, 0);
        var (median, deviation) = Spread(scratch);
        // A class that never saw the word does not claim it, however the others' values lie.
        for (var c = 0; c < classes; c++) significance[c] = ofWord[c] == 0 ? 0 : Significance(local[c], median, deviation);
        Sanctions();
        for (var c = 0; c < classes; c++) into[c] = local[c] * (significance[c] * sanction[c]);
    }

    private double Significance(double value, double median, double deviation)
    {
        if (options.StopWordFilter)
        {
            if (options.Significance * deviation <= FilterFloor) deviation = options.Significance > 0 ? FilterFloor / options.Significance : 0;
            var everywhere = median > FilterMedian || local.All(v => v > FilterLocal);
            if (everywhere && deviation <= FilterDeviation || median >= FilterLargestMedian) return 0;
        }
        return deviation == 0 && value > 0 ? 1 : Sigmoid(value - median, options.Significance * deviation);
    }

    // Sums over the others are put together from those before and those behind: subtracting from the whole sum would leave rounding that ρ < 1 blows up.
    private void Sanctions()
    {
        double before = 0, behind = 0;
        for (var c = 0; c < classes; c++)
        {
            sanction[c] = before;
            before += significance[c];
        }
        for (var c = classes - 1; c >= 0; c--)
        {
            var others = sanction[c] + behind;
            sanction[c] = classes == 1 ? 1 : Math.Pow(Math.Max(0, classes - (others + 1)) / ((classes - 1) * (others + 1)), options.Sanction);
            behind += significance[c];
        }
    }

    private void Confidence(Span<double> values)
    {
        for (var c = 0; c < classes; c++)
        {
            if (options.Normalised) values[c] = largest[c] > 0 ? values[c] / largest[c] : 0;
            if (values[c] <= options.LeastConfidence) values[c] = 0;
        }
    }

    private void FindLargest()
    {
        if (largestVersion == counts.Version) return;
        Array.Clear(largest);
        var global = new double[classes];
        for (var word = 0; word < counts.Words.Count; word++)
        {
            Global(word, global);
            for (var c = 0; c < classes; c++) largest[c] = Math.Max(largest[c], global[c]);
        }
        largestVersion = counts.Version;
    }

    /// <summary>½ tanh(3v/l − 3) + ½: a half at v = l, nearly 0 at 0, nearly 1 at 2l; 0 if l is 0.</summary>
    internal static double Sigmoid(double value, double half) => half == 0 ? 0 : 0.5 * Math.Tanh(3 / half * value - 3) + 0.5;

    /// <summary>
    /// The median of the values, the lower one of an even number, and the mean distance from it. Of two values both are the smaller: their
    /// true median would leave the two always equally significant.
    /// </summary>
    /// <param name="values">The values, which are sorted in place.</param>
    internal static (double Median, double Deviation) Spread(double[] values)
    {
        Array.Sort(values);
        if (values.Length == 2) return (values[0], values[0]);
        var median = values[(values.Length - 1) / 2];
        var sum = 0.0;
        foreach (var value in values) sum += Math.Abs(median - value);
        return (median, sum / values.Length);
    }
}
