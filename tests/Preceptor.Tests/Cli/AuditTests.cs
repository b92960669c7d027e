using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Cli;

/// <summary>audit and review from the command line, by what they write.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly Workspace workspace = new();

    // Two classes told apart by their words; every tenth row has the wrong label, one is blank, one repeats another, and one cell spans two lines.
    private static string Csv(int rows = 300)
    {
        string[][] words = [["red", "fire", "hot", "sun"], ["blue", "ice", "cold", "snow"]];
        var random = RandomStream.Of(5, "csv");
        string Text(int c) => string.Join(' ', Enumerable.Range(0, 8).Select(_ => random.NextDouble() < 0.6 ? words[c][random.Next(4)] : $"word{random.Next(60)}"));
        var lines = Enumerable.Range(0, rows).Select(i => $"{i:000},{(i == 4 ? $"\"{Text(0)}\n{Text(0)}\"" : i == 50 ? "" : i == 61 ? "same old text of words" : i == 60 ? "same old text of words" : Text(i % 2))},0{(IsWrong(i) ? 1 - i % 2 : i % 2)}");
        return string.Join('\n', lines.Prepend("id,text,label")) + "\n";
    }

    private static bool IsWrong(int row) => row % 10 == 7;

    private const string Specification = "problem:\n  data: data.csv\n  text: [text]\n  label: label\n  id: id\nmodel: {hidden: [8], embedding: 4, vocabulary: 4096}\ntraining: {epochs: 5, batch: 16, rate: 0.05}\n";

    [Theory]
    [InlineData("")]
    [InlineData("--memory 1")]
    [InlineData("--method naive-bayes --prune class --rank self-confidence")]
    [InlineData("--method supervised --folds 2")]
    public void Finds_the_wrong_labels_and_writes_what_it_found(string options)
    {
        var rows = options.Contains("memory", StringComparison.Ordinal) ? 8000 : 300;
        workspace.Write("data.csv", Csv(rows));
        workspace.Write("spec.yaml", Specification);
        var (code, output, error) = Workspace.Child(["audit", "spec.yaml", "--out", "a", "--json", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(rows, result["rows"]!.GetValue<int>());
        Assert.InRange(result["noise"]!["mean"]!.GetValue<double>(), 0.05, 0.2);
        Assert.Equal((1, 1), (result["duplicates"]!.GetValue<int>(), result["blank"]!.GetValue<int>()));
        Assert.Equal(rows == 8000, result["judge"]!.GetValue<string>().Contains("in parts", StringComparison.Ordinal));

        var issues = TableReader.Read("a/issues.csv", new DelimitedOptions { Text = new HashSet<string> { "given", "suggested" } });
        var (row, reason, given, suggested, line) = (Words(issues, "row"), Words(issues, "reason"), Words(issues, "given"), Words(issues, "suggested"), Words(issues, "line"));
        int[] found = [.. Enumerable.Range(0, issues.Rows).Where(i => reason(i) == "label")];
        var right = found.Count(i => IsWrong(int.Parse(row(i), System.Globalization.CultureInfo.InvariantCulture) - 1));
        Assert.True(right >= 0.6 * found.Length && right >= 0.6 * rows / 10, $"{right} of {found.Length} found are wrong");
        Assert.All(found, i => Assert.Equal(given(i) == "00" ? "01" : "00", suggested(i)));
        // Line 6 is the second of row 5, so that row 60 starts on line 62.
        Assert.Contains(Enumerable.Range(0, issues.Rows), i => reason(i).StartsWith("duplicate", StringComparison.Ordinal) && row(i) == "62" && line(i) == "64");
        Assert.Contains(Enumerable.Range(0, issues.Rows), i => reason(i) == "blank" && row(i) == "51");

        var cleaned = File.ReadAllLines("a/cleaned.csv");
        Assert.Equal("id,text,label", cleaned[0]);
        Assert.StartsWith("000,", cleaned[1], StringComparison.Ordinal);
        var html = File.ReadAllText("a/report.html");
        Assert.Contains("Most suspicious labels", html, StringComparison.Ordinal);
        Assert.Contains("<mark class=\"hue", html, StringComparison.Ordinal);
        Assert.False(Directory.Exists("a/blocks"));
    }

    [Fact]
    public void Corrects_labels_on_request_and_keeps_all_other_cells()
    {
        workspace.Write("data.csv", Csv());
        workspace.Write("spec.yaml", Specification);
        Run("audit", "spec.yaml", "--out", "a", "--correct");
        var (before, after) = (TableReader.Read("data.csv", Texts), TableReader.Read("a/cleaned.csv", Texts));
        Assert.Equal(before.Rows - 2, after.Rows); // the repeated and the blank row
        var label = Words(after, "label");
        var id = Words(after, "id");
        var right = Enumerable.Range(0, after.Rows).Count(i => label(i) == $"0{int.Parse(id(i), System.Globalization.CultureInfo.InvariantCulture) % 2}");
        Assert.True(right > 0.95 * after.Rows, $"{right} of {after.Rows}");
    }

    [Fact]
    public void Planted_noise_is_scored_against_the_truth_and_a_resumed_audit_says_the_same()
    {
        var noise = new[] { "--problem", "tickets", "--set", "problem.size=small" };
        var (code, output, error) = Workspace.Child(["audit", .. noise, "--out", "a", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.True(result["truth"]!["precision"]!.GetValue<double>() > 0.5);
        var issues = File.ReadAllText("a/issues.csv");
        File.Delete("a/issues.csv");
        Run("audit", "--resume", "a");
        Assert.Equal(issues, File.ReadAllText("a/issues.csv"));
    }

    [Fact]
    public void Rows_that_somebody_checked_give_an_unbiased_estimate_and_score_runs()
    {
        workspace.Write("data.csv", Csv());
        workspace.Write("spec.yaml", Specification);
        Run("audit", "spec.yaml", "--out", "a");
        Run("review", "spec.yaml", "--rows", "80", "--audit", "a");
        var lines = File.ReadAllLines("review.csv");
        Assert.Equal("line,row,id,text,given,suggested,stratum,weight,label", lines[0]);
        var review = TableReader.Read("review.csv", Texts);
        Assert.Equal(80, review.Rows);
        Assert.Equal(300, ((Preceptor.Data.NumberColumn)review.Find("weight")!).Values.Sum(), 6);
        var (id, given) = (Words(review, "id"), Words(review, "given"));
        var cells = Enumerable.Range(0, review.Rows).Select(i => review.Columns.Select(c => Words(review, c.Name)(i)).SkipLast(1).Append($"0{int.Parse(id(i), System.Globalization.CultureInfo.InvariantCulture) % 2}").ToArray());
        DelimitedWriter.Write([.. review.Columns.Select(c => c.Name)], cells, "checked.csv");

        workspace.Write("trusted.yaml", Specification.Replace("  id: id\n", "  id: id\n  trusted: checked.csv\n", StringComparison.Ordinal));
        Run("run", "trusted.yaml", "--out", "run");
        var result = JsonNode.Parse(File.ReadAllText("run/result.json"))!;
        Assert.Equal("trusted", result["scoredOn"]!.GetValue<string>());
        Assert.InRange(result["testItems"]!.GetValue<int>(), 38, 42);
        var note = result["extra"]!["notes"]!.AsArray().Select(n => n!.GetValue<string>()).Single(n => n.StartsWith("estimated noise", StringComparison.Ordinal));
        Assert.Matches(@"^estimated noise \d+\.\d % \[\d+\.\d, \d+\.\d\], by 80 rows that were checked$", note);
        var numbers = System.Text.RegularExpressions.Regex.Matches(note, @"\d+\.\d").Select(m => double.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(10.3, numbers[1], numbers[2]); // 30 of 300 by plan, and of the two rows of one text half

        var (code, output, _) = Workspace.Child(["audit", "trusted.yaml", "--out", "b", "--json"]);
        Assert.Equal(0, code);
        Assert.Equal(80, JsonNode.Parse(output.Trim().Split('\n')[^1])!["reviewedNoise"]!["checked"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("[confident-learning, supervised]")]
    [InlineData("confident-learning+supervised")]
    public void A_chain_trains_without_the_labels_found_and_says_which(string chain)
    {
        workspace.Write("data.csv", Csv());
        workspace.Write("spec.yaml", Specification);
        Run("run", "spec.yaml", "--method", chain, "--out", "run");
        Assert.Equal("confident-learning+supervised", JsonNode.Parse(File.ReadAllText("run/result.json"))!["method"]!.GetValue<string>());
        Assert.True(File.ReadAllLines("run/confident-learning.csv").Length > 10);
        Run("run", "run/spec.yaml", "--out", "again");
        Assert.Equal(File.ReadAllText("run/predictions.csv"), File.ReadAllText("again/predictions.csv"));
    }

    [Fact]
    public void Ones_own_probabilities_judge_too()
    {
        workspace.Write("data.csv", Csv());
        workspace.Write("spec.yaml", Specification);
        workspace.Write("p.csv", "id,00,01\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i:000},{(i % 2 == 0 ? "0.9,0.1" : "0.2,0.8")}\n")));
        var (code, output, error) = Workspace.Child(["audit", "spec.yaml", "--probabilities", "p.csv", "--out", "a", "--json"]);
        Assert.True(code == 0, error);
        Assert.Equal(30, JsonNode.Parse(output.Trim().Split('\n')[^1])!["wrongLabels"]!.GetValue<int>());
        workspace.Write("p.csv", "id,00,01\n000,0.7,0.7\n");
        Assert.Equal((2, "error: --probabilities p.csv: problem.teachers.audit.probabilities: p.csv row 1: the probabilities add up to 1.4, expected 1 (± 0.001)"), Workspace.Run("audit", "spec.yaml", "--probabilities", "p.csv", "--out", "b"));
        Assert.False(Directory.Exists("b"));
    }

    [Fact]
    public void Classes_of_one_row_and_constant_columns_are_no_obstacle()
    {
        workspace.Write("data.csv", Csv().Replace("id,text,label", "id,text,same,label", StringComparison.Ordinal).Replace(",00\n", ",7,00\n", StringComparison.Ordinal).Replace(",01\n", ",7,01\n", StringComparison.Ordinal) + "300,a row of its own,7,rare\n");
        workspace.Write("spec.yaml", Specification.Replace("[text]\n", "[text]\n  numbers: [same]\n", StringComparison.Ordinal));
        var (code, output, error) = Workspace.Child(["audit", "spec.yaml", "--out", "a"]);
        Assert.True(code == 0, error);
        Assert.Contains("'rare' has a single row", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain(",rare,", string.Concat(File.ReadLines("a/issues.csv").Where(l => l.Contains(",label,", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit spec.yaml --method pskd", "--method pskd: method: there is no method 'pskd' (did you mean 'ps-kd'?)")]
    [InlineData("audit spec.yaml --method confident-learning", "--method confident-learning: betters the supervision and trains no model")]
    [InlineData("audit spec.yaml --prune all", "--prune all: expected class or noise-rate or both")]
    [InlineData("audit spec.yaml --folds 1", "--folds 1: expected a whole number in [2, 50]")]
    [InlineData("audit spec.yaml --probabilities soft-labels", "--probabilities soft-labels: the problem has no soft-labels:")]
    [InlineData("audit spec.yaml --set problem.labels=many", "problem.labels: an audit checks one class a row")]
    [InlineData("audit spec.yaml --out data.csv", "--out data.csv: is a file")]
    [InlineData("audit --resume nowhere", "--resume nowhere: holds no audit")]
    [InlineData("audit --resume nowhere --folds 3", "--resume continues the audit as it was begun; leave out --folds")]
    [InlineData("audit spec.yaml --memory 1 --method supervised", "data.csv may need more than the 1 MB there are and is read in parts, by logistic regression alone: leave out --method")]
    [InlineData("audit spec.yaml --memory 1 --set problem.label=lable", "data.csv has no column 'lable' (did you mean 'label'?)")]
    [InlineData("review spec.yaml --rows 2", "--rows 2: expected at least 4")]
    [InlineData("review spec.yaml --audit nowhere", "--audit nowhere: holds no audit")]
    [InlineData("review spec.yaml --out data.csv", "--out data.csv: exists already, perhaps filled in")]
    public void A_wrong_request_is_named_and_leaves_nothing(string arguments, string message)
    {
        workspace.Write("data.csv", Csv(arguments.Contains("--memory", StringComparison.Ordinal) ? 8000 : 300));
        workspace.Write("spec.yaml", Specification);
        var before = workspace.Names();
        var (code, error) = Workspace.Run(arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(before, workspace.Names());
    }

    [Theory]
    [InlineData("label,weight\n", "no such review")]
    [InlineData("row,stratum,weight,given,label\n1,all,100,00,00\n2,all,100,01,01\n", "column 'label' is filled in for 2 of 2 rows; at least 4 are needed")]
    [InlineData("row,stratum,weight,given,label\n1,all,100,01,00\n", "row 1: was given '01' when it was drawn, and row 1 of data.csv is '00'; the data have changed since")]
    [InlineData("row,stratum,weight,given,label\n999,all,100,01,00\n", "review.csv row 1: data.csv has no row 999")]
    [InlineData("row,stratum,weight,given,label\n1,all,,00,00\n", "row 1: weight is blank, expected at least 1, as review wrote it")]
    public void A_review_that_does_not_fit_is_named(string review, string message)
    {
        workspace.Write("data.csv", Csv());
        workspace.Write("review.csv", review);
        workspace.Write("spec.yaml", Specification.Replace("  id: id\n", "  trusted: review.csv\n", StringComparison.Ordinal));
        var (code, error) = Workspace.Run("run", "spec.yaml");
        Assert.Equal(2, code);
        if (message != "no such review") Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static readonly DelimitedOptions Texts = new() { Text = new HashSet<string> { "id", "label", "given", "suggested", "row", "line" }, AllowAbsent = true };

    private static Func<int, string> Words(Preceptor.Data.Table table, string column) => Preceptor.Data.ColumnWords.Words(table.Find(column)!);

    private static void Run(params string[] arguments) => Assert.Equal((0, ""), Workspace.Run(arguments));

    public void Dispose() => workspace.Dispose();
}
