namespace Preceptor.Measurement;

/// <summary>Answers grouped by one side: all of a solver, or all to an item, in one array.</summary>
internal sealed class SparseAnswers
{
    private readonly int[] starts; // [groups + 1]
    private readonly int[] codes; // 2 × the other side's index + the answer

    private SparseAnswers(int[] starts, int[] codes) => (this.starts, this.codes) = (starts, codes);

    /// <summary>Groups answers by a side; those of a group keep their order.</summary>
    public static SparseAnswers Of(int[] side, int[] other, byte[] correct, int groups)
    {
        var starts = new int[groups + 1];
        foreach (var group in side) starts[group + 1]++;
        for (var g = 0; g < groups; g++) starts[g + 1] += starts[g];
        var (next, codes) = (starts[..^1], new int[side.Length]);
        for (var n = 0; n < side.Length; n++) codes[next[side[n]]++] = 2 * other[n] + correct[n];
        return new(starts, codes);
    }

    /// <summary>How many answers a group has.</summary>
    public int Count(int group) => starts[group + 1] - starts[group];

    /// <summary>The answers of a group: the other side's index, and 1 where the answer was right.</summary>
    public Group Of(int group) => new(codes.AsSpan(starts[group], Count(group)));

    /// <summary>Enumerates a group's answers.</summary>
    public ref struct Group(ReadOnlySpan<int> codes)
    {
        private readonly ReadOnlySpan<int> codes = codes;
        private int at = -1;

        public readonly (int Other, byte Correct) Current => (codes[at] >> 1, (byte)(codes[at] & 1));

        public readonly Group GetEnumerator() => this;

        public bool MoveNext() => ++at < codes.Length;
    }
}
