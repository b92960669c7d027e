using Preceptor.Catalogue;
using Preceptor.Catalogue.Trials;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Tests.Reports;

namespace Preceptor.Tests.Catalogue.Trials;

/// <summary>Successive halving over ways to train.</summary>
public sealed class MethodTrialTests
{
    private const int Items = 100;

    private static TrialCandidate Candidate(string method, string? setting = null) =>
        new(Runs.Draft() with { Methods = MethodSettings.Read(new ScalarSetting("test", "method", method)) }, setting);

    // Right on the first of the fold's items; so that of two candidates on one fold the better is right wherever the worse is.
    private static AttemptEnd Right(int right) => new(TestScore.Mean([.. Enumerable.Range(0, Items).Select(i => i < right ? 1.0 : 0)]), null);

    private static (TrialResult Result, List<Attempt> Made) Try(TrialCandidate[] candidates, Func<Attempt, AttemptEnd?> end)
    {
        var made = new List<Attempt>();
        var result = new MethodTrial(candidates, Better.Higher, attempts =>
        {
            made.AddRange(attempts);
            return attempts.Select(a => (a, End: end(a))).Where(a => a.End is not null).ToDictionary(a => a.a, a => a.End!);
        }).Run();
        return (result, made);
    }

    [Fact]
    public void The_better_half_goes_on_with_twice_the_folds_and_plain_methods_stay()
    {
        TrialCandidate[] candidates = [Candidate("logistic-regression"), Candidate("supervised"), .. Enumerable.Range(0, 6).Select(i => Candidate("ps-kd", $"setting {i}"))];
        var (result, made) = Try(candidates, a => Right(a.Candidate < 2 ? 10 : 50 + a.Candidate));
        int[] Of(int candidate) => [.. made.Where(a => a.Candidate == candidate).Select(a => a.Fold)];
        int[] all = [.. Enumerable.Range(0, MethodTrial.Folds)];
        Assert.Equal(all, Of(7)); // the best
        Assert.Equal(all, Of(0)); // plain, though bad
        Assert.Equal([0], Of(2));
        Assert.Equal([0, 1], Of(4));
        Assert.Equal(candidates[7], result.Chosen!.Candidate);
        Assert.Equal(candidates[0].Name, result.BestPlain!.Candidate.Name);
        Assert.Equal((MethodTrial.Folds, false), (result.Folds, result.IsCut));
        Assert.Equal(0.47, result.Lead!.Mean, 12);
        Assert.Equal(made.Count, made.Distinct().Count());
    }

    [Fact]
    public void A_lead_within_a_standard_error_is_not_enough()
    {
        TrialCandidate[] candidates = [Candidate("logistic-regression"), Candidate("ps-kd")];
        var (result, _) = Try(candidates, a => Right(a.Candidate == 0 ? 50 : a.Fold % 2 == 0 ? 62 : 39));
        Assert.Equal(candidates[1], result.Entries[0].Candidate);
        Assert.Equal(candidates[0], result.Chosen!.Candidate);
        Assert.True(result.Lead is { Mean: > 0, Low: < 0 });
    }

    [Fact]
    public void Of_a_plain_methods_settings_the_best_is_kept()
    {
        TrialCandidate[] candidates = [Candidate("logistic-regression"), Candidate("logistic-regression", "method.l2=10"), .. Enumerable.Range(0, 4).Select(i => Candidate("ps-kd", $"{i}"))];
        var (result, made) = Try(candidates, a => Right(a.Candidate == 0 ? 10 : a.Candidate == 1 ? 20 : 90));
        Assert.Equal([0], made.Where(a => a.Candidate == 0).Select(a => a.Fold));
        Assert.Equal("logistic-regression method.l2=10", result.BestPlain!.Candidate.Name);
    }

    [Fact]
    public void What_fails_is_left_out_and_says_why()
    {
        TrialCandidate[] candidates = [Candidate("supervised"), Candidate("ps-kd")];
        var (result, made) = Try(candidates, a => a.Candidate == 1 ? new(null, "diverged") : Right(40));
        Assert.Single(made, a => a.Candidate == 1);
        Assert.Equal("diverged", result.Entries.Single(e => e.Candidate == candidates[1]).Failure);
        Assert.Equal((candidates[0], false), (result.Chosen!.Candidate, result.IsCut));
    }

    [Fact]
    public void Where_the_time_ends_the_last_whole_round_decides()
    {
        TrialCandidate[] candidates = [Candidate("supervised"), Candidate("ps-kd"), Candidate("ssld")];
        var (result, _) = Try(candidates, a => a.Fold == 0 || a is { Fold: 1, Candidate: 0 } ? Right(a.Fold == 1 ? 99 : 40 + (20 * a.Candidate)) : null);
        Assert.Equal((1, true), (result.Folds, result.IsCut));
        Assert.Equal(candidates[2], result.Chosen!.Candidate);
    }

    [Fact]
    public void Without_any_time_nothing_is_chosen() => Assert.Null(Try([Candidate("supervised")], _ => null).Result.Chosen);

    [Fact]
    public void Candidates_are_the_defaults_and_one_changed_setting_each()
    {
        TrialCandidate[] candidates = [.. TrialCandidate.Of([Candidate("ps-kd").Specification, Candidate("logistic-regression").Specification])];
        Assert.Equal(["logistic-regression", "ps-kd"], candidates.Take(2).Select(c => c.Name));
        Assert.Equal(["logistic-regression method.l2=0.1", "logistic-regression method.l2=10", "logistic-regression method.l2=30"], candidates.Skip(2).Take(3).Select(c => c.Name));
        Assert.Equal(2, candidates.Count(c => c.Setting?.StartsWith("training.rate=", StringComparison.Ordinal) == true));
        Assert.Contains("l2: 10", candidates[3].Specification.ToYaml(), StringComparison.Ordinal);
    }
}
