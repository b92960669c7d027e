using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;

namespace Preceptor.Language;

/// <summary>
/// Batches of texts that are denoised anew in every epoch, by a stream of each epoch and text. Texts of like length share a batch, and so all denoisers do: were examples sorted by what denoisers leave of them, a batch would have one denoiser alone,
/// and a mean over its tokens would weigh short targets as much as long ones.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="texts">The texts.</param>
/// <param name="size">Texts a batch.</param>
/// <param name="mixture">The denoisers.</param>
/// <param name="tokens">Their control tokens.</param>
/// <param name="ends">The tokens that end a text.</param>
/// <param name="architecture">The network's.</param>
internal sealed class DenoisingBatches(Run run, TokenSequences texts, int size, DenoiserMixture mixture, DenoisingTokens tokens, IReadOnlyList<int> ends, LanguageArchitecture architecture) : IBatches<SequenceBatch>
{
    public int PerEpoch => (Examples + size - 1) / size;

    public int Examples => texts.Count;

    public IEnumerable<SequenceBatch> Epoch(int epoch, int first)
    {
        var (order, batches) = SequenceOrder.Draw(run, epoch, texts.Lengths, Examples, size);
        var batch = new SequenceBatch(architecture, LanguageTraining.StartOf(ends));
        for (var number = first; number < PerEpoch; number++)
        {
            var from = batches[number] * size;
            var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - from));
            batch.Sources = order[(from + share.First)..(from + share.First + share.Count)];
            var made = TokenSequences.Of([.. batch.Sources.Select(i => mixture.Make(texts.Of(i), tokens, ends, run.Random("denoising", epoch, i)))]);
            batch.Content.Fill(made, [.. Enumerable.Range(0, made.Count)]);
            (batch.Number, batch.Epoch, batch.IsSpare) = (number, epoch, share.IsSpare);
            yield return batch;
        }
    }
}
