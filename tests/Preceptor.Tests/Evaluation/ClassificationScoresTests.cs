using System.Diagnostics;
using CsCheck;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

public sealed class ClassificationScoresTests(ITestOutputHelper output)
{
    public static TheoryData<string> MetricGoldens => Goldens.Names("28-ps-kd.json", "metric");

    [Theory]
    [MemberData(nameof(MetricGoldens))]
    public void Calibration_and_risk_coverage_agree_with_the_published_program(string name)
    {
        var golden = Goldens.Case("28-ps-kd.json", name);
        Assert.Equal(ClassificationScores.Of([1f], [0]).ReliabilityDiagram.Count, golden.Setting("bins").Integer);
        var scores = ClassificationScores.Of(golden.Input("confidences").Floats, golden.Input("labels").Ints);
        golden.AssertClose("ece_percent", 100 * scores.ExpectedCalibrationError);
        golden.AssertClose("aurc_x1000", 1000 * scores.AreaUnderRiskCoverage);
        golden.AssertClose("eaurc_x1000", 1000 * scores.ExcessAreaUnderRiskCoverage);
        // The published program works in double precision, and so does this one: far closer than the file asks.
        Assert.Equal(golden.Output("ece_percent").Number, 100 * scores.ExpectedCalibrationError, 1e-8);
        Assert.Equal(golden.Output("aurc_x1000").Number, 1000 * scores.AreaUnderRiskCoverage, 1e-8);
        Assert.Equal(golden.Output("eaurc_x1000").Number, 1000 * scores.ExcessAreaUnderRiskCoverage, 1e-8);
    }

