using Preceptor.Catalogue;
using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Evaluation;
using Spectre.Console;

namespace Preceptor.Tests.Reports;

public sealed class ResultDisplayTests
{
    [Fact]
    public void A_result_is_told_in_lines_of_at_most_80_columns()
    {
        var result = Example() with { Method = "a-method-with-a-name-longer-than-any" };
        var lines = Show(result, "runs/one", 80);
        Assert.All(lines.Where(l => !l.StartsWith("  ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
        Assert.Equal(
        [
            "",
            "tickets · a-method-with-a-name-longer-than-any · accuracy on 1,000 test rows, 2",
            "seeds",
            "",
            "floor                  ████████████············   50.0 %  [49.0, 51.0]",
            "baseline               ██████████████··········   60.0 %  [20.0, 100.0]",
            "a-method-with-a-name-… ██████████████████······   75.3 %  [70.0, 80.0]",
            "ceiling                ████████████████████████  100.0 %  [100.0, 100.0]",
            "",
            "floor: the supervision's own answers",
            "baseline: same network and supervision, nothing added",
            "ceiling: same network, perfect labels",
            "",
            "a-method-with-a-name-longer-than-any is better than the baseline by 15.3 points",
            "[1.0, 29.5], and kept 51 % [40, 62] of the gap between the supervision alone and",
            "perfect labels.",
            "",
        ], lines[..17]);
    }

    [Fact]
    public void The_last_lines_are_commands_that_are_never_broken()
    {
        var folder = Path.Combine(Path.GetTempPath(), "preceptor " + Guid.NewGuid().ToString("N"), new string('d', 90));
        Directory.CreateDirectory(folder);
        try
        {
            File.WriteAllText(Path.Combine(folder, "test.csv"), "id\n");
            var lines = Show(Example(), folder, 40);
            Assert.Equal($"report: {folder}/report.html".Replace('/', Path.DirectorySeparatorChar), lines[^5].Replace('/', Path.DirectorySeparatorChar));
            Assert.Equal("next:", lines[^4]);
            Assert.StartsWith($"  {Terminal.Command} run --problem tickets --method ", lines[^3], StringComparison.Ordinal);
            Assert.Equal($"  {Terminal.Command} predict '{folder}' '{Path.Combine(folder, "test.csv")}' --out predictions.csv", lines[^2]);
            Assert.Equal($"  {Terminal.Command} init your.csv", lines[^1]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    [Fact]
    public void A_wide_terminal_shows_what_an_arm_is_beside_its_bar()
    {
        var lines = Show(Example(), "runs/one", 140);
        Assert.Contains(lines, l => l.StartsWith("ceiling ", StringComparison.Ordinal) && l.EndsWith("[100.0, 100.0]  same network, perfect labels", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.StartsWith("ceiling:", StringComparison.Ordinal));
    }

    [Fact]
    public void Unverified_labels_are_admitted_before_the_scores()
    {
        var lines = Show(Example() with { ScoredOn = ScoredOn.Unverified }, "runs/one", 80);
        Assert.StartsWith("scored on unverified labels", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02, 0.01, 0.03, "m is better than the baseline by 2.0 points [1.0, 3.0].")]
    [InlineData(-0.02, -0.03, -0.01, "m is worse than the baseline by 2.0 points [1.0, 3.0].")]
    [InlineData(-0.0001, -0.03, 0.01, "m differs from the baseline by 0.0 points [−3.0, 1.0]: no clear difference.")]
    [InlineData(0, 0, 0, "m scores exactly as the baseline.")]
    public void The_sentence_says_what_the_interval_allows(double mean, double low, double high, string sentence) =>
        Assert.Equal(sentence, ResultText.Sentence(Example() with { Method = "m", RecoveredGap = null, Difference = new(mean, low, high, [mean]) }));

    [Fact]
    public void The_baseline_beside_itself_says_so() =>
        Assert.Equal("supervised is the baseline: same network, same training, same supervision.", ResultText.Sentence(Example() with { Method = "supervised" }));

    [Fact]
    public void A_method_below_the_floor_keeps_nothing_of_the_gap() =>
        Assert.EndsWith("and fell below the supervision alone: −20 % [−30, −10] of the gap up to perfect labels.",
            ResultText.Sentence(Example() with { RecoveredGap = new(-0.2, -0.3, -0.1, [-0.2]) }), StringComparison.Ordinal);

    private static string[] Show(RunResult result, string folder, int width)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        ResultDisplay.Show(console, result, new RunRequest(Runs.Draft(), 2, 1, folder, "preceptor run", 0));
        return writer.ToString().TrimEnd('\n').Split('\n');
    }

    private static RunResult Example() => new()
    {
        Problem = "tickets",
        Method = "knowledge-distillation",
        BaselineMethod = "supervised",
        Target = TargetKind.One,
        Metrics = Metrics.All,
        Metric = Metrics.Accuracy,
        Seeds = 2,
        TestItems = 1000,
        ScoredOn = ScoredOn.Truth,
        Scores = new Dictionary<string, Interval>
        {
            ["floor"] = new(0.5, 0.49, 0.51, [0.495, 0.505]),
            ["baseline"] = new(0.6, 0.2, 1.09, [0.57, 0.63]),
            ["method"] = new(0.7527, 0.7, 0.8, [0.75, 0.7554]),
            ["ceiling"] = new(1, 1, 1, [1, 1]),
        },
        Difference = new(0.1527, 0.01, 0.2954, [0.18, 0.1254]),
        RecoveredGap = new(0.51, 0.4, 0.62, [0.5, 0.52]),
        AllMetrics = new Dictionary<string, IReadOnlyDictionary<string, double>>(),
        Seconds = 10,
        Folder = "runs/one",
        Command = "preceptor run",
    };
}
