using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>How trees of steps are searched.</summary>
public sealed record TreeSearchSettings
{
    /// <summary>Tries, each of which expands one node or finds that there is nothing to expand.</summary>
    public int Simulations { get; init; } = 40;

    /// <summary>Next steps that are drawn to expand a node.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>c: how much likely steps are preferred that were seldom followed.</summary>
    public double Exploration { get; init; } = 1.5;

    /// <summary>Most steps of a solution; one that goes on beyond is wrong.</summary>
    public int MaxDepth { get; init; } = 8;

    /// <summary>Most tokens that are drawn a question, up to those of the try under way; 0: no limit.</summary>
    public long Tokens { get; init; }

    /// <summary>Whether equal next steps become one child.</summary>
    public bool IsUnique { get; init; } = true;

    /// <summary>Whether a node's children are valued when it is expanded, and not the node itself.</summary>
    public bool ValuesChildren { get; init; }

    /// <summary>Whether the answer is found by following visits instead of qualities.</summary>
    public bool FollowsVisits { get; init; }
}

/// <summary>A question's tree, and what it cost.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Cost">The cost.</param>
internal sealed record SearchedTree(SearchTree Tree, SolvingCost Cost);

/// <summary>
/// Searches the trees of many questions side by side: each round every tree selects a node, all are expanded by one decoding in which steps of one beginning share what was read of it, and all values are read in one pass.
/// What becomes of a question depends on seed and question, not on its neighbours.
/// </summary>
/// <param name="sampler">Draws steps.</param>
/// <param name="value">What is thought of beginnings at their ends, from −1 to 1, by the questions' tokens and their own.</param>
/// <param name="settings">How trees are searched.</param>
[Version(1)]
internal sealed class StepTreeSearch(SolutionSampler sampler, Func<IReadOnlyList<int[]>, IReadOnlyList<int[]>, double[]> value, TreeSearchSettings settings)
{
    /// <summary>Searches.</summary>
    /// <param name="prompts">The questions' tokens.</param>
    /// <param name="reward">What a finished solution of a question is worth, +1 or −1; null where nobody knows: then the network's value stands for it.</param>
    /// <param name="drawing">How steps are drawn.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public SearchedTree[] Search(IReadOnlyList<int[]> prompts, Func<int, Solution, double>? reward, Drawing drawing, CancellationToken cancellation)
    {
        SearchTree[] trees = [.. prompts.Select(p => new SearchTree(settings.Exploration, RandomStream.Of(drawing.Seed, "ties", [.. p.Select(t => (long)t)])))];
        var costs = new SolvingCost[trees.Length];
        for (var simulation = 0; simulation < settings.Simulations; simulation++)
        {
            var leaves = Enumerable.Range(0, trees.Length).Where(q => !trees[q].Root.IsOver && (settings.Tokens == 0 || costs[q].Tokens < settings.Tokens))
                .Select(q => (Question: q, Node: trees[q].Select()!)).Where(l => l.Node is not null).ToArray();
            if (leaves.Length == 0) continue;
            var drawn = sampler.Step([.. leaves.Select(l => prompts[l.Question])], [.. leaves.Select(l => l.Node.Solution.Tokens.ToArray())], settings.Steps, drawing with { Seed = RandomStream.Key(drawing.Seed, "tree", simulation) }, cancellation);
            var unvalued = new List<(int Question, SearchTree.Node Node)>();
            for (var i = 0; i < leaves.Length; i++)
            {
                var (question, leaf) = leaves[i];
                SearchTree.Expand(leaf, Proposed(leaf, drawn[i], drawing, reward is null ? null : s => reward(question, s)));
                costs[question] += new SolvingCost(drawn[i].Sum(s => (long)s.Tokens.Count - leaf.Solution.Tokens.Count), drawn[i].Length, drawn[i].Count(s => s.Value is not null));
                // A finished step whose reward nobody knows is valued as well.
                var asked = settings.ValuesChildren ? leaf.Children.Where(c => c.Reward is null) : leaf.Children.Where(c => c.IsOver && c.Reward is null).Prepend(leaf);
                unvalued.AddRange(asked.Select(n => (question, n)));
            }
            // What was not valued as it was drawn is read for it.
            var unread = unvalued.Where(u => u.Node.Solution.Value is null).ToArray();
            var values = new Queue<double>(value([.. unread.Select(u => prompts[u.Question])], [.. unread.Select(u => u.Node.Solution.Tokens.ToArray())]));
            foreach (var (question, node) in unvalued) SearchTree.BackUp(node, node.Solution.Value ?? values.Dequeue());
            foreach (var (question, node) in unread) costs[question] += new SolvingCost(0, 0, prompts[question].Length + node.Solution.Tokens.Count);
        }
        return [.. trees.Zip(costs, (t, c) => new SearchedTree(t, c))];
    }

    private IEnumerable<ProposedStep> Proposed(SearchTree.Node leaf, Solution[] drawn, Drawing drawing, Func<Solution, double>? reward)
    {
        foreach (var solution in settings.IsUnique ? drawn.DistinctBy(s => string.Join(' ', s.Tokens)) : drawn)
        {
            // What is too long or too deep comes to nothing.
            var isLost = !solution.IsFinished && (solution.Tokens.Count >= drawing.MaxTokens || leaf.Depth + 1 > settings.MaxDepth);
            var prior = SearchTree.PriorOf(solution.LogProbability, solution.Tokens.Count - leaf.Solution.Tokens.Count);
            yield return new(solution, prior, isLost || solution.IsFinished, isLost ? -1 : solution.IsFinished ? reward?.Invoke(solution) : null);
        }
    }
}
