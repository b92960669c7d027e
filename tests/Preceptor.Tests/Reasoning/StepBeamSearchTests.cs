using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>The search over steps: what it keeps, and what it comes to in its limits.</summary>
public sealed class StepBeamSearchTests
{
    [Theory]
    [InlineData("beam_select_plain")]
    [InlineData("beam_select_dedup")]
    public void It_keeps_what_the_published_one_keeps(string name)
    {
        var golden = Goldens.Case("50-ovm.json", name);
        var (tokens, scores) = (golden.Input("sequences"), golden.Input("v_scores").Doubles);
        int[][] pool = [.. tokens.Ints.Chunk((int)tokens.Shape[1])];
        var kept = StepBeamSearch.Select(pool, scores, golden.Setting("beams_kept").Integer, golden.Setting("dedup_mode").Integer == 1);
        Assert.Equal(golden.Output("kept_indices").Ints, kept);
        golden.AssertClose("kept_scores", [.. kept.Select(i => scores[i])]);
    }

    private static (ReasoningProblem Problem, int[][] Prompts) Ask()
    {
        var problem = SmallChains.Problem();
        return (problem, [.. problem.Validation.Take(6).Select(q => problem.PromptOf(q.Text))]);
    }

    [Fact]
    public void With_one_beam_and_one_sample_it_is_drawing_step_by_step()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        var drawing = new Drawing(1, 0, 20, 7);
        var found = new StepBeamSearch(new(policy), (asked, _) => new double[asked.Count], steps => steps[^1]) { Beams = 1, Samples = 1, MaxDepth = 50 }.Search(prompts, drawing, default);
        for (var question = 0; question < prompts.Length; question++)
        {
            var (sampler, drawn) = (new SolutionSampler(policy), new Solution([], "", false));
            for (var depth = 0; !drawn.IsFinished && drawn.Tokens.Count < 20; depth++)
                drawn = sampler.Step([prompts[question]], [drawn.Tokens.ToArray()], 1, drawing with { Seed = Preceptor.Foundation.RandomStream.Key(7, "beam", depth) }, default)[0][0];
            Assert.Equal((drawn.Text, drawn.IsFinished), (found[question][0].Text, found[question][0].IsFinished));
        }
    }

    [Fact]
    public void It_finds_what_values_like_keeps_what_is_finished_and_stops_at_its_depth()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        // A finished solution is worth 10 less its length, a beginning as many as it has of a token.
        var wanted = problem.Policy.Tokenizer.Encode("3")[0];
        double Value(int[] tokens) => tokens[^1] == 1 ? 10 - tokens.Length : tokens.Count(t => t == wanted) - 20;
        var asks = new List<int>();
        double[] Values(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> begun)
        {
            asks.Add(asked.Count);
            return [.. begun.Select(Value)];
        }
        var found = new StepBeamSearch(new(policy), Values, steps => steps[^1]) { Beams = 3, Samples = 12, MaxDepth = 8 }.Search(prompts, new(1, 0, 24, 3), default);
        Assert.True(asks.Count <= 8 && asks[0] == 12 * prompts.Length, string.Join(' ', asks));
        Assert.All(found, beams =>
        {
            Assert.Equal(3, beams.Length);
            Assert.Equal(beams.Select(b => b.Score).OrderDescending(), beams.Select(b => b.Score));
            Assert.All(beams, b => Assert.Equal(Value([.. b.Tokens]), b.Score));
            Assert.All(beams, b => Assert.Equal(b.Score, b.StepScores[^1]));
        });
        // More samples find no worse.
        double Mean(Solution[][] of) => of.Average(b => b[0].Score);
        var narrow = new StepBeamSearch(new(policy), Values, steps => steps[^1]) { Beams = 1, Samples = 1, MaxDepth = 8 }.Search(prompts, new(1, 0, 24, 3), default);
        Assert.True(Mean(found) > Mean(narrow) + 1, $"{Mean(found)} {Mean(narrow)}");
    }

    [Fact]
    public void Where_nothing_is_preferred_the_first_samples_stay_and_equal_beginnings_draw_apart()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        var first = new StepBeamSearch(new(policy), (asked, _) => new double[asked.Count], steps => steps[^1]) { Beams = 4, Samples = 8, MaxDepth = 1 }.Search(prompts, new(1, 0, 24, 3), default);
        var drawn = new SolutionSampler(policy).Step(prompts, [.. prompts.Select(_ => Array.Empty<int>())], 8, new(1, 0, 24, Preceptor.Foundation.RandomStream.Key(3, "beam", 0)), default);
        Assert.Equal(drawn.Select(d => string.Join('|', d.Take(4).Select(s => s.Text))), first.Select(d => string.Join('|', d.Select(s => s.Text))));
        Assert.All(first, beams => Assert.True(beams.Select(b => b.Text).Distinct().Count() > 1));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 12)]
    public void Where_the_finished_leave_each_takes_a_place_with_it_and_the_best_is_given(int beams, int samples)
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        static double Value(int[] tokens) => Math.Sin(tokens.Sum());
        var drawn = new List<int>();
        double[] Values(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> begun)
        {
            drawn.Add(begun.Count);
            return [.. begun.Select(Value)];
        }
        var drawing = new Drawing(1, 0, 20, 3);
        var found = new StepBeamSearch(new(policy), Values, steps => steps[^1]) { Beams = beams, Samples = samples, MaxDepth = 60, FinishedLeave = true }.Search(prompts, drawing, default);
        // One beginning at first, and as many next steps of each as there are places, never more.
        Assert.Equal(samples / beams * prompts.Length, drawn[0]);
        Assert.All(drawn, count => Assert.True(count <= samples * prompts.Length));
        Assert.All(found, of =>
        {
            Assert.Equal(beams, of.Length); // all left, finished or too long: then nothing is drawn any more
            Assert.All(of, s => Assert.True(s.IsFinished || s.Tokens.Count == 20));
            Assert.Equal(of.OrderByDescending(s => s.IsFinished).ThenByDescending(s => s.Score).Select(s => s.Text), of.Select(s => s.Text));
        });
        // At the limit of steps what never ended comes last.
        var cut = new StepBeamSearch(new(policy), Values, steps => steps[^1]) { Beams = beams, Samples = samples, MaxDepth = 1, FinishedLeave = true }.Search(prompts, drawing, default);
        Assert.All(cut, of => Assert.Equal(beams, of.Length));
    }

    [Fact]
    public void Where_the_finished_leave_and_nothing_is_preferred_what_the_policy_draws_stays()
    {
        var (problem, prompts) = Ask();
        using var policy = SmallChains.Untrained(problem);
        Solution[][] Search(bool leave, double value) => new StepBeamSearch(new(policy), (asked, _) => [.. asked.Select(_ => value)], steps => steps[^1]) { Beams = 1, Samples = 1, MaxDepth = 50, FinishedLeave = leave }.Search(prompts, new(1, 0, 20, 7), default);
        Assert.Equal(Search(false, 0).Select(b => b[0].Text), Search(true, 0.5).Select(b => b[0].Text));
    }
}
