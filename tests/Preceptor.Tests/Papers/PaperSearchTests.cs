using Preceptor.Papers;

namespace Preceptor.Tests.Papers;

public sealed class PaperSearchTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 26);
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-papers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private PaperStore Store(params IEnumerable<ImportedPaper> papers)
    {
        var store = new PaperStore(Path.Combine(folder, "papers.db"));
        store.Import(papers, Today);
        return store;
    }

    [Fact]
    public void Queries_with_an_obvious_answer_find_it_among_the_first_three()
    {
        using var store = Store(PaperFile.Read(SharedPapers.Locate("page.txt"), Today));
        using var search = PaperSearch.Open(store);
        foreach (var (query, answer) in new[]
        {
            ("noisy labels", "nested-dropout"), ("offline reinforcement learning with safety constraints", "fisor"), ("machine unlearning", "laf-unlearning"), ("knowledge graphs for zero-shot learning", "kg-zero-shot"),
            ("physics-informed neural networks", "pi-hc-moe"), ("self-knowledge distillation", "ps-kd"), ("policy gradient retrieval", "pg-rank"), ("whole slide images", "mhim-mil"), ("instructional video captions", "guide"),
            ("prompt learning for CLIP", "mocoop"), ("monte carlo tree search process supervision", "omega-prm"), ("image to 3D", "isotropic3d"), ("ELECTRA pre-training", "mcl-electra"), ("debates between strong models", "debate"),
        })
            Assert.Contains(answer, store.Of(search.Find(query, 3).Select(f => f.Id)).Select(p => p.Key));
    }

    [Fact]
    public void A_search_is_of_the_store_as_it_is_now_and_mended_where_it_is_damaged()
    {
        using var store = Store(new ImportedPaper("Cats at night", "They hunt mice in the dark and sleep by day."), new ImportedPaper("Dogs", "They bark at cats."));
        string[] Find(string words)
        {
            using var search = PaperSearch.Open(store);
            return [.. store.Of(search.Find(words, 5).Select(f => f.Id)).Select(p => p.Title)];
        }
        Assert.Equal(["Cats at night", "Dogs"], Find("cat"));
        store.Import([new("Birds", "They sing of cats.")], Today);
        Assert.Contains("Birds", Find("sings"));
        foreach (var file in Directory.GetFiles(store.Place + ".search", "*", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
            Assert.Contains("Birds", Find("sings"));
        }
        Assert.Empty(Find("zebra"));
        Assert.Empty(Find(""));
    }

    [Fact]
    public void Titles_alone_and_repeats_can_be_searched_too()
    {
        using var store = Store(new ImportedPaper("Only a title", ""), new ImportedPaper("!!!", ""));
        using var search = PaperSearch.Open(store);
        Assert.Equal(1, Assert.Single(search.Find("titles", 5)).Id);
    }
}
