using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

public sealed class MeasureTests
{
    private const string Csv = "who,what,ok\nann,a,1\nann,b,0\nbob,a,1\nbob,b,1\ncid,a,0\ncid,b,0\ncid,c,1\nann,c,0\nbob,c,0\n";

    private static readonly string[] Columns = ["--set", "problem.solver=who", "--set", "problem.item=what", "--set", "problem.correct=ok"];

    [Fact]
    public void A_file_is_measured_and_its_folder_holds_tables_report_and_specification()
    {
        using var workspace = new Workspace();
        workspace.Write("answers.csv", Csv);
        var (code, output, error) = Workspace.Child(["measure", "easy2hard-bench", "answers.csv", .. Columns, "--out", "m", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("result", "answers", "easy2hard-bench"), ((string)result["type"]!, (string)result["problem"]!, (string)result["method"]!));
        Assert.All(result["values"]!.AsObject(), v => Assert.NotNull(v.Value!["mean"]));
        var lines = File.ReadAllLines((string)result["tables"]!["ratings"]!);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("item,", lines[0], StringComparison.Ordinal);
        Assert.Contains((string)result["sentence"]!, File.ReadAllText("m/report.html"), StringComparison.Ordinal);
        Assert.Contains("solver: \"who\"", File.ReadAllText("m/spec.yaml"), StringComparison.Ordinal);

        var (again, repeated, _) = Workspace.Child(["measure", "--resume", "m", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["values"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["values"]!.ToJsonString());
    }

    [Theory]
    [InlineData("ann,a,2", "answers.csv line 11, column 'ok': found '2', expected 1 where the answer was right and 0 where it was wrong, or nothing")]
    [InlineData("ann,a,maybe", "answers.csv line 11, column 'ok': found 'maybe'")]
    [InlineData(",a,1", "answers.csv line 11, column 'who': is blank; it has to name the solver")]
    [InlineData("ann,,1", "answers.csv line 11, column 'what': is blank; it has to name the item")]
    public void A_cell_that_says_what_it_cannot_is_named_with_its_line(string row, string message)
    {
        using var workspace = new Workspace();
        workspace.Write("answers.csv", Csv + row + "\n");
        var (code, error) = Workspace.Run(["measure", "easy2hard-bench", "answers.csv", .. Columns]);
        Assert.Equal(2, code);
        Assert.StartsWith("error: " + message, error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(workspace.Folder, "answers.csv")], workspace.Names());
    }

    [Theory]
    [InlineData("measure", "name a measure: ")]
    [InlineData("measure easy2hard-bnech answers.csv", "there is no measure 'easy2hard-bnech' (did you mean 'easy2hard-bench'?)")]
    [InlineData("measure ps-kd answers.csv", "ps-kd trains a model and measures nothing; measures: ")]
    [InlineData("measure easy2hard-bench answers.csv", "answers.csv: problem: answers.csv has no column 'solver'; it has who, what, ok; problem.solver names another")]
    [InlineData("measure easy2hard-bench nothing.csv", "no file nothing.csv")]
    [InlineData("measure easy2hard-bench answers.csv --problem quiz", "give files or --problem, not both")]
    [InlineData("measure easy2hard-bench --problem quiz --set method.modle=1", "--set method.modle=1: method.modle: easy2hard-bench has no option 'modle' (did you mean 'model'?)")]
    [InlineData("measure --resume nowhere", "--resume nowhere: holds no measurement")]
    [InlineData("run --problem quiz", "easy2hard-bench measures and trains no model: preceptor measure easy2hard-bench")]
    [InlineData("run --problem quiz --method supervised", "problem.kind: quiz is a problem of kind measurement, expected prediction")]
    [InlineData("compare --problem digits --methods easy2hard-bench", "--methods easy2hard-bench: easy2hard-bench measures and trains no model; name methods that train")]
    public void Wrong_requests_are_answered_with_one_message(string command, string message)
    {
        using var workspace = new Workspace();
        workspace.Write("answers.csv", Csv);
        var (code, error) = Workspace.Run(command.Split(' '));
        Assert.Equal(2, code);
        Assert.StartsWith("error: " + message, error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(workspace.Folder, "answers.csv")], workspace.Names());
    }
}
