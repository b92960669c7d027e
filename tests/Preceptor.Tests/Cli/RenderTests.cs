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

    public void Dispose() => workspace.Dispose();
}
