using System.Text.Json.Nodes;
using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Language;

namespace Preceptor.Tests.Cli;

/// <summary>The commands on language models: the built-in sums, and texts of one's own.</summary>
public sealed class LanguageCommandTests
{
    private static readonly string[] Quick = ["--set", "training.epochs=1", "--set", "model.width=16", "--set", "model.layers=1", "--set", "problem.examples=60", "--set", "problem.largest=40"];

    [Fact]
    public void Sums_are_learned_from_outcomes_resumed_reported_and_answered()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "sums", "--method", "grpo", "--set", "problem.wrong=0.3", "--set", "method.group=2", .. Quick, "--seeds", "2", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("sums", "grpo", "exact-match", "higher"), ((string)result["problem"]!, (string)result["method"]!, (string)result["metric"]!, (string)result["better"]!));
        Assert.Equal(["baseline", "ceiling", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        Assert.NotNull(result["extra"]!["metrics"]!["method"]!["perplexity"]);
        Assert.True(File.Exists("r/model/model.safetensors") && File.Exists("r/model/config.json"));
        Assert.Contains("answered", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
        workspace.Write("prompts.csv", "prompt\n1+2=\n30+4=\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "r", "prompts.csv", "--out", "answers.csv"]);
        Assert.True(predicted == 0, predictError);
        var lines = File.ReadAllLines("answers.csv");
        Assert.Equal((3, "row,sample,answer,log-probability,ended"), (lines.Length, lines[0]));
        var (generated, said, generateError) = Workspace.Child(["generate", "r", "1+2=", "30+4=", "--samples", "3", "--temperature", "1", "--max-tokens", "4"]);
        Assert.True(generated == 0, generateError);
        Assert.Equal(6, said.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void Pairs_of_ones_own_are_compared_and_gone_on_from()
    {
        using var workspace = new Workspace();
        workspace.Write("pairs.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i => $"{{\"q\": \"{(char)('a' + i % 20)}{(char)('a' + i / 20)}?\", \"good\": \"yes\", \"bad\": \"no\"}}\n")));
        workspace.Write("spec.yaml", "problem: {kind: language, data: pairs.jsonl, prompt: q, chosen: good, rejected: bad, check: exact}\nmethod: {name: dpo}\nmodel: {width: 16, layers: 1, length: 16}\ntraining: {epochs: 2, batch: 16, rate: 0.01}\n");
        var (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "auto", "--seeds", "1", "--out", "c", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal(["augzero+sft", "data-factors", "dpo", "example-difficulty+sft", "grpo", "masked-thought", "online-merging", "reward-model", "salt", "sft"], JsonNode.Parse(output.Trim().Split('\n')[^1])!["methods"]!.AsArray().Select(m => (string)m!["method"]!).Order());
        workspace.Write("on.yaml", "problem: {kind: language, data: pairs.jsonl, prompt: q, chosen: good, rejected: bad}\nmethod: {name: dpo}\nmodel: {base: c/sft, adapter-rank: 2}\ntraining: {epochs: 1, batch: 16}\n");
        var (onward, onwardOutput, onwardError) = Workspace.Child(["run", "on.yaml", "--out", "o", "--json"]);
        Assert.True(onward == 0, onwardError);
        Assert.NotNull(JsonNode.Parse(onwardOutput.Trim().Split('\n')[^1])!["extra"]!["metrics"]!["method"]!["preference-accuracy"]);
    }

    [Fact]
    public void Commands_are_learned_with_copies_in_new_vocabularies_for_a_number_of_steps()
    {
        using var workspace = new Workspace();
        string[] words = ["run", "--problem", "commands", "--method", "example-difficulty+augzero+data-factors", "--set", "problem.size=tiny", "--set", "problem.split=jump", "--set", "problem.primitives=2", "--set", "method.part=2",
            "--set", "method.copies=2", "--set", "method.curriculum=static", "--set", "method.steps=20", "--set", "method.validate-every=10", "--set", "model.width=16", "--set", "training.epochs=1"];
        var (code, output, error) = Workspace.Child([.. words, "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("commands", "example-difficulty+augzero+data-factors", "exact-match"), ((string)result["problem"]!, (string)result["method"]!, (string)result["metric"]!));
        var (generated, said, generateError) = Workspace.Child(["generate", "r", "jump twice", "--max-tokens", "4"]);
        Assert.True(generated == 0, generateError);
        Assert.EndsWith("\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_missing_in_texts_of_ones_own_are_asked_for()
    {
        using var workspace = new Workspace();
        workspace.Write("t.csv", "t\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"the {(i % 2 == 0 ? "red" : "blue")} thing that was number {(i % 2 == 0 ? "one" : "two")} is here now\n")));
        workspace.Write("spec.yaml", "problem: {kind: language, data: t.csv, text: t, tokens: word, exam: gaps}\nmethod: {name: ul2, short-spans: [2]}\nmodel: {width: 16, layers: 1, heads: 2, length: 32}\ntraining: {epochs: 4, batch: 16, rate: 0.01}\n");
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal("missing-loss", (string)result["metric"]!);
        var scores = result["extra"]!["metrics"]!["method"]!;
        Assert.Equal((double)scores["missing-loss"]!, new[] { "infill-loss", "continuation-loss", "long-infill-loss" }.Average(n => (double)scores[n]!), 4);
        Assert.InRange((double)scores["missing-loss"]!, 0.01, Math.Log(14)); // better than any word of the fourteen
        Assert.Contains("asked to ", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_is_compared_with_models_that_speak_by_what_they_doubt()
    {
        using var workspace = new Workspace();
        workspace.Write("t.csv", "t\n" + string.Concat(Enumerable.Range(0, 80).Select(i => $"the {(i % 2 == 0 ? "red" : "blue")} thing number {i % 7} is here\n")));
        workspace.Write("spec.yaml", "problem: {kind: language, data: t.csv, text: t, tokens: word, exam: detection}\nmethod: {name: mcl-electra}\nmodel: {width: 16, layers: 1, length: 16}\ntraining: {epochs: 1, batch: 16}\n");
        var (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "sft,mcl-electra", "--seeds", "1", "--out", "c", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal("detection", (string)JsonNode.Parse(output.Trim().Split('\n')[^1])!["metric"]!);
        var (said, saidError) = Workspace.Run(["generate", "c/mcl-electra", "the"]);
        Assert.Equal(2, said);
        Assert.Contains("cannot say what comes next", saidError, StringComparison.Ordinal);
        workspace.Write("next.yaml", "problem: {kind: language, data: t.csv, text: t, tokens: word}\nmethod: {name: mcl-electra}\n");
        var (refused, why) = Workspace.Run(["run", "next.yaml", "--out", "x"]);
        Assert.Equal(2, refused);
        Assert.Contains("judged-text", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_pairs_are_read_by_name_with_their_own_test_rows()
    {
        if (DataFolder.Find("scan") is null) Assert.Skip("needs the data set scan");
        var texts = new LanguageData { Data = "scan-addprim-jump", Prompt = "prompt", Response = "response" }.Read(null, DataFiles.Read);
        Assert.Equal((13_203, 1_467, 7_706), (texts.Train.Length, texts.Validation.Length, texts.Test.Length));
        Assert.All(texts.Test, r => Assert.Contains("jump", r.Prompt, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_texts_is_said()
    {
        using var workspace = new Workspace();
        workspace.Write("t.csv", "q,a\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"question {i},answer {i}\n")));
        void Says(string problem, string message)
        {
            workspace.Write("spec.yaml", $"problem:\n  kind: language\n{problem}method: sft\nmodel: {{width: 16, layers: 1, length: 8}}\ntraining: {{epochs: 1}}\n");
            var (code, error) = Workspace.Run(["run", "spec.yaml", "--out", "x"]);
            Assert.Equal(2, code);
            Assert.Contains(message, error, StringComparison.Ordinal);
        }
        Says("  data: t.csv\n", "expected problem.text, or problem.prompt and problem.response");
        Says("  data: t.csv\n  prompt: q\n", "expected the column of responses");
        Says("  data: t.csv\n  prompt: q\n  response: b\n", "spec.yaml line 5: problem.response: t.csv has no column 'b'");
        Says("  data: t.csv\n  prompt: q\n  chosen: a\n", "expected both problem.chosen and problem.rejected, or neither");
        Says("  data: t.csv\n  prompt: q\n  response: a\n", "none of 8 training texts has at most model.length 8 tokens");
        Says("  data: t.csv\n  prompt: q\n  response: a\n  exam: detection\n", "is for plain text");
        Says("  data: t.csv\n  prompt: q\n  response: a\n  exam: gaps\n", "is for plain text");
        workspace.Write("short.csv", "t\n" + string.Concat(Enumerable.Repeat("a\n", 10)));
        Says("  data: short.csv\n  text: t\n  tokens: word\n  exam: gaps\n", "problem.exam: gaps: none of 1 validation texts has 8 tokens or more");
        Says("  data: t.csv\n  text: a\n  check: maybe\n", "'maybe' is not allowed");
    }

    [Theory]
    [InlineData("run --problem sums --method ps-kd", "methods of kind language: augzero, data-factors, dpo, example-difficulty, grpo, masked-thought, mcl-electra, online-merging, reward-model, salt, sft, ul2")]
    [InlineData("run --problem sums --set model.heads=3 --set model.width=16", "model.heads: 3 does not divide model.width 16; allowed: 1, 2, 4, 8, 16")]
    [InlineData("run --problem sums --set problem.largest=9", "are more than nine tenths of the 100 sums")]
    [InlineData("generate absent hello", "absent: has no language model")]
    [InlineData("generate http://localhost:1/v1 hello", "--name: is missing, the model's name at http://localhost:1/v1")]
    [InlineData("generate http://localhost:1/v1 hello --name m --top-k 3", "--top-k: is for a model on this machine, and http://localhost:1/v1 is an address")]
    [InlineData("generate absent hello --max-cost 3", "--max-cost: is for a model at an address such as http://localhost:8080/v1, and absent is none")]
    [InlineData("generate http://localhost:1/v1 hello --name m --max-cost 3", "--price: is missing; --max-cost needs what a million tokens cost")]
    [InlineData("generate http://localhost:1/v1 hello --name m --price 3", "--price: '3' is not allowed; expected two prices")]
    [InlineData("generate http://me:secret@localhost:1/v1 hello --name m", "MODEL: holds a user or a password")]
    [InlineData("generate http:// hello --name m", "MODEL: 'http://' is no address such as http://localhost:8080/v1")]
    [InlineData("generate http://localhost:1/v1 hello --name m --key-env sk-secret", "--key-env: is no name of an environment variable; write the name of the one that holds the key, never the key")]
    [InlineData("generate http://localhost:1/v1 hello --name m --key-env PRECEPTOR_ABSENT", "the environment variable PRECEPTOR_ABSENT is not set")]
    [InlineData("generate absent hello --top-p 0", "--top-p: 0 is not allowed; expected a number above 0 to 1")]
    [InlineData("generate absent", "expected prompts to answer, or --data with a file of them")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        workspace.Refuses(words, message);
    }
}
