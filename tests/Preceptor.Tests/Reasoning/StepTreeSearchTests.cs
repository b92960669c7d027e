using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Searching the trees of many questions side by side.</summary>
public sealed class StepTreeSearchTests
{
    private static readonly TreeSearchSettings Small = new() { Simulations = 12, Steps = 3, MaxDepth = 4 };

    private static (ReasoningProblem Problem, int[][] Prompts) Ask(int count = 6)
    {
        var problem = SmallChains.Problem();
        return (problem, [.. problem.Validation.Take(count).Select(q => problem.PromptOf(q.Text))]);
    }

    // A value that is a number between −1 and 1 of the tokens.
    private static double[] Values(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> begun) => [.. begun.Select(b => Math.Sin(b.Sum() + b.Length))];

    private static string Shown(SearchedTree of) => string.Join('|', of.Tree.Root.All().Select(n => $"{n.Depth} {string.Join(' ', n.Solution.Tokens)} {n.Visits} {n.Total:0.000000} {n.Prior:0.0000}")) + of.Cost;

    [Fact]
    public void A_question_s_tree_does_not_depend_on_its_neighbours_and_costs_what_was_drawn()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        var (sampler, drawing) = (new SolutionSampler(policy), new Drawing(1, 0, 20, 7));
        double Reward(int question, Solution solution) => solution.Tokens.Count % 2 == 0 ? 1 : -1;
        var all = new StepTreeSearch(sampler, Values, Small).Search(prompts, Reward, drawing, default);
        Assert.Equal(sampler.Cost.Tokens, all.Sum(t => t.Cost.Tokens));
        Assert.Equal(sampler.Cost.Calls, all.Sum(t => t.Cost.Calls));
        for (var q = 0; q < prompts.Length; q++) Assert.Equal(Shown(all[q]), Shown(new StepTreeSearch(new(policy), Values, Small).Search([prompts[q]], Reward, drawing, default)[0]));
        Assert.NotEqual(Shown(all[0]), Shown(new StepTreeSearch(new(policy), Values, Small).Search(prompts, Reward, drawing with { Seed = 8 }, default)[0]));
        foreach (var node in all.SelectMany(t => t.Tree.Root.All()))
        {
            Assert.True(node.Children.Count <= 3 && node.Children.Select(c => string.Join(' ', c.Solution.Tokens)).Distinct().Count() == node.Children.Count, "equal steps are one child");
            Assert.InRange(node.Prior, 0, 1);
            if (node.IsEnd) Assert.Equal(node.Solution.IsFinished ? Reward(0, node.Solution) : -1, node.Reward);
            if (node.IsEnd && !node.Solution.IsFinished) Assert.True(node.Depth == 5 || node.Solution.Tokens.Count == 20, "too deep or too long");
            if (node.Parent is { } parent) Assert.Equal(parent.Solution.Tokens, node.Solution.Tokens.Take(parent.Solution.Tokens.Count));
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Without_a_reward_values_stand_for_it_and_children_may_be_valued_instead_of_their_parent(bool children, int own)
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        var found = new StepTreeSearch(new(policy), Values, Small with { ValuesChildren = children }).Search(prompts, null, new(1, 0, 20, 7), default);
        Assert.Contains(found.SelectMany(t => t.Tree.Root.All()), n => n.Solution.IsFinished && n.Value == Math.Sin(n.Solution.Tokens.Sum() + n.Solution.Tokens.Count));
        Assert.All(found.SelectMany(t => t.Tree.Root.All()).Where(n => n.Children.Count > 0), n => Assert.Equal(n.Children.Sum(c => c.Visits) + (children && n.Parent is null ? 0 : 1), n.Visits));
        if (own == 0) Assert.All(found.SelectMany(t => t.Tree.Root.All()).Skip(1), n => Assert.True(n.Visits > 0 || n.Parent is null));
    }

