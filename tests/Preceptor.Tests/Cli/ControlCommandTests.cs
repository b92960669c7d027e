using System.Text.Json.Nodes;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Readers;

namespace Preceptor.Tests.Cli;

/// <summary>The commands on policies: the built-in maze, and a log of one's own.</summary>
public sealed class ControlCommandTests
{
    private static readonly string[] Quick = ["--set", "training.epochs=2", "--set", "model.width=32"];

    [Fact]
    public void The_maze_runs_over_seeds_resumes_and_reports()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "stitching-maze", "--method", "temporal-stitching", "--set", "problem.size=tiny", .. Quick, "--seeds", "2", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("stitching-maze", "temporal-stitching", "unseen-success", "higher"), ((string)result["problem"]!, (string)result["method"]!, (string)result["metric"]!, (string)result["better"]!));
        Assert.Equal(["baseline", "ceiling", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        Assert.Equal(260, (int)result["testItems"]!);
        Assert.NotNull(result["extra"]!["metrics"]!["method"]!["more-stitches-success"]);
        Assert.True(File.Exists("r/model/policy.safetensors"));
        Assert.Contains("An episode from the upper left to the lower left", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
    }

    [Fact]
    public void A_log_with_costs_trains_a_policy_that_is_examined_by_acting()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "point-robot", "--method", "fisor", "--set", "problem.size=tiny", "--set", "problem.costs=binary", "--set", "training.epochs=1", "--set", "model.width=8", "--set", "method.value-width=8", "--set", "method.candidates=2", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("safe-success", 192), ((string)result["metric"]!, (int)result["testItems"]!));
        var metrics = result["extra"]!["metrics"]!;
        Assert.InRange((double)metrics["method"]!["feasible-set-iou"]!, 0, 1);
        Assert.Null(metrics["baseline"]!["feasible-set-iou"]);
        Assert.NotNull(metrics["method"]!["depth"]);
        Assert.Contains("Eight episodes among the hazards", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
        workspace.Write("states.csv", string.Join(',', Enumerable.Range(0, 11).Select(i => $"observation-{i}")) + "\n-2,-2,1,1,0,2.5,1,0,3.6,0.5,0.9\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "r", "states.csv", "--out", "actions.csv"]);
        Assert.True(predicted == 0, predictError);
        Assert.Equal(2, File.ReadAllLines("actions.csv").Length);
    }

    [Fact]
    public void Play_trains_a_policy_with_plans()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "tabletop-play", "--method", "play-lmp", "--set", "problem.size=tiny", "--set", "training.epochs=2", "--set", "model.width=8", "--set", "method.window=8", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("success", 240), ((string)result["metric"]!, (int)result["testItems"]!));
        Assert.NotNull(result["extra"]!["metrics"]!["method"]!["shifted-success"]);
        var report = File.ReadAllText("r/report.html");
        Assert.Contains("Three episodes", report, StringComparison.Ordinal);
        Assert.InRange(report.Split("<img src=\"data:image/png").Length - 1, 3, 30);
    }

    [Theory, InlineData("lid", "method.pretraining-epochs=1"), InlineData("active-data-gathering", "method.episodes=12")]
    public void A_household_in_words_is_learned_from_texts_and_by_trying(string method, string setting)
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "household", "--method", method, "--set", "problem.size=tiny", "--set", "training.epochs=1", "--set", "model.scene.width=8", "--set", "model.scene.layers=1", "--set", setting, "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("novel-goal-success", 100), ((string)result["metric"]!, (int)result["testItems"]!));
        Assert.Equal(["baseline", "ceiling", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        Assert.NotNull(result["extra"]!["metrics"]!["method"]!["novel-scene-success"]);
        Assert.Contains("Three episodes with goals that nobody demonstrated", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_ones_own_is_compared_advised_on_and_acted_by()
    {
        using var workspace = new Workspace();
        var log = StitchingMazeProblem.Draw(new() { Size = ProblemSize.Tiny }, 1).Train.Log;
        EpisodeFiles.Write(log, "log.parquet");
        Assert.Equivalent(log, EpisodeFiles.Read("log.parquet"), strict: true);
        workspace.Write("spec.yaml", "problem: {kind: control, episodes: log.parquet, state: [0, 1, 2, 3], goal: [0, 1]}\nmethod: {name: temporal-stitching, clusters: 10}\nmodel: {width: 32}\ntraining: {epochs: 2, batch: 32}\n");
        var (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "auto", "--seeds", "1", "--out", "c", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal(["behaviour-cloning", "implicit-q-learning", "play-lmp", "temporal-stitching"], JsonNode.Parse(output.Trim().Split('\n')[^1])!["methods"]!.AsArray().Select(m => (string)m!["method"]!).Order());
        workspace.Write("states.csv", "observation-0,observation-1,observation-2,observation-3,goal-0,goal-1\n1.5,1.5,0,0,3.5,1.5\n3.5,1.5,0,0,1.5,1.5\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "c/temporal-stitching", "states.csv", "--out", "actions.csv"]);
        Assert.True(predicted == 0, predictError);
        var lines = File.ReadAllLines("actions.csv");
        Assert.Equal((3, "row,action-0,action-1"), (lines.Length, lines[0]));
        workspace.Write("states.csv", "observation-0,observation-1,observation-2,goal-0,goal-1\n1,1,0,1,1\n");
        var (wrong, wrongError) = Workspace.Run(["predict", "c/temporal-stitching", "states.csv", "--out", "other.csv"]);
        Assert.Equal(2, wrong);
        Assert.Contains("has no column 'observation-3'", wrongError, StringComparison.Ordinal);
        Assert.False(File.Exists("other.csv"));
        var (advised, advice, _) = Workspace.Child(["advise", "spec.yaml"]);
        Assert.Equal(0, advised);
        Assert.Contains("temporal-stitching", advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transformer_learns_from_a_log_of_ones_own_and_acts_by_it()
    {
        using var workspace = new Workspace();
        EpisodeFiles.Write(StitchingMazeProblem.Draw(new() { Size = ProblemSize.Tiny }, 1).Train.Log, "log.parquet");
        workspace.Write("spec.yaml", "problem: {kind: control, episodes: log.parquet, state: [0, 1, 2, 3], goal: [0, 1]}\nmethod: {name: temporal-stitching, clusters: 10}\nmodel: {reader: transformer, sequence: {context: 3, layers: 1, width: 16}}\ntraining: {epochs: 2, batch: 32}\n");
        var (code, output, error) = Workspace.Child(["run", "spec.yaml", "--set", "model.sequence.dropout=0", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal("action-error", (string)JsonNode.Parse(output.Trim().Split('\n')[^1])!["metric"]!);
        Assert.Contains("\"type\": \"sequences\"", File.ReadAllText("r/model/policy.json"), StringComparison.Ordinal);
        workspace.Write("states.csv", "observation-0,observation-1,observation-2,observation-3,goal-0,goal-1\n1.5,1.5,0,0,3.5,1.5\n3.5,1.5,0,0,1.5,1.5\n");
        var (predicted, _, predictError) = Workspace.Child(["predict", "r", "states.csv", "--out", "actions.csv"]);
        Assert.True(predicted == 0, predictError);
        Assert.Equal(3, File.ReadAllLines("actions.csv").Length);
    }

    [Fact]
    public void A_file_that_is_no_log_is_named_with_the_row_and_the_line_that_asks_for_it()
    {
        using var workspace = new Workspace();
        void Says(string episodes, string message)
        {
            workspace.Write("spec.yaml", $"problem:\n  kind: control\n{episodes}method: behaviour-cloning\n");
            var (code, error) = Workspace.Run(["run", "spec.yaml", "--out", "r"]);
            Assert.Equal(2, code);
            Assert.Contains(message, error, StringComparison.Ordinal);
            Assert.False(Directory.Exists("r"));
        }
        Says("", "spec.yaml line 1: problem.episodes: expected a file of episodes");
        Says("  episodes: none.csv\n", "no file none.csv");
        workspace.Write("log.csv", "episode,step,observation-0,action-0,reward,terminated,truncated\n0,0,1,2,0,0,0\n0,1,1,,,,\n");
        Says("  episodes: log.csv\n", "spec.yaml line 3: problem.episodes: log.csv: line 2: episode 0 has no end");
    }

    [Theory]
    [InlineData("run --problem stitching-maze --method ps-kd", "ps-kd is for problems of kind prediction, and stitching-maze is of kind control; methods of kind control: active-data-gathering, behaviour-cloning, fisor, implicit-q-learning, lid, play-lmp, temporal-stitching")]
    [InlineData("run --problem stitching-maze --method fisor --set problem.size=tiny --set training.epochs=1", "fisor needs logged-rewards and logged-costs")]
    [InlineData("run --problem stitching-maze --method lid --set problem.size=tiny --set training.epochs=1", "lid needs demonstrations and scene-form")]
    [InlineData("run --problem stitching-maze --set problem.size=tiny --set model.reader=recurrent", "'recurrent' is not allowed; allowed: perceptron | transformer")]
    [InlineData("run --problem stitching-maze --set problem.size=tiny --set model.reader=transformer --set model.sequence.context=0", "model.sequence.context: 0 is not a whole number in [1, 1024]")]
    [InlineData("run --problem household --method temporal-stitching --set problem.size=tiny", "temporal-stitching needs reached-goals")]
    [InlineData("run --problem stitching-maze --set problem.pairs=some", "'some' is not allowed")]
    [InlineData("run --problem stitching-maze --method temporal-stitching --set method.clusters=0", "method.clusters: 0 is not a whole number in [1, 100000]")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        workspace.Refuses(words, message);
    }
}
