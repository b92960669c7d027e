namespace Preceptor.Evaluation;

/// <summary>
/// How well predicted probabilities of labels fit the true label sets of a test set, where an item may have any number of labels. N stands for
/// the items, C for the labels; a label is predicted from a probability of <see cref="Models.Predictions.LabelThreshold"/> on.
/// </summary>
public sealed class LabelSetScores : IScores
{
    private LabelSetScores(int[][] truth, int[][] predictions, int labels, double[] rankingPrecisions, double[] losses)
    {
        Truth = truth;
        Predictions = predictions;
        RankingPrecisions = rankingPrecisions;
        LogLosses = losses;
        Labels = labels;
        Hits = [.. truth.Zip(predictions, (t, p) => (double)t.Intersect(p).Count())];
        Sizes = [.. truth.Zip(predictions, (t, p) => (double)t.Length + p.Length)];
        Differences = [.. Sizes.Zip(Hits, (size, hits) => size - 2 * hits)];
        PerLabel = [.. Enumerable.Range(0, labels).Select(c => new ClassScore(c, truth.Count(t => t.Contains(c)), predictions.Count(p => p.Contains(c)), truth.Zip(predictions).Count(r => r.First.Contains(c) && r.Second.Contains(c))))];
    }

    /// <inheritdoc/>
    public int Items => Truth.Length;

    /// <summary>How many labels there are (C).</summary>
    public int Labels { get; }

    /// <summary>The true labels of each item.</summary>
    public int[][] Truth { get; }

    /// <summary>The predicted labels of each item.</summary>
    public int[][] Predictions { get; }

    /// <summary>How many labels of each item are both true and predicted [N].</summary>
    public double[] Hits { get; }

    /// <summary>How many labels of each item are true, plus how many are predicted [N].</summary>
    public double[] Sizes { get; }

    /// <summary>How many labels of each item are either true or predicted, not both [N].</summary>
    public double[] Differences { get; }

    /// <summary>The mean over an item's true labels of the share of true ones among all that are at least as probable [N]; 1 for an item with no label, or with all.</summary>
    public double[] RankingPrecisions { get; }

    /// <summary>The binary cross entropy of each item, the mean over labels, in nats [N].</summary>
    public double[] LogLosses { get; }

    /// <summary>Support, precision, recall and F1 of each label [C].</summary>
    public IReadOnlyList<ClassScore> PerLabel { get; }

    /// <summary>Scores probabilities against true label sets.</summary>
    /// <param name="probabilities">Probabilities [N × C], row after row, each in [0, 1].</param>
    /// <param name="truth">The labels of each item, each in [0, C).</param>
    /// <param name="labels">How many labels there are, C.</param>
    /// <exception cref="ArgumentException">There is no item, the lengths do not fit, a label is none, or a number is no probability.</exception>
    public static LabelSetScores Of(ReadOnlySpan<float> probabilities, IReadOnlyList<int[]> truth, int labels)
    {
        if (truth.Count == 0) throw new ArgumentException("there are no items to score", nameof(truth));
        if (labels < 1 || probabilities.Length != (long)labels * truth.Count) throw new ArgumentException($"{probabilities.Length} probabilities do not fit {truth.Count} rows of {labels} labels", nameof(probabilities));
        var predictions = new int[truth.Count][];
        double[] ranking = new double[truth.Count], losses = new double[truth.Count];
        for (var i = 0; i < predictions.Length; i++)
        {
            var row = probabilities.Slice(i * labels, labels);
            if (truth[i].FirstOrDefault(l => l < 0 || l >= labels, -1) is var wrong && wrong != -1) throw new ArgumentException($"item {i} has label {wrong}, expected 0 to {labels - 1}", nameof(truth));
            List<int> predicted = [];
            for (var c = 0; c < labels; c++)
            {
                if (!(row[c] >= 0 && row[c] <= 1)) throw new ArgumentException($"item {i} has the probability {row[c]}, expected one in [0, 1]", nameof(probabilities));
                if (row[c] >= Models.Predictions.LabelThreshold) predicted.Add(c);
                losses[i] -= Math.Log(Math.Max(truth[i].Contains(c) ? row[c] : 1 - (double)row[c], ClassificationScores.SmallestProbability)) / labels;
            }
            predictions[i] = [.. predicted];
            ranking[i] = RankingPrecision(row, truth[i]);
        }
        return new([.. truth], predictions, labels, ranking, losses);
    }

    /// <summary>Micro F1 with every item counted as often as it was drawn: 2 · hits / (true + predicted) over all items and labels, 0 where there is no label at all.</summary>
    internal double ResampledMicroF1(ReadOnlySpan<double> counts) => ItemSums.Dot(Sizes, counts) is > 0 and var sizes ? 2 * ItemSums.Dot(Hits, counts) / sizes : 0;

    /// <summary>Macro F1 with every item counted as often as it was drawn: the mean over the labels that are true or predicted somewhere, 0 where none is.</summary>
    internal double ResampledMacroF1(ReadOnlySpan<double> counts)
    {
        double[] hits = new double[Labels], sizes = new double[Labels];
        for (var i = 0; i < Items; i++)
        {
            foreach (var label in Truth[i]) sizes[label] += counts[i];
            foreach (var label in Predictions[i])
            {
                sizes[label] += counts[i];
                if (Array.IndexOf(Truth[i], label) >= 0) hits[label] += counts[i];
            }
        }
        double sum = 0;
        var present = 0;
        for (var c = 0; c < Labels; c++)
        {
            if (sizes[c] == 0) continue;
            sum += 2 * hits[c] / sizes[c];
            present++;
        }
        return present == 0 ? 0 : sum / present;
    }

    /// <summary>The share of items whose every label is predicted right, with every item counted as often as it was drawn.</summary>
    internal double ResampledSubsetAccuracy(ReadOnlySpan<double> counts)
    {
        double right = 0;
        for (var i = 0; i < Items; i++)
            if (Differences[i] == 0) right += counts[i];
        return right / ItemSums.Sum(counts);
    }

    // As scikit-learn's label_ranking_average_precision_score: equally probable labels all have the worst of their ranks.
    private static double RankingPrecision(ReadOnlySpan<float> row, int[] truth)
    {
        if (truth.Length == 0 || truth.Length == row.Length) return 1;
        double sum = 0;
        foreach (var label in truth)
        {
            int rank = 0, right = 0;
            for (var c = 0; c < row.Length; c++)
                if (row[c] >= row[label]) rank++;
            foreach (var other in truth)
                if (row[other] >= row[label]) right++;
            sum += (double)right / rank;
        }
        return sum / truth.Length;
    }
}
