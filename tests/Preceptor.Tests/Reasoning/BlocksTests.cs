using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>BlocksWorld: the simulator against the domain's operators, the search against going through everything, and the checker.</summary>
public sealed class BlocksTests
{
    private static readonly BlocksChecker Checker = new();

    private static Gen<(int[] Below, int[] Wanted)> Stands(int blocks) => Gen.Select(Stand(blocks), Stand(blocks));

    private static Gen<int[]> Stand(int blocks) => Gen.Select(Gen.Shuffle(Enumerable.Range(0, blocks).ToArray()), Gen.Bool.Array[blocks]).Select((order, cut) =>
    {
        var below = new int[blocks];
        for (var i = 0; i < blocks; i++) below[order[i]] = i == 0 || cut[i] ? Blocks.Table : order[i - 1];
        return below;
    });

    private static Blocks Problem(int[] wanted) =>
        new([.. Enumerable.Range(0, wanted.Length).Select(i => ((char)('a' + i)).ToString())], [.. wanted.Select((under, b) => under >= 0 ? new BlocksGoal(BlocksPredicate.On, b, under) : new BlocksGoal(BlocksPredicate.OnTable, b))]);

    /// <summary>The facts of the published domain's predicates.</summary>
    private static HashSet<string> Facts(IReadOnlyList<int> below)
    {
        var facts = new HashSet<string>();
        if (!below.Contains(Blocks.Hand)) facts.Add("handempty");
        for (var b = 0; b < below.Count; b++)
        {
            facts.Add(below[b] switch { Blocks.Table => $"ontable {b}", Blocks.Hand => $"holding {b}", var under => $"on {b} {under}" });
            if (below[b] != Blocks.Hand && !below.Contains(b)) facts.Add($"clear {b}");
        }
        return facts;
    }

    /// <summary>The four operators as the domain's file has them, by preconditions, what they add and what they delete.</summary>
    private static IEnumerable<(string Name, HashSet<string> After)> Operators(HashSet<string> facts, int blocks)
    {
        IEnumerable<(string Name, HashSet<string> After)> Apply(string name, string[] needed, string[] added, string[] deleted) => needed.All(facts.Contains) ? [(name, [.. facts.Except(deleted), .. added])] : [];
        for (var x = 0; x < blocks; x++)
        {
            foreach (var done in Apply($"pick-up {x}", [$"clear {x}", $"ontable {x}", "handempty"], [$"holding {x}"], [$"clear {x}", $"ontable {x}", "handempty"])) yield return done;
            foreach (var done in Apply($"put-down {x}", [$"holding {x}"], [$"clear {x}", "handempty", $"ontable {x}"], [$"holding {x}"])) yield return done;
            for (var y = 0; y < blocks; y++)
            {
                foreach (var done in Apply($"stack {x} {y}", [$"clear {y}", $"holding {x}"], ["handempty", $"clear {x}", $"on {x} {y}"], [$"clear {y}", $"holding {x}"])) yield return done;
                foreach (var done in Apply($"unstack {x} {y}", [$"on {x} {y}", $"clear {x}", "handempty"], [$"holding {x}", $"clear {y}"], [$"on {x} {y}", $"clear {x}", "handempty"])) yield return done;
            }
        }
    }

    [Fact]
    public void Steps_are_the_operators_of_the_domain_and_states_stay_sound()
    {
        Gen.Select(Stands(4), Gen.Int[0, 9].Array[8]).Sample((stands, choices) =>
        {
            StepState state = new BlocksState(Problem(stands.Wanted), stands.Below, null);
            foreach (var choice in choices)
            {
                var (now, problem) = ((BlocksState)state, ((BlocksState)state).Problem);
                if (state.IsSolved) break;
                string Numbered(string line) => string.Join(' ', line.Split(" left ")[0].Split(' ').Select((w, i) => i == 0 ? w : (w[0] - 'a').ToString()));
                var facts = Facts(now.Below);
                Assert.Equal(Operators(facts, 4).Select(o => $"{o.Name}: {string.Join(',', o.After.Order())}").Order(), state.Steps.Select(s => $"{Numbered(s.Line)}: {string.Join(',', Facts(((BlocksState)s.State).Below).Order())}").Order());
                // Every block is in one place, at most one on another, at most one held, and all stacks stand on the table.
                Assert.True(now.Below.Where(b => b != Blocks.Table).Distinct().Count() == now.Below.Count(b => b != Blocks.Table));
                Assert.All(Enumerable.Range(0, 4), b => { for (var up = 0; b >= 0; b = now.Below[b]) Assert.True(up++ < 4); });
                // What was done can be undone.
                Assert.All(state.Steps.Where(s => !s.State.IsSolved), s => Assert.Contains(s.State.Steps, back => back.State.Key == state.Key));
                Assert.Equal(state.Steps.Count(s => !s.State.IsSolved), state.Parents);
                Assert.All(state.Steps, s => Assert.EndsWith($" left {problem.Text(((BlocksState)s.State).Below)}", s.Line, StringComparison.Ordinal));
                state = state.Steps[choice % state.Steps.Count].State;
            }
        }, iter: 60);
    }

