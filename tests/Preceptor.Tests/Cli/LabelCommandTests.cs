using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>Labels by rules, models and a chat endpoint that answers, errs, hangs, refuses and counts.</summary>
public sealed class LabelCommandTests : IDisposable
{
    private const string Key = "sk-secret-4711", Variable = "PRECEPTOR_TEST_CHAT_KEY";
    private readonly Workspace workspace = new();

    public LabelCommandTests()
    {
        Environment.SetEnvironmentVariable(Variable, Key);
        workspace.Write("data.csv", Workspace.Csv(40));
    }

    private void Specify(ChatServer server, string more = "", string spec = "  label: label\n") => workspace.Write("spec.yaml",
        $"problem:\n  data: data.csv\n  id: id\n  text: [text]\n{spec}  teachers:\n    llm: {{endpoint: \"{server.Address}\", model: m, key-env: {Variable}, retry-wait: 0.01, price: {{input: 10, output: 100}}{more}}}\nmodel: {{hidden: [8], embedding: 4, vocabulary: 256}}\ntraining: {{epochs: 10, batch: 16, rate: 0.05}}\n");

    /// <summary>Right answers: what is red, on fire or hot is warm.</summary>
    private static string Right(ChatRequest request) => request.Question.Contains("red", StringComparison.Ordinal) || request.Question.Contains("fire", StringComparison.Ordinal) || request.Question.Contains("hot", StringComparison.Ordinal) ? "warm" : "cool";

    private static ChatReply Good(ChatRequest request) => ChatReply.Says($"{{\"label\": \"{Right(request)}\"}}");

    private static string[][] Labels(string folder = "spec-llm-labels") => [.. File.ReadAllLines(Path.Combine(folder, "part-00000.csv")).Skip(1).Select(l => l.Split(','))];