    [Fact]
    public void Budgets_hold_a_cancelled_search_stops_and_memory_stays_flat()
    {
        var (problem, prompts) = Ask(4);
        using var policy = SmallChains.Untrained(problem);
        var drawing = new Drawing(1, 0, 20, 7);
        var bounded = new StepTreeSearch(new(policy), Values, Small with { Tokens = 60 }).Search(prompts, null, drawing, default);
        // Up to the end of a try, of three steps of at most 20 tokens.
        Assert.All(bounded, t => Assert.InRange(t.Cost.Tokens, 60, 60 + 60));
        using var stop = new CancellationTokenSource();
        var calls = 0;
        double[] Stopping(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> begun)
        {
            if (++calls == 3) stop.Cancel();
            return Values(asked, begun);
        }
        Assert.Throws<OperationCanceledException>(() => new StepTreeSearch(new(policy), Stopping, Small).Search(prompts, null, drawing, stop.Token));
        Assert.Equal(3, calls);
        using var verifier = new SolutionVerifier(SmallChains.Untrained(problem), new ValueHead(problem.Policy.Model.Width, 0));
        var tensors = LiveTensors.Count();
        for (var turn = 0; turn < 12; turn++)
        {
            new StepTreeSearch(new(policy), (asked, begun) => [.. verifier.Values(asked, begun).Select(v => v[^1])], Small with { Simulations = 4 }).Search(prompts, null, drawing with { Seed = (ulong)turn }, default);
            tensors.Add(torch.Tensor.TotalCount);
        }
        Assert.True(tensors[^1] <= tensors[2], $"{tensors[^1] - tensors[2]} more tensors after nine searches");
    }

    [Fact]
    public void Steps_are_valued_as_they_are_drawn_where_policy_and_verifier_are_one_network()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        using var verifier = new SolutionVerifier(SmallChains.Untrained(problem), new ValueHead(problem.Policy.Model.Width, 0)) { Range = ValueRange.Signed };
        verifier.Head.SetWeights([.. Enumerable.Range(0, problem.Policy.Model.Width).Select(i => MathF.Sin(i) / 4)]);
        int[][] begun = [.. prompts.Select((_, q) => q % 2 == 0 ? [] : problem.Policy.Tokenizer.Encode("1 + 2 = 3\n"))];
        var (sampler, drawing) = (new SolutionSampler(policy, verifier), new Drawing(1, 0, 14, 5));
        var judged = sampler.Step(prompts, begun, 7, drawing, default);
        var plain = new SolutionSampler(policy).Step(prompts, begun, 7, drawing, default);
        Assert.Equal(plain.SelectMany(of => of.Select(s => $"{string.Join(' ', s.Tokens)} {s.IsFinished}")), judged.SelectMany(of => of.Select(s => $"{string.Join(' ', s.Tokens)} {s.IsFinished}")));
        Assert.Contains(judged.SelectMany(s => s), s => s.IsFinished);
        Assert.Contains(judged.SelectMany(s => s), s => s.Tokens.Count == 14);
        var read = verifier.Values([.. judged.SelectMany((of, q) => of.Select(_ => prompts[q]))], [.. judged.SelectMany(of => of.Select(s => s.Tokens.ToArray()))]);
        Assert.All(judged.SelectMany(s => s).Zip(read), p => Assert.Equal(p.Second[^1], p.First.Value!.Value, 1e-5));
        Assert.Equal(judged.Sum(of => of.Length), sampler.Cost.Read);
        // A search asks for the values of what nobody drew: the empty beginnings.
        double[] Roots(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> of)
        {
            Assert.All(of, Assert.Empty);
            return new double[of.Count];
        }
        double[] Nothing(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> of)
        {
            Assert.Empty(of);
            return [];
        }
        var tree = new StepTreeSearch(sampler, Roots, Small).Search(prompts, null, drawing, default);
        Assert.All(tree.SelectMany(t => t.Tree.Root.All()).Where(n => n.Children.Count > 0 && n.Parent is not null), n => Assert.Equal(n.Solution.Value, n.Value));
        Assert.All(new StepBeamSearch(sampler, Nothing, steps => steps[^1]) { Beams = 2, Samples = 6, MaxDepth = 5 }.Search(prompts, drawing, default), of => Assert.All(of, s => Assert.Equal(s.Value, s.Score)));
    }
}
