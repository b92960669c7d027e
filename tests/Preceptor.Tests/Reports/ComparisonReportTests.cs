using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Preceptor.Catalogue;
using Preceptor.Reports;

namespace Preceptor.Tests.Reports;

public sealed class ComparisonReportTests
{
    [Fact]
    public void It_shows_what_the_comparison_holds()
    {
        var comparison = Comparisons.Of(3, ("ps-kd", "method", 3), ("lightgbm", "ceiling", 2));
        var text = Text(ComparisonReport.Render(comparison));
        Assert.Contains(ComparisonText.Sentence(comparison), text, StringComparison.Ordinal);
        Assert.Contains("its score is optimistic", text, StringComparison.Ordinal);
        Assert.Contains("Fewer than 3 seeds: lightgbm 2.", text, StringComparison.Ordinal);
        Assert.Contains("rules needs rules; tickets offers labels", text, StringComparison.Ordinal);
        foreach (var row in comparison.Rows)
            Assert.Contains($"{ResultText.Value(comparison.Metric, row.Score.Mean)} {ResultText.Ends(comparison.Metric, row.Score)}", text, StringComparison.Ordinal);
        foreach (var method in comparison.Methods.Where(m => m.Result.Method != "supervised"))
            Assert.Contains($"{ResultText.Difference(comparison.Metric, method.Result.Difference)} {ComparisonText.Seconds(method.TrainSeconds)} 0.1 MB {method.Result.Seeds}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_stands_alone_and_is_well_formed()
    {
        var report = ComparisonReport.Render(Comparisons.Of(2, ("ps-kd", "method", 2), ("<script>alert(1)</script>", "ceiling", 2)));
        var page = HtmlReportTests.Parse(report);
        foreach (var foreign in new[] { "http", "<script", "<link", "url(", "href" }) Assert.DoesNotContain(foreign, report, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("@media (prefers-color-scheme: dark)", report, StringComparison.Ordinal);
        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Attribute("role")?.Value == "img" && svg.Attribute("aria-label")?.Value.Length > 20));
        var ids = page.Descendants().Attributes("id").Select(i => i.Value).ToArray();
        Assert.Equal(ids.Distinct(), ids);
        Assert.InRange(Encoding.UTF8.GetByteCount(report), 5_000, 3_000_000);
    }

    [Fact]
    public void Where_answers_are_drawn_scores_stand_against_their_tokens_too()
    {
        var comparison = Comparisons.Of(2, ("ovm", "method", 2), ("alphamath", "ceiling", 2));
        ComparedMethod Drawn(ComparedMethod method, int number) => method with { Result = method.Result with { AllMetrics = new Dictionary<string, IReadOnlyDictionary<string, double>> { ["method"] = new Dictionary<string, double>(method.Result.AllMetrics["method"]) { ["tokens"] = 250 * (number + 1) } } } };
        Assert.Null(comparison.AnswerCost);
        var drawn = comparison with { Methods = [.. comparison.Methods.Select(Drawn)] };
        Assert.Equal("tokens", drawn.AnswerCost!.Name);
        var page = HtmlReportTests.Parse(ComparisonReport.Render(drawn));
        var chart = page.Descendants("svg").Single(s => ((string)s.Attribute("aria-label")!).Contains("against tokens", StringComparison.Ordinal));
        Assert.Contains($"{drawn.Methods[2].Result.Method.Replace("supervised", "baseline", StringComparison.Ordinal)} {ResultText.Value(drawn.Metric, drawn.Methods[2].Result.Scores["method"].Mean)} with 750 tokens", (string)chart.Attribute("aria-label")!, StringComparison.Ordinal);
        Assert.Contains("tokens a question (logarithmic)", chart.Value, StringComparison.Ordinal);
        Assert.Equal(3, chart.Descendants("circle").Count());
        Assert.Equal(3, page.Descendants("svg").Count());
    }

    [Fact]
    public void Names_beside_marks_of_one_height_stand_apart()
    {
        var page = HtmlReportTests.Parse(ComparisonReport.Render(Comparisons.Of(2, ("a", "method", 2), ("b", "method", 2), ("c", "method", 2))));
        double[] heights = [.. page.Descendants("text").Where(t => t.Attribute("class")?.Value == "label" && t.Attribute("text-anchor")?.Value == "start").Select(t => (double)t.Attribute("y")!).Order()];
        Assert.True(heights.Length > 1);
        Assert.All(heights.Zip(heights.Skip(1)), pair => Assert.True(pair.Second - pair.First > 14.5));
    }

    private static string Text(string report) =>
        Regex.Replace(string.Join(' ', HtmlReportTests.Parse(report).Root!.Element("body")!.DescendantNodes().OfType<XText>().Select(t => t.Value)), @"\s+", " ");
}
