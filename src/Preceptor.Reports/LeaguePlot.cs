using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Reports.Charts;
using Preceptor.Reports.Sections;

namespace Preceptor.Reports;

/// <summary>A league table as a forest plot of the differences from its reference, on a light background, 800 pixels wide.</summary>
public static class LeaguePlot
{
    private const int Width = 800, Left = 250, Right = 545, Top = 74, RowHeight = 30, MostLetters = 30, Ticks = 7;
    private const string Ink = "#1b1f24", Soft = "#59636e", Grid = "#d8dde3", Better = "#0b7f52", Worse = "#b3261e", Reference = "#1f6feb";

    /// <summary>The plot as an SVG file; the same table gives the same bytes.</summary>
    public static string Svg(LeagueTable table) => Draw(table).Svg();

    /// <summary>The plot as a PNG file of twice the size, or null where this machine has no font to write with.</summary>
    public static byte[]? Png(LeagueTable table) => Draw(table).Png();

    private static Sketch Draw(LeagueTable table)
    {
        var (metric, rows, reference) = (table.Metric, table.Rows, table.Reference);
        var bottom = Top + rows.Count * RowHeight;
        var axis = Axis.Around(rows.Min(r => r.Difference.Low), rows.Max(r => r.Difference.High), Ticks);
        double At(double difference) => Left + (Right - Left) * axis.Position(difference);
        var unit = metric.IsShare ? "points" : metric.Name;
        var sketch = new Sketch(Width, bottom + 50, $"Forest plot of {metric.Name} over {reference.Method} on {table.Conditions}: {string.Join("; ", rows.Select(r => $"{r.Method} {(r.IsReference ? "the reference" : Difference(metric, r.Difference))}"))}");
        sketch.AddText(12, 28, $"{HeaderSection.Capital(metric.Name)} over {reference.Method}, on {table.Conditions}", Ink, 18, isBold: true);
        sketch.AddText(12, 54, "method", Soft);
        sketch.AddText(Right + 85, 54, metric.Name, Soft, anchor: Anchor.End);
        sketch.AddText(Width - 12, 54, $"difference in {unit}", Soft, anchor: Anchor.End);
        foreach (var tick in axis.Ticks)
        {
            sketch.AddLine(At(tick), Top - 8, At(tick), bottom, Grid);
            sketch.AddText(At(tick), bottom + 18, ResultText.Number(metric.IsShare ? tick * 100 : tick, "0.###"), Soft, 13, anchor: Anchor.Middle);
        }
        sketch.AddLine(At(0), Top - 8, At(0), bottom, Reference, 1.5, isDashed: true);
        for (var i = 0; i < rows.Count; i++) Row(sketch, rows[i], metric, Top + i * RowHeight + RowHeight / 2, At);
        sketch.AddText(12, bottom + 40, $"Positive: better than {reference.Method}. {Basis(rows)}.", Soft, 13);
        return sketch;
    }

    private static void Row(Sketch sketch, LeagueRow row, Metric metric, double y, Func<double, double> at)
    {
        var colour = row.IsReference ? Reference : row.Difference.Low > 0 ? Better : row.Difference.High < 0 ? Worse : Soft;
        sketch.AddText(12, y + 5, row.Method.Length <= MostLetters ? row.Method : row.Method[..(MostLetters - 1)] + "…", Ink, isBold: row.IsReference);
        if (!row.IsReference) sketch.AddLine(at(row.Difference.Low), y, at(row.Difference.High), y, colour, 3);
        sketch.AddDot(at(row.Difference.Mean), y, 5.5, colour);
        sketch.AddText(Right + 85, y + 5, ResultText.Value(metric, row.Score.Mean), Ink, anchor: Anchor.End);
        sketch.AddText(Width - 12, y + 5, row.IsReference ? "reference" : Difference(metric, row.Difference), row.IsReference ? Soft : colour, anchor: Anchor.End);
    }

    private static string Difference(Metric metric, Estimate difference)
    {
        var interval = new Interval(difference.Mean, difference.Low, difference.High, []);
        return $"{ResultText.DifferenceMean(metric, interval)} {ResultText.DifferenceEnds(metric, interval)}";
    }

    // Levels differ where claims were settled after different numbers of seeds.
    private static string Basis(IReadOnlyList<LeagueRow> rows)
    {
        double[] levels = [.. rows.Where(r => !r.IsReference).Select(r => r.Level * 100).Distinct().Order()];
        int[] seeds = [.. rows.Where(r => !r.IsReference).Select(r => r.Seeds).Distinct().Order()];
        string Range(IReadOnlyList<string> ends) => ends[0] == ends[^1] ? ends[0] : $"{ends[0]} to {ends[^1]}";
        return $"Lines: intervals at {Range([.. levels.Select(l => ResultText.Number(l, "0.00"))])} %; {Range([.. seeds.Select(s => ResultText.Number(s, "0"))])} seeds";
    }
}
