using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>Several seeds as child processes.</summary>
public sealed class SeedProcessesTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public void Children_end_with_a_killed_parent_and_its_successor_ends_with_the_same_bits()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification());
        string[] run = ["run", "spec.yaml", "--seeds", "2", "--set", "training.epochs=40"];
        Assert.Equal(0, Workspace.Child([.. run, "--out", "whole"]).Code);

        using (var parent = Workspace.Start([.. run, "--out", "broken"]))
        {
            while (!File.Exists("broken/seeds/0/checkpoint/state.safetensors")) Thread.Sleep(5);
            parent.Kill(entireProcessTree: false);
            parent.WaitForExit();
        }
        // No pause: a child that lived on would hold its seed's folder.
        var (code, _, error) = Workspace.Child(["run", "--resume", "broken"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(File.ReadAllBytes("whole/model/weights.safetensors"), File.ReadAllBytes("broken/model/weights.safetensors"));
        Assert.Equal(Scores("whole"), Scores("broken"));
        foreach (var seed in new[] { "0", "1" }) Assert.Equal(File.ReadAllText($"whole/seeds/{seed}/metrics.jsonl"), File.ReadAllText($"broken/seeds/{seed}/metrics.jsonl"));
    }

    public void Dispose() => workspace.Dispose();

    private static string Scores(string folder) => JsonNode.Parse(File.ReadAllText($"{folder}/result.json"))!["scores"]!.ToJsonString();
}
