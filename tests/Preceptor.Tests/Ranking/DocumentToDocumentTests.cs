using System.Text.Json.Nodes;
using Preceptor.Catalogue;
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
}
