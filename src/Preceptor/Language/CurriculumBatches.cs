using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;

namespace Preceptor.Language;

/// <summary>
/// Batches of the sequences that a curriculum allows: passes over those allowed when a pass begins, one after the other, cut into epochs of any number of batches. With all allowed and epochs of one pass
/// they are those of <see cref="SequenceBatches"/>.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="sequences">The sequences.</param>
/// <param name="size">Sequences a batch.</param>
/// <param name="architecture">The network's.</param>
/// <param name="start">What a decoder behind an encoder begins with.</param>
/// <param name="curriculum">What is allowed.</param>
/// <param name="block">Where not 0: sequences stay in the order of blocks of so many, and each pass draws one order for all blocks.</param>
/// <param name="perEpoch">Batches an epoch; 0: one pass over all.</param>
/// <param name="epochs">How many epochs there will be.</param>
internal sealed class CurriculumBatches(Run run, TokenSequences sequences, int size, LanguageArchitecture architecture, int start, ISequenceCurriculum curriculum, int block, int perEpoch, int epochs) : IBatches<SequenceBatch>
{
    public int PerEpoch => perEpoch > 0 ? perEpoch : (sequences.Count + size - 1) / size;

    public int Examples => sequences.Count;

    private long Steps => (long)PerEpoch * epochs;

    public IEnumerable<SequenceBatch> Epoch(int epoch, int first)
    {
        var (step, end) = ((epoch - 1L) * PerEpoch + first, (long)epoch * PerEpoch);
        var batch = new SequenceBatch(architecture, start);
        while (step < end)
        {
            var (pass, begin) = PassAt(step);
            var (order, batches) = Arrange(pass, begin);
            for (var place = (int)(step - begin); place < batches.Length && step < end; place++, step++)
            {
                var from = batches[place] * size;
                var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - from));
                batch.Content.Fill(sequences, order.AsSpan(from + share.First, share.Count));
                (batch.Number, batch.Epoch, batch.IsSpare) = ((int)(step - (epoch - 1L) * PerEpoch), epoch, share.IsSpare);
                yield return batch;
            }
        }
    }

    /// <summary>The pass, from 1, in which a step is, and the step with which it begins.</summary>
    internal (int Pass, long Begin) PassAt(long step)
    {
        var (pass, begin) = (1, 0L);
        while (true)
        {
            var length = (curriculum.SequencesAt(begin, Steps) + size - 1) / size;
            if (step < begin + length) return (pass, begin);
            (pass, begin) = (pass + 1, begin + length);
        }
    }

    private (int[] Order, int[] Batches) Arrange(int pass, long begin)
    {
        var allowed = curriculum.At(begin, Steps);
        var random = run.Random("order", pass);
        if (block > 0)
        {
            var same = random.Permutation(block);
            return ([.. allowed.Select(i => i - i % block + same[i % block])], [.. Enumerable.Range(0, (allowed.Length + size - 1) / size)]);
        }
        return SequenceOrder.Arrange(sequences.Lengths, [.. random.Permutation(allowed.Length).Select(i => allowed[i])], size, run.Random("batch-order", pass));
    }
}
