namespace Preceptor.Baselines;

/// <summary>
/// Trees of several classes in flat arrays. A tree's node n goes left where its feature is at most its threshold; a child
/// is a later node of the same tree, or ~l for its leaf l. A tree without nodes is its leaf 0.
/// </summary>
public sealed record TreeArrays
{
    /// <summary>The place of each tree's class among the seen ones [T].</summary>
    public required int[] Classes { get; init; }

    /// <summary>Each tree's first node [T + 1].</summary>
    public required int[] Nodes { get; init; }

    /// <summary>Each tree's first leaf [T + 1].</summary>
    public required int[] Leaves { get; init; }

    /// <summary>The feature that each node looks at.</summary>
    public required int[] Features { get; init; }

    /// <summary>The largest value that goes left.</summary>
    public required float[] Thresholds { get; init; }

    /// <summary>The left children.</summary>
    public required int[] Left { get; init; }

    /// <summary>The right children.</summary>
    public required int[] Right { get; init; }

    /// <summary>The leaves' values.</summary>
    public required double[] Values { get; init; }

    /// <summary>The value of the leaf that a row reaches in a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="row">All features of the row [D].</param>
    public double Value(int tree, ReadOnlySpan<float> row)
    {
        int first = Nodes[tree], node = Nodes[tree + 1] == first ? ~0 : 0;
        while (node >= 0) node = row[Features[first + node]] <= Thresholds[first + node] ? Left[first + node] : Right[first + node];
        return Values[Leaves[tree] + ~node];
    }

    /// <summary>Whether every index leads to something and every walk ends.</summary>
    /// <param name="classes">How many classes were seen.</param>
    /// <param name="features">How many features there are.</param>
    public bool AreValid(int classes, int features)
    {
        var trees = Classes.Length;
        if (Nodes.Length != trees + 1 || Leaves.Length != trees + 1 || Nodes[0] != 0 || Leaves[0] != 0) return false;
        if (Nodes[^1] != Features.Length || Thresholds.Length != Features.Length || Left.Length != Features.Length || Right.Length != Features.Length || Leaves[^1] != Values.Length) return false;
        if (Classes.Any(c => c < 0 || c >= classes) || Features.Any(f => f < 0 || f >= features)) return false;
        for (var tree = 0; tree < trees; tree++)
        {
            int nodes = Nodes[tree + 1] - Nodes[tree], leaves = Leaves[tree + 1] - Leaves[tree];
            if (nodes < 0 || leaves < 1) return false;
            for (var node = 0; node < nodes; node++)
            {
                if (!Leads(Left[Nodes[tree] + node]) || !Leads(Right[Nodes[tree] + node])) return false;
                bool Leads(int child) => child < 0 ? ~child < leaves : child > node && child < nodes;
            }
        }
        return true;
    }
}
