using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>A query and a document that fits it, as numbers of terms.</summary>
internal sealed record TermPair(int[] Query, int[] Document);

/// <summary>Some pairs to learn from. Its tensors belong to the step's dispose scope.</summary>
internal sealed class TermPairBatch(TermPair[] pairs, int[] rows) : IBatch
{
    public int Count => rows.Length;

    public ReadOnlySpan<int> Rows => rows;

    /// <summary>One side of the pairs: the terms of all texts one after the other, where each text starts [B], and the weight of each term.</summary>
    public (Tensor Terms, Tensor Starts, Tensor Weights) Tensors(Func<TermPair, int[]> side, float[] weights)
    {
        long[] terms = [.. rows.SelectMany(r => side(pairs[r])).Select(t => (long)t)];
        var starts = new long[rows.Length];
        for (var i = 1; i < rows.Length; i++) starts[i] = starts[i - 1] + side(pairs[rows[i - 1]]).Length;
        return (tensor(terms), tensor(starts), tensor(terms.Select(t => weights[t]).ToArray()));
    }
}

/// <summary>Batches of pairs in a new random order each epoch.</summary>
internal sealed class TermPairBatches(Run run, TermPair[] pairs, int size) : IBatches<TermPairBatch>
{
    public int PerEpoch => (Examples + size - 1) / size;

    public int Examples => pairs.Length;

    public IEnumerable<TermPairBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(Examples);
        for (var batch = first; batch < PerEpoch; batch++) yield return new(pairs, order[(batch * size)..Math.Min((batch + 1) * size, order.Length)]);
    }
}

/// <summary>Some documents to learn topics from.</summary>
internal sealed class TopicBatch(int[] rows) : IBatch
{
    public int Count => rows.Length;

    public ReadOnlySpan<int> Rows => rows;

    /// <summary>1 where a document has a topic, else 0 [B, T].</summary>
    public Tensor Targets(Func<int, int[]> topicsOf, int topics)
    {
        var targets = new float[rows.Length * topics];
        for (var i = 0; i < rows.Length; i++)
            foreach (var topic in topicsOf(rows[i])) targets[i * topics + topic] = 1;
        return tensor(targets, [rows.Length, topics]);
    }
}

/// <summary>Batches of documents in a new random order each epoch.</summary>
internal sealed class TopicBatches(Run run, int documents, int size) : IBatches<TopicBatch>
{
    public int PerEpoch => (Examples + size - 1) / size;

    public int Examples => documents;

    public IEnumerable<TopicBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(Examples);
        for (var batch = first; batch < PerEpoch; batch++) yield return new(order[(batch * size)..Math.Min((batch + 1) * size, order.Length)]);
    }
}
