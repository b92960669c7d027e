using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Reports;

namespace Preceptor.Tests.Reports;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void Sections_come_in_the_order_in_which_they_matter()
    {
        var report = Render(Runs.Of(2));
        string[] marks = ["<h1>", "<h2 id=\"scores\">", "<h2 id=\"next\">", "<h2 id=\"doubted\">", "<h2 id=\"hardest\">", "<h2 id=\"teacher\">", "<h2 id=\"classes\">", "<h2 id=\"calibration\">", "<h2 id=\"learning\">", "<h2 id=\"cost\">", "<h2 id=\"provenance\">"];
        int[] places = [.. marks.Select(m => report.IndexOf(m, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(marks.Length, Regex.Count(report, "<h[12][ >]"));
    }

    [Fact]
    public void Unverified_labels_are_admitted_before_the_verdict()
    {
        var report = Render(Runs.Of(1, ["baseline", "method"], ScoredOn.Unverified));
        Assert.InRange(report.IndexOf("Scored on unverified labels", StringComparison.Ordinal), 0, report.IndexOf("<h1>", StringComparison.Ordinal));
        Assert.Contains("Most suspicious test rows", report, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"caution\"", Render(Runs.Of(1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Shown_numbers_are_those_of_the_result(int seeds)
    {
        var run = Runs.Of(seeds);
        var text = Text(Render(run));
        Assert.Contains(ResultText.Sentence(run.Result), text, StringComparison.Ordinal);
        foreach (var (_, score) in run.Result.Scores)
        {
            Assert.Contains($"{Shown(score.Mean)} % [{Shown(Math.Max(score.Low, 0))}, {Shown(Math.Min(score.High, 1))}]", text, StringComparison.Ordinal);
            Assert.Contains(string.Join(" · ", score.Values.Select(Shown)), text, StringComparison.Ordinal);
        }
        foreach (var (_, metrics) in run.Result.AllMetrics)
            Assert.Contains($"{Shown(metrics["accuracy"])} % {Shown(metrics["macro-f1"])} % {metrics["nll"]:0.000} {metrics["brier"]:0.000} {Shown(metrics["ece"])} % {Shown(metrics["aurc"])} %", text, StringComparison.Ordinal);
        Assert.Contains("The whole run took 12.5 seconds. It had 500 training rows, 450 with a label, and was scored on 120 test rows", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_table_row_holds_the_counts_of_all_seeds()
    {
        var run = Runs.Of(2);
        double found = 0, rows = 0;
        foreach (var outcome in run.Outcomes)
        {
            var predictions = new Predictions(outcome.Classes, outcome.Arms["method"].Probabilities);
            for (var row = 0; row < outcome.Labels.Length; row++)
            {
                if (outcome.Labels[row] != 1) continue;
                rows++;
                if (predictions.Best(row) == 1) found++;
            }
        }
        Assert.Matches($"bug 80 [0-9.]+ {Regex.Escape(Shown(found / rows))} ", Text(Render(run)));
    }

    [Fact]
    public void Nothing_of_the_user_breaks_out_of_its_place()
    {
        const string evil = "</pre><script>alert(1)</script>\" onload='x' &amp;";
        var outcome = Runs.Outcome(0, ["baseline", "method"], classes: ["<script>alert(1)</script>", "a\"b'c", "c"]);
        outcome = outcome with { Hardest = [.. outcome.Hardest.Select(r => r with { Key = evil, Text = evil, Place = new(evil, 1) })], Doubts = new(1, [new(new(0, evil, evil, null, new(evil, 1)), 0, 1, 0.9f)]) };
        var result = Runs.Summary([outcome]) with { Problem = evil, Method = evil, Command = evil, Folder = evil };
        var report = HtmlReport.Render(result, [outcome], evil);
        Assert.DoesNotContain("<script", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("onload='", report, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", report, StringComparison.Ordinal);
        Parse(report);
    }

    [Theory]
    [InlineData("floor")]
    [InlineData("ceiling")]
    public void An_arm_that_is_absent_is_not_shown(string absent)
    {
        string[] arms = [.. ResultText.Arms.Where(a => a != absent)];
        var report = Render(Runs.Of(2, arms));
        Assert.DoesNotContain($"swatch {absent}", report, StringComparison.Ordinal);
        foreach (var arm in arms) Assert.Contains($"swatch {arm}", report, StringComparison.Ordinal);
        Assert.Equal(absent == "ceiling", report.Contains("There is no ceiling", StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_stands_alone_and_fits_light_dark_and_paper()
    {
        var report = Render(Runs.Of(3));
        Assert.DoesNotContain("http", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", report, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("@media (prefers-color-scheme: dark) { :root { --paper: #1", report, StringComparison.Ordinal);
        Assert.Contains("@media print", report, StringComparison.Ordinal);
        Assert.Contains("width=device-width", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_well_formed_and_readable_without_pictures()
    {
        var page = Parse(Render(Runs.Of(2)));
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Attribute("aria-hidden") is not null || svg.Attribute("role")?.Value == "img" && svg.Attribute("aria-label")?.Value.Length > 20));
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.All(page.Descendants("th"), heading => Assert.NotNull(heading.Attribute("scope")));
        var ids = page.Descendants().Attributes("id").Select(i => i.Value).ToArray();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.Descendants("section"), section => Assert.Contains(section.Attribute("aria-labelledby")!.Value, ids));
    }

    [Fact]
    public void Many_classes_stay_under_three_megabytes()
    {
        var outcome = Runs.Outcome(0, ["floor", "baseline", "method", "ceiling"], classes: [.. Enumerable.Range(0, 1000).Select(c => $"class number {c}")], rows: 2000);
        Assert.InRange(Encoding.UTF8.GetByteCount(HtmlReport.Render(Runs.Summary([outcome]), [outcome], Runs.Yaml)), 10_000, 3_000_000);
    }

    [Fact]
    public void The_surest_disagreement_comes_first_with_its_text()
    {
        var run = Runs.Of(1);
        var first = run.Outcomes[0].Disagreements("method")[0];
        var text = Text(Render(run));
        Assert.Contains($"Label {Runs.Classes[run.Outcomes[0].Labels[first.Row]]} , predicted {Runs.Classes[first.Predicted]} at {Shown(first.Probability)} % id-{first.Row}, test row {first.Row + 1} text of row {first.Row}", text, StringComparison.Ordinal);
        Assert.Equal(first.Probability, run.Outcomes[0].Disagreements("method").Max(d => d.Probability));
    }

    [Fact]
    public void Rows_of_a_file_are_named_by_their_place_in_it()
    {
        var (result, outcomes) = Runs.Of(1);
        var first = outcomes[0].Hardest[0];
        outcomes[0] = outcomes[0] with { Hardest = [first with { Place = new("gold.csv", 1234) }] };
        Assert.Contains($"{first.Key}, row 1,234 of gold.csv text of row {first.Row}", Text(Render((result, outcomes))), StringComparison.Ordinal);
    }

    [Fact]
    public void Doubted_training_labels_are_shown_with_what_the_model_suggests()
    {
        var (result, outcomes) = Runs.Of(1);
        outcomes[0] = outcomes[0] with { Doubts = new(45, [new(new(7, null, "all well", null, new("data.csv", 12)), 2, 0, 0.875f)]) };
        var text = Text(Render((result, outcomes)));
        Assert.Contains("Of 450 labelled training rows the model gives 45 (10.0 %) another class than their label; the surest come first. In-sample:", text, StringComparison.Ordinal);
        Assert.Contains("Label login , suggested billing at 87.5 % row 12 of data.csv all well", text, StringComparison.Ordinal);
        outcomes[0] = outcomes[0] with { Doubts = null };
        Assert.DoesNotContain("id=\"doubted\"", Render((result, outcomes)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_threshold_is_chosen_on_other_rows_than_those_it_is_measured_on()
    {
        // Rows 0, 2, 4, … are sure and right or unsure and wrong; of the others the sure ones are wrong half the time.
        var outcome = Runs.Outcome(0, ["baseline", "method"], rows: 120);
        var probabilities = new float[120 * 3];
        for (var row = 0; row < 120; row++)
        {
            var sure = row % 4 < 2;
            var right = row % 2 == 0 ? sure : sure && row % 8 == 1;
            for (var c = 0; c < 3; c++) probabilities[row * 3 + c] = sure ? 0.025f : 0.25f;
            probabilities[row * 3 + (outcome.Labels[row] + (right ? 0 : 1)) % 3] = sure ? 0.95f : 0.5f;
        }
        outcome = outcome with { Arms = new Dictionary<string, ArmOutcome>(outcome.Arms) { ["method"] = outcome.Arms["method"] with { Probabilities = probabilities } } };
        Assert.Contains("where the probability is at least 60 %, the method answers 50.0 % of the rows, 50.0 % of them right (all rows: 25.0 %). Every other test row chose this threshold, the rest gave these figures.",
            Text(Render((Runs.Summary([outcome]), [outcome]))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_row_is_shown_as_the_picture_it_is()
    {
        var outcome = Runs.Outcome(0, ["baseline", "method"]);
        var row = outcome.Disagreements("method")[0].Row;
        outcome = outcome with { Hardest = [new ShownRow(row, null, "", new RowImage(1, 2, 3, [10, 20, 30, 40, 50, 60]))] };
        var report = HtmlReport.Render(Runs.Summary([outcome]), [outcome], Runs.Yaml);
        var png = Convert.FromBase64String(Regex.Match(report, "data:image/png;base64,([^\"]+)\" alt=\"Test row").Groups[1].Value);
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0], png[..29]);
        var length = png[36];
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress)) zlib.CopyTo(pixels);
        Assert.Equal([0, 10, 20, 30, 0, 40, 50, 60], pixels.ToArray());
        // The checksum of an empty IEND chunk is the same in every PNG.
        Assert.Equal([0xae, 0x42, 0x60, 0x82], png[^4..]);
    }

    private static string Render((RunResult Result, SeedOutcome[] Outcomes) run) => HtmlReport.Render(run.Result, run.Outcomes, Runs.Yaml);

    // The report is XML but for the elements that HTML leaves open.
    internal static XDocument Parse(string report) =>
        XDocument.Parse(VoidElement().Replace(report, "<$1$2/>").Replace("<!doctype html>", "", StringComparison.Ordinal).Replace("&nbsp;", " ", StringComparison.Ordinal));

    private static string Text(string report)
    {
        var body = Parse(report).Root!.Element("body")!;
        return Regex.Replace(string.Join(' ', body.DescendantNodes().OfType<XText>().Select(t => t.Value)), @"\s+", " ");
    }

    private static string Shown(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    [GeneratedRegex("<(meta|br|img)([^>]*)>")]
    private static partial Regex VoidElement();
}
