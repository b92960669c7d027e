using System.Text.RegularExpressions;
using System.Xml.Linq;
using Preceptor.Catalogue.Papers;
using Preceptor.Foundation;
using Preceptor.Papers;

namespace Preceptor.Tests.Papers;

public sealed class PaperSiteTests : IDisposable
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-site-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Site => Path.Combine(folder, "site");

    private static StoredPaper Paper(long id, string title, string text, DateOnly day) => new(id, title, text, "", day, "", "", day, 1);

    internal static StoredPaper[] Some() =>
    [
        Paper(1, "Compressing Features for Learning with Noisy Labels", "Noisy labels are compressed away.", new(2026, 3, 11)),
        Paper(2, "A stranger <script>alert('title')</script>", "About cats & dogs. <script>document.title = 'hacked'</script><img src=x onerror=alert(1)>", new(2026, 3, 12)),
        Paper(3, "a stranger", "One more.", new(2026, 3, 12)) with { Address = "https://example.org/?a=1&b=\"2\"", Authors = "Ann <ann@example.org>" },
        Paper(4, "A Stranger", "And one \u0001 with a control character.", new(2026, 3, 10)),
    ];

    [Fact]
    public void All_links_resolve_and_every_text_is_escaped()
    {
        Assert.Equal(84, PaperSite.Write(Site, Some(), new()));
        var pages = Directory.GetFiles(Site, "*.html", SearchOption.AllDirectories);
        Assert.Equal(85, pages.Length);
        foreach (var page in pages)
        {
            var text = File.ReadAllText(page);
            Assert.All(Regex.Matches(text, "(?:href|src)=\"([^\"#]+)\"").Select(m => m.Groups[1].Value).Where(a => !a.StartsWith("https://", StringComparison.Ordinal)), link =>
                Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(page)!, link)), $"{page}: {link}"));
            Assert.DoesNotMatch("<script(?! src=\"(\\.\\./)?site\\.js\" defer)|<img|\\son\\w+=", text.Replace("&lt;img src=x onerror=", "", StringComparison.Ordinal));
        }
        Assert.Contains("&lt;script&gt;document.title", File.ReadAllText(Path.Combine(Site, "index.html")), StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\"", File.ReadAllText(Path.Combine(Site, "papers", "a-stranger.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_has_idea_formula_commands_plot_and_verdict()
    {
        PaperSite.Write(Site, Some(), new() { Command = "./preceptor" });
        var page = File.ReadAllText(Path.Combine(Site, "papers", "nested-dropout.html"));
        var paper = PaperCatalogue.Find("nested-dropout")!;
        foreach (var part in new[] { paper.Entry.Idea.Replace("'", "&#39;", StringComparison.Ordinal), "W [h_{1..k}, 0]", "./preceptor reproduce nested-dropout", "./preceptor run my.yaml --method nested-dropout", "<svg", "reproduced", "Noisy labels are compressed away.", "11 March 2026" })
            Assert.Contains(part, page, StringComparison.Ordinal);
        var unbuilt = PaperCatalogue.All.First(p => !p.IsBuilt);
        Assert.Contains("Not built yet", File.ReadAllText(Path.Combine(Site, "papers", $"{unbuilt.Slug}.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_feed_is_valid_xml_with_the_latest_first()
    {
        PaperSite.Write(Site, Some(), new() { Address = "https://example.org/papers/", Title = "Ours & <theirs>" });
        var feed = XDocument.Load(Path.Combine(Site, "feed.atom")).Root!;
        Assert.Equal("Ours & <theirs>", feed.Element(Atom + "title")!.Value);
        Assert.Equal("2026-03-12T00:00:00Z", feed.Element(Atom + "updated")!.Value);
        var entries = feed.Elements(Atom + "entry").ToArray();
        Assert.Equal(["A stranger <script>alert('title')</script>", "a stranger", "Compressing Features for Learning with Noisy Labels", "A Stranger"], entries.Select(e => e.Element(Atom + "title")!.Value));
        Assert.All(entries, e => Assert.True(File.Exists(Path.Combine(Site, e.Element(Atom + "link")!.Attribute("href")!.Value)) && e.Element(Atom + "id") is not null && e.Element(Atom + "updated") is not null));
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone_and_a_site_is_replaced()
    {
        Directory.CreateDirectory(Site);
        File.WriteAllText(Path.Combine(Site, "thesis.txt"), "years of work");
        Assert.Contains("no such site", Assert.Throws<RequestException>(() => PaperSite.Write(Site, [], new())).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Site, "thesis.txt")));
        File.Delete(Path.Combine(Site, "thesis.txt"));
        PaperSite.Write(Site, Some(), new());
        Assert.Equal(81, PaperSite.Write(Site, [], new()));
        Assert.False(File.Exists(Path.Combine(Site, "papers", "a-stranger.html")));
    }
}
