using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>A language model at an address in the place of one here: what it is asked, what is kept, and what is not paid twice.</summary>
public sealed class RemoteModelTests : IDisposable
{
    private readonly Workspace workspace = new();

    private static ChatReply Says(string text, bool isEnded = true)
    {
        var reply = JsonNode.Parse(ChatReply.Says(text, 10, 3, [(text, -0.25), ("", -0.5)]).Body)!;
        reply["choices"]![0]!["finish_reason"] = isEnded ? "stop" : "length";
        return new(200, reply.ToJsonString());
    }

    [Fact]
    public void It_is_asked_for_samples_and_answers_are_a_file_that_is_gone_on_with()
    {
        using var server = new ChatServer(r => Says($"{r.Question} {r.Body["seed"]}", r.Question != "two"));
        workspace.Write("prompts.csv", "prompt\none\ntwo\n");
        string[] words = ["generate", server.Address, "--name", "m", "--data", "prompts.csv", "--samples", "2", "--temperature", "0.7", "--top-p", "0.9", "--stop", "END", "--max-tokens", "7", "--seed", "5", "--out", "said.csv"];
        var (code, error) = Workspace.Run(words);
        Assert.True(code == 0, error);
        Assert.Equal(["row,sample,answer,log-probability,ended", "1,1,one 5,-0.75,true", "1,2,one 6,-0.75,true", "2,1,two 5,-0.75,false", "2,2,two 6,-0.75,false"], File.ReadAllLines("said.csv"));
        Assert.Contains("4 answers, 0 from before; 40 + 12 tokens", error, StringComparison.Ordinal);
        var body = server.Requests[0].Body;
        Assert.Equal(("m", 7, 0.7, 0.9, "END"), ((string)body["model"]!, (int)body["max_tokens"]!, (double)body["temperature"]!, (double)body["top_p"]!, (string)body["stop"]![0]!));
        Assert.True(File.Exists("said.csv.answers.jsonl"));
        File.Delete("said.csv");
        Assert.Contains("0 answers, 4 from before", Workspace.Run(words).Error, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(5, File.ReadAllLines("said.csv").Length);
    }

    [Fact]
    public void Likeliest_answers_are_asked_for_once_and_other_ways_of_asking_are_other_calls()
    {
        using var server = new ChatServer(r => Says("so"));
        var (code, output, error) = Workspace.Child(["generate", server.Address, "why", "why", "--name", "m", "--samples", "3", "--answers", "kept.jsonl"]);
        Assert.True(code == 0, error);
        Assert.Equal(["so", "so", "so", "so", "so", "so"], output.Trim().Split('\n'));
        Assert.Single(server.Requests);
        Assert.Null(server.Requests[0].Body["seed"]);
        Workspace.Run(["generate", server.Address, "why", "--name", "m", "--max-tokens", "5", "--answers", "kept.jsonl"]);
        Workspace.Run(["generate", server.Address, "why", "--name", "other", "--answers", "kept.jsonl"]);
        Assert.Equal(3, server.Requests.Count);
        Assert.DoesNotContain("why", File.ReadAllText("kept.jsonl"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_budget_stops_before_it_is_exceeded_and_with_more_of_it_the_same_command_goes_on()
    {
        using var server = new ChatServer(r => Says("so"));
        workspace.Write("prompts.csv", "prompt\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"question {i}\n")));
        string[] words = ["generate", server.Address, "--name", "m", "--data", "prompts.csv", "--max-tokens", "10", "--price", "1000,100000", "--parallel", "1", "--out", "said.csv"];
        var (code, error) = Workspace.Run([.. words, "--max-cost", "2"]);
        Assert.Equal(1, code);
        Assert.Contains("stopped before a call that could exceed --max-cost", error, StringComparison.Ordinal);
        Assert.False(File.Exists("said.csv"));
        var paid = server.Requests.Count;
        Assert.InRange(paid, 1, 6); // each comes to 0.31, and 1.02 is set aside
        Assert.Equal(0, Workspace.Run([.. words, "--max-cost", "9"]).Code);
        Assert.Equal(10, server.Requests.Count);
        Assert.Equal(1, Workspace.Run([.. words.Select(w => w == "said.csv" ? "others.csv" : w), "--token-budget", "20"]).Code);
    }

    [Fact]
    public void A_failing_server_is_named_and_what_was_answered_is_kept()
    {
        using var server = new ChatServer(r => r.Question == "bad" ? new(400, "{\"error\": \"no such model\"}") : Says("so"));
        var (code, error) = Workspace.Run(["generate", server.Address, "good", "bad", "--name", "m", "--parallel", "1", "--answers", "kept.jsonl"]);
        Assert.Equal(2, code);
        Assert.Contains("no such model", error, StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines("kept.jsonl"));
    }

    public void Dispose() => workspace.Dispose();
}
