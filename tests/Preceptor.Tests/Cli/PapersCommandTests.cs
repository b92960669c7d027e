using System.Text.Json;
using MimeKit;
using Preceptor.Catalogue.Papers;

namespace Preceptor.Tests.Cli;

public sealed class PapersCommandTests
{
    private const string Page = """
        Mar 11

        Compressing Features for Learning with Noisy Labels

        This abstract speaks of labels that are wrong and of networks that remember them although they should not, of features that are packed into few channels so that nothing but what matters stays, and of two networks that choose examples for each other, again and again.

        A Paper That Nobody Knows

        This abstract speaks of bread and of butter, of cheese and of wine, of long evenings in the garden and of short nights, of friends who came and of friends who went away, and of many other things that have nothing to do with learning at all, except patience.

        """;

    private static string Done(params string[] arguments)
    {
        var (code, output, error) = Workspace.Child([.. arguments, "--store", "papers.db"]);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    [Fact]
    public void Papers_are_imported_listed_found_shown_and_made_a_site()
    {
        using var workspace = new Workspace();
        workspace.Write("page.txt", Page);
        Assert.Contains("page.txt: 2 papers, 2 new", Done("papers", "import", "page.txt"), StringComparison.Ordinal);
        Assert.Contains("2 papers, 0 new", Done("papers", "import", "page.txt"), StringComparison.Ordinal);
        Assert.Contains("1 of the 81 that preceptor is about", Done("papers", "import", "page.txt"), StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-03-11\s+nested-dropout\s+Compressing", Done("papers", "list"));
        Assert.DoesNotContain("Nobody", Done("papers", "list", "--kind", "prediction"), StringComparison.Ordinal);
        Assert.Contains("Compressing", Done("papers", "search", "noisy", "labels").Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("no paper mentions zebras", Done("papers", "search", "zebras"), StringComparison.Ordinal);
        var found = JsonDocument.Parse(Done("papers", "search", "wine", "--json")).RootElement;
        Assert.Equal(("paper", 2, "A Paper That Nobody Knows", 3), (found.GetProperty("type").GetString(), found.GetProperty("id").GetInt32(), found.GetProperty("title").GetString(), found.GetProperty("imports").GetInt32()));
        var shown = Done("papers", "show", "nested-dropout");
        foreach (var part in new[] { "supervision: noisy labels", "W [h_{1..k}, 0]", "Built as nested-dropout", "reproduced: ", "Try: preceptor reproduce nested-dropout", "speaks of labels" }) Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains("Not built yet.", Done("papers", "show", PaperCatalogue.All.First(p => !p.IsBuilt).Slug), StringComparison.Ordinal);
        Assert.Contains("recency × imports × (1 + runs)", Done("papers", "trending"), StringComparison.Ordinal);
        Assert.Contains("82 papers", Done("papers", "site", "--out", "site"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(workspace.Folder, "site", "papers", "a-paper-that-nobody-knows.html")));
    }

    [Fact]
    public void A_digest_goes_to_nobody_yet_and_then_to_whoever_confirmed()
    {
        using var workspace = new Workspace();
        workspace.Write("page.txt", Page);
        Done("papers", "import", "page.txt");
        Assert.Contains("nothing written or sent", Done("papers", "digest", "--since", "2099-01-01", "--eml", "mail"), StringComparison.Ordinal);
        Assert.Equal("mail/digest-2020-01-01.eml", Done("papers", "digest", "--since", "2020-01-01", "--eml", "mail").Trim());
        Assert.Empty(MimeMessage.Load("mail/digest-2020-01-01.eml").To.Mailboxes);
        Done("papers", "subscribe", "ada@example.org", "--eml", "mail");
        var token = MimeMessage.Load("mail/confirm.eml").TextBody!.Split("papers confirm ")[1].Split('\n')[0].Trim();
        Done("papers", "digest", "--since", "2020-01-01", "--eml", "mail");
        Assert.Empty(MimeMessage.Load("mail/digest-2020-01-01.eml").To.Mailboxes);
        Assert.Contains("ada@example.org gets the digest from now on", Done("papers", "confirm", token), StringComparison.Ordinal);
        Done("papers", "digest", "--since", "2020-01-01", "--eml", "mail");
        var digest = MimeMessage.Load("mail/digest-2020-01-01.eml");
        Assert.Equal("ada@example.org", digest.To.Mailboxes.Single().Address);
        Assert.Contains(token, digest.Headers[HeaderId.ListUnsubscribe], StringComparison.Ordinal);
        Assert.Contains("forgotten", Done("papers", "unsubscribe", token), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_requests_are_told()
    {
        using var workspace = new Workspace();
        workspace.Write("empty.txt", "");
        Assert.Contains("empty.txt: is empty", Told("papers", "import", "empty.txt"), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Told("papers", "import", "none.txt"), StringComparison.Ordinal);
        Assert.Contains("holds no paper yet", Told("papers", "search", "x"), StringComparison.Ordinal);
        Assert.Contains("there is no paper 'nested-dropuot' (did you mean 'nested-dropout'?)", Told("papers", "show", "nested-dropuot"), StringComparison.Ordinal);
        Assert.Contains("--kind predicton: is not allowed (did you mean 'prediction'?)", Told("papers", "list", "--kind", "predicton"), StringComparison.Ordinal);
        Assert.Contains("--since monday: is no day", Told("papers", "digest", "--since", "monday", "--eml", "m"), StringComparison.Ordinal);
        Assert.Contains("--eml DIR writes files", Told("papers", "subscribe", "ada@example.org"), StringComparison.Ordinal);
        Assert.Contains("has no line break", Told("papers", "subscribe", "ada@example.org\nBcc: x@y.org", "--eml", "m"), StringComparison.Ordinal);
        Assert.Contains("no subscriber with the token 'x'", Told("papers", "confirm", "x"), StringComparison.Ordinal);
        Assert.Contains("such as https://", Told("papers", "site", "--out", "s", "--address", "javascript:alert(1)"), StringComparison.Ordinal);
        static string Told(params string[] arguments)
        {
            var (code, error) = Workspace.Run([.. arguments, "--store", "papers.db"]);
            Assert.Equal(2, code);
            Assert.DoesNotContain('\n', error);
            return error;
        }
    }
}
