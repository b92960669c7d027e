using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Training;

/// <summary>Sequences of a training step.</summary>
public sealed class SequenceBatch : IBatch
{
    internal SequenceBatch(LanguageArchitecture architecture, int start) => Content = new(architecture, start);

    /// <summary>What the network reads and is to predict.</summary>
    public LanguageBatch Content { get; }

    /// <inheritdoc/>
    public int Count => Content.Count;

    /// <summary>Which examples its sequences were made of; null where they are the problem's own.</summary>
    internal int[]? Sources { get; set; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => Sources ?? Content.Rows;

    /// <summary>Tokens that are to be predicted; or sequences, where examples are made of several, for then losses are means over examples.</summary>
    public int Terms => AreTogether ? Count : Content.TargetCount;

    /// <inheritdoc/>
    public bool IsSpare { get; internal set; }

    internal bool AreTogether { get; init; }

    /// <summary>The batch's number in its epoch, from 0.</summary>
    public int Number { get; internal set; }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; internal set; }
}

/// <summary>Batches of sequences in an order of each epoch's own, those of like length together, so that little padding is computed.</summary>
/// <param name="run">The run.</param>
/// <param name="sequences">The sequences.</param>
/// <param name="size">Sequences a batch.</param>
/// <param name="architecture">The network's.</param>
/// <param name="start">What a decoder behind an encoder begins with.</param>
internal sealed class SequenceBatches(Run run, TokenSequences sequences, int size, LanguageArchitecture architecture, int start) : IBatches<SequenceBatch>
{
    /// <summary>How many sequences an example is made of: sequence i together with i + examples, i + 2 · examples, …</summary>
    public int Together { get; init; } = 1;

    /// <summary>How many steps each batch is given for, one after the other.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>The order of an epoch's examples, where it is not drawn; null where it is.</summary>
    public int[]? Order { get; init; }

    public int PerEpoch => Repeats * ((Examples + size - 1) / size);

    public int Examples => sequences.Count / Together;

    public IEnumerable<SequenceBatch> Epoch(int epoch, int first)
    {
        var (order, batches) = Order is null ? SequenceOrder.Draw(run, epoch, sequences.Lengths, Examples, size) : (Order, [.. Enumerable.Range(0, (Examples + size - 1) / size)]);
        var batch = new SequenceBatch(architecture, start) { AreTogether = Together > 1 };
        for (var number = first; number < PerEpoch; number++)
        {
            var from = batches[number / Repeats] * size;
            var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - from));
            var examples = order.AsSpan(from + share.First, share.Count);
            var rows = new int[Together * examples.Length];
            for (var part = 0; part < Together; part++)
                for (var i = 0; i < examples.Length; i++) rows[part * examples.Length + i] = part * Examples + examples[i];
            batch.Content.Fill(sequences, rows);
            (batch.Number, batch.Epoch, batch.IsSpare) = (number, epoch, share.IsSpare);
            yield return batch;
        }
    }
}

/// <summary>In which order the sequences of an epoch come.</summary>
internal static class SequenceOrder
{
    // Batches whose sequences are sorted together: enough that lengths agree, few enough that an epoch's order stays random.
    private const int SortedTogether = 50;

    /// <summary>Draws an epoch's order of examples, and that of its batches, each so many examples from a multiple of the size on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="lengths">Tokens of each example; those of like length share a batch.</param>
    /// <param name="examples">How many there are; there may be further lengths.</param>
    /// <param name="size">Examples a batch.</param>
    public static (int[] Order, int[] Batches) Draw(Run run, int epoch, int[] lengths, int examples, int size) =>
        Arrange(lengths, run.Random("order", epoch).Permutation(examples), size, run.Random("batch-order", epoch));

    /// <summary>Sorts an order by length within some batches of it, and draws an order of the batches.</summary>
    /// <param name="lengths">Tokens of each example.</param>
    /// <param name="order">Which of them, in a random order; it is changed.</param>
    /// <param name="size">Examples a batch.</param>
    /// <param name="random">Draws the order of the batches.</param>
    /// <returns>The examples, and the batches in the order of their use: batch b is of the examples from b · size on.</returns>
    public static (int[] Order, int[] Batches) Arrange(int[] lengths, int[] order, int size, RandomStream random)
    {
        for (var begin = 0; begin < order.Length; begin += SortedTogether * size)
        {
            var part = order.AsSpan(begin, Math.Min(SortedTogether * size, order.Length - begin));
            part.Sort((a, b) => (lengths[a], a).CompareTo((lengths[b], b)));
        }
        // Only the last batch may be smaller, so it keeps its place.
        return (order, [.. random.Permutation(order.Length / size), .. order.Length % size > 0 ? [order.Length / size] : Array.Empty<int>()]);
    }
}
