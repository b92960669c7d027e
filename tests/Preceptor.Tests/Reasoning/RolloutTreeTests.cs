using CsCheck;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>The tree of roll-outs: which is chosen, and how its first wrong step is found.</summary>
public sealed class RolloutTreeTests
{
    private static readonly TreeOptions Usual = new(100, 0.5, 0.9, 500, 0.125);

    private static Rollout Of(IEnumerable<int> tokens, bool isRight) => new(new([.. tokens], "", true), isRight);

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 0, 0.5)]
    [InlineData(1, 500, 0.9)]
    [InlineData(0.5, 250, 0.67082)]
    public void Quality_is_the_published_formula(double value, int length, double expected) => Assert.Equal(expected, RolloutTree.Quality(Usual, value, length), 1e-5);

    [Fact]
    public void The_bonus_is_the_published_formula() => Assert.Equal(0.25, RolloutTree.Bonus(Usual, 16, 1), 1e-12);

    [Fact]
    public void The_first_wrong_step_is_found_by_bisection()
    {
        // A policy that ends right if and only if there is no fault (a token of 100) yet; the question has one wrong roll-out, whose fault is at some step.
        Gen.Select(Gen.Int[1, 16], Gen.Int[0, 15]).Where((steps, at) => at < steps).Sample((steps, at) =>
        {
            int[] wrong = [.. Enumerable.Range(0, steps).Select(i => i == at ? 100 : i)];
            var (tree, asks) = (new RolloutTree(Usual with { Searches = 1 }, tokens => [.. Enumerable.Range(1, tokens.Count)]), 0);
            foreach (var node in tree.Search())
            {
                asks++;
                node.Rollouts = node.Tokens.Length == 0 ? [Of(wrong, false), Of(Enumerable.Range(0, steps), true)] : [Of([.. node.Tokens, 7], !node.Tokens.Contains(100))];
            }
            // One estimate for the question, and no more than log2 of the steps, rounded up.
            Assert.True(asks <= 1 + (int)Math.Ceiling(Math.Log2(steps)), $"{asks} of {steps}");
            var dead = tree.Nodes.Where(n => n.Value == 0).Select(n => n.Tokens.Length).DefaultIfEmpty(steps).Min();
            var alive = tree.Nodes.Where(n => n.Value > 0).Max(n => n.Tokens.Length);
            Assert.Equal((at + 1, at), (dead, alive));
        }, iter: 200);
    }

    [Fact]
    public void Only_wrong_roll_outs_of_what_can_end_right_are_chosen_each_once()
    {
        // Half of the roll-outs are right as long as there is no fault, and each wrong one has a fault at a place of its own.
        var (random, asked) = (Preceptor.Foundation.RandomStream.Of(1, "tree"), new HashSet<string>());
        var tree = new RolloutTree(Usual with { Searches = 12 }, tokens => [.. Enumerable.Range(1, tokens.Count)]);
        foreach (var node in tree.Search())
        {
            Assert.True(asked.Add(string.Join(' ', node.Tokens)), "no beginning is estimated twice");
            node.Rollouts = [.. Enumerable.Range(0, 4).Select(i =>
            {
                int[] rest = [.. Enumerable.Range(0, 8 - node.Tokens.Length).Select(_ => random.Next(50))];
                if (i % 2 == 1 || node.Tokens.Contains(100)) rest[random.Next(rest.Length)] = 100;
                return Of([.. node.Tokens, .. rest], !node.Tokens.Contains(100) && i % 2 == 0);
            })];
        }
        Assert.Equal(12, tree.Dissected.Count);
        Assert.Equal(12, tree.Dissected.Distinct().Count());
        Assert.All(tree.Dissected, r => Assert.False(r.IsRight));
        Assert.All(tree.Nodes, n => Assert.Equal(n.Tokens.Contains(100), n.Value == 0));
        Assert.Equal(12, tree.Nodes.Sum(n => n.Visits));
        Assert.All(tree.Nodes.Where(n => n.Value == 0), n => Assert.Equal(0, n.Visits));
        // Nothing to choose: all right, or all wrong.
        foreach (var isRight in new[] { true, false })
        {
            var plain = new RolloutTree(Usual, tokens => [tokens.Count]);
            foreach (var node in plain.Search()) node.Rollouts = [Of([1, 2], isRight), Of([3], isRight)];
            Assert.Equal((1, 0), (plain.Nodes.Count, plain.Dissected.Count));
        }
    }
}
