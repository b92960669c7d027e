using Preceptor.Catalogue.Papers;
using Preceptor.Foundation;
using Preceptor.Papers;

namespace Preceptor.Tests.Papers;

public sealed class PaperStoreTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 26);
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-papers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Place => Path.Combine(folder, "papers.db");

    [Fact]
    public void Papers_that_are_the_same_are_merged_and_what_was_missing_is_filled_in()
    {
        using var store = new PaperStore(Place);
        Assert.Equal(new(2, 2), store.Import([new("A Title: of Sorts", "short"), new("a title of sorts!", "a longer abstract"), new("Other", "o") { Identifier = "arxiv:2401.00001" }], Today));
        Assert.Equal(new(2, 0), store.Import([new("A TITLE — OF SORTS", "") { Authors = "A", Published = new(2024, 1, 2), Address = "https://a.org/" }, new("Other, renamed later", "") { Identifier = "arxiv:2401.00001" }], Today.AddDays(1)));
        Assert.Equal(
            [new StoredPaper(1, "A Title: of Sorts", "a longer abstract", "A", new(2024, 1, 2), "https://a.org/", "", Today, 2), new StoredPaper(2, "Other", "o", "", null, "", "arxiv:2401.00001", Today, 2)],
            store.All());
        Assert.Equal(new(1, 1), store.Import([new("???", ""), new("???", "")], Today));
    }

    [Fact]
    public void Papers_of_the_catalogue_are_known_by_their_titles()
    {
        using var store = new PaperStore(Place);
        store.Import([new("compressing features for learning with noisy labels", ""), new("Another", "")], Today);
        var known = store.Find("nested-dropout")!;
        Assert.Equal(("nested-dropout", 22), (known.Key, known.Known!.Number));
        Assert.Equal(["nested-dropout"], known.Known.Experiments.Select(e => e.Slug));
        Assert.Equal("Another", store.Find("2")!.Title);
        Assert.Equal(("2", null), (store.Find("ANOTHER")!.Key, store.Find("ANOTHER")!.Known));
        Assert.Null(store.Find("3"));
    }

    [Fact]
    public void An_import_that_fails_in_the_middle_takes_nothing_in()
    {
        using var store = new PaperStore(Place);
        store.Import([new("First", "")], Today);
        var revision = store.Revision;
        static IEnumerable<ImportedPaper> Broken()
        {
            yield return new("Second", "");
            throw new RequestException("line 2 is broken");
        }
        Assert.Throws<RequestException>(() => store.Import(Broken(), Today));
        Assert.Equal((1, revision), (store.Count, store.Revision));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => store.Import([new("Third", "")], Today, stopped.Token));
        Assert.Equal(1, store.Count);
        store.Import([new("Second", "")], Today);
        Assert.NotEqual(revision, store.Revision);
    }

    [Fact]
    public void Files_of_something_else_are_left_alone()
    {
        File.WriteAllText(Place, "not a database at all, and long enough to have had a header");
        Assert.Contains("is no store of papers", Assert.Throws<RequestException>(() => new PaperStore(Place)).Message, StringComparison.Ordinal);
        Assert.StartsWith("not a database", File.ReadAllText(Place), StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<RequestException>(() => new PaperStore(folder)).Message, StringComparison.Ordinal);
        var other = Path.Combine(folder, "other.db");
        Execute(other, "CREATE TABLE mine(x)");
        Assert.Contains("something else", Assert.Throws<RequestException>(() => new PaperStore(other)).Message, StringComparison.Ordinal);
        var later = Path.Combine(folder, "later.db");
        Execute(later, "PRAGMA user_version = 99");
        Assert.Contains("later version", Assert.Throws<RequestException>(() => new PaperStore(later)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trending_is_recency_times_imports_times_runs()
    {
        using var store = new PaperStore(Place);
        store.Import([new("Compressing Features for Learning with Noisy Labels", "") { Published = Today.AddDays(-30) }, new("Fresh", "") { Published = Today }, new("Twice", "") { Published = Today.AddDays(-60) }], Today);
        store.Import([new("Twice", "")], Today);
        var runs = Directory.CreateDirectory(Path.Combine(folder, "runs")).FullName;
        foreach (var (name, method) in new[] { ("a", "nested-dropout"), ("b", "[confident-learning, nested-dropout]"), ("c", "\n  - name: nested-dropout\n    compression: none"), ("d", "supervised") })
        {
            Directory.CreateDirectory(Path.Combine(runs, name));
            File.WriteAllText(Path.Combine(runs, name, "spec.yaml"), $"problem:\n  name: digits\nmethod: {method}\n");
        }
        Directory.CreateDirectory(Path.Combine(runs, "no run"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(runs, "half")).FullName, "spec.yaml"), "method: [");
        var trending = Trending.Of(store.All(), Trending.Runs(runs), Today);
        Assert.Equal([("Compressing Features for Learning with Noisy Labels", 2.0), ("Fresh", 1.0), ("Twice", 0.5)], trending.Select(t => (t.Paper.Title, t.Score)));
        Assert.Empty(Trending.Runs(Path.Combine(folder, "none")));
    }

    private static void Execute(string path, string text)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    [Fact]
    public void The_catalogue_has_the_papers_of_the_index_in_their_order()
    {
        Assert.Equal(SharedPapers.Index().Select(r => (int.Parse(r[0]), r[1], r[2].ToLowerInvariant(), r[3], r[4])), PaperCatalogue.All.Select(p => (p.Number, p.Slug, p.Entry.Kind, string.Join(", ", p.Entry.Artefact), p.Entry.Title)));
        Assert.All(PaperCatalogue.All, p => Assert.True(p.Entry.Idea.Length > 40 && p.Entry.Formula.Length > 5 && p.Entry.Supervision.Length > 0, p.Slug));
        Assert.All(PaperCatalogue.All, p => Assert.Equal(p.IsBuilt, p.Entry.Scale is not null));
    }
}
