using System.IO.Compression;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Ranking;

namespace Preceptor.Tests.Ranking;

/// <summary>The field's own files, and what is trained and scored from them.</summary>
public sealed class RankingFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, params IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    [Fact]
    public void Queries_of_cranfield_are_known_by_position_and_its_best_grade_is_the_highest()
    {
        Write("cran.all.1400", ".I 1", ".T", "wings", ".A", "someone", ".W", "lift of", "wings", ".I 2", ".T", "heat", ".W", "", ".I 7", ".W", "flow");
        Write("cran.qry", ".I 001", ".W", "what lifts", ".I 004", ".W", "what heats", ".I 009", ".W", "what flows");
        Write("cranqrel", "1 1 1", "1 2 4", "2 2 -1", "3 7 3", "3 7 5", "3 1 2");
        var (documents, queries, judged) = RankingFiles.Cranfield(folder);
        Assert.Equal(["1", "2", "7"], documents.Names);
        Assert.Equal(["wings lift of wings ", "heat  ", "flow "], documents.Texts);
        Assert.Equal(["1", "2", "3"], queries.Names);
        Assert.Equal("what heats ", queries.Texts[1]);
        // 1, the best, becomes 4; 4 becomes 1; -1 is none; of two the better one.
        Assert.Equal([("1", 4), ("2", 1)], judged["1"].Select(j => (j.Key, j.Value)));
        Assert.Equal(0, judged["2"]["2"]);
        Assert.Equal([("7", 2), ("1", 3)], judged["3"].Select(j => (j.Key, j.Value)));
        Write("cranqrel", "1 1");
        Assert.Contains("cranqrel line 1: expected query, document, code", Assert.Throws<RequestException>(() => RankingFiles.Cranfield(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_beside_a_file_of_counts_are_divided_as_it_counts()
    {
        Write("rank.train.query", "2", "", "1", "3");
        var packed = Path.Combine(folder, "rank.train.gz");
        void Pack(int rows)
        {
            using var file = new StreamWriter(new GZipStream(File.Create(packed), CompressionLevel.Fastest));
            for (var row = 0; row < rows; row++) file.WriteLine($"{row % 3} 1:{row} {(row == 4 ? "5:0.5" : "")}");
        }
        Pack(6);
        var (lists, features) = RankingData.Counted(folder, "train");
        Assert.Equal(5, features);
        Assert.Equal([("train-0", 2), ("train-1", 1), ("train-2", 3)], lists.Select(l => (l.Query, l.Rows.Count)));
        Assert.Equal([0, 1, 2], lists[2].Rows.Select(r => r.Grade));
        Assert.Equal([(0, 4f), (4, 0.5f)], lists[2].Rows[1].Values);
        Pack(7);
        Assert.Contains("line 7: there are more rows than the file of queries counts", Assert.Throws<RequestException>(() => RankingData.Counted(folder, "train")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_file_of_features_tests_and_none_of_it_trains()
    {
        var train = Write("train.txt", Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"{i % 3} qid:q{i / 3} 1:{i}")));
        var test = Write("test.txt", "1 qid:t0 1:1 2:5", "0 qid:t0 1:2", "2 qid:t1 2:3");
        var collection = new RankingData { Letor = train, LetorTest = test }.Read(null, (_, _, _, _) => throw new InvalidOperationException());
        var (learned, validation, tested) = collection.Divide(3);
        Assert.Equal(["t0", "t1"], tested.Select(i => collection.Lists[i].Name));
        Assert.Equal(Enumerable.Range(0, 10), learned.Concat(validation).Order());
        Assert.Equal(2, validation.Length);
        // A feature that only the test file has is 0 in training.
        Assert.Equal(2, collection.FeatureCount);
        Assert.Equal([0f, 0, 1, 0, 2, 0], collection.Lists[0].Features);
    }

    private ExamTask<RankingProblem, Ranker> OfRun(params IEnumerable<string> run)
    {
        var qrels = Write("qrels.txt", Enumerable.Range(0, 20).SelectMany(q => new[] { $"q{q} 0 d{q} 2", $"q{q} 0 d{q + 20} 1" }));
        var path = Write("good.run", run);
        Table Read(string name) => name == "docs"
            ? new("docs", [new TextColumn("id", [.. Enumerable.Range(0, 40).Select(d => $"d{d}")]), new TextColumn("text", [.. Enumerable.Range(0, 40).Select(d => $"text of {d % 20} and {(d < 20 ? "more" : "less")}")])])
            : new("queries", [new TextColumn("id", [.. Enumerable.Range(0, 20).Select(q => $"q{q}")]), new TextColumn("text", [.. Enumerable.Range(0, 20).Select(q => $"{q}")])]);
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "pairwise-ranking"))]),
            ["problem.kind=ranking", "problem.documents=docs", "problem.queries=queries", $"problem.qrels={qrels}", $"problem.run={path}", "problem.candidates=5", "model.embedding=8", "training.epochs=3", "training.batch=8", "training.rate=0.01"]);
        return (ExamTask<RankingProblem, Ranker>)ProblemKinds.Of(specification).Prepare(specification, 1, (name, _, _, _) => (Read(name), null));
    }

    [Fact]
    public void A_runs_documents_are_the_candidates_which_are_trained_on_and_scored()
    {
        // The better document first, then four that nobody judged; the second relevant one is not in the run, nor is an unknown document in the collection.
        var task = OfRun(Enumerable.Range(0, 20).SelectMany(q => Enumerable.Range(0, 6).Select(r => FormattableString.Invariant($"q{q} Q0 {(r == 0 ? $"d{q}" : r == 3 ? "void" : $"d{(q + r) % 20}")} {r + 1} {9.5 - r} tag"))));
        Assert.Contains("candidates: the first 5 of the run", task.Notes);
        Assert.Contains("20 documents of the run are not among the documents", task.Notes);
        Assert.All(task.Problem.Train, l => Assert.Equal(6, l.Count)); // five of the run, and the one that it missed
        Assert.Equal((1.0, 1.0), (task.Floor!.Values["p@1"], task.Floor.Values["mrr"]));
        Assert.Equal(2 / (2 + 1 / Math.Log2(3)), task.Floor.Values["ndcg@10"], 1e-12);
        Assert.Equal((0.5, 0.5, 0.5, 0.5), (task.Floor.Values["recall@100"], task.Floor.Values["recall@20"], task.Floor.Values["map"], task.Floor.Values["r-precision"]));
        Assert.Empty(task.Floor.Remarks);
        using var run = new Run(new() { Seed = 1 });
        using var ranker = run.Stage("fit", new JsonObject(), () => new PairwiseRanking(new()).Fit(task.Problem, run));
        Assert.True(ranker.Training!.Epochs[^1].Loss < ranker.Training.Epochs[0].Loss);
        Assert.Equal(0.5, task.Examine(ranker).Values["recall@100"]);
        Assert.InRange(task.Examine(ranker).Values["mrr"], 0.2, 1);
    }

    [Fact]
    public void Equal_scores_are_counted_and_remarked_upon()
    {
        var task = OfRun(Enumerable.Range(0, 20).SelectMany(q => Enumerable.Range(0, 3).Select(r => $"q{q} Q0 d{(q + r) % 20} {r + 1} {(r < 2 ? 3 : 1)} tag")));
        Assert.Equal("documents have equal scores in the rankings of 4 of 4 test queries; of equal ones the later name comes first", Assert.Single(task.Examine(Ranker.FirstStage()).Remarks));
    }
}
