using Preceptor.Catalogue.Experiments;
using Preceptor.Reports;
using Preceptor.Tests.Catalogue.Experiments;

namespace Preceptor.Tests.Cli;

/// <summary><c>reproduce --render</c>.</summary>
public sealed class RenderTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Theory]
    [InlineData(true, "docs/league-text.png")]
    [InlineData(false, "evidence/league-text.png")]
    public void A_league_is_rendered_as_table_and_plots(bool hasDocs, string png)
    {
        Directory.CreateDirectory("evidence");
        if (hasDocs) Directory.CreateDirectory("docs");
        Leagues.Example().Write("evidence/league-text.json");
        var (code, output, error) = Workspace.Child(["reproduce", "--render"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(EvidenceReport.Render(EvidenceReport.ReadAll("evidence")), File.ReadAllText("evidence/EVIDENCE.md"));
        Assert.Equal(LeaguePlot.Svg(LeagueTable.Of(Leagues.Example())[0]), File.ReadAllText("evidence/league-text.svg"));
        if (LeaguePlot.Png(LeagueTable.Of(Leagues.Example())[0]) is null) Assert.Skip("this machine has no font");
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], File.ReadAllBytes(png)[..4]);
        Assert.Equal($"evidence/EVIDENCE.md, evidence/league-text.svg and {png} are written", string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void A_smaller_tier_does_not_take_the_place_of_claims_that_were_measured()
    {
        var file = EvidenceFile.Known.First(f => f.Tier == Tier.All);
        Directory.CreateDirectory("evidence");
        var path = Path.Combine("evidence", EvidenceFile.Name(file.Slug)!);
        file.Write(path);
        var before = File.ReadAllText(path);
        var (code, error) = Workspace.Run(["reproduce", file.Slug, "--tier", "full"]);
        Assert.Equal(2, code);
        Assert.Contains($"holds the claims of --tier all, some of which --tier full would drop; leave --tier out, or give --out with another folder", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(path));
    }

    public void Dispose() => workspace.Dispose();
}
