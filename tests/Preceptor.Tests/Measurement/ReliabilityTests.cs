using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Measurement;

public sealed class ReliabilityTests
{
    [Fact]
    public void Over_confidence_is_found_and_mended_by_one_temperature_that_changes_no_decision()
    {
        var report = Measure(Predictions(1.7, 3000));
        Assert.InRange(report["level-before"], 0.05, 0.3);
        Assert.InRange(Math.Abs(report["level"]), 0, 0.05);
        Assert.True(report["ece"] < report["ece-before"] / 2);
        Assert.Equal(1.7, report["temperature"], 0.3);
        Assert.Equal(0, report["changed-decisions"]);
        Assert.Contains("over-confident by", report.Sentence, StringComparison.Ordinal);
        Assert.InRange(report["trust-index"], report["accuracy"], 1); // a random order would give the accuracy
        Assert.Equal(["reliability", "classes", "selective"], report.Tables.Select(t => t.Name));
    }

    [Fact]
    public void Under_confidence_has_the_other_sign()
    {
        var report = Measure(Predictions(0.6, 3000), o => o.Scaling = Reliability.Scaling.None);
        Assert.True(report["level"] < -0.05);
        Assert.Contains("under-confident by", report.Sentence, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => report["temperature"]);
        Assert.True(Math.Abs(report["level"]) <= report["ece"] + 1e-9);
    }

    [Fact]
    public void Without_a_temperature_the_numbers_are_those_of_the_usual_scores()
    {
        var table = Predictions(1, 300);
        var report = Measure(table, o => o.Scaling = Reliability.Scaling.None);
        var all = ClassPredictions.Of(table, "label", [], PredictionForm.Auto, [], null);
        var scores = ClassificationScores.Of(new LogitColumns(all.Logits, all.Labels, 3).Probabilities([1]), all.Labels);
        Assert.Equal(scores.Accuracy, report["accuracy"], 1e-9);
        Assert.Equal(scores.NegativeLogLikelihood, report["nll"], 1e-6);
        Assert.Equal(scores.AreaUnderRiskCoverage, report["aurc"], 1e-6);
    }

