using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Supervision;
using Preceptor.Tests.Prediction;
using Preceptor.Tests.Reports;

namespace Preceptor.Tests.Catalogue;

public sealed class MethodComparisonTests
{
    [Fact]
    public void The_best_comes_first_among_all_rows_and_knows_its_lead()
    {
        var comparison = Comparisons.Of(3, ("worse", "floor", 3), ("good", "method", 3), ("better", "ceiling", 3));
        Assert.Equal("better", comparison.Best!.Result.Method);
        Assert.Equal("good", comparison.Second!.Result.Method);
        Assert.Equal(["better", "good", "supervised", "worse"], comparison.Methods.Select(m => m.Result.Method));
        Assert.Equal(comparison.Rows.Select(r => r.Score.Mean).OrderDescending(), comparison.Rows.Select(r => r.Score.Mean));
        Assert.Equal(["baseline", "better", "ceiling", "floor", "good", "worse"], comparison.Rows.Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.Equal(comparison.Best.Result.Scores["method"].Mean - comparison.Second.Result.Scores["method"].Mean, comparison.Lead!.Mean, 12);
    }

    [Fact]
    public void A_lead_counts_only_the_seeds_that_both_have() =>
        Assert.Equal(2, Comparisons.Of(3, ("good", "method", 3), ("better", "ceiling", 2)).Lead!.Values.Count);

    [Fact]
    public void The_sentence_names_the_best_and_how_sure_it_is()
    {
        Assert.Matches(@"^better scores best with [0-9.]+ %, better than the baseline by [0-9.]+ points \[[0-9.]+, [0-9.]+\]; the next method, good, is [0-9.]+ points \[.*\] behind\.$",
            ComparisonText.Sentence(Comparisons.Of(3, ("good", "method", 3), ("better", "ceiling", 3))));
        Assert.EndsWith("; the next method, twin, scores exactly the same.", ComparisonText.Sentence(Comparisons.Of(2, ("good", "method", 2), ("twin", "method", 2))), StringComparison.Ordinal);
        Assert.StartsWith("No method scores above the baseline: the best of the others, copy, differs from it by 0.0 points [0.0, 0.0], no clear difference.", ComparisonText.Sentence(Comparisons.Of(2, ("copy", "baseline", 2))), StringComparison.Ordinal);
        Assert.Equal("Nothing was compared with the baseline.", ComparisonText.Sentence(Comparisons.Of(2)));
    }

    [Theory]
    [InlineData(0.02, -0.01, 0.05, "m scores best with 81.3 %, but it is not clear that it is better than the baseline: the difference of 2.0 points [−1.0, 5.0] may be chance.")]
    [InlineData(0.02, 0.01, 0.03, "m scores best with 81.3 %, better than the baseline by 2.0 points [1.0, 3.0].")]
    [InlineData(-0.02, -0.05, 0.01, "No method scores above the baseline: the best of the others, m, differs from it by −2.0 points [−5.0, 1.0], no clear difference.")]
    [InlineData(-0.02, -0.03, -0.01, "No method beats the baseline: the best of the others, m, is worse: −2.0 points [−3.0, −1.0].")]
    public void A_difference_that_may_be_chance_is_called_so(double mean, double low, double high, string sentence)
    {
        var outcomes = new[] { Runs.Outcome(0, ["baseline", "method"]) };
        var result = Runs.Summary(outcomes) with { Method = "m", Difference = new(mean, low, high, [mean]) };
        result = result with { Scores = new Dictionary<string, Preceptor.Evaluation.Interval>(result.Scores) { ["method"] = new(0.8127, 0.7, 0.9, [0.8127]) } };
        var comparison = MethodComparison.Of([(new(Runs.Summary(outcomes) with { Method = "supervised" }, 1, null), outcomes), (new(result, 1, null), outcomes)], [], 1, "c", "compare");
        Assert.Equal(sentence, ComparisonText.Sentence(comparison));
    }

    [Fact]
    public void Auto_takes_what_fits_and_says_what_the_others_need()
    {
        var specification = Runs.Draft();
        var all = MethodCatalogue.All.Where(m => m.IsFit && m.Kind == "prediction" && (m.Targets.Count == 0 || m.Targets.Contains(TargetKind.One))).ToArray();
        var picky = all[0] with { Declaration = new MethodAttribute("picky", "Picky") { Summary = "", Citation = "" }, Needs = [[typeof(TrustedLabels)]] };
        var chosen = ComparedMethods.Fitting(specification, Problems.Tickets().Problem, [[picky], .. all.Select(m => new[] { m })]);
        Assert.Equal("supervised", chosen.Specifications[0].MethodName);
        Assert.Equal(all.Select(m => m.Slug).Append(specification.MethodName).Order(StringComparer.Ordinal), chosen.Specifications.Select(s => s.MethodName).Order(StringComparer.Ordinal));
        Assert.Contains("logistic-regression", chosen.Specifications.Select(s => s.MethodName));
        Assert.Contains("lightgbm", chosen.Specifications.Select(s => s.MethodName));
        Assert.Equal([new LeftOut("picky", "picky needs trusted-labels; tickets offers labels, teacher-logits")], chosen.LeftOut);
    }
}
