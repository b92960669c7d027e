using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>In which order training pairs come to a model.</summary>
public enum CurriculumKind
{
    /// <summary>All from the beginning, in a random order.</summary>
    None,

    /// <summary>A part at first, and others all through the training.</summary>
    AlwaysNovel,

    /// <summary>The same, but what is added are all pairs of a primitive.</summary>
    AlwaysNovelPrimitives,

    /// <summary>In each pass the pairs as they are first, then their copies, one copy after the other.</summary>
    Static,
}

/// <summary>Says on which sequences a step may train.</summary>
internal interface ISequenceCurriculum
{
    /// <summary>How many sequences are allowed at a step.</summary>
    int SequencesAt(long step, long steps);

    /// <summary>Those, in their own order.</summary>
    int[] At(long step, long steps);
}

/// <summary>
/// The pairs that a step may train on (Zhou, Jiang and Bansal 2023, section 4.2; CurriculumSetter in the released code): of the training's length s / max, the share min(1, s / (end · max)) of the pairs, or of
/// the primitives, in a random order of entering, and never less than at the beginning.
/// </summary>
internal sealed class TrainingCurriculum : ISequenceCurriculum
{
    private readonly double initial, end;
    private readonly int[][] groups;
    private readonly int[] upTo; // sequences in the first so many groups

    /// <summary>Plans it.</summary>
    /// <param name="kind">What enters: pairs or primitives.</param>
    /// <param name="initial">The share at the beginning.</param>
    /// <param name="end">The share of the steps after which all have entered.</param>
    /// <param name="sequences">The training sequences.</param>
    /// <param name="random">Draws the order of entering.</param>
    public TrainingCurriculum(CurriculumKind kind, double initial, double end, TokenSequences sequences, RandomStream random)
    {
        (this.initial, this.end) = kind is CurriculumKind.None or CurriculumKind.Static ? (1, 1) : (initial, end);
        groups = kind == CurriculumKind.AlwaysNovelPrimitives ? [.. Enumerable.Range(0, sequences.Count).GroupBy(PrimitiveOf(sequences)).OrderBy(g => g.Key).Select(g => g.ToArray())] : [.. Enumerable.Range(0, sequences.Count).Select(i => (int[])[i])];
        random.Shuffle<int[]>(groups);
        upTo = new int[groups.Length + 1];
        for (var i = 0; i < groups.Length; i++) upTo[i + 1] = upTo[i] + groups[i].Length;
    }

    /// <summary>The share that has entered at a step.</summary>
    public double ShareAt(long step, long steps) => Math.Max(initial, Math.Min(1, step / (end * steps)));

    /// <summary>How many pairs, or primitives, have entered at a step, at least one.</summary>
    public int CountAt(long step, long steps) => Math.Max(1, (int)(groups.Length * ShareAt(step, steps)));

    /// <summary>How many sequences have entered at a step.</summary>
    public int SequencesAt(long step, long steps) => upTo[CountAt(step, steps)];

    /// <summary>The sequences that have entered at a step, in their own order.</summary>
    public int[] At(long step, long steps) => [.. groups.Take(CountAt(step, steps)).SelectMany(g => g).Order()];

    /// <summary>The primitive of each sequence: the token of its answer that fewest sequences have, the least of equals. The released code reads it off the tags of GeoQuery's answers.</summary>
    private static Func<int, int> PrimitiveOf(TokenSequences sequences)
    {
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < sequences.Count; i++)
            foreach (var token in sequences.AnswerOf(i).ToArray().Distinct()) counts[token] = counts.GetValueOrDefault(token) + 1;
        return i => sequences.AnswerOf(i).ToArray().MinBy(t => (counts[t], t));
    }
}
