using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>What each of several sources says of each row, right or wrong: the one form in which label models read annotators and rules.</summary>
/// <param name="Sources">Their names, S.</param>
/// <param name="Train">Class indices of the training rows [N, S]; −1 where a source abstains.</param>
public abstract record WeakVotes(IReadOnlyList<string> Sources, int[,] Train) : IRowSupervision
{
    /// <summary>Class indices of the validation rows [M, S]; null where the sources did not see those.</summary>
    public int[,]? Validation { get; init; }

    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(Bytes(Train), Encoding.UTF8.GetBytes(string.Join('\n', Sources) + (Validation is null ? "" : "\n" + Contents.Hash(Bytes(Validation)))));

    /// <inheritdoc/>
    public IRowSupervision Take(int[] rows)
    {
        var taken = new int[rows.Length, Sources.Count];
        for (var i = 0; i < rows.Length; i++)
            for (var source = 0; source < Sources.Count; source++) taken[i, source] = Train[rows[i], source];
        return this with { Train = taken };
    }

    /// <summary>The class with the most votes in each row; of equally many votes the first class; −1 where nobody answered.</summary>
    /// <param name="answers">Class indices [N, S], −1 for none.</param>
    /// <param name="classes">How many classes.</param>
    public static int[] MajorityVote(int[,] answers, int classes)
    {
        var winners = new int[answers.GetLength(0)];
        var votes = new int[classes];
        for (var row = 0; row < winners.Length; row++)
        {
            Array.Clear(votes);
            winners[row] = -1;
            for (var source = 0; source < answers.GetLength(1); source++)
                if (answers[row, source] is >= 0 and var answer) votes[answer]++;
            for (var c = 0; c < classes; c++)
                if (votes[c] > 0 && (winners[row] < 0 || votes[c] > votes[winners[row]])) winners[row] = c;
        }
        return winners;
    }

    /// <summary>How many answers there are, how many pairs of answers to one row, and how many of those agree.</summary>
    private protected (long Answers, long Pairs, long Agreeing) Count()
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

    private protected string Named => Sources.Count <= 6 ? string.Join(", ", Sources) : $"{string.Join(", ", Sources.Take(5))}, …";

    private protected static string Agreement(long pairs, long agreeing) =>
        pairs == 0 ? "no two answer the same row" : string.Create(CultureInfo.InvariantCulture, $"{(double)agreeing / pairs:0.0 %} of two answers to a row agree");

    private static ReadOnlySpan<byte> Bytes(int[,] answers) => MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(answers), answers.Length * sizeof(int));
}
