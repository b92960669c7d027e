using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>The comparison of methods from end to end.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly Workspace workspace = new();

    public CompareTests()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification(more: "method: {name: ps-kd, final-weight: 0.5}\n"));
    }

    [Fact]
    public void Every_method_is_a_whole_run_and_the_baseline_of_a_seed_is_trained_once()
    {
        var (code, output, _) = Workspace.Child(["compare", "spec.yaml", "--methods", "ps-kd,logistic-regression", "--seeds", "1", "--json", "--out", "c"]);
        Assert.Equal(0, code);
        var lines = output.Trim().Split('\n').Select(l => JsonNode.Parse(l)!.AsObject()).ToArray();
        Assert.All(lines[..^1], l => Assert.Equal("progress", l["type"]!.GetValue<string>()));
        var result = lines[^1];
        Assert.Equal(["type", "command", "problem", "metric", "run", "methods", "left_out"], result.Select(p => p.Key));
        Assert.Equal("preceptor compare spec.yaml --methods ps-kd,logistic-regression --seeds 1", result["command"]!.GetValue<string>());
        var methods = result["methods"]!.AsArray().ToDictionary(m => m!["method"]!.GetValue<string>(), m => m!);
        Assert.Equal(["logistic-regression", "ps-kd", "supervised"], methods.Keys.Order(StringComparer.Ordinal));
        Assert.All(methods.Values, m => Assert.True(m["trainSeconds"]!.GetValue<double>() > 0));
        Assert.All(methods.Values, m => Assert.Equal(methods["supervised"]["scores"]!["baseline"]!.ToJsonString(), m["scores"]!["baseline"]!.ToJsonString()));
        Assert.Single(Directory.GetDirectories("c/stages", "supervised-*"));
        Assert.True(File.Exists("c/compare.html"));
        Assert.Contains("final-weight: 0.5", File.ReadAllText("c/ps-kd/spec.yaml"), StringComparison.Ordinal);
        Assert.Equal("preceptor run spec.yaml --seeds 1", methods["ps-kd"]["command"]!.GetValue<string>());
        Assert.Equal("preceptor run spec.yaml --method logistic-regression --seeds 1", methods["logistic-regression"]["command"]!.GetValue<string>());

        // The same as a run of its own, and as useful.
        Assert.Equal((0, ""), Workspace.Run("run", "spec.yaml", "--out", "run"));
        Assert.Equal(Scores("run"), Scores("c/ps-kd"));
        Assert.Equal(File.ReadAllBytes("run/model/weights.safetensors"), File.ReadAllBytes("c/ps-kd/model/weights.safetensors"));
        Assert.Equal((0, ""), Workspace.Run("predict", "c/ps-kd", "data.csv", "--out", "p.csv"));
        Assert.Equal(File.ReadAllText("c/ps-kd/predictions.csv"), File.ReadAllText("p.csv"));
    }

    [Fact]
    public void An_interrupted_comparison_says_how_to_continue_and_ends_with_the_same_numbers()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Linux or macOS: interrupts by kill -INT");
        Assert.Equal((0, ""), Workspace.Run("run", "spec.yaml", "--set", "training.epochs=40", "--out", "whole"));
        using (var child = Workspace.Start("compare", "spec.yaml", "--methods", "ps-kd", "--seeds", "1", "--set", "training.epochs=40", "--out", "broken"))
        {
            while (!File.Exists("broken/ps-kd/checkpoint/state.safetensors")) Thread.Sleep(5);
            Workspace.Interrupt(child);
            var said = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            Assert.Equal(130, child.ExitCode);
            Assert.Contains("preceptor compare --resume broken", said, StringComparison.Ordinal);
        }
        var (code, _, error) = Workspace.Child(["compare", "--resume", "broken"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(Scores("whole"), Scores("broken/ps-kd"));
        Assert.Equal(File.ReadAllBytes("whole/model/weights.safetensors"), File.ReadAllBytes("broken/ps-kd/model/weights.safetensors"));
        Assert.Equal(File.ReadAllText("whole/predictions.csv"), File.ReadAllText("broken/ps-kd/predictions.csv"));
    }

    [Fact]
    public void A_budget_says_what_it_cut()
    {
        var (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "ps-kd", "--seeds", "2", "--budget", "0.00001s", "--out", "c"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("fewer than 2 seeds: supervised 1", output, StringComparison.Ordinal);
        Assert.Contains("left out: ps-kd: not reached within the budget", output, StringComparison.Ordinal);
        Assert.Contains("preceptor compare --resume c", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists("c/ps-kd/seeds"));
    }

    public void Dispose() => workspace.Dispose();

    private static string Scores(string folder) => JsonNode.Parse(File.ReadAllText($"{folder}/result.json"))!["scores"]!.ToJsonString();
}
