using System.Diagnostics.CodeAnalysis;
using System.Text;
using Preceptor.Data;

namespace Preceptor.Measurement;

/// <summary>Numbers names in the order of their first appearance, without a string for every row.</summary>
internal sealed class NameIndex
{
    private readonly Dictionary<string, int> numbers = new(Utf8Comparer.Instance);

    /// <summary>The names by their numbers.</summary>
    public List<string> Names { get; } = [];

    /// <summary>The number of a row's name in a column; −1 for a blank one.</summary>
    public Func<int, int> Reader(Column column)
    {
        if (column is not TextColumn texts)
        {
            var words = column.Words();
            return row => words(row) is { Length: > 0 } word ? Number(Encoding.UTF8.GetBytes(word)) : -1;
        }
        return row => texts.Utf8(row) is { IsEmpty: false } cell ? Number(cell) : -1;
    }

    private int Number(ReadOnlySpan<byte> name)
    {
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(name, out var number)) return number;
        var text = Encoding.UTF8.GetString(name);
        Names.Add(text);
        numbers.Add(text, Names.Count - 1);
        return Names.Count - 1;
    }

    /// <summary>Compares strings with UTF-8 bytes.</summary>
    private sealed class Utf8Comparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        public static Utf8Comparer Instance { get; } = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode([DisallowNull] string text) => GetHashCode(Encoding.UTF8.GetBytes(text));

        public bool Equals(ReadOnlySpan<byte> bytes, string text)
        {
            Span<byte> room = stackalloc byte[256];
            return Encoding.UTF8.TryGetBytes(text, room, out var length) ? bytes.SequenceEqual(room[..length]) : bytes.SequenceEqual(Encoding.UTF8.GetBytes(text));
        }

        // FNV-1a: names are short.
        public int GetHashCode(ReadOnlySpan<byte> bytes)
        {
            var hash = 2166136261u;
            foreach (var b in bytes) hash = (hash ^ b) * 16777619u;
            return (int)hash;
        }

        public string Create(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
    }
}