    [Fact]
    public void All_plans_and_the_shortest_are_those_that_going_through_everything_finds()
    {
        var several = 0;
        Gen.Select(Stands(3), Gen.Int[0, 2]).Where(s => s.Item1.Below.Zip(s.Item1.Wanted).Any(p => p.First != p.Second)).Sample((stands, slack) =>
        {
            var (problem, wanted) = (Problem(stands.Wanted), stands.Wanted.Select((under, b) => under >= 0 ? $"on {b} {under}" : $"ontable {b}").ToArray());
            var shortest = StepSearch.Shortest(new BlocksState(problem, stands.Below, null))!.Value;
            var start = new BlocksState(problem, stands.Below, shortest + slack);
            // Without memory: operators one after the other, as long as the goal does not hold.
            List<string> Walk(HashSet<string> facts, int left, string done) => wanted.All(facts.Contains) ? [done] : left == 0 ? [] : [.. Operators(facts, 3).SelectMany(o => Walk(o.After, left - 1, $"{done}{o.Name};"))];
            var expected = Walk(Facts(stands.Below), shortest + slack, "");
            Assert.Equal(shortest, expected.Min(p => p.Count(c => c == ';')));
            string[] found = [.. new StepSearch().Solutions(start)];
            string Plan(string solution) => string.Concat(solution.Split('\n').Select(line => string.Join(' ', line.Split(" left ")[0].Split(' ').Select((w, i) => i == 0 ? w : (w[0] - 'a').ToString())) + ";"));
            Assert.Equal(expected.Order(), found.Select(Plan).Order());
            Assert.Equal(found.Length, new StepSearch().Count(start));
            var question = problem.Question(stands.Below, shortest + slack);
            Assert.All(found, plan => Assert.True(Checker.IsRight(new(question, ""), plan) && Checker.AreStepsRight(question, plan)!.All(r => r), plan));
            if (found.Length > 1) Interlocked.Increment(ref several);
        }, iter: 60);
        Assert.InRange(several, 5, 60);
        Assert.Null(new StepSearch(most: 3).Count(Blocks.Parse("a b , c d = d on a in 8")!));
        Assert.Null(StepSearch.Shortest(new BlocksState(new(["a", "b"], [new(BlocksPredicate.On, 0, 1), new(BlocksPredicate.On, 1, 0)]), [-1, -1], null)));
    }

