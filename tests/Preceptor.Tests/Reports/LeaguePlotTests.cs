using System.Globalization;
using System.Xml.Linq;
using Preceptor.Catalogue.Experiments;
using Preceptor.Reports;
using Preceptor.Tests.Catalogue.Experiments;
using SkiaSharp;

namespace Preceptor.Tests.Reports;

public sealed class LeaguePlotTests
{
    private static readonly LeagueTable Table = LeagueTable.Of(Leagues.Example())[0];

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static XElement[] All(string name) => [.. XDocument.Parse(LeaguePlot.Svg(Table)).Descendants().Where(e => e.Name.LocalName == name)];

    [Fact]
    public void A_mark_a_method_lies_where_its_difference_says_the_best_on_top()
    {
        var dots = All("circle");
        Assert.Equal(Table.Rows.Count, dots.Length);
        double[] across = [.. dots.Select(d => Number(d, "cx"))];
        Assert.Equal(across.OrderDescending(), across);
        Assert.Equal(dots.Select(d => Number(d, "cy")).Order(), dots.Select(d => Number(d, "cy")));
        // Differences are true to scale: 3.5, 2.1, 0.4, 0 and −6.2 points.
        var point = (across[0] - across[3]) / 3.5;
        Assert.All(Table.Rows.Zip(across), p => Assert.Equal(across[3] + point * 100 * p.First.Difference.Mean, p.Second, 0.02));
        var intervals = All("line").Where(l => Number(l, "stroke-width") == 3).ToArray();
        Assert.All(Table.Rows.Where(r => !r.IsReference).Zip(intervals), p => Assert.Equal(point * 100 * (p.First.Difference.High - p.First.Difference.Low), Number(p.Second, "x2") - Number(p.Second, "x1"), 0.02));
        Assert.Equal(across[3], Number(All("line").Single(l => l.Attribute("stroke-dasharray") is not null), "x1"), 0.02);
    }

    [Fact]
    public void Colours_say_whether_an_interval_excludes_nothing()
    {
        string[] colours = [.. All("circle").Select(d => d.Attribute("fill")!.Value)];
        Assert.Equal(colours[0], colours[1]);
        Assert.Equal(4, colours.Distinct().Count());
    }

    [Fact]
    public void Names_numbers_and_a_description_are_in_the_plot_and_nothing_leaves_it()
    {
        var root = XDocument.Parse(LeaguePlot.Svg(Table)).Root!;
        string[] texts = [.. All("text").Select(t => t.Value)];
        Assert.Contains("Accuracy over supervised, on ag-news", texts);
        Assert.Contains("3.5 [2.9, 4.1]", texts);
        Assert.Contains("88.5 %", texts);
        Assert.Contains("knowledge-distillation temper…", texts);
        Assert.Contains("Positive: better than supervised. Lines: intervals at 98.75 %; 5 to 20 seeds.", texts);
        Assert.Contains("knowledge-distillation temperature=4 <b> 0.4 [−0.7, 1.5]", root.Attribute("aria-label")!.Value, StringComparison.Ordinal);
        Assert.All(All("text"), t => Assert.InRange(Number(t, "x"), 0, Number(root, "width")));
        Assert.All(All("text").Concat(All("circle")), t => Assert.InRange(Number(t, t.Name.LocalName == "text" ? "y" : "cy"), 0, Number(root, "height") - 6));
    }

    [Fact]
    public void The_picture_has_twice_the_size_and_shows_the_marks()
    {
        if (LeaguePlot.Png(Table) is not { } png) { Assert.Skip("this machine has no font"); return; }
        using var picture = SKBitmap.Decode(png);
        var root = XDocument.Parse(LeaguePlot.Svg(Table)).Root!;
        Assert.Equal((1600, 2 * Number(root, "height")), (picture.Width, picture.Height));
        Assert.Equal(SKColors.White, picture.GetPixel(2, 2));
        Assert.All(All("circle"), d => Assert.Equal(SKColor.Parse(d.Attribute("fill")!.Value), picture.GetPixel((int)(2 * Number(d, "cx")), (int)(2 * Number(d, "cy")))));
        Assert.Contains(Enumerable.Range(0, 400), x => Enumerable.Range(24, 36).Any(y => picture.GetPixel(x, y).Red < 80)); // the title's letters
    }
}