    [Fact]
    public void A_small_case_equals_the_numbers_worked_out_by_hand()
    {
        // Predicted 0, 1, 1, 0; the second and third are wrong.
        var scores = ClassificationScores.Of([0.75f, 0.25f, 0, 0, 0.5f, 0.5f, 0.125f, 0.625f, 0.25f, 0.875f, 0.125f, 0], [0, 2, 0, 0]);
        Assert.Equal((4, 3), (scores.Items, scores.Classes));
        Assert.Equal([0, 1, 1, 0], scores.Predictions);
        Assert.Equal([0.75f, 0.5f, 0.625f, 0.875f], scores.Confidences);
        Assert.Equal(0.5, scores.Accuracy);
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.5) + Math.Log(0.125) + Math.Log(0.875)) / 4, scores.NegativeLogLikelihood, 1e-15);
        Assert.Equal((0.0625 + 0.0625 + 0.25 + 0.25 + 0.875 * 0.875 + 0.625 * 0.625 + 0.0625 + 2 * 0.125 * 0.125) / 4, scores.BrierScore, 1e-15);
        // Bins (0.7, 0.8], (0.4, 0.5], (0.6, 0.7], (0.8, 0.9], one item each.
        Assert.Equal((0.25 + 0.5 + 0.625 + 0.125) / 4, scores.ExpectedCalibrationError, 1e-15);
        // From sure to unsure: right, right, wrong, wrong, which is also the best order.
        Assert.Equal((0 + 0 + 1 / 3.0 + 2 / 4.0) / 4, scores.AreaUnderRiskCoverage, 1e-15);
        Assert.Equal(0, scores.ExcessAreaUnderRiskCoverage, 1e-15);
        Assert.Equal(new[,] { { 2, 1, 0 }, { 0, 0, 0 }, { 0, 1, 0 } }, scores.ConfusionMatrix);
        Assert.Equal([new(0, 3, 2, 2), new(1, 0, 2, 0), new(2, 1, 0, 0)], scores.PerClass);
        Assert.Equal([1.0, 0.0, null], scores.PerClass.Select(c => c.Precision));
        Assert.Equal([2 / 3.0, null, 0.0], scores.PerClass.Select(c => c.Recall));
        Assert.Equal([0.8, 0.0, 0.0], scores.PerClass.Select(c => c.F1));
        Assert.Equal(0.8 / 3, scores.MacroF1, 1e-15);
    }

    [Fact]
    public void The_area_under_risk_coverage_of_right_right_wrong_right_is_0_145833()
    {
        var scores = ClassificationScores.Of([0.9f, 0.1f, 0.8f, 0.2f, 0.7f, 0.3f, 0.6f, 0.4f], [0, 0, 1, 0]);
        Assert.Equal((0 + 0 + 1 / 3.0 + 1 / 4.0) / 4, scores.AreaUnderRiskCoverage, 1e-15);
        // One error, at best in the last place: (1/4) · 1/4.
        Assert.Equal((1 / 3.0 + 1 / 4.0) / 4 - 1 / 16.0, scores.ExcessAreaUnderRiskCoverage, 1e-15);
    }

    [Fact]
    public void Equal_confidences_count_as_the_mean_over_their_orders()
    {
        // Right and wrong tied: the orders give (0 + 1/2)/2 and (1 + 1/2)/2.
        var scores = ClassificationScores.Of([0.75f, 0.25f, 0.75f, 0.25f], [0, 1]);
        Assert.Equal((0.25 + 0.75) / 2, scores.AreaUnderRiskCoverage, 1e-15);

        // Two right ones and a wrong one tied behind a wrong one.
        double[] areas = [1 + 2 / 2.0 + 2 / 3.0 + 2 / 4.0, 1 + 1 / 2.0 + 2 / 3.0 + 2 / 4.0, 1 + 1 / 2.0 + 1 / 3.0 + 2 / 4.0];
        scores = ClassificationScores.Of([0.75f, 0.25f, 0.875f, 0.125f, 0.75f, 0.25f, 0.75f, 0.25f], [0, 1, 1, 0]);
        Assert.Equal(areas.Average() / 4, scores.AreaUnderRiskCoverage, 1e-15);
    }

    [Fact]
    public void Ten_predictions_at_confidence_0_9_of_which_nine_are_right_are_calibrated()
    {
        var scores = ClassificationScores.Of([.. Enumerable.Repeat(new[] { 0.9f, 0.1f }, 10).SelectMany(r => r)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        Assert.Equal(0, scores.ExpectedCalibrationError, 1e-7);
        Assert.Equal(10, scores.ReliabilityDiagram[8].Count);
    }

    [Theory]
    [InlineData(0.1f, 0)]
    [InlineData(0.2f, 1)]
    [InlineData(0.3f, 2)]
    [InlineData(0.6f, 5)]
    [InlineData(0.7f, 6)]
    [InlineData(1f, 9)]
    [InlineData(1.0000002f, 9)]
    public void A_confidence_on_an_edge_belongs_to_the_bin_below_it(float edge, int bin)
    {
        Assert.Equal(bin, BinOf(edge));
        if (edge < 1) Assert.Equal(bin + 1, BinOf(MathF.BitIncrement(edge)));
        if (edge <= 1) Assert.Equal(bin, BinOf(MathF.BitDecrement(edge)));
    }

    [Fact]
    public void All_right_and_sure_is_perfect_in_every_metric()
    {
        var scores = ClassificationScores.Of([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 1, 2]);
        foreach (var metric in Metrics.All) Assert.Equal(metric.Better == Better.Higher ? metric.Highest : metric.Lowest, metric.Value(scores));
    }

    [Fact]
    public void All_wrong_and_sure_is_the_worst_in_every_metric_but_the_excess_area()
    {
        var scores = ClassificationScores.Of([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 2, 0]);
        foreach (var metric in Metrics.All.Except([Metrics.ExcessAreaUnderRiskCoverage]))
            Assert.Equal(metric.Better == Better.Higher ? metric.Lowest : metric.Highest, metric.Value(scores));
        Assert.Equal(0, scores.ExcessAreaUnderRiskCoverage);
    }

    [Fact]
    public void One_item_and_a_class_that_never_occurs_are_scored()
    {
        var scores = ClassificationScores.Of([0.25f, 0.75f, 0], [1]);
        Assert.Equal(1, scores.Accuracy);
        Assert.Equal(1, scores.MacroF1);
        Assert.Equal(0.25, scores.ExpectedCalibrationError);
        Assert.Equal(-Math.Log(0.75), scores.NegativeLogLikelihood, 1e-15);
        Assert.Equal(0.125, scores.BrierScore, 1e-15);
        Assert.Equal(0, scores.AreaUnderRiskCoverage);
        Assert.Null(scores.PerClass[0].F1);
        Assert.Null(scores.ReliabilityDiagram[0].Confidence);
        Assert.Null(scores.ReliabilityDiagram[0].Accuracy);
    }

    [Fact]
    public void Of_equally_probable_classes_the_first_is_predicted() =>
        Assert.Equal([0, 9], ClassificationScores.Of([.. Enumerable.Repeat(1 / 16f, 16), .. Enumerable.Range(0, 16).Select(c => c is 9 or 12 ? 0.5f : 0)], [3, 3]).Predictions);

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([], []));
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([0.5f, 0.5f, 1], [0, 1]));
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([0.5f, 0.5f], [2]));
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([0.5f, 0.5f], [-1]));
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([2.5f, -1.5f], [0]));
        Assert.Throws<ArgumentException>(() => ClassificationScores.Of([2.5f, 0.5f], [0]));
        Assert.Contains("item 1", Assert.Throws<WorkException>(() => ClassificationScores.Of([0.5f, 0.5f, float.NaN, 1], [0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<WorkException>(() => ClassificationScores.Of([0, 0, 0, 0, 0, 0, 0, 0, float.PositiveInfinity, 0, 0, 0, 0, 0, 0, 0], [0]));
    }

    [Fact]
    public void Metrics_agree_with_their_plain_definitions() => Random.Sample(test =>
    {
        var (scores, n, c) = (test.Score(), test.Labels.Length, test.Classes);
        var rows = Enumerable.Range(0, n).Select(i => test.Probabilities[(i * c)..((i + 1) * c)].Select(p => (double)p).ToArray()).ToArray();
        var right = Enumerable.Range(0, n).Select(i => Array.IndexOf(rows[i], rows[i].Max()) == test.Labels[i]).ToArray();
        Assert.Equal(right.Average(r => r ? 1 : 0), scores.Accuracy, 1e-12);
        Assert.Equal(rows.Select((r, i) => -Math.Log(Math.Max(r[test.Labels[i]], 1e-12))).Average(), scores.NegativeLogLikelihood, 1e-10);
        Assert.Equal(rows.Select((r, i) => r.Select((p, k) => (p - (k == test.Labels[i] ? 1 : 0)) * (p - (k == test.Labels[i] ? 1 : 0))).Sum()).Average(), scores.BrierScore, 1e-10);
        // The share of errors among the n surest items, from the definition, with the tied ones shared out evenly.
        var sure = rows.Select(r => r.Max()).ToArray();
        var area = Enumerable.Range(1, n).Average(m =>
        {
            var least = sure.OrderDescending().ElementAt(m - 1);
            var above = Enumerable.Range(0, n).Where(i => sure[i] > least).ToArray();
            var tied = Enumerable.Range(0, n).Where(i => sure[i] == least).ToArray();
            return (above.Count(i => !right[i]) + tied.Count(i => !right[i]) * (m - above.Length) / (double)tied.Length) / m;
        });
        Assert.Equal(area, scores.AreaUnderRiskCoverage, 1e-10);
    }, iter: 200);

    [Fact]
    public void Invariants_hold_for_random_predictions() => Random.Sample(test =>
    {
        var scores = test.Score();
        var n = scores.Items;
        Assert.Equal(Enumerable.Range(0, test.Classes).Sum(c => scores.ConfusionMatrix[c, c]) / (double)n, scores.Accuracy, 1e-12);
        Assert.Equal(n, scores.ConfusionMatrix.Cast<int>().Sum());
        Assert.Equal(n, scores.ReliabilityDiagram.Sum(b => b.Count));
        Assert.All(scores.ReliabilityDiagram, b => Assert.True(b.Count == 0 || (b.Low - 1e-6 < b.Confidence && b.Confidence <= b.High + 1e-6)));
        foreach (var metric in Metrics.All) Assert.InRange(metric.Value(scores), metric.Lowest - 1e-12, metric.Highest + 1e-12);
        Assert.True(scores.ExcessAreaUnderRiskCoverage >= -1e-12);
    }, iter: 500);

    [Fact]
    public void The_order_of_the_items_does_not_matter() => Random.Sample(test =>
    {
        var order = RandomStream.Of((ulong)test.Labels.Length, "order").Permutation(test.Labels.Length);
        var moved = new Sample([.. order.SelectMany(i => test.Probabilities[(i * test.Classes)..((i + 1) * test.Classes)])], [.. order.Select(i => test.Labels[i])], test.Classes);
        foreach (var metric in Metrics.All) Assert.Equal(metric.Value(test.Score()), metric.Value(moved.Score()), 1e-12);
    }, iter: 300);

    [Fact]
    public void Counting_an_item_twice_equals_having_it_twice() => Random.Sample(test =>
    {
        var counts = test.Labels.Select((label, i) => (double)((label + 7 * i) % 4)).ToArray();
        if (counts.Sum() == 0) return;
        var items = Enumerable.Range(0, counts.Length).SelectMany(i => Enumerable.Repeat(i, (int)counts[i])).ToArray();
        var copied = new Sample([.. items.SelectMany(i => test.Probabilities[(i * test.Classes)..((i + 1) * test.Classes)])], [.. items.Select(i => test.Labels[i])], test.Classes);
        foreach (var metric in Metrics.All) Assert.Equal(metric.Value(copied.Score()), metric.Resampled(test.Score(), counts), 1e-10);
    }, iter: 300);

    [Fact]
    public void Ten_thousand_items_of_ten_classes_are_scored_in_a_moment()
    {
        var random = RandomStream.Of(4, "probabilities");
        var sample = Sample.Draw(random, 10_000, 10);
        var fastest = Enumerable.Range(0, 20).Min(_ =>
        {
            var watch = Stopwatch.StartNew();
            sample.Score();
            return watch.Elapsed.TotalMilliseconds;
        });
        output.WriteLine($"10,000 × 10 probabilities: {fastest:F2} ms");
        Assert.InRange(sample.Score().Accuracy, 0.05, 0.95);
    }

    private static int BinOf(float confidence)
    {
        // Enough classes that the confidence is the largest probability.
        float[] row = [confidence, .. Enumerable.Repeat(Math.Max(0, 1 - confidence) / 40, 40)];
        return ClassificationScores.Of(row, [0]).ReliabilityDiagram.Select((b, i) => (b, i)).Single(p => p.b.Count == 1).i;
    }

    private static readonly Gen<Sample> Random = Gen.Select(Gen.Int[1, 30], Gen.Int[1, 20], Gen.ULong, (n, c, seed) => Sample.Draw(RandomStream.Of(seed, "sample"), n, c));

    private sealed record Sample(float[] Probabilities, int[] Labels, int Classes)
    {
        public ClassificationScores Score() => ClassificationScores.Of(Probabilities, Labels);

        /// <summary>Rows of coarse probabilities, so that ties and impossible classes occur; the labels follow them half the time.</summary>
        public static Sample Draw(RandomStream random, int items, int classes)
        {
            var probabilities = new float[items * classes];
            var labels = new int[items];
            for (var i = 0; i < items; i++)
            {
                var weights = Enumerable.Range(0, classes).Select(_ => (double)random.Next(5)).ToArray();
                weights[random.Next(classes)] += 1 + random.Next(8);
                for (var c = 0; c < classes; c++) probabilities[i * classes + c] = (float)(weights[c] / weights.Sum());
                labels[i] = random.Next(2) == 0 ? random.Next(classes) : random.NextIndex(weights);
            }
            return new(probabilities, labels, classes);
        }
    }
}