    [Fact]
    public void The_number_of_ways_to_stand_is_the_known_one()
    {
        // 1, 3, 13, 73, 501 (OEIS A000262) with an empty hand.
        foreach (var (blocks, ways) in new[] { (1, 1), (2, 3), (3, 13), (4, 73), (5, 501) })
        {
            var problem = new Blocks([.. Enumerable.Range(0, blocks).Select(i => ((char)('a' + i)).ToString())], [new(BlocksPredicate.On, 0, 0)]);
            var (seen, open) = (new HashSet<string>(), new Stack<StepState>([new BlocksState(problem, [.. Enumerable.Repeat(Blocks.Table, blocks)], null)]));
            while (open.TryPop(out var state))
                if (seen.Add(state.Key))
                    foreach (var step in state.Steps) open.Push(step.State);
            Assert.Equal(ways, seen.Count(key => !key.Contains("-2", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("unstack b a left a , c holding b\nstack b c left a , c b", "11", true)]
    [InlineData("unstack  b a left a , c holding b\n\nstack b c left a , c b\n", "11", true)]
    [InlineData("unstack b a left a , c holding b", "1", false)] // as far as it goes
    [InlineData("unstack b a left a , c holding b\nstack b c left a b , c", "10", false)] // says what is not so
    [InlineData("unstack b a left a , c holding b\nstack b c left a , c b\npick-up a left c b holding a", "110", false)] // goes on when all is done
    [InlineData("pick-up a left c holding a", "0", false)] // something stands on it
    [InlineData("unstack b a\nstack b c", "00", false)]
    [InlineData("pick-up c left a b holding c\nput-down c left a b , c\nunstack b a left a , c holding b\nstack b c left a , c b", "1111", true)]
    [InlineData("pick-up c left a b holding c\nput-down c left a b , c\npick-up c left a b holding c\nput-down c left a b , c\nunstack b a left a , c holding b", "11110", false)] // one too many
    [InlineData("", "", false)]
    public void Plans_are_checked_by_doing_them(string plan, string rights, bool isRight)
    {
        const string question = "a b , c = b on c in 4";
        Assert.Equal(rights, string.Concat(Checker.AreStepsRight(question, plan)!.Select(r => r ? '1' : '0')));
        Assert.Equal(isRight, Checker.IsRight(new(question, ""), plan));
    }

    [Fact]
    public void Problems_are_lines_that_are_read_as_they_were_written()
    {
        Gen.Select(Stands(4), Gen.Int[-1, 3], Gen.Int[0, 12]).Sample((stands, hand, most) =>
        {
            int[] below = [.. stands.Below.Select((b, i) => i == hand && !stands.Below.Contains(hand) ? Blocks.Hand : b)];
            BlocksGoal[] further = [new(BlocksPredicate.Clear, 2), new(BlocksPredicate.Held, 1), new(BlocksPredicate.HandEmpty)];
            var problem = new Blocks(["a", "b", "c", "d"], [.. Problem(stands.Wanted).Goals, .. further.Take(most % 4)]);
            var state = Blocks.Parse(problem.Question(below, most))!;
            Assert.Equal(problem.Question(below, most), state.Problem.Question(state.Below, state.Left));
            Assert.Equal(most, state.Left);
        }, iter: 100);
        Assert.Equal(2 + Blocks.UsualSlack, Blocks.Parse("a b , c = b on c")!.Left);
        Assert.Equal("a b , c = b on c in 4", Blocks.Parse("c , a b = b on c in 4") is { } read ? read.Problem.Question(read.Below, 4) : null);
        Assert.All(["", "a b", "a b =", "= a on b", "a a = a on a", "a b = a on c", "a , , b = a on b", "a b = a in 4", "a on = a on b", "a holding b holding c = a on b", "a b = a on b in x", "a b c d e f g h i = a on b", "a b = b on a , a on b"], text => Assert.Null(Checker.Begin(text)));
        Assert.Null(Checker.AreStepsRight("what", "pick-up a"));
    }

    [Fact]
    public void Problems_are_drawn_apart_as_hard_as_asked_each_with_right_plans()
    {
        var options = new BlocksProblem.Options { Blocks = 4, Shortest = 4, Longest = 6, Examples = 60, Held = 10, Solutions = 2 };
        var sets = BlocksProblem.Draw(options, 1);
        Question[] all = [.. sets.Train, .. sets.Validation, .. sets.Test];
        Assert.Equal((10, 10, 60, 80), (sets.Validation.Length, sets.Test.Length, sets.Train.Select(q => q.Text).Distinct().Count(), all.Select(q => q.Text).Distinct().Count()));
        Assert.All(all, q => Assert.True(Checker.IsRight(q, q.Solution) && q.Level is 4 or 6 && q.Text.EndsWith($" in {q.Level + 2}", StringComparison.Ordinal)));
        Assert.Equal(sets.Train, BlocksProblem.Draw(options, 1).Train);
        Assert.True(sets.Train.GroupBy(q => q.Text).All(g => g.Select(q => q.Solution).Distinct().Count() == g.Count()));
        Assert.Contains("problem.held", Assert.Throws<RequestException>(() => BlocksProblem.Draw(new() { Blocks = 2, Held = 50 }, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("problem.longest: 2 is less than problem.shortest 4", Assert.Throws<RequestException>(() => BlocksProblem.Draw(new() { Shortest = 4, Longest = 2 }, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Countdowns_simulator_gives_the_solutions_of_its_search_and_its_checker_finds_all_right()
    {
        var checker = new CountdownChecker();
        var start = checker.Begin("1 1 4 6")!;
        string[] solutions = [.. new StepSearch().Solutions(start)];
        Assert.Equal(solutions, solutions.Distinct());
        Assert.Equal(solutions.Length, new StepSearch().Count(start));
        Assert.All(solutions, s => Assert.True(checker.IsRight(new("1 1 4 6", "24"), s) && start.After(SolutionChecker.StepsOf(s)) is { IsSolved: true }));
        Assert.Null(start.After(["1 + 4 = 5 left 1 5 6"])); // 4 + 1, in the one form
        Assert.Equal(1, start.Parents);
        Assert.Equal(["a", "1"], new[] { new CountdownChecker().Begin("1 x")?.Key ?? "a", checker.Begin("1")!.Key });
    }
}
