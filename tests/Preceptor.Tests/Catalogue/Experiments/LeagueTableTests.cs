using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Catalogue.Experiments;

public sealed class LeagueTableTests
{
    [Fact]
    public void Methods_come_by_their_mean_difference_with_the_reference_among_them()
    {
        var tables = LeagueTable.Of(Leagues.Example());
        Assert.Equal([Metrics.Accuracy, Metrics.NegativeLogLikelihood], tables.Select(t => t.Metric));
        Assert.Equal(["logistic-regression", "ps-kd", "knowledge-distillation temperature=4 <b>", "supervised", "ss3"], tables[0].Rows.Select(r => r.Method));
        Assert.Equal(["ps-kd", "supervised"], tables[1].Rows.Select(r => r.Method));
        Assert.Equal("supervised", tables[0].Reference.Method);
        var best = tables[0].Rows[0];
        // Four of five values lie 0.002 to both sides in pairs, the fifth above: mean 0.8854, s² = 4.8e-6.
        var half = 2.776445105198 * Math.Sqrt(4.8e-6 / 5);
        Assert.Equal((0.8854, 0.8854 - half, 0.8854 + half), (best.Score.Mean, best.Score.Low, best.Score.High), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-6 && Math.Abs(a.Item2 - b.Item2) < 2e-6 && Math.Abs(a.Item3 - b.Item3) < 2e-6);
        Assert.Equal((5, 3.25, 0.9875, Verdict.Reproduced), (best.Seeds, best.Seconds, best.Level, best.Verdict!.Value));
    }

    [Fact]
    public void A_league_is_rendered_before_the_claims_as_a_sorted_table_and_a_plot()
    {
        var text = EvidenceReport.Render([Leagues.Example()]);
        Assert.Contains("Many methods on one problem: [league-text](#league-text).", text, StringComparison.Ordinal);
        Assert.Contains("![The league table as a forest plot](league-text.svg)", text, StringComparison.Ordinal);
        Assert.Contains("| accuracy on ag-news | mean, 95 % over seeds | over supervised | seeds | seconds a training | verdict |\n|---|---|---|---|---|---|\n"
            + "| logistic-regression | 88.5 % [88.3, 88.8] | 3.5 points [2.9, 4.1] (98.75 %) | 5 | 3.3 | reproduced |\n"
            + "| ps-kd | 87.1 % [86.9, 87.4] | 2.1 points [1.3, 2.9] (98.75 %) | 5 | 3.3 | reproduced |\n", text, StringComparison.Ordinal);
        Assert.Contains("| **supervised** | 85.0 % [84.9, 85.1] | the reference | 20 | 2.5 |  |\n| ss3 | ", text, StringComparison.Ordinal);
        Assert.Contains("| nll on ag-news |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("beats plain training", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_league_with_two_references_or_an_arm_without_scores_is_refused()
    {
        var file = Leagues.Example();
        var claims = file.Values.Claims;
        var two = file with { Values = file.Values with { Claims = [.. claims.SkipLast(1), claims[^1] with { Reference = "ag-news: ps-kd" }] } };
        Assert.Equal("league-text: a league has one reference, and its claims have 'ag-news: supervised' and 'ag-news: ps-kd'", Assert.Throws<RequestException>(() => LeagueTable.Of(two)).Message);
        var lacking = file with { Values = file.Values with { Arms = [.. file.Values.Arms.Skip(1)] } };
        using var folder = new TemporaryFolder();
        lacking.Write(Path.Combine(folder.Path, "league-text.json"));
        Assert.EndsWith("league-text.json: the arm 'ag-news: ss3' has no accuracy", Assert.Throws<RequestException>(() => EvidenceReport.ReadAll(folder.Path)).Message);
    }

    [Theory]
    [InlineData("league-text", "league-text.json")]
    [InlineData("ps-kd", "28-ps-kd.json")]
    [InlineData("league-", null)]
    [InlineData("league-../x", null)]
    [InlineData("ps-dk", null)]
    public void A_file_is_named_after_its_method_or_its_league(string slug, string? name) => Assert.Equal(name, EvidenceFile.Name(slug));

    [Fact]
    public void A_file_of_neither_is_refused()
    {
        using var folder = new TemporaryFolder();
        Leagues.Example("legue-text").Write(Path.Combine(folder.Path, "legue-text.json"));
        Assert.Contains("slug: there is no method 'legue-text', and no league is called so (league-name)", Assert.Throws<RequestException>(() => EvidenceReport.ReadAll(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Committed_leagues_have_the_plots_that_they_render_to()
    {
        var folder = Path.Combine(Packaging.Checkout.Root, "evidence");
        var leagues = EvidenceReport.ReadAll(folder).Where(f => LeagueTable.Is(f.Slug)).ToArray();
        Assert.Equal(leagues.Select(l => EvidenceReport.Plot(l.Slug)).Order(), Directory.EnumerateFiles(folder, "*.svg").Select(f => Path.GetFileName(f)).Order());
        Assert.All(leagues, l => Assert.Equal(Preceptor.Reports.LeaguePlot.Svg(LeagueTable.Of(l)[0]), File.ReadAllText(Path.Combine(folder, EvidenceReport.Plot(l.Slug)))));
    }
}
