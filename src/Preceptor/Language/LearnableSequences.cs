using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// Which sequences are worth a lesson by a small model (Rawat et al. 2024, section 4.2): hard ones, judged by the tokens alone that the model, early in its own training, has among its likeliest. What it has not among those may be noise, or beyond it.
/// </summary>
internal static class LearnableSequences
{
    /// <summary>The median of a sequence's losses over tokens that are learnable, the mean of the middle two of an even number; not a number where none is.</summary>
    /// <param name="losses">The tokens' losses, −log p.</param>
    /// <param name="ranks">The true tokens' places among the model's likeliest, from 1.</param>
    /// <param name="top">The last place of a learnable one, k.</param>
    internal static double Difficulty(ReadOnlySpan<double> losses, ReadOnlySpan<int> ranks, int top)
    {
        var learnable = new List<double>();
        for (var i = 0; i < losses.Length; i++)
            if (ranks[i] <= top) learnable.Add(losses[i]);
        learnable.Sort();
        return learnable.Count == 0 ? double.NaN : (learnable[(learnable.Count - 1) / 2] + learnable[learnable.Count / 2]) / 2;
    }

    /// <summary>The difficulty of each sequence [N].</summary>
    internal static double[] Difficulties(LanguageModel model, TokenSequences sequences, int top, CancellationToken cancellation)
    {
        var difficulties = new double[sequences.Count];
        model.Read(sequences, (read, at) =>
        {
            var logs = nn.functional.log_softmax(read.Logits(model.Network), 1);
            var ofTrue = logs.gather(1, read.Targets().unsqueeze(1));
            double[] losses = [.. ofTrue.neg().data<float>().ToArray().Select(l => (double)l)];
            // As many as are likelier stand before it.
            int[] ranks = [.. logs.gt(ofTrue).sum(1).data<long>().ToArray().Select(before => (int)before + 1)];
            for (var (row, next) = (0, 0); row < at.Length; next += read.AnswerLengths[row], row++)
                difficulties[at[row]] = Difficulty(losses.AsSpan(next, read.AnswerLengths[row]), ranks.AsSpan(next, read.AnswerLengths[row]), top);
        }, cancellation: cancellation);
        return difficulties;
    }

    /// <summary>The hardest sequences, in their own order; those without a learnable token are never among them.</summary>
    internal static int[] Hardest(double[] difficulties, int count) =>
        [.. Enumerable.Range(0, difficulties.Length).Where(i => !double.IsNaN(difficulties[i])).OrderByDescending(i => difficulties[i]).ThenBy(i => i).Take(count).Order()];
}

/// <summary>Some sequences up to a step, and all from then on.</summary>
/// <param name="chosen">Those, in their own order.</param>
/// <param name="until">The first step of all.</param>
/// <param name="count">How many there are.</param>
internal sealed class ChosenFirst(int[] chosen, long until, int count) : ISequenceCurriculum
{
    public int SequencesAt(long step, long steps) => step < until ? chosen.Length : count;

    public int[] At(long step, long steps) => step < until ? chosen : [.. Enumerable.Range(0, count)];
}
