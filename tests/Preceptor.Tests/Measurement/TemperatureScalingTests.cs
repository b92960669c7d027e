using CsCheck;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class TemperatureScalingTests
{
    private static readonly Gen<(int Classes, float[] Logits, int[] Labels)> Items =
        Gen.Select(Gen.Int[2, 12], Gen.Int[1, 70]).SelectMany((classes, count) => Gen.Select(Gen.Const(classes), Gen.Float[-6, 6].Array[classes * count], Gen.Int[0, classes - 1].Array[count]));

    [Fact]
    public void Scores_are_those_of_the_probabilities() => Items.Sample((classes, logits, labels) =>
    {
        var items = new LogitColumns(logits, labels, classes);
        double[] temperatures = [.. Enumerable.Range(0, classes).Select(c => 0.5 + 0.25 * c)];
        var (confidences, right) = (new float[labels.Length], new double[labels.Length]);
        items.Score(temperatures, confidences, right);
        var probabilities = items.Probabilities(temperatures);
        var scores = ClassificationScores.Of(probabilities, labels);
        // Two classes of nearly one probability may be told apart either way.
        bool IsClear(int item) => probabilities.AsSpan(item * classes, classes).ToArray().OrderDescending().Take(2).ToArray() is [var first, var second] && first > second * 1.0001f;
        return confidences.Zip(scores.Confidences).All(p => Math.Abs(p.First - p.Second) < 1e-5) && Enumerable.Range(0, labels.Length).All(i => right[i] == scores.Right[i] || !IsClear(i));
    }, iter: 100);

    [Fact]
    public void One_temperature_changes_no_decision() => Items.Sample((classes, logits, labels) =>
    {
        var items = new LogitColumns(logits, labels, classes);
        var (confidences, one, other) = (new float[labels.Length], new double[labels.Length], new double[labels.Length]);
        items.Score([1], confidences, one);
        items.Score([TemperatureScaling.Fit(items)], confidences, other);
        return one.SequenceEqual(other);
    }, iter: 30);

    [Fact]
    public void Equal_temperatures_of_all_classes_are_one_temperature() => Items.Sample((classes, logits, labels) =>
    {
        var items = new LogitColumns(logits, labels, classes);
        double[] same = new double[classes];
        Array.Fill(same, 1.7);
        return items.Probabilities(same).SequenceEqual(items.Probabilities([1.7]));
    }, iter: 50);

    [Fact]
    public void A_high_temperature_leaves_no_opinion()
    {
        var items = new LogitColumns([3, -2, 1, 0.5f], [0], 4);
        Assert.All(items.Probabilities([1e6]), p => Assert.Equal(0.25, p, 1e-5));
    }

    [Fact]
    public void Over_confidence_of_a_known_factor_is_found()
    {
        var random = RandomStream.Of(1, "temperature");
        const int Count = 4000, Classes = 3;
        var (logits, labels) = (new float[Count * Classes], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            double[] truth = [random.NextGaussian(), random.NextGaussian(), random.NextGaussian()];
            labels[i] = random.NextIndex([.. truth.Select(Math.Exp)]);
            for (var c = 0; c < Classes; c++) logits[i * Classes + c] = (float)(1.6 * truth[c]);
        }
        var items = new LogitColumns(logits, labels, Classes);
        Assert.Equal(1.6, TemperatureScaling.Fit(items, criterion: TemperatureCriterion.Nll), 0.12);
        Assert.Equal(1.6, TemperatureScaling.Fit(items), 0.2);
        Assert.Equal(items.NegativeLogLikelihood(1), ClassificationScores.Of(items.Probabilities([1]), labels).NegativeLogLikelihood, 1e-5);
    }

    [Fact]
    public void Class_temperatures_never_calibrate_worse_on_the_items_they_are_fitted_to() => Items.Sample((classes, logits, labels) =>
    {
        var items = new LogitColumns(logits, labels, classes);
        var ends = Calibration.EndsOf(TemperatureScaling.Bins);
        var temperature = TemperatureScaling.Fit(items);
        var (temperatures, factor) = TemperatureScaling.FitClasses(items, temperature);
        return items.CalibrationError(temperatures, ends) <= items.CalibrationError([temperature], ends) + 1e-6 && (factor != 0 || temperatures.All(t => t == temperature)) && temperatures.All(t => t > 0);
    }, iter: 10);

    [Fact]
    public void Classes_of_opposite_signs_are_calibrated_by_temperatures_of_their_own()
    {
        var random = RandomStream.Of(2, "classes");
        const int Count = 3000, Classes = 4;
        var (logits, labels) = (new float[Count * Classes], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            var seen = random.Next(Classes);
            // Half of the classes are wrong far more often than the logits say.
            labels[i] = seen < 2 && random.NextDouble() < 0.4 ? (seen + 1) % 2 : seen >= 2 && random.NextDouble() < 0.02 ? 5 - seen : seen;
            for (var c = 0; c < Classes; c++) logits[i * Classes + c] = (c == seen ? 2.5f : 0) + 0.3f * (float)random.NextGaussian();
        }
        var items = new LogitColumns(logits, labels, Classes);
        var ends = Calibration.EndsOf(TemperatureScaling.Bins);
        var temperature = TemperatureScaling.Fit(items);
        var (temperatures, factor) = TemperatureScaling.FitClasses(items, temperature);
        Assert.NotEqual(0, factor);
        Assert.True(items.CalibrationError(temperatures, ends) < items.CalibrationError([temperature], ends));
    }

    [Fact]
    public void Levels_say_which_side_a_class_is_on()
    {
        var levels = TemperatureScaling.ClassLevels([0, 0, 1, 1], 3, [0.9f, 0.7f, 0.6f, 0.6f], [1, 0, 1, 1]);
        Assert.Equal(0.3, levels[0], 1e-6);
        Assert.Equal(-0.4, levels[1], 1e-6);
        Assert.Equal(0, levels[2]);
        Assert.Equal((2 * 0.3 + 1 * -0.4) / 3, TemperatureScaling.MiscalibrationScore(levels), 1e-6);
    }

    [Fact]
    public void Outliers_are_pulled_in_to_the_quartiles()
    {
        // Quartiles by midpoint: of 1 … 5 and 100 between 2 and 3, and between 4 and 5; reach 3.
        Assert.Equal([1, 2, 3, 4, 5, 7.5], TemperatureScaling.Winsorise([1, 2, 3, 4, 5, 100]));
        Assert.Equal([0.5, 0.5], TemperatureScaling.Winsorise([0.5, 0.5]));
    }

    [Fact]
    public void The_calibration_error_is_never_below_the_level() => Gen.Select(Gen.Float[0.01f, 1].Array[40], Gen.Int[0, 1].Array[40], Gen.Int[1, 30]).Sample((confidences, hits, bins) =>
    {
        double[] right = [.. hits.Select(h => (double)h)], once = new double[40];
        Array.Fill(once, 1);
        var level = confidences.Average(c => (double)c) - right.Average();
        return Math.Abs(level) <= Calibration.Error(confidences, right, once, Calibration.EndsOf(bins)) + 1e-9;
    });
}
