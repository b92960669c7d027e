using System.Buffers;

namespace Preceptor.Models;

/// <summary>Which pairs of tokens merge into which, and which first.</summary>
internal sealed class PairMerges
{
    // Up to here looking for the lowest rank anew after each merge is faster than a queue.
    private const int Short = 64;

    private const int None = int.MaxValue;

    private readonly ulong[] keys;
    private readonly int[] ranks;
    private readonly int[] merged;
    private readonly int mask;

    /// <summary>Builds the table.</summary>
    /// <param name="merges">Pairs and what each becomes, lowest rank first, each pair once.</param>
    public PairMerges(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        var size = 16;
        while (size < merges.Count * 2) size *= 2;
        (keys, ranks, merged, mask) = (new ulong[size], new int[size], new int[merges.Count], size - 1);
        Array.Fill(ranks, None);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var slot = Slot(Key(merges[rank].Left, merges[rank].Right));
            (keys[slot], ranks[slot], merged[rank]) = (Key(merges[rank].Left, merges[rank].Right), rank, merges[rank].Merged);
        }
    }

    /// <summary>The rank of a pair, or null.</summary>
    public int? Find(int left, int right) => Rank(left, right) is not None and var rank ? rank : null;

    /// <summary>Merges neighbours, lowest rank first and leftmost of equals, until no pair is known.</summary>
    /// <param name="tokens">The tokens, changed in place.</param>
    /// <returns>How many are left.</returns>
    public int Merge(Span<int> tokens) => tokens.Length <= Short ? MergeShort(tokens) : MergeLong(tokens);

    private int MergeShort(Span<int> tokens)
    {
        var count = tokens.Length;
        Span<int> found = stackalloc int[Short];
        for (var i = 0; i + 1 < count; i++) found[i] = Rank(tokens[i], tokens[i + 1]);
        while (count > 1)
        {
            var (best, at) = (None, 0);
            for (var i = 0; i < count - 1; i++)
                if (found[i] < best) (best, at) = (found[i], i);
            if (best == None) break;
            tokens[at] = merged[best];
            tokens[(at + 2)..count].CopyTo(tokens[(at + 1)..]);
            found[(at + 1)..(count - 1)].CopyTo(found[at..]);
            count--;
            if (at > 0) found[at - 1] = Rank(tokens[at - 1], tokens[at]);
            if (at + 1 < count) found[at] = Rank(tokens[at], tokens[at + 1]);
        }
        return count;
    }

    /// <summary>By a queue of pairs over linked tokens: n log n, whatever the text.</summary>
    private int MergeLong(Span<int> tokens)
    {
        var links = ArrayPool<int>.Shared.Rent(tokens.Length * 2);
        Span<int> next = links.AsSpan(0, tokens.Length), previous = links.AsSpan(tokens.Length, tokens.Length);
        var queue = new PriorityQueue<int, long>();
        for (var i = 0; i < tokens.Length; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            if (i + 1 < tokens.Length) Add(queue, i, Rank(tokens[i], tokens[i + 1]));
        }
        while (queue.TryDequeue(out var at, out var priority))
        {
            // What has been merged since is stale: the tokens there have another rank, or are gone.
            if (tokens[at] < 0 || next[at] == tokens.Length) continue;
            var rank = Rank(tokens[at], tokens[next[at]]);
            if (rank != (int)(priority >> 32)) continue;
            tokens[at] = merged[rank];
            var gone = next[at];
            (tokens[gone], next[at]) = (-1, next[gone]);
            if (next[at] < tokens.Length)
            {
                previous[next[at]] = at;
                Add(queue, at, Rank(tokens[at], tokens[next[at]]));
            }
            if (previous[at] >= 0) Add(queue, previous[at], Rank(tokens[previous[at]], tokens[at]));
        }
        ArrayPool<int>.Shared.Return(links);
        var count = 0;
        foreach (var token in tokens)
            if (token >= 0) tokens[count++] = token;
        return count;
    }

    private static void Add(PriorityQueue<int, long> queue, int at, int rank)
    {
        if (rank != None) queue.Enqueue(at, ((long)rank << 32) | (uint)at);
    }

    private int Rank(int left, int right) => ranks[Slot(Key(left, right))];

    /// <summary>The slot of a pair, or the empty one where it would stand.</summary>
    private int Slot(ulong key)
    {
        var slot = (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & mask;
        while (keys[slot] != key && ranks[slot] != None) slot = (slot + 1) & mask;
        return slot;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
