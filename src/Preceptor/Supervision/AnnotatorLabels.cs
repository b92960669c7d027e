using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>What each of several annotators answered, right or wrong: the raw material of crowd aggregation.</summary>
/// <param name="Annotators">Their names, A.</param>
/// <param name="Train">Class indices of the training rows [N, A]; −1 where an annotator did not answer.</param>
public sealed record AnnotatorLabels(IReadOnlyList<string> Annotators, int[,] Train) : IRowSupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(Train), Train.Length * sizeof(int)), Encoding.UTF8.GetBytes(string.Join('\n', Annotators)));

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows)
    {
        var taken = new int[rows.Length, Annotators.Count];
        for (var i = 0; i < rows.Length; i++)
            for (var a = 0; a < Annotators.Count; a++) taken[i, a] = Train[rows[i], a];
        return new AnnotatorLabels(Annotators, taken);
    }

    /// <summary>The annotators in a sentence: how often they answer and how far they agree.</summary>
    public string Summary
    {
        get
        {
            var (answers, pairs, agreeing) = Count();
            var names = Annotators.Count <= 6 ? string.Join(", ", Annotators) : $"{string.Join(", ", Annotators.Take(5))}, …";
            var agreement = pairs == 0 ? "no two answer the same row" : string.Create(CultureInfo.InvariantCulture, $"{(double)agreeing / pairs:0.0 %} of two answers to a row agree");
            return string.Create(CultureInfo.InvariantCulture, $"{Annotators.Count} annotators ({names}) gave {answers:#,0} answers, {(double)answers / Math.Max(1, Train.GetLength(0)):0.0} a training row; {agreement}");
        }
    }

    /// <summary>The class with the most votes in each row; of equally many votes the first class; −1 where nobody answered.</summary>
    /// <param name="answers">Class indices [N, A], −1 for none.</param>
    /// <param name="classes">How many classes.</param>
    public static int[] MajorityVote(int[,] answers, int classes)
    {
        var winners = new int[answers.GetLength(0)];
        var votes = new int[classes];
        for (var row = 0; row < winners.Length; row++)
        {
            Array.Clear(votes);
            winners[row] = -1;
            for (var annotator = 0; annotator < answers.GetLength(1); annotator++)
                if (answers[row, annotator] is >= 0 and var answer) votes[answer]++;
            for (var c = 0; c < classes; c++)
                if (votes[c] > 0 && (winners[row] < 0 || votes[c] > votes[winners[row]])) winners[row] = c;
        }
        return winners;
    }

    private (long Answers, long Pairs, long Agreeing) Count()
    {
        long answers = 0, pairs = 0, agreeing = 0;
        for (var row = 0; row < Train.GetLength(0); row++)
            for (var a = 0; a < Train.GetLength(1); a++)
            {
                if (Train[row, a] < 0) continue;
                answers++;
                for (var b = 0; b < a; b++)
                {
                    if (Train[row, b] < 0) continue;
                    pairs++;
                    if (Train[row, a] == Train[row, b]) agreeing++;
                }
            }
        return (answers, pairs, agreeing);
    }
}
