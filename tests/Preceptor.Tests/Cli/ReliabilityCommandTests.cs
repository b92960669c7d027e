using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

public sealed class ReliabilityCommandTests
{
    private static string Csv(params string[] more) => string.Join('\n', [
        "label,probability:cold,probability:warm",
        .. Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"{(i % 5 == 0 ? i / 5 % 2 == 0 ? "warm" : "cold" : i % 2 == 0 ? "warm" : "cold")},{(i % 2 == 0 ? 0.1 : 0.9)},{(i % 2 == 0 ? 0.9 : 0.1)}")), .. more]) + "\n";

    [Fact]
    public void A_file_of_probabilities_is_measured()
    {
        using var workspace = new Workspace();
        workspace.Write("p.csv", Csv());
        var (code, output, error) = Workspace.Child(["measure", "safe-reliable", "p.csv", "--out", "m", "--json"]);
        Assert.True(code == 0, error);
        var values = JsonNode.Parse(output.Trim().Split('\n')[^1])!["values"]!;
        Assert.InRange((double)values["accuracy"]!["mean"]!, 0.7, 1);
        Assert.True((double)values["level-before"]!["mean"]! > -0.3);
        Assert.Equal(0, (double)values["changed-decisions"]!["mean"]!);
        Assert.Equal(11, File.ReadAllLines("m/reliability.csv").Length);
        Assert.Contains("Reliability diagram", File.ReadAllText("m/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_measured_on_its_data_under_noise()
    {
        using var workspace = new Workspace();
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification());
        Assert.Equal(0, Workspace.Run("run", "spec.yaml", "--out", "r", "--seeds", "1").Code);
        var (code, output, error) = Workspace.Child(["measure", "safe-reliable", "r", "data.csv", "--set", "method.noise=[0.5]", "--out", "m", "--json"]);
        Assert.True(code == 0, error);
        var values = JsonNode.Parse(output.Trim().Split('\n')[^1])!["values"]!;
        Assert.InRange((double)values["accuracy"]!["mean"]!, 0.9, 1);
        Assert.InRange((double)values["accuracy-worst-level"]!["mean"]!, 0, (double)values["accuracy"]!["mean"]!);
        Assert.Equal(3, File.ReadAllLines("m/levels.csv").Length);
    }

    [Theory]
    [InlineData("hot,0.5,0.5", "p.csv line 62, column 'label': found 'hot', expected one of the classes cold, warm")]
    [InlineData("cold,0.5,0.7", "p.csv line 62: the probabilities add up to 1.2, expected 1 (± 0.02; or method.form: logits)")]
    public void A_row_that_is_no_prediction_is_named_with_its_line(string row, string message)
    {
        using var workspace = new Workspace();
        workspace.Write("p.csv", Csv(row));
        var (code, error) = Workspace.Run("measure", "safe-reliable", "p.csv");
        Assert.Equal(2, code);
        Assert.StartsWith("error: " + message, error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(workspace.Folder, "p.csv")], workspace.Names());
    }

    [Theory]
    [InlineData("measure safe-reliable p.csv --set problem.label=truth", "problem.label: p.csv has no column 'truth'")]
    [InlineData("measure safe-reliable p.csv --set method.scaling=platt", "--set method.scaling=platt: method.scaling: 'platt' is not allowed")]
    [InlineData("measure inductive-bias-complexity p.csv --set method.error=0", "--set method.error=0: method.error: 0 is not a number in (0, 1]")]
    [InlineData("measure inductive-bias-complexity --problem tasks --set problem.task=mnst", "--set problem.task=mnst: problem.task: 'mnst' is not allowed")]
    [InlineData("measure easy-training-data p.csv", "method.easy: p.csv has no column 'easy'")]
    public void Wrong_requests_are_answered_with_one_message(string command, string message)
    {
        using var workspace = new Workspace();
        workspace.Write("p.csv", Csv());
        var (code, error) = Workspace.Run(command.Split(' '));
        Assert.Equal(2, code);
        Assert.StartsWith("error: " + message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_tasks_are_measured_without_any_file()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["measure", "inductive-bias-complexity", "--out", "m", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(16.17, (double)result["values"]!["log10-bits-mnist"]!["mean"]!, 0.01);
        Assert.Equal(11, File.ReadAllLines("m/difficulty.csv").Length);
    }
}
