using Preceptor.Models;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>Drawing solutions, voting, and what a solver leaves in its folder.</summary>
public sealed class SolverTests
{
    private static Solution Of(string text, double score = 0) => new([1], text, true) { Score = score };

    [Fact]
    public void Votes_count_answers_and_ties_go_to_the_first()
    {
        Solution[] candidates = [Of("a", 0.2), Of("b", 0.9), Of("a", 0.3), Of("c", -5), Of("b", 0.1), Of("", 1)];
        string?[] answers = ["1", "2", "1", "3", "2", null];
        Assert.Equal("a", AnswerVote.Weighted(candidates, answers, _ => 1)!.Text); // two and two
        Assert.Equal(("b", 0.9), (AnswerVote.Weighted(candidates, answers, s => s.Score)!.Text, AnswerVote.Weighted(candidates, answers, s => s.Score)!.Score));
        Assert.Equal("b", AnswerVote.Best(candidates, answers)!.Text); // one without an answer is never given
        Assert.Null(AnswerVote.Weighted([Of("")], [null], _ => 1));
        Assert.Null(AnswerVote.Best([], []));
        // With one solution that has all the weight, the weighted vote is the best of them.
        foreach (var winner in Enumerable.Range(0, 5)) Assert.Equal(answers[winner], answers[Array.IndexOf(candidates, AnswerVote.Weighted(candidates, answers, s => s == candidates[winner] ? 1 : 0))]);
    }

    [Fact]
    public void Solutions_depend_on_seed_and_question_not_on_neighbours_and_limits_hold()
    {
        var problem = SmallChains.Problem();
        using var policy = SmallChains.Untrained(problem);
        int[][] prompts = [.. problem.Validation.Take(5).Select(q => problem.PromptOf(q.Text))];
        Solution[][] Draw(int[][] asked, ulong seed, int most = 12) => new SolutionSampler(policy).Draw(asked, 3, new(1, 0, most, seed), default);
        var all = Draw(prompts, 1);
        Assert.Equal(all[3].Select(s => s.Text), Draw([prompts[3]], 1)[0].Select(s => s.Text));
        Assert.NotEqual(all[3].Select(s => s.Text), Draw([prompts[3]], 2)[0].Select(s => s.Text));
        Assert.All(all.SelectMany(s => s), s => Assert.True(s.Tokens.Count <= 13 && s.IsFinished == (s.Tokens[^1] == 1)));
        // Going on from a beginning: the limit is of the whole, and a step ends at its line break or at the end.
        var sampler = new SolutionSampler(policy);
        int[][] begun = [[.. all[0][0].Tokens.Take(4)], []];
        var steps = sampler.Step(prompts[..2], begun, 8, new(1, 0, 9, 5), default);
        Assert.All(steps[0], s => Assert.Equal(begun[0], s.Tokens.Take(4)));
        Assert.All(steps.SelectMany(s => s), s => Assert.True(s.IsFinished || s.Tokens.Count == 9 || sampler.EndsStep(s.Tokens[^1])));
        Assert.All(steps.SelectMany((of, i) => of.Select(s => s.Tokens.Skip(begun[i].Length).SkipLast(1))), inner => Assert.DoesNotContain(inner, t => sampler.EndsStep(t) || t == 1));
        Assert.Equal(steps.SelectMany((of, i) => of.Select(s => s.Tokens.Count - begun[i].Length)).Sum(), sampler.Cost.Tokens);
        Assert.Equal(16, sampler.Cost.Calls);
    }

    [Fact]
    public void Steps_end_at_line_breaks_and_at_the_end()
    {
        var problem = SmallChains.Problem();
        using var policy = SmallChains.Untrained(problem);
        var sampler = new SolutionSampler(policy);
        int[] Of(string text) => problem.Policy.Tokenizer.Encode(text);
        Assert.Equal([6, 12], sampler.StepEnds([.. Of("1 + 2 = 3\n3 + 2 = 5"), 1]));
        Assert.Equal([6, 12], sampler.StepEnds(Of("1 + 2 = 3\n3 + 2 = 5\n")));
        Assert.Equal([6, 13], sampler.StepEnds([.. Of("1 + 2 = 3\n3 + 2 = 5\n"), 1]));
        Assert.Equal([6, 8], sampler.StepEnds(Of("1 + 2 = 3\n3 +")));
        Assert.Equal([], sampler.StepEnds([]));
    }

    [Fact]
    public void A_policy_that_never_stops_gives_no_answer_and_is_counted_so()
    {
        var problem = SmallChains.Problem();
        using var policy = SmallChains.Untrained(problem);
        using var solver = new Solver(new LanguageModel(policy.Tokenizer, policy.Network, [], policy.Training, 1) { Form = policy.Form }, problem.Checker, problem.Solving);
        var solved = solver.Solve([problem.Validation[0].Text], 1);
        Assert.Null(solved[0].Chosen);
        Assert.All(solved[0].Candidates, c => Assert.Equal((false, 24), (c.IsFinished, c.Tokens.Count)));
        Assert.Equal(new(4 * 24, 4, 0), solved[0].Cost);
    }

    [Fact]
    public void Self_consistency_learns_votes_and_is_saved_with_all_that_it_needs()
    {
        double Accuracy(int epochs, double rate, out TrainingSummary training)
        {
            var problem = SmallChains.Problem(epochs: epochs, samples: 8);
            problem = problem with { Policy = problem.Policy with { Training = problem.Policy.Training with { Rate = rate } } };
            using var solver = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
            training = solver.Policy.Training;
            string[] texts = [.. problem.Validation.Select(q => q.Text)];
            var solved = solver.Solve(texts, 1);
            var folder = Directory.CreateTempSubdirectory("preceptor-solver-").FullName;
            try
            {
                solver.Save(folder);
                Assert.Equal(folder, Solver.Find(folder));
                using var again = Solver.Load(folder);
                Assert.Equal(solved.Select(s => s.Chosen?.Text), again.Solve(texts, 1).Select(s => s.Chosen?.Text));
                Assert.Equal((AnswerRule.Majority, "chain/11"), (again.Rule, again.Checker.Checker.Name));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
            return problem.Validation.Zip(solved, (q, s) => s.Chosen is { } chosen && problem.Checker.Check(q, chosen) == CheckOutcome.Right ? 1.0 : 0).Average();
        }
        var (trained, untrained) = (Accuracy(40, 0.01, out var course), Accuracy(1, 1e-9, out _));
        Assert.True(trained > 0.5 && untrained < 0.2, $"{trained} {untrained}");
        Assert.True(Math.Abs(course.Epochs[0].Loss - 2.1096) < 0.003 * 2.1096 && course.Epochs[^1].Loss < 0.05, $"the first loss is {course.Epochs[0].Loss:R}, the last {course.Epochs[^1].Loss:R}");
    }
}
