using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Data;

namespace Preceptor.Measurement;

/// <summary>
/// Numbers names in the order of their first appearance, straight from their UTF-8 bytes: an open-addressed table of numbers, the
/// hash of each name beside it and all bytes in one array, so that ten million rows cost neither strings nor objects.
/// </summary>
internal sealed class NameIndex
{
    private readonly List<int> ends = []; // where each name's bytes end in the pool
    private readonly List<byte> pool = [];
    private (uint Hash, int Number)[] slots = new (uint, int)[1024]; // number + 1; 0 is empty

    /// <summary>The names by their numbers.</summary>
    public string[] Names => [.. Enumerable.Range(0, ends.Count).Select(n => Encoding.UTF8.GetString(Bytes(n)))];

    /// <summary>The number of the name in each of some rows of a column; −1 for a blank one.</summary>
    public int[] Number(Column column, ReadOnlySpan<int> rows)
    {
        var numbers = new int[rows.Length];
        if (column is TextColumn texts)
        {
            for (var k = 0; k < rows.Length; k++) numbers[k] = Number(texts.Utf8(rows[k]));
            return numbers;
        }
        var words = column.Words();
        for (var k = 0; k < rows.Length; k++) numbers[k] = Number(Encoding.UTF8.GetBytes(words(rows[k])));
        return numbers;
    }

    private int Number(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return -1;
        var hash = Hash(name);
        var mask = slots.Length - 1;
        var at = (int)hash & mask;
        for (; slots[at].Number > 0; at = (at + 1) & mask)
            if (slots[at].Hash == hash && name.SequenceEqual(Bytes(slots[at].Number - 1))) return slots[at].Number - 1;
        pool.AddRange(name);
        ends.Add(pool.Count);
        slots[at] = (hash, ends.Count);
        if (2 * ends.Count > slots.Length) Grow();
        return ends.Count - 1;
    }

    private ReadOnlySpan<byte> Bytes(int number) => CollectionsMarshal.AsSpan(pool)[(number == 0 ? 0 : ends[number - 1])..ends[number]];

    private void Grow()
    {
        var larger = new (uint Hash, int Number)[2 * slots.Length];
        foreach (var slot in slots)
        {
            if (slot.Number == 0) continue;
            var at = (int)slot.Hash & (larger.Length - 1);
            while (larger[at].Number > 0) at = (at + 1) & (larger.Length - 1);
            larger[at] = slot;
        }
        slots = larger;
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong factor = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * factor;
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = Mixed(hash ^ MemoryMarshal.Read<ulong>(bytes));
        var rest = 0UL;
        foreach (var b in bytes) rest = rest << 8 | b;
        hash = Mixed(hash ^ rest);
        return (uint)(hash >> 32);

        static ulong Mixed(ulong value)
        {
            value *= factor;
            return value ^ value >> 29;
        }
    }
}
