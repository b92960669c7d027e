using System.Text.Json;
using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>The search of one tree: the published traces, and what holds of every tree.</summary>
public sealed class SearchTreeTests
{
    private const string File = "37-alphamath.json";

    public static TheoryData<string> Traces => [.. Goldens.Names(File).Select(row => row.Data).Where(n => n.StartsWith("search_", StringComparison.Ordinal) || n is "exhausted_small_tree" or "c_puct_small" or "(no goldens here)")];

    [Theory, MemberData(nameof(Traces))]
    public void It_visits_and_values_what_the_published_one_does(string name)
    {
        var golden = Goldens.Case(File, name);
        var (script, children) = (golden.Input("tree").Json.GetProperty("nodes"), golden.Setting("update_leaf_value").Flag);
        var tree = new SearchTree(golden.Setting("c_puct").Number);
        var names = new Dictionary<SearchTree.Node, string> { [tree.Root] = "0" };
        JsonElement Of(SearchTree.Node node) => script.GetProperty(names[node]);
        double Value(SearchTree.Node node) => Of(node).GetProperty("value").GetDouble();
        var selected = new List<string?>();
        for (var simulation = 0; simulation < golden.Setting("iterations").Integer; simulation++)
        {
            var leaf = tree.Select();
            selected.Add(leaf is null ? null : names[leaf]);
            if (leaf is null) continue;
            string[] below = [.. Of(leaf).GetProperty("children").EnumerateArray().Select(c => c.GetString()!)];
            SearchTree.Expand(leaf, below.Select(c => script.GetProperty(c)).Select(c => c.GetProperty("reward") is { ValueKind: JsonValueKind.Number } reward
                ? new ProposedStep(new([], "", true), c.GetProperty("prior").GetDouble(), true, reward.GetDouble()) : new ProposedStep(new([], "", false), c.GetProperty("prior").GetDouble(), false, null)));
            foreach (var (child, of) in leaf.Children.Zip(below)) names[child] = of;
            foreach (var node in children ? leaf.Children.Where(c => c.Reward is null) : [leaf]) SearchTree.BackUp(node, Value(node));
        }
        Assert.Equal(golden.Output("selected_per_iteration").Json.EnumerateArray().Select(s => s.GetString()), selected);
        var statistics = golden.Output("statistics").Json;
        Assert.Equal(statistics.EnumerateObject().Count(), names.Count);
        void Close(double expected, double actual) => Assert.Equal(expected, actual, golden.Absolute + golden.Relative * Math.Abs(expected));
        foreach (var (node, of) in names)
        {
            var expected = statistics.GetProperty(of);
            Assert.Equal((expected.GetProperty("visit_count").GetInt32(), expected.GetProperty("is_terminal").GetBoolean()), (node.Visits, node.IsOver));
            Close(expected.GetProperty("q_value").GetDouble(), node.Quality);
            if (node.Parent is not null) Close(expected.GetProperty("puct").GetDouble(), tree.Score(node));
            if (node.Value is { } value) Close(expected.GetProperty("value").GetDouble(), value);
        }
    }

    [Fact]
    public void Scores_and_priors_are_the_published_formulas()
    {
        var golden = Goldens.Case(File, "puct");
        golden.AssertClose("puct", [.. golden.Input("rows").Doubles.Chunk(5).Select(r => SearchTree.Score(r[0], r[1], r[2], (int)r[3], (int)r[4]))]);
        var priors = Goldens.Case(File, "prior");
        priors.AssertClose("prior", [.. priors.Input("token_probs").Json.GetProperty("lists").EnumerateArray().Select(l => l.EnumerateArray().Select(p => Math.Log(p.GetDouble())).ToArray()).Select(logs => SearchTree.PriorOf(logs.Sum(), logs.Length))]);
    }

    // A tree that grows at random, of some depth, each end +1 or −1.
    private static SearchTree Grown(int seed, int simulations, double exploration, int depth = 4)
    {
        var random = RandomStream.Of((ulong)seed, "grown");
        var tree = new SearchTree(exploration, RandomStream.Of((ulong)seed, "ties"));
        for (var simulation = 0; simulation < simulations; simulation++)
        {
            if (tree.Select() is not { } leaf) continue;
            SearchTree.Expand(leaf, [.. Enumerable.Range(0, 1 + random.Next(4)).Select(i =>
            {
                var isEnd = leaf.Depth + 1 == depth || random.Next(4) == 0;
                return new ProposedStep(new([.. leaf.Solution.Tokens, i], "", isEnd), random.NextDouble(), isEnd, isEnd ? random.Next(2) * 2 - 1 : null);
            })]);
            SearchTree.BackUp(leaf, random.NextDouble(-1, 1));
        }
        return tree;
    }

    [Fact]
    public void What_is_found_is_counted_once_at_each_node_above()
    {
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 60], Gen.Double[0, 3]).Sample((seed, simulations, exploration) =>
        {
            var tree = Grown(seed, simulations, exploration);
            foreach (var node in tree.Root.All())
            {
                Assert.InRange(node.Quality, -1, 1);
                // Its own evaluation, and what was found at each child.
                if (node.Children.Count > 0) Assert.Equal(1 + node.Children.Sum(c => c.Visits), node.Visits);
                if (node.Children.Count > 0) Assert.Equal(node.Value!.Value + node.Children.Sum(c => c.Total), node.Total, 1e-9);
                if (node.IsEnd) Assert.Equal((1, node.Reward), (node.Visits, node.Quality));
                Assert.Equal(node.Depth, node.Path().Count());
            }
            Assert.True(tree.Root.All().Count(n => n.Children.Count > 0) <= simulations);
        }, iter: 100);
    }

    [Fact]
    public void Without_exploration_and_values_it_follows_what_ended_well_and_ties_are_drawn()
    {
        var tree = new SearchTree(0, RandomStream.Of(1, "ties"));
        SearchTree.Expand(tree.Root, [.. Enumerable.Range(0, 8).Select(i => new ProposedStep(new([i], "", false), 0.5, false, null))]);
        SearchTree.BackUp(tree.Root, 0);
        Assert.True(Enumerable.Range(0, 40).Select(_ => tree.Select()).Distinct().Count() > 3, "equals are drawn among");
        SearchTree.BackUp(tree.Root.Children[5], 0.25);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Same(tree.Root.Children[5], tree.Select()));
        // The answer is behind the best child that leads to one, and there is none before any is finished.
        Assert.Null(tree.Follow(byVisits: false));
        SearchTree.Expand(tree.Root.Children[2], [new(new([2, 1], "", true), 0.5, true, -1), new(new([2, 2], "", true), 0.5, true, -0.5)]);
        Assert.Same(tree.Root.Children[2].Children[1], tree.Follow(byVisits: false));
        Assert.Same(tree.Root.Children[2].Children[0], tree.Follow(byVisits: true));
    }
}
