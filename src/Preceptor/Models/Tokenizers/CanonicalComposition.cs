using System.Globalization;
using System.Text;

namespace Preceptor.Models;

/// <summary>
/// Unicode's normal form C (UAX 15), from tables of its own: <see cref="string.Normalize()"/> leaves everything but ASCII as it is where globalization is invariant, as it is in this project's programs.
/// </summary>
internal static class CanonicalComposition
{
    private const int Syllable = 0xAC00, Lead = 0x1100, Vowel = 0x1161, Tail = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    // Beyond the table's end no code point combines or decomposes.
    private const int End = 0x30000;

    private static readonly Tables Known = Tables.Read();

    /// <summary>The text in normal form C; the same object where it is so already. Half surrogate pairs must have been replaced.</summary>
    public static string Compose(string text)
    {
        var first = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF');
        if (first < 0 || !HasWork(text.AsSpan(first))) return text;
        var points = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        Reorder(points);
        Join(points);
        var composed = new StringBuilder(points.Count);
        Span<char> units = stackalloc char[2];
        foreach (var point in points) composed.Append(units[..new Rune(point).EncodeToUtf16(units)]);
        return composed.ToString();
    }

    /// <summary>The canonical combining class; 0 of those that do not combine.</summary>
    internal static int ClassOf(int point) => point < End ? Known.Classes[point] : 0;

    private static bool HasWork(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value < End && Known.IsMovable[rune.Value]) return true;
        return false;
    }

    private static void Decompose(int point, List<int> into)
    {
        if (point is >= Syllable and < Syllable + Leads * Vowels * Tails)
        {
            var place = point - Syllable;
            into.Add(Lead + place / (Vowels * Tails));
            into.Add(Vowel + place / Tails % Vowels);
            if (place % Tails > 0) into.Add(Tail + place % Tails);
        }
        else if (Known.Parts.TryGetValue(point, out var parts)) foreach (var part in parts) Decompose(part, into);
        else into.Add(point);
    }

    /// <summary>Puts marks behind each starter into the order of their classes; those of one class keep theirs.</summary>
    private static void Reorder(List<int> points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (ClassOf(points[i]) == 0) continue;
            var (start, isSorted) = (i, true);
            while (i + 1 < points.Count && ClassOf(points[i + 1]) is > 0 and var next)
            {
                isSorted &= ClassOf(points[i]) <= next;
                i++;
            }
            if (isSorted) continue;
            int[] sorted = [.. points[start..(i + 1)].OrderBy(ClassOf)]; // stable
            for (var j = 0; j < sorted.Length; j++) points[start + j] = sorted[j];
        }
    }

    private static void Join(List<int> points)
    {
        var (starter, before, count) = (-1, 256, 0);
        for (var i = 0; i < points.Count; i++)
        {
            var (point, now) = (points[i], ClassOf(points[i]));
            if (starter >= 0 && (before < now || before == 0) && Pair(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }
            if (now == 0) starter = count;
            before = starter < 0 ? 256 : now;
            points[count++] = point;
        }
        points.RemoveRange(count, points.Count - count);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= Lead and < Lead + Leads && second is >= Vowel and < Vowel + Vowels) return Syllable + ((first - Lead) * Vowels + second - Vowel) * Tails;
        if (first is >= Syllable and < Syllable + Leads * Vowels * Tails && (first - Syllable) % Tails == 0 && second is > Tail and < Tail + Tails) return first + second - Tail;
        return Known.Pairs.TryGetValue((first, second), out var joined) ? joined : null;
    }

    /// <summary>What composition.txt says.</summary>
    private sealed class Tables
    {
        public byte[] Classes { get; } = new byte[End];

        /// <summary>Whether composition may change a text because the code point is in it.</summary>
        public bool[] IsMovable { get; } = new bool[End];

        public Dictionary<(int First, int Second), int> Pairs { get; } = [];

        public Dictionary<int, int[]> Parts { get; } = [];

        public static Tables Read()
        {
            var tables = new Tables();
            using var lines = new StreamReader(typeof(Tables).Assembly.GetManifestResourceStream("composition.txt")!);
            var section = "";
            while (lines.ReadLine() is { } line)
            {
                if (line.StartsWith('[')) section = line[1..line.IndexOf(']', StringComparison.Ordinal)];
                else if (!line.StartsWith('#')) tables.Add(section, line);
            }
            for (var jamo = Vowel; jamo < Tail + Tails; jamo++) tables.IsMovable[jamo] = true;
            return tables;
        }

        private void Add(string section, string line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            foreach (var entry in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var points = entry.Split('-', '=', '+').Select(p => int.Parse(p, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
                if (section == "classes")
                {
                    for (var point = points[0]; point <= points[^1]; point++) (Classes[point], IsMovable[point]) = (byte.Parse(line[..colon], CultureInfo.InvariantCulture), true);
                }
                else if (section == "compositions")
                {
                    var second = int.Parse(line[..colon], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    (Pairs[(points[0], second)], Parts[points[1]], IsMovable[second]) = (points[1], [points[0], second], true);
                }
                else (Parts[points[0]], IsMovable[points[0]]) = (points[1..], true);
            }
        }
    }
}
