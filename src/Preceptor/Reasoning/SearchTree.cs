using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A next step that is proposed to a tree.</summary>
/// <param name="Solution">The beginning with it.</param>
/// <param name="Prior">How likely the policy finds it, from 0 to 1.</param>
/// <param name="IsOver">Whether nothing can follow.</param>
/// <param name="Reward">What is known of it: +1 for a right answer, −1 for any other; null where nobody knows.</param>
internal readonly record struct ProposedStep(Solution Solution, double Prior, bool IsOver, double? Reward);

/// <summary>
/// Monte-Carlo tree search over the steps of one question's solution, without anything that proposes or values them (AlphaMath, Chen et al. 2024, section 3.2, as their code has it): from the root on, the child with the
/// highest Q + c · prior · √N(parent) / (1 + N) is followed, those that are over left out; what is found is expanded, and what is thought of it is added to all above it. A node whose children are all over is over as well.
/// </summary>
/// <param name="exploration">c: how much likely steps are preferred that were seldom followed.</param>
/// <param name="ties">Chooses among equals; null: the first.</param>
internal sealed class SearchTree(double exploration, RandomStream? ties = null)
{
    /// <summary>A beginning of a solution.</summary>
    /// <param name="step">How it was proposed.</param>
    /// <param name="parent">What it goes on from; null for the root.</param>
    public sealed class Node(ProposedStep step, Node? parent)
    {
        private readonly List<Node> children = [];

        /// <summary>The beginning.</summary>
        public Solution Solution => step.Solution;

        /// <summary>How likely the policy finds its last step.</summary>
        public double Prior => step.Prior;

        /// <summary>What its answer is worth, where that is known.</summary>
        public double? Reward => step.Reward;

        /// <summary>What it goes on from.</summary>
        public Node? Parent => parent;

        /// <summary>Steps of it.</summary>
        public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

        /// <summary>How often something was found at or below it, N.</summary>
        public int Visits { get; internal set; }

        /// <summary>The sum of what was found, W.</summary>
        public double Total { get; internal set; }

        /// <summary>The mean of what was found, Q; 0 before anything was.</summary>
        public double Quality => Visits == 0 ? 0 : Total / Visits;

        /// <summary>Its reward, or else what the network thinks of it; null before it was asked.</summary>
        public double? Value { get; internal set; }

        /// <summary>Whether there is nothing to search at or below it.</summary>
        public bool IsOver { get; internal set; } = step.IsOver;

        /// <summary>What it was expanded to.</summary>
        public IReadOnlyList<Node> Children => children;

        /// <summary>Whether it is the end of a solution, finished or given up.</summary>
        public bool IsEnd => children.Count == 0 && IsOver;

        /// <summary>It and all below it, a node before its children.</summary>
        public IEnumerable<Node> All() => children.SelectMany(c => c.All()).Prepend(this);

        /// <summary>What leads to it, the root left out, and it.</summary>
        public IEnumerable<Node> Path() => parent is null ? [] : parent.Path().Append(this);

        internal void Add(Node child) => children.Add(child);
    }

    /// <summary>The empty beginning.</summary>
    public Node Root { get; } = new(new(new([], "", false), 1, false, null), null);

    /// <summary>Q + c · prior · √N(parent) / (1 + N).</summary>
    public static double Score(double quality, double prior, double exploration, int parentVisits, int visits) => quality + exploration * prior * Math.Sqrt(parentVisits) / (1 + visits);

    /// <summary>The score of a node, which is not the root.</summary>
    public double Score(Node node) => Score(node.Quality, node.Prior, exploration, node.Parent!.Visits, node.Visits);

    /// <summary>exp of the mean log-probability of a step's tokens.</summary>
    public static double PriorOf(double logProbability, int tokens) => Math.Exp(logProbability / tokens);

    /// <summary>What is to be expanded next; null where this try comes to a node whose children are all over.</summary>
    public Node? Select()
    {
        var node = Root;
        while (node.Children.Count > 0)
        {
            if (Best(node) is not { } next)
            {
                node.IsOver = true;
                return null;
            }
            node = next;
        }
        return node;
    }

    /// <summary>Expands a node; steps whose reward is known are backed up at once.</summary>
    public static void Expand(Node node, IEnumerable<ProposedStep> steps)
    {
        foreach (var step in steps)
        {
            var child = new Node(step, node);
            node.Add(child);
            if (step.Reward is { } reward) BackUp(child, reward);
        }
    }

    /// <summary>Adds what is thought of a node to it and to all above it.</summary>
    public static void BackUp(Node node, double value)
    {
        node.Value ??= value;
        for (var at = node; at is not null; at = at.Parent) (at.Visits, at.Total) = (at.Visits + 1, at.Total + value);
    }

    /// <summary>The finished solution that one comes to by always following the child of the highest quality, or the most visits, of those that lead to one; null where there is none. Of equals the first.</summary>
    /// <param name="byVisits">Whether visits count.</param>
    public Node? Follow(bool byVisits)
    {
        var finished = Root.All().Where(n => n.Solution.IsFinished).SelectMany(n => n.Path()).ToHashSet();
        var node = Root;
        while (node.Children.Where(finished.Contains).MaxBy(c => byVisits ? c.Visits : c.Quality) is { } next) node = next;
        return node.Solution.IsFinished ? node : null;
    }

    private Node? Best(Node node)
    {
        Node[] open = [.. node.Children.Where(c => !c.IsOver)];
        if (open.Length == 0) return null;
        var most = open.Max(Score);
        Node[] best = [.. open.Where(c => Score(c) == most)];
        return best[best.Length > 1 && ties is not null ? ties.Next(best.Length) : 0];
    }
}
