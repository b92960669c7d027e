namespace Preceptor.Reasoning;

/// <summary>A try to finish a solution from a beginning.</summary>
/// <param name="Solution">The whole solution, the beginning included.</param>
/// <param name="IsRight">Whether its answer is right.</param>
internal sealed record Rollout(Solution Solution, bool IsRight);

/// <summary>How the tree is searched.</summary>
/// <param name="Searches">Most wrong roll-outs that are dissected.</param>
/// <param name="Alpha">α: how much less a roll-out of a beginning that seldom ends right is liked.</param>
/// <param name="Beta">β: how much less a long one is.</param>
/// <param name="Length">L: the length in tokens for which β counts once.</param>
/// <param name="Exploration">c: how much beginnings are liked that were seldom chosen.</param>
internal readonly record struct TreeOptions(int Searches, double Alpha, double Beta, double Length, double Exploration);

/// <summary>
/// The tree of a question's beginnings (Luo et al. 2024, section 3.3): each with roll-outs, and with the share of them that ends right as its Monte-Carlo value. Again and again a wrong roll-out of a beginning that can end right is
/// chosen, and its first wrong step is found by bisection: where a half can still be finished rightly, the fault is behind it.
/// </summary>
/// <param name="options">How it is searched.</param>
/// <param name="cuts">After how many tokens a solution may be cut, in rising order, the last all of it.</param>
internal sealed class RolloutTree(TreeOptions options, Func<IReadOnlyList<int>, int[]> cuts)
{
    private readonly Dictionary<string, Node> nodes = new(StringComparer.Ordinal);
    private readonly List<(Node Node, Rollout Rollout)> pool = [];
    private readonly List<Rollout> dissected = [];

    /// <summary>A beginning of a solution.</summary>
    /// <param name="tokens">Its tokens.</param>
    public sealed class Node(int[] tokens)
    {
        /// <summary>Its tokens.</summary>
        public int[] Tokens => tokens;

        /// <summary>How often one of its roll-outs was chosen, N.</summary>
        public int Visits { get; set; }

        /// <summary>Its roll-outs; whoever searches sets them when asked.</summary>
        public IReadOnlyList<Rollout> Rollouts { get; set; } = [];

        /// <summary>The share of them that is right, MC.</summary>
        public double Value => Rollouts.Count == 0 ? 0 : Rollouts.Average(r => r.IsRight ? 1.0 : 0);
    }

    /// <summary>All beginnings that have roll-outs, in the order in which they were asked for; the first is empty.</summary>
    public IReadOnlyList<Node> Nodes => [.. nodes.Values];

    /// <summary>The wrong roll-outs that were dissected, in order.</summary>
    public IReadOnlyList<Rollout> Dissected => dissected;

    /// <summary>Searches: gives each beginning whose roll-outs are wanted, and goes on when they are there.</summary>
    public IEnumerable<Node> Search()
    {
        foreach (var asked in Ask([])) yield return asked;
        while (dissected.Count < options.Searches && Choose() is var (from, rollout))
        {
            dissected.Add(rollout);
            var tokens = rollout.Solution.Tokens;
            // What may be cut off behind the beginning; the whole is known to be wrong.
            int[] ends = [from.Tokens.Length, .. cuts(tokens).Where(c => c > from.Tokens.Length)];
            for (var (low, high) = (0, ends.Length - 1); high - low > 1;)
            {
                var middle = (low + high) / 2;
                int[] half = [.. tokens.Take(ends[middle])];
                foreach (var asked in Ask(half)) yield return asked;
                if (nodes[Key(half)].Value > 0) low = middle;
                else high = middle;
            }
        }
    }

    /// <summary>α^(1 − MC) · β^(length / L): most for roll-outs that should have been right, and for short ones.</summary>
    public static double Quality(TreeOptions options, double value, int length) => Math.Pow(options.Alpha, 1 - value) * Math.Pow(options.Beta, length / options.Length);

    /// <summary>c · √(Σ N) / (1 + N).</summary>
    public static double Bonus(TreeOptions options, int all, int visits) => options.Exploration * Math.Sqrt(all) / (1 + visits);

    // A beginning is asked for once; its wrong roll-outs are candidates where others of it are right.
    private IEnumerable<Node> Ask(int[] tokens)
    {
        if (nodes.ContainsKey(Key(tokens))) yield break;
        var node = new Node(tokens);
        nodes.Add(Key(tokens), node);
        yield return node;
        if (node.Value is > 0 and < 1) pool.AddRange(node.Rollouts.Where(r => !r.IsRight).Select(r => (node, r)));
    }

    private (Node From, Rollout Rollout)? Choose()
    {
        if (pool.Count == 0) return null;
        var all = nodes.Values.Sum(n => n.Visits);
        var best = pool.MaxBy(p => Quality(options, p.Node.Value, p.Rollout.Solution.Tokens.Count - p.Node.Tokens.Length) + Bonus(options, all, p.Node.Visits));
        pool.Remove(best);
        best.Node.Visits++;
        return best;
    }

    private static string Key(int[] tokens) => string.Join(' ', tokens);
}
