using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Rows divided for cross-validation: each is in one fold, and the model that judges it learned from the others.</summary>
public static class Folds
{
    /// <summary>Divides rows so that every class is spread evenly and no group lies in two folds.</summary>
    /// <param name="labels">The class of each row [N]; rows without one (−1) are spread like a class of their own.</param>
    /// <param name="groups">What each row belongs to [N]; equal numbers stay together. Null for none.</param>
    /// <param name="count">How many folds, K, 2 to 255.</param>
    /// <param name="random">Decides which.</param>
    /// <returns>The fold of each row, 0 to K − 1 [N].</returns>
    public static byte[] Of(int[] labels, ulong[]? groups, int count, RandomStream random)
    {
        if (count is < 2 or > 255) throw new ArgumentException($"{count} folds, expected 2 to 255", nameof(count));
        return groups is null ? ByClass(labels, count, random) : ByGroup(groups, count, random);
    }

    private static byte[] ByClass(int[] labels, int count, RandomStream random)
    {
        var folds = new byte[labels.Length];
        var order = random.Permutation(labels.Length);
        var next = new int[labels.Length == 0 ? 1 : labels.Max() + 2];
        // Small classes start at different folds, so that none gets the first row of all.
        for (var c = 0; c < next.Length; c++) next[c] = c;
        foreach (var row in order) folds[row] = (byte)(next[labels[row] + 1]++ % count);
        return folds;
    }

    // The largest groups first, each to the fold with the fewest rows; equal sizes in random order.
    private static byte[] ByGroup(ulong[] groups, int count, RandomStream random)
    {
        var sizes = new Dictionary<ulong, int>();
        foreach (var group in groups) sizes[group] = sizes.GetValueOrDefault(group) + 1;
        var all = sizes.Keys.Order().ToArray();
        random.Shuffle<ulong>(all);
        var rows = new long[count];
        var foldOf = new Dictionary<ulong, byte>(all.Length);
        foreach (var group in all.OrderByDescending(g => sizes[g]))
        {
            var fold = Array.IndexOf(rows, rows.Min());
            rows[fold] += sizes[group];
            foldOf[group] = (byte)fold;
        }
        return Array.ConvertAll(groups, group => foldOf[group]);
    }
}
