using System.Text;
using CsCheck;
using Preceptor.Foundation;
using Preceptor.Papers;

namespace Preceptor.Tests.Papers;

public sealed class PaperFileTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 26);
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-papers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ImportedPaper[] Read(string text, string name = "page.txt")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return [.. PaperFile.Read(path, Today)];
    }

    private string Refused(string text, string name = "page.txt") => Assert.Throws<RequestException>(() => Read(text, name)).Message;

    private static string Abstract(int words, int seed = 0) => string.Join(' ', Enumerable.Range(0, words).Select(i => $"word{(i * 7 + seed) % 31}")) + ".";

    [Fact]
    public void The_saved_page_of_trending_papers_has_exactly_its_thirty_nine()
    {
        var papers = PaperFile.Read(SharedPapers.Locate("page.txt"), Today).ToArray();
        Assert.Equal(SharedPapers.Index().Take(39).Select(r => r[4]), papers.Select(p => p.Title));
        Assert.All(papers, p => Assert.Equal(new DateOnly(2026, 3, 11), p.Published));
        Assert.All(papers, p => Assert.InRange(p.Abstract.Split(' ').Length, 100, 400));
    }

    [Fact]
    public void Pages_of_that_form_are_read_whatever_stands_around_the_papers()
    {
        string[] furniture = ["new", "Subscribe", "12", "1.2k", "3 comments", "· 7 authors", "Upvote 24", "Get trending papers in your email inbox!", "byAK and the research community", "View arXiv page", "View PDF", "Submitted by someone", "-", "|", "https://example.org/x", "Log in", "GitHub", "Load more", "Code", "45 upvotes"];
        string[] titles = ["Mugs: A Framework", "Less or More From Teacher: Exploiting Geometry", "Is It New?", "3D Scenes Without Labels", "HARD: Hard Augmentations", "Searching for Searchers", "On Code", "Models of Everything, and Some Models of Nothing", "A – B", "Publish or Perish: Published on Time"];
        string[] days = ["Mar 11", "March 9, 2024", "11 Mar", "2025-01-02", "Tue, Jan 6"];
        Gen.Select(Gen.Int[0, titles.Length - 1], Gen.Int[40, 250], Gen.Int[0, furniture.Length - 1].Select(i => furniture[i]).Array[0, 4], Gen.Int[0, furniture.Length - 1].Select(i => furniture[i]).Array[0, 2], Gen.Int[0, days.Length - 1].Select(i => days[i]).Array[0, 1], Gen.Bool).Array[1, 8].Sample(made =>
        {
            var text = new StringBuilder("new\n\nSubscribe\n\n");
            foreach (var (title, words, before, between, day, wrapped) in made)
            {
                foreach (var line in day.Concat(before)) text.Append($"{line}\n\n");
                text.Append($"{titles[title]}\n\n");
                foreach (var line in between) text.Append($"{line}\n\n");
                var body = Abstract(words);
                text.Append($"{(wrapped ? body.Replace("word3 ", "word3\n", StringComparison.Ordinal) : body)}\n\n");
            }
            var papers = Read(text.ToString());
            Assert.Equal(made.Select(m => titles[m.Item1]), papers.Select(p => p.Title));
            Assert.Equal(made.Select(m => Abstract(m.Item2)), papers.Select(p => p.Abstract));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void Several_paragraphs_are_one_abstract_and_names_below_a_title_are_its_authors()
    {
        var papers = Read($"A First Title\n\nAda Lovelace, Charles Babbage and Mary Somerville\n\n{Abstract(50)}\n\n{Abstract(60, 1)}\n\nA Second One\r\n\r\n{Abstract(45)}\r\n");
        Assert.Equal(["A First Title", "A Second One"], papers.Select(p => p.Title));
        Assert.Equal($"{Abstract(50)} {Abstract(60, 1)}", papers[0].Abstract);
        Assert.Equal("Ada Lovelace, Charles Babbage and Mary Somerville", papers[0].Authors);
        Assert.Equal("Title and Abstract Together", Assert.Single(Read($"Title and Abstract Together\nThis {Abstract(50)}")).Title);
    }

    [Theory]
    [InlineData("Mar 11", "2026-03-11"), InlineData("December 24", "2025-12-24"), InlineData("March 9, 2024", "2024-03-09"), InlineData("9 Mar 2024", "2024-03-09"), InlineData("Feb 29", "2024-02-29"), InlineData("Mon, Nov 23rd", "2026-11-23")]
    public void A_day_without_a_year_is_the_last_of_its_name(string written, string day) =>
        Assert.Equal(day, $"{Assert.Single(Read($"{written}\n\nSome Title\n\n{Abstract(40)}")).Published:yyyy-MM-dd}");

    [Fact]
    public void A_saved_html_page_gives_what_its_reader_sees()
    {
        var papers = Read($"""
            <!DOCTYPE html><html><head><title>Daily Papers</title><style>p {Abstract(50)}</style></head><body><script>var x = "{Abstract(60)}";</script>
            <nav><a>Log in</a></nav><time>Mar 11</time><article><h3><a href="/papers/1">Learning <b>Well</b> &amp; Fast</a></h3><div>12</div><p>{Abstract(50)}</p></article>
            <article><h3>Another&nbsp;Title</h3><p>{Abstract(44, 3)}&lt;script&gt;alert(1)&lt;/script&gt;</p></article></body></html>
            """, "page.html");
        Assert.Equal(["Learning Well & Fast", "Another Title"], papers.Select(p => p.Title));
        Assert.Equal(Abstract(50), papers[0].Abstract);
        Assert.EndsWith("<script>alert(1)</script>", papers[1].Abstract, StringComparison.Ordinal);
        Assert.Equal(new DateOnly(2026, 3, 11), papers[0].Published);
        Assert.Contains("no paper found", Refused("<html>" + string.Concat(Enumerable.Repeat("<div>", 100_000)) + "</html>"), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_lines_of_arxiv_are_read()
    {
        var papers = Read("""
            {"id": "2312.15112", "title": "Less or\n  More", "abstract": "  We do.\n", "authors": "A. One and B. Two", "update_date": "2024-03-11", "doi": null}

            {"title": "Second", "summary": "S", "authors": [{"name": "A"}, "B", ["C", "D"]], "published": "2023-01-02T03:04:05Z", "url": "javascript:alert(1)", "doi": "10.1/AbC"}
            """, "a.jsonl");
        Assert.Equal(new ImportedPaper("Less or More", "We do.") { Authors = "A. One and B. Two", Published = new(2024, 3, 11), Identifier = "arxiv:2312.15112", Address = "https://arxiv.org/abs/2312.15112" }, papers[0]);
        Assert.Equal(new ImportedPaper("Second", "S") { Authors = "A, B, C D", Published = new(2023, 1, 2), Identifier = "doi:10.1/abc" }, papers[1]);
        Assert.Contains("a.jsonl line 2: not JSON", Refused("{\"title\":\"x\"}\n{\"title\":", "a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("line 1: title: is missing or empty; found the keys name, year", Refused("{\"name\":\"x\",\"year\":1}", "a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("title: expected text, found Object", Refused("{\"title\":{}}", "a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("'soon' is no date", Refused("{\"title\":\"x\",\"date\":\"soon\"}", "a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("line 1", Refused("{\"title\":\"\\ud800\"}", "a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refused("{\"a\":" + new string('[', 5000), "a.jsonl"), StringComparison.Ordinal);
    }

    [Fact]
    public void Bibtex_is_read_with_its_braces_and_accents()
    {
        var papers = Read("""
            % a comment, and text between entries is one too
            @string{nips = "NeurIPS"}
            @comment{anything {at} all}
            @article{ kim2021,
              title = {Self-Knowledge {Distillation} with {\"U}ber Targets \& More},
              author = "Kim, Kyungyul and G{\'o}mez, Ana and {The Team}",
              abstract = {It says: {"}quoted{"}, and
                          goes on.},
              year = 2021, month = oct, eprint = {2006.12000v3}, url = {https://example.org/a?b=1}
            }
            @InProceedings{b, title={Second}, year="2020", doi={10.5/X} }
            """, "a.bib");
        Assert.Equal(new ImportedPaper("Self-Knowledge Distillation with Über Targets & More", "It says: \"quoted\", and goes on.")
        {
            Authors = "Kyungyul Kim, Ana Gómez, The Team",
            Published = new(2021, 10, 1),
            Identifier = "arxiv:2006.12000",
            Address = "https://example.org/a?b=1",
        }, papers[0]);
        Assert.Equal(("Second", "doi:10.5/x", "https://doi.org/10.5/x"), (papers[1].Title, papers[1].Identifier, papers[1].Address));
        Assert.Contains("a.bib line 2: the entry that begins here has no end", Refused("@article{a, title={A}}\n@article{b, title={B\n", "a.bib"), StringComparison.Ordinal);
        Assert.Contains("line 1: the entry has no title; it has year", Refused("@misc{a, year=2020}", "a.bib"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_of_papers_is_refused_with_the_reason()
    {
        Assert.Contains("is empty", Refused("\n \n"), StringComparison.Ordinal);
        Assert.Contains("no paper found", Refused("Hello\n\nWorld\n"), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Assert.Throws<RequestException>(() => PaperFile.Read(Path.Combine(folder, "none.txt"), Today).ToArray()).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<RequestException>(() => PaperFile.Read(folder, Today).ToArray()).Message, StringComparison.Ordinal);
        var path = Path.Combine(folder, "broken.txt");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes($"A Title\n\n{Abstract(50)}\n"), 0xC3, 0x28, (byte)'\n']);
        Assert.Contains("is not UTF-8 (0xC3)", Assert.Throws<RequestException>(() => PaperFile.Read(path, Today).ToArray()).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. "PK\u0003\u0004"u8, 0, 0, 1]);
        Assert.Contains("this is no text file", Assert.Throws<RequestException>(() => PaperFile.Read(path, Today).ToArray()).Message, StringComparison.Ordinal);
        File.WriteAllText(path, $"A Title\n\n{Abstract(50)}\n", Encoding.Unicode);
        Assert.Equal("A Title", Assert.Single(PaperFile.Read(path, Today)).Title);
    }

    [Theory]
    [InlineData("one line", false), InlineData("one block", true)]
    public void Two_hundred_megabytes_of_something_else_cost_neither_memory_nor_patience(string what, bool hasLines)
    {
        var path = Path.Combine(folder, what);
        using (var file = File.Create(path))
        {
            byte[] part = [.. Enumerable.Range(0, 1 << 20).Select(i => hasLines && i % 100 == 99 ? (byte)'\n' : (byte)'a')];
            for (var i = 0; i < 200; i++) file.Write(part);
        }
        var before = GC.GetTotalAllocatedBytes();
        Assert.Contains("so this is no list of papers", Assert.Throws<RequestException>(() => PaperFile.Read(path, Today).ToArray()).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 40 << 20);
    }
}
