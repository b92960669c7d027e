using System.Text.Json.Nodes;
using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Cli;

/// <summary>The commands on problems of reasoning: the built-in chains and puzzles, and questions of one's own.</summary>
public sealed class ReasoningCommandTests
{
    private static readonly string[] Quick = ["--set", "training.epochs=2", "--set", "model.width=16", "--set", "model.layers=1", "--set", "problem.samples=4"];

    private static readonly string[] FewChains = ["--set", "problem.examples=60", "--set", "problem.questions=20", "--set", "problem.modulus=7", "--set", "problem.operand=3", "--set", "problem.shortest=2", "--set", "problem.longest=6"];

    [Fact]
    public void Chains_are_voted_on_resumed_reported_and_answered()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "chains", .. FewChains, .. Quick, "--seeds", "2", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("chains", "self-consistency", "accuracy", "higher"), ((string)result["problem"]!, (string)result["method"]!, (string)result["metric"]!, (string)result["better"]!));
        Assert.Equal(["baseline", "ceiling", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        Assert.Equal(["accuracy", "any-accuracy", "best-accuracy", "greedy-accuracy", "majority-accuracy", "step-accuracy", "tokens", "unanswered", "weighted-accuracy"], result["extra"]!["metrics"]!["method"]!.AsObject().Select(m => m.Key).Order());
        Assert.True(File.Exists("r/model/solver.json") && File.Exists("r/model/model.safetensors"));
        Assert.Contains("wanted", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
        workspace.Write("questions.csv", "question\n3 + 2 * 2\n5 - 3 + 2\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "r", "questions.csv", "--out", "answers.csv"]);
        Assert.True(predicted == 0, predictError);
        var lines = File.ReadAllLines("answers.csv");
        Assert.Equal("row,answer,score,tokens,solution", lines[0]);
    }

    [Fact]
    public void Plans_for_blocks_are_drawn_among_legal_steps_counted_and_read_again()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "blocks", "--method", "flow-of-reasoning", "--set", "problem.blocks=3", "--set", "problem.examples=20", "--set", "problem.held=5", "--set", "problem.longest=4", .. Quick, "--set", "method.epochs=1", "--set", "problem.samples=40", "--set", "problem.temperature=5", "--seeds", "1", "--out", "b", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        var metrics = result["extra"]!["metrics"]!["method"]!;
        Assert.Equal("flow-of-reasoning", (string)result["method"]!);
        Assert.True((double)metrics["distinct-solutions"]! > 0 && (double)metrics["existing-solutions"]! >= (double)metrics["distinct-solutions"]! && (double)metrics["step-accuracy"]! > 0.5, metrics.ToJsonString());
        workspace.Write("problems.csv", "question\n\"a b , c = b on c in 4\"\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "b", "problems.csv", "--out", "plans.csv"]);
        Assert.True(predicted == 0, predictError);
        Assert.Contains(" left ", File.ReadAllText("plans.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void Proofs_are_chosen_among_legal_conclusions_and_read_again()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "deduction", "--method", "flow-of-reasoning", "--set", "problem.examples=20", "--set", "problem.questions=0", "--set", "problem.held=10", "--set", "problem.longest=1", .. Quick, "--set", "method.epochs=1", "--set", "method.questions=4", "--set", "problem.samples=4", "--seeds", "1", "--out", "d", "--json"]);
        Assert.True(code == 0, error);
        var metrics = JsonNode.Parse(output.Trim().Split('\n')[^1])!["extra"]!["metrics"]!["method"]!;
        Assert.True((double)metrics["existing-solutions"]! == 1 && (double)metrics["any-accuracy"]! > 0.3 && (double)metrics["step-accuracy"]! > 0.5, metrics.ToJsonString());
        workspace.Write("questions.csv", "question\nevery lorb is tall . ada is a lorb . true or false : ada is tall ?\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "d", "questions.csv", "--out", "proofs.csv"]);
        Assert.True(predicted == 0, predictError);
        Assert.Contains("the answer is true", File.ReadAllText("proofs.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_of_ones_own_that_cannot_be_checked_is_refused_with_its_row()
    {
        using var workspace = new Workspace();
        workspace.Write("own.csv", "question,answer\nevery lorb is tall . ada is a lorb . true or false : ada is tall ?,true\nevery lorb is tall . ada is a torp . true or false : ada is tall ?,true\n");
        workspace.Write("spec.yaml", "problem:\n  kind: reasoning\n  data: own.csv\n  question: question\n  checker: deduction\n");
        var (code, error) = Workspace.Run(["run", "spec.yaml"]);
        Assert.Equal(2, code);
        Assert.Contains("spec.yaml line 4: problem.question: own.csv row 2: found that neither follows from the statements, 'ada is tall' and its contrary, expected one of the two", error.Replace("(1-based) ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_ones_own_checks_and_its_failures_are_noted()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs sh");
        using var workspace = new Workspace();
        workspace.Write("check.sh", Reasoning.CommandCheckerTests.Program);
        workspace.Write("own.csv", "question,solution,answer\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(i == 19 ? "end" : $"q{i}")},7,7\n")));
        // Of two test questions, the program ends on one.
        var seed = Enumerable.Range(0, 1000).First(s => new ReasoningData { Data = "own.csv", SplitSeed = (ulong)s }.Read(null, DataFiles.Read).Test.Any(q => q.Text == "end"));
        workspace.Write("spec.yaml", $"problem: {{kind: reasoning, data: own.csv, checker: command, command: [sh, check.sh, starts], samples: 2, split-seed: {seed}}}\nmodel: {{width: 16, layers: 1, length: 16}}\ntraining: {{epochs: 40, batch: 8, rate: 0.01}}\n");
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--seeds", "1", "--out", "o", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(0.5, (double)result["scores"]!["method"]!["mean"]!, 12);
        Assert.Contains("the checker sh check.sh starts failed", result.ToJsonString(), StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "o", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
        // What a saved solver says is not started.
        File.Delete("check.sh");
        workspace.Write("questions.csv", "question\nq3\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "o", "questions.csv", "--out", "answers.csv"]);
        Assert.True(predicted == 0, predictError);
        Assert.StartsWith("1,7,", File.ReadAllLines("answers.csv")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checker: command", "spec.yaml", "problem.command", "expected the program that checks and its arguments, such as [python3, check.py], since problem.checker is command")]
    [InlineData("command: [sh, check.sh]", "spec.yaml", "problem.checker", "expected command, since problem.command names a program that checks")]
    [InlineData("checker: command, command: [no-such-program-anywhere]", "spec.yaml", "problem.command", "no-such-program-anywhere cannot be started")]
    [InlineData("checker: command, command: [sh, hello.sh]", "spec.yaml", "problem.command", "sh hello.sh: found 'hello', expected one line {\"id\": 1, \"right\": true or false}")]
    public void What_is_wrong_with_a_program_is_said_before_anything_is_learned(string keys, string file, string key, string message)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs sh");
        using var workspace = new Workspace();
        workspace.Write("hello.sh", "while read -r line; do echo hello; done\n");
        workspace.Write("own.csv", "question,answer\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i}?,{i}\n")));
        workspace.Write("spec.yaml", $"problem: {{kind: reasoning, data: own.csv, {keys}}}\n");
        var (code, error) = Workspace.Run(["run", "spec.yaml"]);
        Assert.Equal(2, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains(key, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_questions_are_learned_with_solutions_or_answers_and_methods_that_fit_are_compared()
    {
        using var workspace = new Workspace();
        workspace.Write("own.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i => $"{{\"question\": \"{i % 9} and {i / 9}?\", \"solution\": \"{(i % 3 == 0 ? "" : $"{i % 9} + {i / 9}\\n#### {i % 9 + i / 9}")}\", \"answer\": \"{i % 9 + i / 9}\"}}\n")));
        workspace.Write("spec.yaml", "problem: {kind: reasoning, data: own.jsonl, checker: number, samples: 4}\nmodel: {width: 16, layers: 1, length: 40}\ntraining: {epochs: 20, batch: 8, rate: 0.01}\n");
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--method", "ovm", "--set", "method.samples=8", "--set", "method.temperature=1.5", "--seeds", "1", "--out", "o", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Contains("48 training questions with an answer", result["extra"]!["notes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.True(File.Exists("o/model/verifier/values.safetensors"));
    }

    [Fact]
    public void Easy_questions_of_ones_own_are_supervised_and_hard_ones_scored_apart()
    {
        using var workspace = new Workspace();
        workspace.Write("own.csv", "question,solution,level\n" + string.Concat(Enumerable.Range(0, 120).Select(i => i % 3 == 0 ? $"{i % 9} and {i % 7} and {i / 9}?,\"{i % 9} + {i % 7} = {i % 9 + i % 7}\n{i % 9 + i % 7 + i / 9}\",5\n" : $"{i % 9} and {i / 9}?,{i % 9 + i / 9},1\n")));
        workspace.Write("spec.yaml", "problem: {kind: reasoning, data: own.csv, checker: number, samples: 4, level: level, easy: 3}\nmodel: {width: 16, layers: 1, length: 60}\ntraining: {epochs: 20, batch: 8, rate: 0.01}\n");
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--method", "process-reward-ppo", "--set", "method.judge=rollouts", "--set", "method.temperature=1.5", "--set", "method.evaluator-epochs=1", "--set", "method.epochs=1", "--seeds", "1", "--out", "o", "--json"]);
        Assert.True(code == 0, error);
        var scores = JsonNode.Parse(output.Trim().Split('\n')[^1])!["extra"]!["metrics"]!["method"]!;
        Assert.True((double)scores["hard-accuracy"]! <= 1 && (double)scores["easy-accuracy"]! >= 0);
        var sets = new ReasoningData { Data = "own.csv", Level = "level", Easy = 3 }.Read(null, DataFiles.Read);
        Assert.Equal(96, sets.Train.Length);
        Assert.All(sets.Train, q => Assert.Equal(q.Level == 1, q.Answer.Length > 0));
        Assert.All(sets.Train, q => Assert.Equal(q.Level == 1, q.Solution.Length > 0));
        Assert.All(sets.Validation, q => Assert.Equal(1, q.Level));
        Assert.Contains(sets.Test, q => q.Level == 5 && q.Answer.Length > 0);
    }

    [Theory]
    [InlineData("run spec.yaml --set problem.easy=0", "expected both problem.level and problem.easy, or neither")]
    [InlineData("run spec.yaml --set problem.easy=9", "all test questions are easy; expected some of a level up to 9 and some above")]
    [InlineData("run spec.yaml --set problem.level=question", "own.csv row 1: '0?' is no whole number")]
    public void What_is_wrong_with_levels_is_said(string words, string message)
    {
        using var workspace = new Workspace();
        workspace.Write("own.csv", "question,answer,level\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i}?,{i},{i % 3}\n")));
        workspace.Write("spec.yaml", "problem: {kind: reasoning, data: own.csv, level: level, easy: 1}\n");
        var (code, error) = Workspace.Run(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_questions_are_read_by_name()
    {
        if (DataFolder.Find("gsm8k") is null) Assert.Skip("needs the data set gsm8k");
        var sets = new ReasoningData { Data = "gsm8k" }.Read(null, DataFiles.Read);
        Assert.Equal((6726, 747, 1319), (sets.Train.Length, sets.Validation.Length, sets.Test.Length));
        Assert.All(sets.Test, q => Assert.True(q.Answer.Length > 0 && q.Solution.Contains("####", StringComparison.Ordinal)));
        Assert.Equal("18", sets.Test[0].Answer);
        if (DataFolder.Find("game24") is null) Assert.Skip("needs the data set game24");
        var puzzles = new ReasoningData { Data = "game24", Checker = ReasoningData.Check.Countdown }.Read(null, DataFiles.Read);
        Assert.Equal((810, 90, 100), (puzzles.Train.Select(q => q.Text).Distinct().Count(), puzzles.Validation.Length, puzzles.Test.Length));
        Assert.All(puzzles.Train, q => Assert.True(new Preceptor.Reasoning.BuiltIn.CountdownChecker().IsRight(q, q.Solution)));
    }

    [Theory]
    [InlineData("run --problem chains --method ps-kd", "methods of kind reasoning: alphamath, easy-to-hard, flow-of-reasoning, omega-prm, ovm, process-reward-ppo, self-consistency, star, trice")]
    [InlineData("run --problem chains --method ovm --set method.beams=5", "method.beams: 5 does not divide problem.samples 16")]
    [InlineData("run --problem chains --method alphamath --set method.beams=17", "method.beams: 17 is more than problem.samples 16")]
    [InlineData("run --problem chains --set problem.shortest=7", "problem.longest: 5 is less than problem.shortest 7")]
    [InlineData("run --problem chains --set problem.modulus=2000", "problem.modulus")]
    [InlineData("run --problem countdown --set problem.held=9999", "problem.held")]
    [InlineData("run --problem chains --set problem.hardest=4", "problem.hardest: 4 is not more than problem.longest 5")]
    [InlineData("run --problem chains --set problem.unanswered=4", "problem.unanswered: there are no hard chains; set problem.hardest as well")]
    [InlineData("run --problem blocks --set problem.longest=4 --set problem.shortest=6", "problem.longest: 4 is less than problem.shortest 6")]
    [InlineData("run --problem deduction --set problem.longest=2 --set problem.shortest=3", "problem.longest: 2 is less than problem.shortest 3")]
    [InlineData("run --problem deduction --set problem.nouns=4", "problem.nouns: 4, expected at least 5")]
    [InlineData("run --problem deduction --set problem.order=sideways", "forward | backward | shuffled")]
    [InlineData("run --problem word-problems --set problem.hardest=2", "problem.hardest: 2 is not more than problem.longest 3")]
    [InlineData("run --problem word-problems --set problem.largest=5", "problem.largest")]
    [InlineData("run --problem chains --method flow-of-reasoning", "flow-of-reasoning")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        workspace.Refuses(words, message);
    }
}