    [Fact]
    public void Rows_of_no_class_are_told_apart_and_have_no_energy_where_there_are_probabilities()
    {
        var logits = Predictions(2, 400, outside: 100);
        var report = Measure(logits, o => o.Outside = ["other"]);
        Assert.InRange(report["outside-auroc-max-probability"], 0.6, 1);
        Assert.InRange(report["outside-auroc-energy"], 0, 1);
        Assert.True(report["outside-fpr95-max-probability"] is > 0 and <= 1);
        var probabilities = Measure(Probabilities(logits), o => o.Outside = ["other"]);
        Assert.Equal(report["outside-auroc-max-probability"], probabilities["outside-auroc-max-probability"], 1e-3);
        Assert.Throws<KeyNotFoundException>(() => probabilities["outside-auroc-energy"]);
        Assert.Contains(probabilities.Notes, n => n.Contains("no energy", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_level_has_its_accuracy_and_calibration()
    {
        var report = Measure(Predictions(1, 400, levels: true), o => o.Level = "level");
        var levels = report.Tables.Single(t => t.Name == "levels");
        Assert.Equal(2, levels.Rows);
        var accuracy = ((NumberColumn)levels.Find("accuracy")!).Values;
        Assert.Equal(report["accuracy-worst-level"], accuracy.Min());
        Assert.True(accuracy.Max() - accuracy.Min() > 0.2); // the second level's labels are drawn at random
    }

    [Theory]
    [InlineData("0.5,0.6,cat", "p.csv row 2: the probabilities add up to 1.1, expected 1 (± 0.02; or method.form: logits)")]
    [InlineData("1.5,-0.5,cat", "p.csv row 2, column 'probability:cat': found 1.5, expected a probability in [0, 1] (or method.form: logits)")]
    [InlineData("NaN,0.5,cat", "p.csv row 2, column 'probability:cat': is blank, expected a number")]
    [InlineData("0.5,0.5,cta", "p.csv row 2, column 'label': found 'cta' (did you mean 'cat'?), expected one of the classes cat, dog; rows of no class are blank, or named in method.outside")]
    public void A_row_that_is_no_prediction_is_a_wrong_request(string row, string message)
    {
        var cells = row.Split(',');
        double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var table = new Table("p.csv", [new NumberColumn("probability:cat", [0.9, Number(cells[0]), 0.2, 0.4]), new NumberColumn("probability:dog", [0.1, Number(cells[1]), 0.8, 0.6]), new TextColumn("label", ["cat", cells[2], "dog", "dog"])]);
        Assert.Equal(message, Assert.Throws<RequestException>(() => Measure(table)).Message);
    }

    [Fact]
    public void Columns_that_are_not_there_are_named()
    {
        var table = Predictions(1, 20);
        Assert.StartsWith("problem.label: p.csv has no column 'lable' (did you mean 'label'?)", Assert.Throws<RequestException>(() => Measure(table, label: "lable")).Message, StringComparison.Ordinal);
        Assert.StartsWith("method.level: p.csv has no column 'shift'", Assert.Throws<RequestException>(() => Measure(table, o => o.Level = "shift")).Message, StringComparison.Ordinal);
        Assert.StartsWith("method.columns: p.csv has no column 'a'", Assert.Throws<RequestException>(() => Measure(table, o => o.Columns = ["a", "b"])).Message, StringComparison.Ordinal);
        var none = new Table("q.csv", [new TextColumn("label", ["a", "b"]), new NumberColumn("x", [1, 2])]);
        Assert.Contains("expected a column of numbers for each of two classes or more", Assert.Throws<RequestException>(() => Measure(none)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_scores_are_measured_like_others()
    {
        var table = new Table("p.csv", [new NumberColumn("logit:a", new double[40]), new NumberColumn("logit:b", new double[40]), new TextColumn("label", [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "a" : "b")])]);
        var report = Measure(table);
        Assert.Equal(0.5, report["failure-auroc"]);
        Assert.Equal(0.5, report["aurc"], 0.15);
        Assert.All(report.Values, v => Assert.True(double.IsFinite(v.Value.Mean) || v.Name == "threshold-at-target"));
    }

    [Fact]
    public void A_problem_with_a_trainer_is_trained_on_and_measured_under_noise_and_on_a_class_held_out()
    {
        var problem = MeasurementTraining.Trainable(Problems.Digits(epochs: 6, noise: 0));
        using var run = Problems.Memory();
        var report = new Reliability(new() { FitShare = 0.3, Outside = ["9"], Noise = [0.3] }).Measure(problem, run);
        Assert.Equal(2, report.Tables.Single(t => t.Name == "levels").Rows);
        Assert.InRange(report["outside-auroc-energy"], 0, 1);
        Assert.InRange(report["accuracy-worst-level"], 0, report["accuracy"] + 0.2);
        using var again = Problems.Memory();
        Assert.Equal(report["ece"], new Reliability(new() { FitShare = 0.3, Outside = ["9"], Noise = [0.3] }).Measure(problem, again)["ece"]);
        Assert.Contains("method.outside: there is no class 'nine'", Assert.Throws<RequestException>(() => new Reliability(new() { Outside = ["nine"] }).Measure(problem, run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_of_strength_zero_changes_nothing_and_more_changes_more()
    {
        var table = new Table("t", [new NumberColumn("x", [1, 2, 3, 4, double.NaN]), new TextColumn("words", ["a b c d e f", "g h i j k l", "m n", "o", "p q r"]), new TextColumn("id", ["1", "2", "3", "4", "5"]), new ImageColumn("image", [0, 128, 255, 7, 9], 5, 1, 1, 1)]);
        HashSet<string> inputs = ["x", "words", "image"];
        Assert.Same(table, InputNoise.Add(table, inputs, 0, 1));
        double[] At(double strength) => ((NumberColumn)InputNoise.Add(table, inputs, strength, 1).Find("x")!).Values;
        Assert.Equal([.. At(0.2).Zip([1, 2, 3, 4], (v, x) => 2 * (v - x))], At(0.4).Zip([1.0, 2, 3, 4], (v, x) => v - x), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.True(double.IsNaN(At(0.4)[4]));
        var noisy = InputNoise.Add(table, inputs, 1, 1);
        Assert.Equal("", ((TextColumn)noisy.Find("words")!)[0].ToString());
        Assert.Equal("4", ((TextColumn)noisy.Find("id")!)[3].ToString());
        Assert.NotEqual(((ImageColumn)table.Find("image")!).Pixels, ((ImageColumn)noisy.Find("image")!).Pixels);
    }

    private static MeasurementReport Measure(Table table, Action<Reliability.Options>? change = null, string label = "label")
    {
        var options = new Reliability.Options();
        change?.Invoke(options);
        using var run = Problems.Memory();
        return new Reliability(options).Measure(new("p", [new PredictionRows(table, label)]), run);
    }

    // Logits of three classes, scaled; at level 1 and for rows outside the labels have nothing to do with them.
    private static Table Predictions(double scale, int rows, int outside = 0, bool levels = false)
    {
        var random = RandomStream.Of(5, "predictions");
        var logits = new double[3][];
        for (var c = 0; c < 3; c++) logits[c] = new double[rows + outside];
        var (labels, level) = (new string[rows + outside], new double[rows + outside]);
        for (var i = 0; i < labels.Length; i++)
        {
            var spread = i < rows ? 2 : 0.5;
            double[] truth = [spread * random.NextGaussian(), spread * random.NextGaussian(), spread * random.NextGaussian()];
            level[i] = levels ? i % 2 : 0;
            labels[i] = i >= rows ? "other" : $"c{(level[i] == 1 ? random.Next(3) : random.NextIndex([.. truth.Select(Math.Exp)]))}";
            for (var c = 0; c < 3; c++) logits[c][i] = scale * truth[c];
        }
        return new("p.csv", [.. logits.Select((l, c) => new NumberColumn($"logit:c{c}", l)), new TextColumn("label", labels), new NumberColumn("level", level)]);
    }

    private static Table Probabilities(Table logits)
    {
        var columns = logits.Columns.OfType<NumberColumn>().Take(3).ToArray();
        var sums = Enumerable.Range(0, logits.Rows).Select(i => columns.Sum(c => Math.Exp(c.Values[i]))).ToArray();
        return new("p.csv", [.. columns.Select(c => new NumberColumn(c.Name.Replace("logit", "probability", StringComparison.Ordinal), [.. c.Values.Select((z, i) => Math.Exp(z) / sums[i])])), logits.Find("label")!]);
    }
}
