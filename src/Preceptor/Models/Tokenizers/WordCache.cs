namespace Preceptor.Models;

/// <summary>
/// The tokens of words seen before. Each word has one slot, which it shares with others: the latest stays. So memory is bounded, and several threads need no lock: an entry never changes, and a slot is written whole.
/// </summary>
internal sealed class WordCache
{
    private const int Slots = 1 << 16, Longest = 48;

    private readonly Entry?[] entries = new Entry?[Slots];

    /// <summary>The tokens of a word, or null.</summary>
    public int[]? Find(ReadOnlySpan<char> word) =>
        word.Length <= Longest && Volatile.Read(ref entries[Slot(word)]) is { } entry && word.SequenceEqual(entry.Word) ? entry.Tokens : null;

    /// <summary>Keeps the tokens of a word that is not too long.</summary>
    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> tokens)
    {
        if (word.Length <= Longest) Volatile.Write(ref entries[Slot(word)], new(word.ToString(), tokens.ToArray()));
    }

    private static int Slot(ReadOnlySpan<char> word)
    {
        var hash = (uint)word.Length;
        foreach (var unit in word) hash = (hash ^ unit) * 0x01000193;
        return (int)((hash ^ (hash >> 16)) & (Slots - 1));
    }

    private sealed record Entry(string Word, int[] Tokens);
}
