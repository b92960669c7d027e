using System.Xml.Linq;
using Preceptor.Prediction;
using Preceptor.Prediction.Text;
using Preceptor.Reports;

namespace Preceptor.Tests.Reports;

public sealed class WordShadesTests
{
    private static IncrementalTextClassifier Trained()
    {
        var classifier = new IncrementalTextClassifier(3, new() { LeastCount = 1 });
        classifier.Learn("refund refund refund refund refund refund invoice", 0);
        classifier.Learn("crash crash error", 1);
        classifier.Learn("login", 2);
        return classifier;
    }

    /// <summary>A report whose hardest, doubted and right rows all have this text.</summary>
    private static XElement Report(string text, string[]? classes = null)
    {
        var outcome = Runs.Outcome(0, ["baseline", "method"], classes: classes);
        var (row, predicted, _) = outcome.Disagreements("method")[0];
        var right = Enumerable.Range(0, outcome.Labels.Length).First(r => !outcome.Disagreements("method").Any(d => d.Row == r));
        ShownRow Shown(int row, int predicted, int rival) => new(row, $"id-{row}", text, null) { Explanation = RowExplanation.Of(Trained().Explain(text), predicted, rival) };
        outcome = outcome with
        {
            Hardest = [Shown(row, predicted, outcome.Labels[row])],
            Right = [Shown(right, 0, 1)],
            Doubts = new(1, [new(Shown(0, 0, 1), 1, 0, 0.9f)]),
        };
        return HtmlReportTests.Parse(HtmlReport.Render(Runs.Summary([outcome]), [outcome], Runs.Yaml)).Root!;
    }

    private static XElement Section(XElement report, string id) => report.Descendants("section").Single(s => s.Attribute("aria-labelledby")?.Value == id);

    private static XElement[] Words(XElement within) => [.. within.Descendants("mark")];

    [Fact]
    public void Words_are_shaded_by_what_they_say_and_named_with_their_numbers()
    {
        var right = Section(Report("A refund, an Invoice and a crash: refund"), "right");
        Assert.Equal(["refund", "Invoice", "crash", "refund"], Words(right).Select(w => w.Value));
        string[] kinds = [.. Words(right).Select(w => w.Attribute("class")!.Value)];
        Assert.Equal("hue0 shade4", kinds[0]);
        Assert.Matches("^hue0 shade[12]$", kinds[1]);
        Assert.Equal("hue1 shade4 rival", kinds[2]);
        var numbers = Trained().ExplainWord("invoice")!.Confidence;
        Assert.Equal(FormattableString.Invariant($"Invoice: billing {numbers[0]:0.00##}, bug 0.00"), Words(right)[1].Attribute("title")!.Value);
        string[] reasons = [.. right.Descendants("ul").Single(u => u.Attribute("class")?.Value == "reasons").Elements("li").Select(l => l.Value.Trim())];
        Assert.StartsWith("billing ", reasons[0], StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"refund 1.00 ×2, invoice {numbers[0]:0.00##}"), reasons[0], StringComparison.Ordinal);
        Assert.Equal("bug 1.00: crash 1.00", reasons[1]);
    }

    [Fact]
    public void Every_kind_of_row_says_which_words_decided_and_how_to_read_it()
    {
        var report = Report("refund");
        foreach (var id in new[] { "doubted", "hardest", "right" })
        {
            Assert.Contains("The darker a word", Section(report, id).Value, StringComparison.Ordinal);
            Assert.Contains("refund", Section(report, id).Value, StringComparison.Ordinal);
        }
        var (result, outcomes) = Runs.Of(1);
        var plain = HtmlReport.Render(result, outcomes, Runs.Yaml);
        Assert.DoesNotContain("<mark", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("The darker a word", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"right\"", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_and_paragraphs_have_the_colour_of_the_class_that_they_speak_for()
    {
        var right = Section(Report("Hello. A refund and an invoice. But a crash\nWith an error"), "right");
        Assert.Equal([("hue0", " A refund and an invoice"), ("hue1", " But a crash"), ("hue1", "With an error")],
            right.Descendants("span").Where(s => s.Attribute("class")!.Value.StartsWith("sentence ", StringComparison.Ordinal)).Select(s => (s.Attribute("class")!.Value[9..], s.Value)));
        Assert.Equal(["hue0", "hue1"], right.Descendants("p").Select(p => p.Attribute("class")?.Value ?? "").Where(c => c.StartsWith("cell paragraph ", StringComparison.Ordinal)).Select(c => c[15..]));
        Assert.DoesNotContain(Section(Report("A refund"), "right").Descendants("span"), s => s.Attribute("class")!.Value.StartsWith("sentence", StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_stays_as_it_is_whatever_is_shaded_in_it()
    {
        const string evil = "<script>refund</script> & \"crash\" onload='x'. </mark></p>error\u0007 &lt;b&gt;";
        var report = Report(evil, ["<b>a\"</b>", "'x' & y", "c"]);
        Assert.Empty(report.Descendants("script"));
        Assert.Empty(report.Descendants("b"));
        var cell = Section(report, "right").Descendants("p").Single(p => p.Attribute("class")?.Value == "cell");
        Assert.Equal(evil.Replace('\u0007', ' '), cell.Value);
        Assert.Equal(["refund", "crash", "error"], Words(cell).Select(w => w.Value).Where(w => w != "script").Distinct());
        Assert.Contains("<b>a\"</b> ", Words(cell)[0].Attribute("title")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_classes_of_one_row_never_share_a_colour()
    {
        string[] classes = [.. Enumerable.Range(0, 8).Select(c => $"c{c}")];
        var explanation = new RowExplanation([7, 1], new("a b", [1, 1], [new(0, 3, [1, 1], [new(0, 3, [1, 1], [new(0, 1, [1, 0], []), new(2, 1, [0, 1], [])])])]), 0, [[], []]);
        var outcome = Runs.Outcome(0, ["baseline", "method"], classes: classes);
        outcome = outcome with { Right = [new ShownRow(0, null, "a b", null) { Explanation = explanation }] };
        var report = HtmlReportTests.Parse(HtmlReport.Render(Runs.Summary([outcome]), [outcome], Runs.Yaml)).Root!;
        Assert.Equal(["hue1 shade4", "hue4 shade4 rival"], Words(Section(report, "right")).Select(w => w.Attribute("class")!.Value));
    }
}
