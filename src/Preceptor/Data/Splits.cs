using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Rows divided into training, validation and test.</summary>
/// <param name="Train">Training rows, ascending.</param>
/// <param name="Validation">Validation rows, ascending.</param>
/// <param name="Test">Test rows, ascending.</param>
public sealed record Split(int[] Train, int[] Validation, int[] Test);

/// <summary>Takes a share of some rows away.</summary>
public static class Splits
{
    /// <summary>Takes a share of every class, rounded by largest remainder; a class's only row stays.</summary>
    /// <param name="rows">The rows to divide.</param>
    /// <param name="classOf">The class of a row; rows without one (−1) count as a class of their own.</param>
    /// <param name="share">The share to take, in [0, 1).</param>
    /// <param name="random">Decides which.</param>
    public static (int[] Kept, int[] Taken) Stratified(int[] rows, Func<int, int> classOf, double share, RandomStream random)
    {
        var taken = new List<int>();
        var groups = rows.GroupBy(classOf).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        var owed = 0.0;
        foreach (var group in groups)
        {
            random.Shuffle<int>(group);
            owed += group.Length * share;
            var count = Math.Min((int)Math.Round(owed), group.Length - 1);
            taken.AddRange(group.AsSpan(0, Math.Max(0, count)));
            owed -= Math.Max(0, count);
        }
        return Divide(rows, taken);
    }

    /// <summary>Rows in their order, divided into parts of given sizes.</summary>
    public static IEnumerable<int[]> Consecutive(IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        return sizes.Select((size, part) => Enumerable.Range(sizes.Take(part).Sum(), size).ToArray());
    }

    /// <summary>Draws some of the rows at random.</summary>
    /// <returns>The drawn rows in ascending order, as many as asked for or all.</returns>
    public static int[] Sample(int[] rows, int count, RandomStream random) => [.. random.Permutation(rows.Length).Take(count).Select(i => rows[i]).Order()];

    /// <summary>Takes whole groups in random order until at least the share of rows is taken; no group ends on both sides.</summary>
    public static (int[] Kept, int[] Taken) ByGroup(int[] rows, Func<int, string> groupOf, double share, RandomStream random)
    {
        var groups = rows.GroupBy(groupOf).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray()).ToArray();
        random.Shuffle<int[]>(groups);
        var taken = new List<int>();
        foreach (var group in groups.SkipLast(1))
        {
            if (taken.Count >= share * rows.Length) break;
            taken.AddRange(group);
        }
        return Divide(rows, taken);
    }

    /// <summary>Takes the latest share of rows; rows of the same moment stay together on the earlier side.</summary>
    public static (int[] Kept, int[] Taken) Latest(int[] rows, Func<int, string> timeOf, double share)
    {
        if (rows.Length == 0) return (rows, rows);
        int[] ordered = [.. rows.OrderBy(timeOf, StringComparer.Ordinal)];
        var start = Math.Clamp((int)Math.Round(ordered.Length * (1 - share)), 1, ordered.Length);
        while (start < ordered.Length && timeOf(ordered[start]) == timeOf(ordered[start - 1])) start++;
        return Divide(rows, ordered[start..]);
    }

    private static (int[] Kept, int[] Taken) Divide(int[] rows, IEnumerable<int> taken)
    {
        var set = taken.ToHashSet();
        return ([.. rows.Where(r => !set.Contains(r)).Order()], [.. set.Order()]);
    }
}
