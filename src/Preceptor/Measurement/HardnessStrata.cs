using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Items divided by how hard they are, the easiest stratum first. Equally hard items are in one stratum.</summary>
/// <param name="Cuts">The hardness up to which an item is in the first, the second, … stratum; the last has none.</param>
public sealed record HardnessStrata(double[] Cuts)
{
    /// <summary>How many strata there are.</summary>
    public int Count => Cuts.Length + 1;

    /// <summary>Their names: easy, medium, hard where there are three, easy and hard where there are two.</summary>
    public string[] Names => Count switch
    {
        1 => ["all"],
        2 => ["easy", "hard"],
        3 => ["easy", "medium", "hard"],
        _ => ["easy", .. Enumerable.Range(2, Count - 2).Select(i => $"level {i}"), "hard"],
    };

    /// <summary>The stratum of a hardness.</summary>
    public int Of(double hardness)
    {
        var stratum = 0;
        while (stratum < Cuts.Length && hardness > Cuts[stratum]) stratum++;
        return stratum;
    }

    /// <summary>The items of each stratum.</summary>
    public int[][] Divide(IReadOnlyList<double> hardness) =>
        [.. Enumerable.Range(0, Count).Select(stratum => Enumerable.Range(0, hardness.Count).Where(i => Of(hardness[i]) == stratum).ToArray())];

    /// <summary>Strata of equal size, as nearly as ties allow.</summary>
    /// <param name="hardness">What is divided; no number may be missing.</param>
    /// <param name="strata">How many, at least 2.</param>
    /// <param name="name">What to call the hardness in a message.</param>
    /// <exception cref="RequestException">A stratum would be empty: most items are equally hard.</exception>
    public static HardnessStrata Equal(IReadOnlyList<double> hardness, int strata, string name) => Find(hardness, strata) ?? throw new RequestException(
        $"{name}: {hardness.Count} items with {hardness.Distinct().Count()} different values do not divide into {strata} strata; give method.cuts, or fewer strata");

    /// <summary>Strata of equal size, as nearly as ties allow; null where one would be empty.</summary>
    /// <param name="hardness">What is divided; no number may be missing.</param>
    /// <param name="strata">How many, at least 2.</param>
    public static HardnessStrata? Find(IReadOnlyList<double> hardness, int strata)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strata, 2);
        var sorted = hardness.Order().ToArray();
        var result = new HardnessStrata([.. Enumerable.Range(1, strata - 1).Select(s => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Round((double)s * sorted.Length / strata) - 1)])]);
        return result.Divide(hardness).All(part => part.Length > 0) ? result : null;
    }

    /// <summary>
    /// Rows in a random order every start of which holds as many of each class as it can, so that smaller samples are contained in larger ones.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="labels">The class of every row that <paramref name="rows"/> may name.</param>
    /// <param name="random">Decides the order.</param>
    public static int[] BalancedOrder(int[] rows, int[] labels, RandomStream random)
    {
        var classes = rows.GroupBy(r => labels[r]).OrderBy(g => g.Key).Select(Mixed).ToArray();
        List<int> order = new(rows.Length);
        for (var round = 0; order.Count < rows.Length; round++) order.AddRange(Mixed(classes.Where(c => c.Length > round).Select(c => c[round])));
        return [.. order];

        int[] Mixed(IEnumerable<int> items) => [.. items.Select(i => (Item: i, Place: random.NextUInt64())).OrderBy(i => i.Place).Select(i => i.Item)];
    }
}
