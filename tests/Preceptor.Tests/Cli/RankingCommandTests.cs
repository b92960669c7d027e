using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>The commands on rankings, and the index of one's own documents.</summary>
public sealed class RankingCommandTests
{
    private static readonly string[] Topics = ["cats", "ships", "bread", "snow", "chess", "bees"];

    private static void WriteCollection(Workspace workspace)
    {
        workspace.Write("docs.jsonl", string.Join('\n', Enumerable.Range(0, 60).Select(i => $$"""{"id":"d{{i}}","title":"On {{Topics[i % 6]}}","body":"All about {{Topics[i % 6]}} and number {{i}} of them"}""").Append("""{"id":"void","title":"","body":""}""")) + "\n");
        workspace.Write("queries.csv", "id,text\n" + string.Join('\n', Enumerable.Range(0, 24).Select(i => $"q{i},{Topics[i % 6]} number {i}")) + "\nq99,nothing known\n");
        workspace.Write("qrels.txt", string.Join('\n', Enumerable.Range(0, 24).SelectMany(q => Enumerable.Range(0, 60).Where(d => d % 6 == q % 6 && d % 4 < 2).Select(d => $"q{q} 0 d{d} {1 + d % 2}"))) + "\n");
        workspace.Write("spec.yaml", "problem: {kind: ranking, documents: docs.jsonl, document-text: [title, body], queries: queries.csv, qrels: qrels.txt, candidates: 20}\nmethod: {name: ranking-curriculum, end: 2}\nmodel: {embedding: 8}\ntraining: {epochs: 2, batch: 8}\n");
    }

    [Fact]
    public void Documents_queries_and_judgements_are_ranked_resumed_compared_and_used()
    {
        using var workspace = new Workspace();
        WriteCollection(workspace);
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("ndcg@10", "ranking-curriculum", "higher"), ((string)result["metric"]!, (string)result["method"]!, (string)result["better"]!));
        Assert.Equal(["baseline", "floor", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        var report = File.ReadAllText("r/report.html");
        Assert.Contains("Queries from the one that gains most", report, StringComparison.Ordinal);
        Assert.Contains("1 documents are empty", report, StringComparison.Ordinal);
        Assert.Contains("1 queries have no relevant document and are left out", report, StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal((0, result["scores"]!.ToJsonString()), (again, JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString()));
        workspace.Write("pairs.csv", "query,document\ncats,All about ships\ncats,All about cats\nbread,bread and more\n");
        (code, output, error) = Workspace.Child(["predict", "r", "pairs.csv"]);
        Assert.True(code == 0, error);
        var lines = output.Trim().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("query,document,score,rank", lines[0]);
        Assert.Equal(["1", "2", "1"], lines.Skip(1).Select(l => l.Split(',')[^1].Trim()));
        (code, _, error) = Workspace.Child(["run", "spec.yaml", "--method", "doc2doc", "--set", "method.rerank=none", "--out", "d"]);
        Assert.True(code == 0, error);
        Assert.Equal("cats,All about cats,1,1", Workspace.Child(["predict", "d", "pairs.csv"]).Output.Split('\n')[1].Trim());
        (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "auto", "--seeds", "1", "--out", "c", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal(["doc2doc", "first-stage", "pairwise-ranking", "pg-rank", "ranking-curriculum"], JsonNode.Parse(output.Trim().Split('\n')[^1])!["methods"]!.AsArray().Select(m => (string)m!["method"]!).Order());
    }

    [Fact]
    public void Features_are_ranked_too()
    {
        using var workspace = new Workspace();
        workspace.Write("train.txt", string.Join('\n', Enumerable.Range(0, 20).SelectMany(q => Enumerable.Range(0, 8).Select(d => FormattableString.Invariant($"{(d == q % 8 ? 2 : 0)} qid:{q} 1:{(d == q % 8 ? 0.9 : 0.1)} 3:{d} # doc {d}")))) + "\n");
        workspace.Write("letor.yaml", "problem: {kind: ranking, letor: train.txt}\ntraining: {epochs: 30, rate: 0.05}\n");
        var (code, _, error) = Workspace.Child(["run", "letor.yaml", "--method", "pg-rank", "--out", "r"]);
        Assert.True(code == 0, error);
        workspace.Write("new.txt", "0 qid:a 1:0.1 3:1\n0 qid:a 1:0.9 3:5\n");
        var (_, output, _) = Workspace.Child(["predict", "r", "new.txt"]);
        Assert.StartsWith("a,2,", output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_texts_is_indexed_and_searched()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory("docs/deep");
        workspace.Write("docs/cats.md", "Cats sleep all day.");
        workspace.Write("docs/deep/ships.txt", "A ship sails at night.");
        File.WriteAllBytes("docs/picture.txt", [0xFF, 0xD8, 0, 0]);
        workspace.Write("docs/program.exe", "MZ");
        var (code, output, error) = Workspace.Child(["index", "docs"]);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("2 documents in ", output, StringComparison.Ordinal);
        Assert.Contains("2 files left out", output, StringComparison.Ordinal);
        Assert.Matches(@"^ +\d\.\d\d  deep/ships.txt\n$", Workspace.Child(["find", "docs.index", "sailing", "ships"]).Output);
        Assert.Contains("none of 2 documents has a word of zebra", Workspace.Child(["find", "docs.index", "zebra"]).Error, StringComparison.Ordinal);
        WriteCollection(workspace);
        Assert.Matches(@"^61 documents in \d+\.\d s, 1 of them empty → i;", Workspace.Child(["index", "docs.jsonl", "--text", "title", "body", "--out", "i"]).Output);
        Assert.Equal("d7", (string)JsonNode.Parse(Workspace.Child(["find", "i", "ships", "7", "--json", "--most", "1"]).Output)!["name"]!);
    }

    [Theory]
    [InlineData("run empty.yaml", "problem.documents: is missing; a ranking problem has documents, queries and qrels, or letor")]
    [InlineData("run empty.yaml --set problem.letor=bad.txt", "bad.txt line 2: expected a whole grade, qid:QUERY, number:value …; found 'x qid:1'")]
    [InlineData("run spec.yaml --set problem.qrels=twice.txt", "twice.txt line 2: document d1 of query q1 has the grades 1 and 2")]
    [InlineData("run spec.yaml --set problem.run=run.txt", "run.txt line 1: expected query, Q0, document, rank, score and a tag; found 'q1 Q0 d1'")]
    [InlineData("run spec.yaml --set problem.documents=double.csv --set problem.document-text=text", "double.csv line 3: the id 'a' is that of line 2 too")]
    [InlineData("run spec.yaml --set problem.document-text=txet", "docs.jsonl: has no column 'txet'")]
    [InlineData("run spec.yaml --method ps-kd", "ps-kd is for problems of kind prediction, and queries is of kind ranking; methods of kind ranking: doc2doc, first-stage, pairwise-ranking, pg-rank, ranking-curriculum")]
    [InlineData("run spec.yaml --set model.scorer=linear", "model.scorer: linear does not fit: the problem has texts")]
    [InlineData("find nowhere words", "nowhere: there is no index here")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        WriteCollection(workspace);
        workspace.Write("empty.yaml", "problem: {kind: ranking}\n");
        workspace.Write("bad.txt", "1 qid:1 1:0.5\nx qid:1\n");
        workspace.Write("twice.txt", "q1 0 d1 1\nq1 0 d1 2\n");
        workspace.Write("run.txt", "q1 Q0 d1\n");
        workspace.Write("double.csv", "id,text\na,one\na,two\n");
        var (code, error) = Workspace.Run(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
