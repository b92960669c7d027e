using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Ranking;

namespace Preceptor.Tests.Ranking;

public sealed class DocumentToDocumentTests
{
    private const string File = "79-doc2doc.json";

    public static TheoryData<string> Ensembles => [.. Goldens.Names(File).Where(n => n.Data is not ("idf" or "top_terms") && !n.Data.StartsWith("bm25", StringComparison.Ordinal))];

    private static InvertedIndex Index(GoldenCase golden, string folder)
    {
        var writer = new InvertedIndexWriter(TermForm.Words);
        foreach (var text in golden.Input("documents").Json.GetProperty("texts").EnumerateArray()) writer.Add("", text.GetString()!);
        writer.Write(Path.Combine(folder, "index"));
        return InvertedIndex.Open(Path.Combine(folder, "index"));
    }

    [Fact]
    public void A_shortened_query_keeps_its_heaviest_terms()
    {
        var golden = Goldens.Case(File, "top_terms");
        var folder = Directory.CreateTempSubdirectory().FullName;
        using (var index = Index(golden, folder))
        {
            var options = new Bm25 { K1 = golden.Setting("k1").Number, B = golden.Setting("b").Number, QueryTerms = golden.Setting("m").Integer };
            var query = golden.Input("query").Json.GetProperty("text").GetString()!;
            Assert.Equal(golden.Output("terms").Json.EnumerateArray().Select(t => t.GetString()), index.QueryTerms(query, options).Select(t => t.Key));
            var scores = new double[index.Count];
            index.Score(query, options, scores);
            golden.AssertClose("scores", scores);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory, MemberData(nameof(Ensembles))]
    public void Words_and_vectors_are_mixed_as_the_golden_numbers_are(string name)
    {
        var golden = Goldens.Case(File, name);
        var folder = Directory.CreateTempSubdirectory().FullName;
        using (var index = Index(golden, folder))
        {
            var words = new double[index.Count];
            index.Score(golden.Setting("query").Text, new() { K1 = golden.Setting("k1").Number, B = golden.Setting("b").Number }, words);
            golden.AssertClose("bm25", words);
            var (query, vectors) = (golden.Input("query_vector").Doubles, golden.Input("document_vectors").Doubles.Chunk(golden.Input("query_vector").Doubles.Length));
            static double Norm(double[] v) => Math.Sqrt(v.Sum(x => x * x));
            double[] cosine = [.. vectors.Select(v => v.Zip(query, (x, y) => x * y).Sum() / Math.Max(1e-300, Norm(v) * Norm(query)))];
            golden.AssertClose("cosine", cosine);
            golden.AssertClose("minmax_bm25", DocumentSearch.MinMax(words));
            golden.AssertClose("minmax_cosine", DocumentSearch.MinMax(cosine));
            golden.AssertClose("ensemble", DocumentSearch.Mix(golden.Setting("a").Number, words, cosine));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static ExamTask<RankingProblem, Ranker> Laws(params string[] settings)
    {
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "doc2doc"))]), ["problem.name=laws", "problem.size=tiny", "training.epochs=2", "training.batch=16", "model.embedding=8", .. settings]);
        return (ExamTask<RankingProblem, Ranker>)ProblemKinds.Of(specification).Prepare(specification, 1, (_, _, _, _) => throw new InvalidOperationException());
    }

    private static Ranker Fit(RankingProblem problem, DocumentToDocument.Options options)
    {
        using var run = new Run(new() { Seed = 1 });
        return run.Stage("fit", new JsonObject(), () => new DocumentToDocument(options).Fit(problem, run));
    }

    [Fact]
    public void Dates_and_topics_find_what_words_alone_do_not()
    {
        var task = Laws();
        using var full = Fit(task.Problem, new() { Rerank = DocumentReranking.None });
        using var words = Fit(task.Problem, new() { Rerank = DocumentReranking.None, Vectors = false, Dates = false });
        var (best, plain) = (task.Examine(full).Values["ndcg@20"], task.Examine(words).Values["ndcg@20"]);
        Assert.True(best > plain + 0.1, $"{best} against {plain}");
        Assert.True(plain > 0.2);
    }

    [Fact]
    public void A_window_without_ends_or_dates_drops_nothing_and_no_training_pair_lies_outside()
    {
        var task = Laws();
        var problem = task.Problem;
        var search = new DocumentSearch(new(new(), 1, 1000, double.NegativeInfinity, double.PositiveInfinity), null, problem.Dates);
        Assert.Equal(problem.Documents.Count, search.Fetch(problem.Train[0], problem.Documents).Count);
        var windowed = search.With(new(new(), 1, 1000, 0, 4));
        foreach (var (i, list) in problem.Train.Index())
        {
            var fetched = windowed.Fetch(list, problem.Documents).Documents;
            Assert.Empty(list.Documents.Where((_, c) => problem.Relevance.Train[i][c] > 0).Except(fetched));
        }
        Assert.Equal(problem.Documents.Count, windowed.Fetch(problem.Train[0] with { Date = double.NaN }, problem.Documents).Count);
        search.Dispose();
    }

    [Fact]
    public void With_a_re_ranker_it_is_kept_to_the_bit_and_says_how_much_is_the_first_stages()
    {
        var task = Laws();
        using var ranker = Fit(task.Problem, new() { Fetch = 20 });
        var folder = Directory.CreateTempSubdirectory().FullName;
        ranker.Save(folder);
        using var again = Ranker.Load(folder);
        Assert.Equal(task.Examine(ranker).PerItem["map"], task.Examine(again).PerItem["map"]);
        Assert.InRange(task.Examine(ranker).Values["first-share"], 0.01, 0.99);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_window_holds_all_relevant_pairs_or_leaves_the_outermost_out()
    {
        var problem = Laws().Problem;
        double[] years = [.. problem.Train.SelectMany((l, i) => l.Documents.Where((_, c) => problem.Relevance.Train[i][c] > 0).Select(d => problem.Dates[d] - l.Date)).Order()];
        Assert.Equal((years[0], years[^1]), new DocumentToDocument(new()).Window(problem));
        var (from, to) = new DocumentToDocument(new() { Outside = 0.25 }).Window(problem);
        Assert.Equal((years[years.Length / 4], years[^(years.Length / 4 + 1)]), (from, to));
        Assert.True(from > years[0] && to < years[^1]);
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), new DocumentToDocument(new()).Window(problem with { Dates = [] }));
    }

    [Fact]
    public void The_hinge_and_contradictory_pairs_cost_what_they_must()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        double Hinge(double better, double worse) => RankingCurriculum.Losses(TorchSharp.torch.tensor(new[] { better, worse }, [1, 2]), [1, 0], RankingLossKind.Hinge, 1).item<double>();
        Assert.Equal((0, 0.7), (Hinge(2, 0.5), Math.Round(Hinge(0.5, 0.2), 12)));
        // The same pair once relevant and once not: the best log-odds are 0, and any other costs more.
        double Twice(double score, out double gradient)
        {
            var shared = TorchSharp.torch.tensor(score, TorchSharp.torch.float64).requires_grad_(true);
            var loss = RankingCurriculum.Losses(TorchSharp.torch.stack([shared, shared]).unsqueeze(1), [1, 0], RankingLossKind.ClassCrossEntropy, 0).mean();
            gradient = TorchSharp.torch.autograd.grad([loss], [shared])[0].item<double>();
            return loss.item<double>();
        }
        Assert.Equal(0.693147, Twice(0, out var slope), 1e-6);
        Assert.Equal(0, slope, 1e-12);
        Assert.True(Twice(0.5, out var up) > 0.6932 && up > 0 && Twice(-0.5, out var down) > 0.6932 && down < 0);
    }

    [Fact]
    public void Whoever_finds_all_relevant_documents_can_rank_perfectly()
    {
        var task = Laws();
        var lists = task.Problem.Validation;
        var oracle = RankingScores.Of(lists, task.Problem.Relevance.Validation, l => [.. task.Problem.Relevance.Validation[Array.IndexOf(lists, l)].Select(g => (double)g)]);
        Assert.Equal((1, 1), (oracle.Mean(q => q.Gain(20)), oracle.Mean(q => q.Precision(q.Ideal.Length))));
        // Half of what is relevant fetched: the first places are right, whatever the order of the rest.
        Assert.Equal(1 / (1 + 1 / Math.Log2(3)), new QueryRanking([1, 0, 0], [1, 1]).Gain(20), 1e-12);
    }

    [Fact]
    public void Documents_of_one_collection_are_not_among_their_own_results()
    {
        Table Read(string path) => path == "links.csv" ? new(path, [new TextColumn("from", [.. Enumerable.Range(0, 41).Select(i => $"a{i % 40}")]), new TextColumn("to", [.. Enumerable.Range(0, 41).Select(i => i == 40 ? "a0" : $"a{(i + 20) % 40}")])]) : OwnTable(path);
        var task = OwnFiles(Read, "problem.queries=acts.csv", "problem.query-topics=about");
        Assert.All(task.Problem.Train.Index(), l =>
        {
            Assert.Equal(l.Item.Name, $"a{l.Item.Itself}");
            Assert.DoesNotContain(l.Item.Itself, l.Item.Documents);
            Assert.True(task.Problem.Relevance.Train[l.Index].Count(g => g > 0) <= 1, "a document linked with itself is not relevant to itself");
        });
        using var ranker = Fit(task.Problem, new() { Rerank = DocumentReranking.None, Vectors = false, Dates = false });
        Assert.All(task.Problem.Validation, l => Assert.DoesNotContain(l.Itself, ranker.Rank(l, task.Problem.Documents).Documents));
        Assert.Equal(1, task.Examine(ranker).Values["p@1"], 9); // the other act of the same subject, which only the query itself would come before
        Assert.All(OwnFiles(OwnTable).Problem.Train, l => Assert.Equal(-1, l.Itself));
    }

    private static ExamTask<RankingProblem, Ranker> OwnFiles(Func<string, Table> read, params string[] settings)
    {
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "doc2doc"))]),
            ["problem.kind=ranking", "problem.documents=acts.csv", "problem.queries=laws.csv", "problem.links=links.csv", "problem.document-date=passed", "problem.query-date=passed", "problem.document-topics=about", "problem.query-topics=about", "training.epochs=1", .. settings]);
        return (ExamTask<RankingProblem, Ranker>)ProblemKinds.Of(specification).Prepare(specification, 1, (path, _, _, _) => (read(path), null));
    }

    private static Table OwnTable(string path)
    {
        string[] Rows(int count, Func<int, string> of) => [.. Enumerable.Range(0, count).Select(of)];
        TextColumn Text(string name, int count, Func<int, string> of) => new(name, Rows(count, of));
        return path switch
        {
            "acts.csv" => new("acts.csv", [Text("id", 41, i => $"a{i}"), Text("text", 41, i => i == 40 ? "undated" : $"act about subject{i % 20} number{i}"), Text("passed", 41, i => i == 40 ? "" : $"{1990 + i % 20 + (i < 20 ? 0 : 30)}-07-02"), Text("about", 41, i => i % 2 == 0 ? "trade|sea" : "land")]),
            "laws.csv" => new("laws.csv", [Text("id", 20, i => $"l{i}"), Text("text", 20, i => $"directive about subject{i}"), Text("passed", 20, i => $"{1989 + i}"), Text("about", 20, i => i % 2 == 0 ? "sea" : "land")]),
            _ => new("links.csv", [Text("from", 20, i => $"l{i}"), Text("to", 20, i => $"a{i}")]),
        };
    }

    [Fact]
    public void Files_of_ones_own_give_dates_topics_and_links_in_both_directions()
    {
        var task = OwnFiles(OwnTable);
        Assert.Equal(1990 + 182 / 365.0, task.Problem.Dates[0], 9);
        Assert.True(double.IsNaN(task.Problem.Dates[40]));
        Assert.Equal(3, task.Problem.Topics!.Count);
        Assert.Equal([1, 2], task.Problem.Topics.Documents[0]);
        Assert.All(task.Problem.Train, l => Assert.Equal(1989 + int.Parse(l.Name[1..], System.Globalization.CultureInfo.InvariantCulture), l.Date));
        Assert.All(task.Problem.Train.Index(), l => Assert.Equal("a" + l.Item.Name[1..], $"a{l.Item.Documents[Array.IndexOf(task.Problem.Relevance.Train[l.Index], 1)]}"));
        using var ranker = Fit(task.Problem, new() { Rerank = DocumentReranking.None, Vectors = false });
        Assert.Equal(1, task.Examine(ranker).Values["p@1"], 9);

        var reversed = OwnFiles(OwnTable, "problem.reverse=true");
        Assert.Equal(20, reversed.Problem.Documents.Count);
        Assert.Equal(20, reversed.TestItems + reversed.Problem.Train.Length + reversed.Problem.Validation.Length);
        Assert.All(reversed.Problem.Train.Index(), l => Assert.Equal("l" + l.Item.Name[1..], $"l{l.Item.Documents[Array.IndexOf(reversed.Problem.Relevance.Train[l.Index], 1)]}"));
    }

    [Fact]
    public void What_is_wrong_with_dates_and_links_is_named_with_its_row()
    {
        void Refused(string message, Func<string, Table> read, params string[] settings) => Assert.Contains(message, Assert.Throws<RequestException>(() => OwnFiles(read, settings)).Message, StringComparison.Ordinal);
        Table Changed(string path, string column, int row, string cell) => new(path, [.. OwnTable(path).Columns.Select(c => c.Name != column ? c : new TextColumn(column, [.. Enumerable.Range(0, OwnTable(path).Rows).Select(r => r == row ? cell : c.Words()(r))]))]);
        Refused("'soon' in column 'passed' is no date; expected a year, or year-month-day, or nothing", p => p == "acts.csv" ? Changed(p, "passed", 3, "soon") : OwnTable(p));
        Refused("a link has no to", p => p == "links.csv" ? Changed(p, "to", 3, "") : OwnTable(p));
        Refused("has no column 'target'; it has from, to", OwnTable, "problem.link-to=target");
        Refused("links stand instead of qrels", OwnTable, "problem.qrels=q.txt");
        Refused("a run has candidates for one direction only", OwnTable, "problem.run=r.txt", "problem.reverse=true");
    }
}
