using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Cli;
using Preceptor.Tests.Data;

namespace Preceptor.Tests.Prediction;

/// <summary>Rules, from their file to votes.</summary>
public sealed class RulesTests : IDisposable
{
    private readonly Workspace workspace = new();

    private static string Csv(Func<int, string> label) => string.Concat(Enumerable.Range(0, 60).Select(r => $"{(r % 3 == 0 ? "Please REFUND me" : r % 3 == 1 ? "where is my parcel" : "hello")},{r},{(r % 4 == 0 ? "phone" : "mail")},{label(r)}\n").Prepend("text,amount,channel,topic\n"));

    private PredictionTask Prepare(string rules, string keys = "  label: topic\n", string? csv = null)
    {
        workspace.Write("rules.yaml", rules);
        return PredictionRunner.Prepare(Specification.From(SpecificationReader.Parse($"problem:\n  data: data.csv\n  text: [text]\n  validation: 0.2\n{keys}  rules: rules.yaml\nmodel: {{hidden: [4], embedding: 4, vocabulary: 64}}\n", "spec.yaml"), []), 0,
            (path, text, numbers, _) => (Tables.Csv(path, csv ?? Csv(r => r % 3 == 0 ? "money" : "goods"), text, numbers), null));
    }

    [Fact]
    public void Rules_vote_where_they_match_and_abstain_elsewhere()
    {
        var task = Prepare("refund: {column: text, matches: 'refund|money back', label: money}\ndear phone: {column: channel, is: phone, label: goods}\nlarge: {column: amount, at-least: 10, below: 20, label: money}\n");
        var votes = task.Problem.Find<RuleVotes>()!;
        Assert.Equal(["dear phone", "large", "refund"], votes.Rules);
        Assert.Equal(["goods", "money"], task.Problem.Classes);
        for (var i = 0; i < task.TrainRows.Rows; i++)
        {
            var row = task.TrainRows.Origin(i);
            Assert.Equal([row % 4 == 0 ? 0 : -1, row is >= 10 and < 20 ? 1 : -1, row % 3 == 0 ? 1 : -1], Enumerable.Range(0, 3).Select(r => votes.Train[i, r]));
        }
        Assert.Equal(task.Problem.Validation.Count, votes.Validation!.GetLength(0));
        Assert.StartsWith("3 rules (dear phone, large, refund) match", Assert.Single(task.Notes), StringComparison.Ordinal);
        Assert.Contains(Advice.Of(ProblemKinds.Prediction, task, []).Offered, line => line.StartsWith("rule-votes: 3 rules", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_alone_label_the_training_rows()
    {
        const string rules = "refund: {column: text, matches: refund, label: money}\nparcel: {column: text, matches: parcel, label: goods}\nnever: {column: text, matches: nevermore, label: money}\n";
        var task = Prepare(rules, "");
        Assert.Equal(task.TrainRows.Rows, task.Problem.Labels.Train.Length);
        for (var i = 0; i < task.TrainRows.Rows; i++) Assert.Equal((task.TrainRows.Origin(i) % 3) switch { 0 => 1, 1 => 0, _ => -1 }, task.Problem.Labels.Train[i]);
        Assert.Contains("never matches none; the label is their majority", task.Notes[0], StringComparison.Ordinal);

        // A label column of blanks, except in the test rows.
        var split = Csv(r => r < 40 ? "" : r % 3 == 0 ? "money" : "goods").Replace("\n", ",train\n", StringComparison.Ordinal).Replace("topic,train", "topic,side", StringComparison.Ordinal);
        task = Prepare(rules, "  label: topic\n  split: side\n", string.Join('\n', split.Split('\n').Select((line, i) => i > 40 ? line.Replace(",train", ",test", StringComparison.Ordinal) : line)));
        Assert.Equal(40, task.Problem.Labels.Train.Length);
        Assert.Equal(27, task.Problem.Labels.Labelled.Length); // rows 0 … 39 of which every third says nothing
        Assert.Contains("is blank in every training row: the label is the rules' majority", task.Notes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_complete_specification_holds_the_rules()
    {
        workspace.Write("rules.yaml", "a b: {column: [text, channel], matches: 'x\\b\"y', case: true, label: money}\n");
        var specification = Specification.From(SpecificationReader.Parse("problem: {data: data.csv, label: topic, rules: rules.yaml}", "spec.yaml"), []);
        File.Delete("rules.yaml");
        var again = Specification.From(SpecificationReader.Parse(specification.ToYaml(), "again.yaml"), []);
        var rule = ((PredictionData)again.Problem).Rules!["a b"];
        Assert.Equal(("x\\b\"y", true, "money", "text channel"), (rule.Matches, rule.Case, rule.Label, string.Join(' ', rule.Column)));
    }

    [Theory]
    [InlineData("r: {column: text, matches: a, label: mony}", "rules.yaml line 1: r.label: 'mony' is not one of the classes (did you mean 'money'?); they are goods, money")]
    [InlineData("\nr:\n  column: txt\n  matches: a\n  label: money", "rules.yaml line 3: r.column: data.csv has no column 'txt' (did you mean 'text'?); it has text, amount, channel, topic")]
    [InlineData("r: {column: text, matches: '(a', label: money}", "rules.yaml line 1: r.matches: is not a regular expression: ")]
    [InlineData("r: {column: text, matches: '(?<=a)b', label: money}", "rules.yaml line 1: r.matches: '(?<=a)b' has a lookaround")]
    [InlineData("r: {column: text, mathces: a, label: money}", "rules.yaml line 1: r.mathces: there is no such key (did you mean 'matches'?)")]
    [InlineData("r: {column: text, label: money}", "rules.yaml line 1: r: has no test")]
    [InlineData("r: {column: text, matches: a}", "rules.yaml line 1: r: label: is missing")]
    [InlineData("r: {matches: a, label: money}", "rules.yaml line 1: r: column: is missing")]
    [InlineData("r: {column: text, above: 3, label: money}", "rules.yaml line 1: r.column: data.csv: column 'text' does not hold numbers")]
    [InlineData("r: {column: topic, is: money, label: money}", "rules.yaml line 1: r.column: 'topic' is an answer")]
    [InlineData("r: 3", "rules.yaml line 1: r: expected keys and values")]
    [InlineData("[a]", "rules.yaml line 1: expected a name")]
    [InlineData("", "rules.yaml: the file of rules is empty")]
    public void Wrong_rules_are_answered_with_file_line_and_key(string rules, string message) =>
        Assert.StartsWith(message, Assert.Throws<RequestException>(() => Prepare(rules + "\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void No_pattern_backtracks()
    {
        var text = new string('a', 40_000) + "!";
        var set = new RuleSet(new Dictionary<string, LabelRule> { ["r"] = new() { Column = ["x"], Matches = "^(a+)+$", Label = "k" } }, new MapSetting("test", "rules", []));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(-1, set.Vote(new Preceptor.Data.Table("t", [Tables.Text("x", text)]), new Dictionary<string, int> { ["k"] = 0 })[0, 0]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
        Assert.Contains("spec.yaml line 5: problem.rules: no.yaml: there is no such file", Assert.Throws<RequestException>(() => Specification.From(SpecificationReader.Parse("problem:\n  data: d.csv\n  label: l\n\n  rules: no.yaml\n", "spec.yaml"), [])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
