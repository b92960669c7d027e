using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>The command from end to end, as child processes, by what it prints and writes.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly Workspace workspace = new();

    public CommandTests()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification(more: "  id: id\nmethod: ps-kd\n"));
    }

    [Fact]
    public void Run_then_predict_then_evaluate()
    {
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--out", "run"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("scored on unverified labels", output, StringComparison.Ordinal);
        Assert.Contains("preceptor predict run new.csv --out predictions.csv", output, StringComparison.Ordinal);
        Assert.Contains("preceptor init your.csv", output, StringComparison.Ordinal);
        foreach (var file in new[] { "spec.yaml", "environment.json", "result.json", "metrics.jsonl", "report.html", "predictions.csv", "model/model.json", "model/weights.safetensors" })
            Assert.True(File.Exists(Path.Combine("run", file)), $"{file} is missing");

        Assert.Equal(0, Workspace.Child(["predict", "run", "data.csv", "--out", "again.csv"]).Code);
        var piped = Workspace.Child(["predict", "run/model", "-"], File.ReadAllText("data.csv"));
        var own = File.ReadAllText("run/predictions.csv");
        Assert.Equal(own, File.ReadAllText("again.csv"));
        Assert.Equal(own, piped.Output);
        Assert.StartsWith("row,id,label,probability,second,abstain\n1,0,warm,", own, StringComparison.Ordinal);

        var evaluated = JsonNode.Parse(Workspace.Child(["evaluate", "run", "data.csv", "--json"]).Output)!;
        Assert.Equal(200, evaluated["testItems"]!.GetValue<int>());
        Assert.True(evaluated["accuracy"]!["mean"]!.GetValue<double>() > 0.9);
    }

    [Fact]
    public void Advise_says_which_methods_fit_and_why_and_what_to_run()
    {
        var (code, output, error) = Workspace.Child(["advise", "spec.yaml"]);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("data offers\n  labels: 144 of 144 training rows have one, in 2 classes of 72 to 72 rows\n", output, StringComparison.Ordinal);
        Assert.Contains("  ps-kd: Softens labels", output, StringComparison.Ordinal);
        Assert.Contains("learns from labels, which the problem offers\n      measured on digits: better accuracy than plain training, ", output, StringComparison.Ordinal);
        Assert.Contains("\n  preceptor compare spec.yaml --methods auto\n", output, StringComparison.Ordinal);

        var result = JsonNode.Parse(Workspace.Child(["advise", "spec.yaml", "--json"]).Output)!;
        // Ridge predicts numbers; the others need rules, several annotators or a teacher.
        string[] unfit = ["data-programming", "dawid-skene", "majority-vote", "pareto-relabel", "ridge"];
        Assert.All(result["methods"]!.AsArray(), m => Assert.Equal(!unfit.Contains((string)m!["method"]!), m["fits"]!.GetValue<bool>()));
        Assert.Single(Directory.EnumerateFileSystemEntries("."), e => e.EndsWith(".csv", StringComparison.Ordinal)); // nothing is written
        Assert.False(Directory.Exists("runs"));
    }

    [Fact]
    public void Advise_try_measures_here_and_writes_what_to_run()
    {
        var (code, output, _) = Workspace.Child(["advise", "spec.yaml", "--try", "5s", "--out", "trial", "--set", "training.epochs=1"]);
        Assert.Equal(0, code);
        Assert.Contains("of the labelled training rows; no test row was looked at", output, StringComparison.Ordinal);
        Assert.Contains("\nRecommended: ", output, StringComparison.Ordinal);
        Assert.EndsWith("\n  preceptor run trial/recommended.yaml --seeds 3\n", output, StringComparison.Ordinal);
        Assert.Equal(["onnx", "recommended.yaml", "trial.json"], Directory.EnumerateFileSystemEntries("trial").Select(Path.GetFileName).Append("onnx").Distinct().Order(StringComparer.Ordinal)); // what it worked with is gone
        var trial = JsonNode.Parse(File.ReadAllText("trial/trial.json"))!["trial"]!;
        Assert.Contains(trial["candidates"]!.AsArray(), c => c!["plain"]!.GetValue<bool>() && c["scores"]!.AsArray().Count > 0);
        Assert.Equal(0, Workspace.Child(["run", "trial/recommended.yaml", "--out", "run"]).Code);
    }

    [Fact]
    public void Json_lines_end_with_the_result()
    {
        var (code, output, _) = Workspace.Child(["run", "spec.yaml", "--seeds", "2", "--json", "--out", "run"]);
        Assert.Equal(0, code);
        var lines = output.Trim().Split('\n').Select(l => JsonNode.Parse(l)!.AsObject()).ToArray();
        Assert.All(lines, l => Assert.Contains(l["type"]!.GetValue<string>(), new[] { "progress", "warning", "result" }));
        var result = lines[^1];
        Assert.Equal("result", result["type"]!.GetValue<string>());
        Assert.Equal(["type", "problem", "method", "metric", "better", "seeds", "testItems", "scoredOn", "scores", "difference", "extra", "seconds", "run", "command"], result.Select(p => p.Key));
        Assert.Equal(["baseline", "method"], result["scores"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["mean", "low", "high", "values"], result["scores"]!["method"]!.AsObject().Select(p => p.Key));
        Assert.Equal(2, result["scores"]!["method"]!["values"]!.AsArray().Count);
        Assert.Equal("unverified", result["scoredOn"]!.GetValue<string>());
        Assert.Equal("preceptor run spec.yaml --seeds 2", result["command"]!.GetValue<string>());
    }

    [Fact]
    public void An_interrupted_run_says_how_to_continue_and_ends_with_the_same_bits()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Linux or macOS: interrupts by kill -INT");
        string[] run = ["run", "spec.yaml", "--set", "training.epochs=60"];
        Assert.Equal(0, Workspace.Child([.. run, "--out", "whole"]).Code);
        using (var child = Workspace.Start([.. run, "--out", "broken"]))
        {
            while (!File.Exists("broken/checkpoint/state.safetensors")) Thread.Sleep(5);
            Workspace.Interrupt(child);
            var said = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            Assert.Equal(130, child.ExitCode);
            Assert.Contains("preceptor run --resume broken", said, StringComparison.Ordinal);
        }
        Assert.Equal(0, Workspace.Child(["run", "--resume", "broken"]).Code);
        Assert.Equal(File.ReadAllBytes("whole/model/weights.safetensors"), File.ReadAllBytes("broken/model/weights.safetensors"));
        Assert.Equal(File.ReadAllText("whole/predictions.csv"), File.ReadAllText("broken/predictions.csv"));
        Assert.Equal(File.ReadAllText("whole/metrics.jsonl"), File.ReadAllText("broken/metrics.jsonl"));
        Assert.Equal(JsonNode.Parse(File.ReadAllText("whole/result.json"))!["scores"]!.ToJsonString(), JsonNode.Parse(File.ReadAllText("broken/result.json"))!["scores"]!.ToJsonString());
    }

    [Fact]
    public void Init_looks_at_the_data_and_writes_a_specification_that_runs()
    {
        File.Delete("spec.yaml");
        var (code, output, _) = Workspace.Child(["init", "data.csv"]);
        Assert.Equal(0, code);
        Assert.Contains("200 rows, 4 columns", output, StringComparison.Ordinal);
        Assert.Contains("label label: 2 classes (warm 100, cool 100)", output, StringComparison.Ordinal);
        Assert.Contains("duplicates:", output, StringComparison.Ordinal);
        Assert.Equal(0, Workspace.Run("run", "data.yaml", "--set", "training.epochs=1", "--set", "model.vocabulary=64").Code);
    }

    [Theory]
    [InlineData("methods", "ps-kd")]
    [InlineData("methods --markdown", "# Methods")]
    [InlineData("problems", "tickets")]
    [InlineData("show ps-kd", "method.final-weight")]
    [InlineData("show digits", "problem.labels")]
    [InlineData("show training", "training.epochs")]
    [InlineData("search wrong labels", "ps-kd")]
    [InlineData("doctor", "ready to train")]
    [InlineData("--help", "evaluate")]
    public void Each_command_prints_what_it_is_asked_for(string arguments, string expected)
    {
        var (code, output, error) = Workspace.Child(arguments.Split(' '));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
