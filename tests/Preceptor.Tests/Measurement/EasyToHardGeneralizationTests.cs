using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Measurement;

public sealed class EasyToHardGeneralizationTests
{
    [Theory]
    [InlineData(25, 65, 75, 0.8)]
    [InlineData(25, 75, 75, 1)]
    [InlineData(25, 25, 75, 0)]
    [InlineData(25, 25, 25, double.NaN)]
    public void The_share_recovered_is_that_of_the_accuracies(int unsupervised, int easy, int hard, double expected)
    {
        var report = OfPredictions(Predictions(unsupervised, easy, hard));
        Assert.Equal(expected, report["sgr"], 1e-9);
        Assert.Equal(easy / 100.0, report["easy"], 1e-9);
        Assert.Equal((easy - hard) / 100.0, report["easy-over-hard"], 1e-9);
        Assert.Equal(double.IsNaN(expected), report.Notes.Any(n => n.StartsWith("hard labels bring less", StringComparison.Ordinal)));
    }

    [Fact]
    public void Predictions_are_divided_by_a_column_of_hardness()
    {
        var report = OfPredictions(Predictions(25, 65, 75), o =>
        {
            o.Hardness = "grade";
            o.Cuts = [3, 5];
        });
        var strata = report.Tables.Single();
        Assert.Equal([30, 20, 50], ((NumberColumn)strata.Find("rows")!).Values);
        // Rows 50 to 99 are the hard ones, of which the easy-trained model has 15 right.
        Assert.Equal(0.3, report["easy"], 1e-9);
    }

    [Fact]
    public void Predictions_that_lack_something_are_a_wrong_request()
    {
        var table = Predictions(25, 65, 75);
        string Message(Action<EasyToHardGeneralization.Options> change, Table? other = null) => Assert.Throws<RequestException>(() => OfPredictions(other ?? table, change)).Message;
        Assert.StartsWith("method.hardness: p.csv has no column 'level'", Message(o => o.Hardness = "level"), StringComparison.Ordinal);
        Assert.StartsWith("method.easy: p.csv has no column 'esay' (did you mean 'easy'?)", Message(o => o.Easy = "esay"), StringComparison.Ordinal);
        Assert.StartsWith("method.cuts: expected ascending numbers", Message(o => o.Cuts = [3, 1]), StringComparison.Ordinal);
        Assert.StartsWith("p.csv, column 'constant': 100 items with 1 different values do not divide into 3 strata", Message(o => o.Hardness = "constant"), StringComparison.Ordinal);
        var wrong = new Table("q.csv", [new TextColumn("label", ["a", "b"]), new TextColumn("easy", ["a", "x"]), new TextColumn("hard", ["a", "b"]), new TextColumn("unsupervised", ["a", "b"])]);
        Assert.Equal("q.csv row 2, column 'easy': found 'x', expected one of the classes a, b", Message(_ => { }, wrong));
    }

    [Fact]
    public void Draws_and_items_give_the_interval()
    {
        TestScore Accuracy(int right) => TestScore.Mean([.. Enumerable.Range(0, 200).Select(i => i < right ? 1.0 : 0.0)]);
        TestScore[] easy = [Accuracy(130), Accuracy(136), Accuracy(124)], hard = [Accuracy(150), Accuracy(146), Accuracy(154)], none = [Accuracy(50), Accuracy(50), Accuracy(50)];
        var interval = EasyToHardGeneralization.Recovered(easy, none, hard, 0.02)!;
        Assert.Equal(0.8, interval.Mean, 1e-9);
        Assert.InRange(interval.Low, 0.6, 0.8);
        Assert.InRange(interval.High, 0.8, 1);
        Assert.Null(EasyToHardGeneralization.Recovered(easy, none, none, 0.02));
    }

    [Fact]
    public void Networks_are_trained_on_each_stratum_and_two_runs_agree()
    {
        var options = new EasyToHardGeneralization.Options { Labels = 16, Draws = 2, HardnessLabels = [10, 20], HardnessDraws = 1, Strata = 2, Noise = [0.5], Costs = [5, 10] };
        MeasurementReport Measure()
        {
            using var run = Problems.Memory();
            return new EasyToHardGeneralization(options).Measure(MeasurementTraining.Trainable(Problems.Digits(epochs: 3, noise: 0)), run);
        }
        var report = Measure();
        var transfer = report.Tables.Single(t => t.Name == "transfer");
        Assert.Equal(["train", "labels", "test_easy", "test_hard"], transfer.Columns.Select(c => c.Name));
        Assert.Equal(["easy", "hard", "all"], Enumerable.Range(0, 3).Select(r => ((TextColumn)transfer.Find("train")!)[r].ToString()));
        Assert.All(((NumberColumn)transfer.Find("test_hard")!).Values, v => Assert.InRange(v, 0, 1));
        Assert.Equal(report["easy"], ((NumberColumn)transfer.Find("test_hard")!).Values[0], 1e-9);
        Assert.Equal(1, report.Tables.Single(t => t.Name == "noise").Rows);
        Assert.Equal(2, report.Tables.Single(t => t.Name == "costs").Rows);
        var hardness = ((NumberColumn)report.Tables.Single(t => t.Name == "hardness").Find("hardness")!).Values;
        Assert.All(hardness, h => Assert.InRange(h, 0, 1));
        Assert.Equal(report["hard-accuracy"], report["easy"]);
        var again = Measure();
        Assert.Equal(report.Values.Select(v => v.Value.Mean), again.Values.Select(v => v.Value.Mean));
    }

    [Fact]
    public void A_teacher_that_does_not_answer_is_a_wrong_request()
    {
        using var run = Problems.Memory();
        var options = new EasyToHardGeneralization.Options { Labels = 10, Draws = 1, HardnessLabels = [10], HardnessDraws = 1, Strata = 2, Unsupervised = "gpt" };
        var error = Assert.Throws<RequestException>(() => new EasyToHardGeneralization(options).Measure(MeasurementTraining.Trainable(Problems.Digits(epochs: 1)), run));
        Assert.StartsWith("method.unsupervised: no teacher 'gpt'", error.Message, StringComparison.Ordinal);
    }

    private static MeasurementReport OfPredictions(Table table, Action<EasyToHardGeneralization.Options>? change = null)
    {
        var options = new EasyToHardGeneralization.Options();
        change?.Invoke(options);
        using var run = Problems.Memory();
        return new EasyToHardGeneralization(options).Measure(new("p", [new PredictionRows(table)]), run);
    }

    // The first rows are right, as many as asked for, of 100.
    private static Table Predictions(int unsupervised, int easy, int hard)
    {
        string[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? "a" : "b")];
        TextColumn Column(string name, int right) => new(name, [.. labels.Select((l, i) => i < right ? l : l == "a" ? "b" : "a")]);
        return new("p.csv", [new TextColumn("label", labels), Column("easy", easy), Column("hard", hard), Column("unsupervised", unsupervised), new NumberColumn("grade", [.. Enumerable.Range(0, 100).Select(i => i < 30 ? 3.0 : i < 50 ? 5 : 8)]), new NumberColumn("constant", new double[100])]);
    }
}