    private static JsonNode Result(string folder = "spec-llm-labels") => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "label.json")))!;

    private static (int Code, string Error) Label(params string[] more) => Workspace.Run(["label", "spec.yaml", "--teacher", "llm", .. more]);

    [Fact]
    public void A_chat_model_labels_every_row_and_a_run_learns_from_it()
    {
        using var server = new ChatServer(Good);
        Specify(server);
        Assert.Equal((0, ""), Label());
        var labels = Labels();
        Assert.Equal(40, labels.Length);
        for (var row = 0; row < 40; row++) Assert.Equal([$"{row + 1}", $"{row}", row % 2 == 0 ? "warm" : "cool", "", "llm", "no", row % 2 == 0 ? "0" : "1", row % 2 == 0 ? "1" : "0"], labels[row]);
        Assert.All(server.Requests, r => Assert.Equal(("/v1/chat/completions", $"Bearer {Key}", "m"), (r.Path, r.Authorization, r.Body["model"]!.GetValue<string>())));
        Assert.True(server.Requests[0].Body["logprobs"]!.GetValue<bool>());
        Assert.Equal((40, 40, 2000, 200), (Result()["labelled"]!.GetValue<int>(), Result()["calls"]!.GetValue<int>(), Result()["tokens"]!["input"]!.GetValue<int>(), Result()["tokens"]!["output"]!.GetValue<int>()));
        Assert.Equal(0.04, Result()["cost"]!.GetValue<double>(), 6); // 2,000 · 10 / 10⁶ + 200 · 100 / 10⁶

        // A run refuses to ask, and learns from what was answered.
        Assert.Contains("preceptor label SPEC --teacher llm", Workspace.Run("run", "spec.yaml", "--out", "no").Error, StringComparison.Ordinal);
        workspace.Write("learn.yaml", Workspace.Specification(more: "  id: id\n  teachers: {llm: {probabilities: spec-llm-labels/part-*.csv, id: id}}\nmethod: [dawid-skene, supervised]\n"));
        Assert.Equal((0, ""), Workspace.Run("run", "learn.yaml", "--out", "run"));
        // It answered as the labels are, and one source gives back its labels.
        var scores = JsonNode.Parse(File.ReadAllText("run/result.json"))!["scores"]!;
        Assert.Equal(scores["baseline"]!["mean"]!.GetValue<double>(), scores["method"]!["mean"]!.GetValue<double>());
        Assert.Equal("", File.ReadAllText(Assert.Single(Directory.GetFiles("run", "changed.jsonl", SearchOption.AllDirectories))));

        // Asked again, everything is known.
        Assert.Equal((0, ""), Label());
        Assert.Equal(40, server.Requests.Count);
        Assert.Equal(0, Result()["calls"]!.GetValue<int>());
        foreach (var name in Directory.EnumerateFiles(".", "*", SearchOption.AllDirectories)) Assert.DoesNotContain(Key, File.ReadAllText(name), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_probabilities_become_confidence_and_nonsense_stays_blank()
    {
        using var server = new ChatServer(r => r.Question switch
        {
            var q when q.EndsWith("number 0", StringComparison.Ordinal) => ChatReply.Says("{\"label\": \"warm\"}", 50, 5, ("{\"", -0.01), ("label", -0.01), ("\": \"", -0.01), ("wa", Math.Log(0.8)), ("rm", Math.Log(0.9)), ("\"}", -0.5)),
            var q when q.EndsWith("number 1", StringComparison.Ordinal) => ChatReply.Says("I think that it may be warm or cool."),
            var q when q.EndsWith("number 2", StringComparison.Ordinal) => ChatReply.Says("{\"label\": \"lukewarm\"}"),
            var q when q.EndsWith("number 3", StringComparison.Ordinal) => ChatReply.Says("{\"label\": null}"),
            var q when q.EndsWith("number 4", StringComparison.Ordinal) => ChatReply.Says("```json\n{\"label\": \"Warm\"}\n```"),
            var q when q.EndsWith("number 5", StringComparison.Ordinal) => ChatReply.Says("{\"label\": "),
            _ => Good(r),
        });
        Specify(server);
        Assert.Equal((0, ""), Label());
        var labels = Labels();
        Assert.Equal(["warm", "0.72"], labels[0][2..4]);
        Assert.Equal(["0.28", "0.72"], labels[0][6..8]);
        foreach (var row in new[] { 1, 2, 3, 5 }) Assert.Equal(["", "", "llm", "yes", "", ""], labels[row][2..]);
        Assert.Equal("warm", labels[4][2]);
        Assert.Equal((3, 4, 36), (Result()["unparsed"]!.GetValue<int>(), Result()["abstained"]!.GetValue<int>(), Result()["labelled"]!.GetValue<int>()));
        // Blank rows say nothing: they vote for no class.
        workspace.Write("learn.yaml", Workspace.Specification(more: "  id: id\n  teachers: {llm: {probabilities: spec-llm-labels/part-*.csv, id: id}}\nmethod: [{name: majority-vote, sources: teachers}, supervised]\n"));
        Assert.Equal((0, ""), Workspace.Run("run", "learn.yaml", "--out", "run"));
        Assert.Contains(File.ReadAllLines(Directory.GetFiles("run", "changed.jsonl", SearchOption.AllDirectories)[0]), l => l.Contains("\"is\":null", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_answers_vote_and_the_same_question_is_paid_once()
    {
        var number = 0;
        using var server = new ChatServer(r => ChatReply.Says(r.Question.EndsWith("number 0", StringComparison.Ordinal) && ++number == 1 ? "cool" : Right(r)));
        workspace.Write("data.csv", Workspace.Csv(4) + "4,red thing number 0,0,warm\n");
        Specify(server, ", votes: 3, parallel: 1");
        Assert.Equal((0, ""), Label());
        Assert.Equal(["warm", "0.666667"], Labels()[0][2..4]);
        Assert.Equal(["cool", "1"], Labels()[1][2..4]);
        Assert.Equal(Labels()[0][2..], Labels()[4][2..]); // the same text
        Assert.Equal(12, server.Requests.Count);
        Assert.All(server.Requests, r => Assert.Equal((1.0, null), (r.Body["temperature"]!.GetValue<double>(), r.Body["logprobs"])));
    }

    [Fact]
    public void A_busy_server_is_asked_again_after_its_time_and_a_failing_one_a_few_times()
    {
        var asked = 0;
        using var server = new ChatServer(r => ++asked switch
        {
            1 or 2 => new(429, "slow down") { RetryAfter = "1" },
            3 or 4 => new(500, "oops"),
            _ => Good(r),
        });
        Specify(server, ", parallel: 1");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal((0, ""), Label());
        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(2), $"{watch.Elapsed} for two waits of a second");
        Assert.Equal(44, server.Requests.Count);

        using var broken = new ChatServer(_ => new(503, $"no capacity for {Key}"));
        Specify(broken, ", attempts: 3, parallel: 1");
        var (code, error) = Label("--out", "broken");
        Assert.Equal((1, 3), (code, broken.Requests.Count));
        Assert.Contains("503 ServiceUnavailable, attempt after attempt: no capacity for [key]", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hanging_server_is_given_up_and_what_was_answered_is_kept()
    {
        var hangs = true;
        using var server = new ChatServer(r => hangs && r.Question.EndsWith("number 7", StringComparison.Ordinal) ? new(200, "") { Hangs = true } : Good(r));
        Specify(server, ", timeout: 0.3, attempts: 2, parallel: 2");
        var (code, error) = Label();
        Assert.Equal(1, code);
        Assert.Contains("no answer within 0.3 s, attempt after attempt", error, StringComparison.Ordinal);
        Assert.False(File.Exists("spec-llm-labels/part-00000.csv"));
        var kept = File.ReadAllLines("spec-llm-labels/answers.jsonl").Length;
        Assert.InRange(kept, 5, 39);
        hangs = false;
        var before = server.Requests.Count;
        File.AppendAllText("spec-llm-labels/answers.jsonl", "{\"key\": \"torn"); // killed while it wrote
        Assert.Equal((0, ""), Label());
        Assert.Equal(40 - kept, server.Requests.Count - before);
        Assert.Equal(40, Labels().Length);
    }

    [Theory]
    [InlineData(401, "401 Unauthorized: the key in the environment variable PRECEPTOR_TEST_CHAT_KEY was refused")]
    [InlineData(404, "404 NotFound: no such model, key [key]")]
    public void A_refusal_is_answered_at_once(int status, string message)
    {
        using var server = new ChatServer(_ => new(status, $"no such model, key {Key}"));
        Specify(server, ", parallel: 1");
        var (code, error) = Label();
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_server_without_log_probabilities_is_asked_plainly()
    {
        using var server = new ChatServer(r => r.Body["logprobs"] is null ? Good(r) : new(400, "unknown field logprobs"));
        Specify(server, ", parallel: 1");
        Assert.Equal((0, ""), Label());
        Assert.Equal(41, server.Requests.Count);

        // Nor one that takes no temperature and calls the bound otherwise.
        using var strict = new ChatServer(r => r.Body["temperature"] is null && r.Body["max_completion_tokens"] is not null ? Good(r) : new(400, "unsupported parameter"));
        Specify(strict, ", parallel: 1");
        Assert.Equal((0, ""), Label("--out", "strict"));
        Assert.Equal(42, strict.Requests.Count);

        // What is wrong besides is said.
        using var never = new ChatServer(_ => new(400, "context too long"));
        Specify(never, ", parallel: 1");
        Assert.Contains("400 BadRequest: context too long", Label("--out", "never").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warm", "warm", true)]
    [InlineData(" {\"label\": \"WARM\", \"why\": \"hot\"} ", "warm", true)]
    [InlineData("<think>It may be cool.</think>\n{\"label\": \"warm\"}", "warm", true)]
    [InlineData("{\"label\": null}", null, true)]
    [InlineData("<think>It may be cool", null, false)]
    [InlineData("{\"label\": [\"warm\"]}", null, false)]
    [InlineData("{\"label\": \"warm\"} or so", null, false)]
    [InlineData("{\"label\": \"warm\", \"label\": \"cool\"}", null, false)]
    [InlineData("warm, I think", null, false)]
    [InlineData("", null, false)]
    public void An_answer_is_a_class_or_it_is_none(string text, string? label, bool isParsed) => Assert.Equal((label, isParsed), Preceptor.Readers.Chat.ChatAnswer.Parse(text, ["cool", "warm"]));

    [Fact]
    public void A_dry_run_asks_nothing_and_the_budget_stops_before_it_is_exceeded()
    {
        using var server = new ChatServer(Good);
        Specify(server, ", parallel: 1, redact: ['number [0-9]+']");
        var (code, output, _) = Workspace.Child(["label", "spec.yaml", "--teacher", "llm", "--dry-run", "--json"]);
        Assert.Equal(0, code);
        var result = JsonNode.Parse(output.Trim())!;
        Assert.Equal(6, result["calls"]!.GetValue<int>()); // what is redacted alike is asked once
        Assert.True(result["cost"]!.GetValue<double>() > 0);
        Assert.Empty(server.Requests);
        Assert.False(Directory.Exists("spec-llm-labels"));

        // A call is thought to cost at most some 80 · 10 + 64 · 100 millionths, and costs 50 · 10 + 5 · 100.
        (code, var error) = Label("--max-cost", "0.0095");
        Assert.Equal(1, code);
        Assert.Contains("stopped before a call that could exceed --max-cost 0.0095", error, StringComparison.Ordinal);
        var asked = server.Requests.Count;
        Assert.InRange(asked, 1, 5);
        Assert.True(asked * 0.001 <= 0.0095);
        Assert.All(server.Requests, r => Assert.DoesNotContain("number", r.Question, StringComparison.Ordinal));
        Assert.Contains("thing [redacted]", server.Requests[0].Question, StringComparison.Ordinal);
        Assert.Equal(1, Label("--max-cost", "0.0095").Code); // what was paid before counts
        Assert.Equal(asked, server.Requests.Count);
        Assert.Equal((0, ""), Label("--max-cost", "1"));
        Assert.Equal(6, server.Requests.Count);
        Assert.Contains("token-budget", Label("--set", "problem.teachers.llm.token-budget=100", "--out", "other").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_at_any_call_no_answer_is_paid_twice()
    {
        var answered = new Dictionary<string, int>();
        using var server = new ChatServer(r =>
        {
            answered[r.Question] = answered.GetValueOrDefault(r.Question) + 1;
            Thread.Sleep(40);
            return Good(r);
        });
        Specify(server, ", parallel: 2");
        using (var child = Workspace.Start("label", "spec.yaml", "--teacher", "llm"))
        {
            child.StandardInput.Close();
            var until = DateTime.UtcNow.AddSeconds(60);
            while ((!File.Exists("spec-llm-labels/answers.jsonl") || new FileInfo("spec-llm-labels/answers.jsonl").Length < 500) && DateTime.UtcNow < until) Thread.Sleep(10);
            child.Kill();
            child.WaitForExit();
        }
        Assert.False(File.Exists("spec-llm-labels/part-00000.csv"));
        Assert.Equal((0, ""), Label());
        Assert.Equal(40, answered.Count);
        Assert.InRange(answered.Values.Sum(), 40, 42); // two were in flight
        Assert.Equal(40, Labels().Length);
    }

    [Fact]
    public void Risky_answers_are_asked_for_again_with_what_the_rules_say()
    {
        // It is wrong of one text in eight, and mends that when it is told what a rule says.
        using var server = new ChatServer(r => ChatReply.Says(r.Body["messages"]!.AsArray().Count > 2 || int.Parse(r.Question.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture) % 8 != 3 ? Right(First(r)) : Right(r) == "warm" ? "cool" : "warm"));
        workspace.Write("data.csv", Workspace.Csv(80));
        workspace.Write("rules.yaml", "warm: {column: text, matches: '^(red|fire|hot)', label: warm}\ncool: {column: text, matches: '^(blue|ice|cold)', label: cool}\n");
        Specify(server, "", "  label: label\n  rules: rules.yaml\n");
        Assert.Equal((0, ""), Label("--again", "0.5"));
        var again = server.Requests.Where(r => r.Body["messages"]!.AsArray().Count == 4).ToArray();
        Assert.InRange(again.Length, 8, 14);
        Assert.Contains("- the rule \"", again[0].Question, StringComparison.Ordinal);
        Assert.Equal(again.Length, Result()["askedAgain"]!.GetValue<int>());
        var wrong = Labels().Count(row => row[2] != (int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture) % 2 == 0 ? "warm" : "cool"));
        Assert.Equal(10, wrong + Result()["changedAgain"]!.GetValue<int>()); // what was asked again is right
        Assert.InRange(wrong, 0, 2);
        Assert.Contains("\"llm, asked again\"", File.ReadAllText("spec-llm-labels/part-00000.csv"), StringComparison.Ordinal);
        Assert.Equal(81, File.ReadAllLines("spec-llm-labels/risks.csv").Length);
        var asked = server.Requests.Count;
        Assert.Equal((0, ""), Label("--again", "0.5"));
        Assert.Equal(asked, server.Requests.Count); // second answers are kept as well

        static ChatRequest First(ChatRequest request) => request with { Body = JsonNode.Parse(new JsonObject { ["messages"] = new JsonArray(request.Body["messages"]![1]!.DeepClone()) }.ToJsonString())! };
    }

    [Fact]
    public void Interrupted_it_keeps_what_is_under_way_and_goes_on()
    {
        using var stop = new CancellationTokenSource();
        using var server = new ChatServer(r =>
        {
            if (r.Question.EndsWith("number 9", StringComparison.Ordinal)) stop.Cancel();
            return Good(r);
        });
        Specify(server, ", parallel: 1");
        Assert.Equal(130, Workspace.Run(stop.Token, "label", "spec.yaml", "--teacher", "llm").Code);
        Assert.Equal(10, File.ReadAllLines("spec-llm-labels/answers.jsonl").Length);
        Assert.Equal((0, ""), Label());
        Assert.Equal(40, server.Requests.Count);
    }

    [Fact]
    public void A_key_in_the_specification_is_refused_and_not_repeated()
    {
        using var server = new ChatServer(Good);
        Specify(server);
        var (code, error) = Label("--set", $"problem.teachers.llm.key-env={Key}");
        Assert.Equal(2, code);
        Assert.Contains("problem.teachers.llm.key-env: is no name of an environment variable", error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Rows_without_any_label_get_theirs_from_listed_classes()
    {
        using var server = new ChatServer(Good);
        workspace.Write("label.txt", "Classes:\n{classes}\n{{JSON}} of: {text}\n");
        Specify(server, ", prompt: label.txt, classes: [warm, cool]", "");
        Assert.Equal((0, ""), Label());
        Assert.All(Labels(), row => Assert.Equal("no", row[5]));
        Assert.StartsWith("Classes:\n- cool\n- warm\n{JSON} of: ", server.Requests[0].Question, StringComparison.Ordinal);
        workspace.Write("label.txt", "Of:\n{txt}\n");
        Assert.Contains("label.txt line 2: {txt} is no column (did you mean 'text'?)", Label().Error, StringComparison.Ordinal);
        workspace.Write("label.txt", "Say something.\n");
        Assert.Contains("label.txt: shows the model nothing of a row", Label().Error, StringComparison.Ordinal);
        Specify(server, "", "");
        Assert.Contains("spec.yaml line 6: problem.teachers.llm: no class is known", Label().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_and_models_label_without_calls()
    {
        workspace.Write("spec.yaml", "problem:\n  data: data.csv\n  id: id\n  text: [text]\n  label: label\n  rules:\n    fire: {column: text, matches: fire|hot, label: warm}\n    ice: {column: text, matches: ice, label: cool}\n  teachers: {old: {model: run}}\nmodel: {hidden: [8], embedding: 4, vocabulary: 256}\ntraining: {epochs: 20, batch: 16, rate: 0.05}\n");
        Assert.Equal((0, ""), Workspace.Run("label", "spec.yaml", "--teacher", "rules", "--out", "rules"));
        var labels = Labels("rules");
        Assert.Equal(["1", "0", "", "", "rules", "yes", "", ""], labels[0]);
        Assert.Equal(["5", "4", "warm", "1", "fire", "no", "0", "1"], labels[4]);
        Assert.Equal((0, ""), Workspace.Run("run", "spec.yaml", "--set", "problem.teachers=", "--method", "supervised", "--out", "run"));
        Assert.Equal((0, ""), Workspace.Run("label", "spec.yaml", "--teacher", "old", "--out", "old"));
        labels = Labels("old");
        Assert.True(labels.Count(l => l[2] == (int.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture) % 2 == 0 ? "warm" : "cool")) > 36);
        Assert.All(labels, l => Assert.Equal("old", l[4]));
        Assert.Contains("there is no teacher 'olf' (did you mean 'old'?); there is old, rules", Workspace.Run("label", "spec.yaml", "--teacher", "olf").Error, StringComparison.Ordinal);
        Assert.Contains("problem.teachers.old.key-env: is no key of a teacher that is named by model:", Workspace.Run("label", "spec.yaml", "--teacher", "old", "--set", "problem.teachers.old.key-env=X").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_and_a_folder_in_use_are_named()
    {
        using var server = new ChatServer(Good);
        Specify(server);
        Environment.SetEnvironmentVariable(Variable, null);
        var (code, error) = Label();
        Assert.Equal(2, code);
        Assert.Contains($"the environment variable {Variable} is not set", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("spec-llm-labels"));
        Environment.SetEnvironmentVariable(Variable, Key);
        Directory.CreateDirectory("spec-llm-labels");
        using var held = new FileStream("spec-llm-labels/answers.jsonl", FileMode.Create, FileAccess.Write, FileShare.None);
        Assert.Contains("answers.jsonl: is in use by another process", Label().Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        workspace.Dispose();
    }
}
