using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Models;

namespace Preceptor.Tests.Evaluation;

public sealed class ExamOutcomeTests
{
    private static readonly Metric Gain = MeasuredScores.Metric("gain", "mean gain of a query", Better.Higher, 0, 1);
    private static readonly Metric Rank = MeasuredScores.Metric("rank", "effective rank", Better.Higher, 0, double.PositiveInfinity);

    [Fact]
    public void Named_scores_are_means_of_items_and_resample_with_them()
    {
        var scores = MeasuredScores.Of(new Dictionary<string, double[]> { ["gain"] = [0.5, 1, 0] }, new Dictionary<string, double> { ["rank"] = 7 });
        Assert.Equal(3, scores.Items);
        Assert.Equal(0.5, Gain.Score(scores).Value);
        Assert.Equal((2 * 0.5 + 1) / 3, Gain.Score(scores).Resampled([2, 1, 0]), 12);
        Assert.Equal(7, Rank.Score(scores).Resampled([2, 1, 0]));
        Assert.Throws<ArgumentException>(() => MeasuredScores.Of(new Dictionary<string, double[]> { ["gain"] = [0.5], ["loss"] = [1, 2] }));
        Assert.Contains("gain, rank", Assert.Throws<Preceptor.Foundation.WorkException>(() => MeasuredScores.Metric("other", "", Better.Higher, 0, 1).Score(scores)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_reads_back_as_it_was_written()
    {
        var training = new TrainingSummary([new(1, 0.5, double.NaN, null)], 1, 1, 2.5);
        var outcome = new ExamOutcome(new Dictionary<string, ExamArm>
        {
            ["baseline"] = new(MeasuredScores.Of(new Dictionary<string, double[]> { ["gain"] = [0.25, 0.75] }), null),
            ["method"] = new(MeasuredScores.Of(new Dictionary<string, double[]> { ["gain"] = [1, 0.5] }, new Dictionary<string, double> { ["rank"] = 3 }), training),
        })
        {
            Seed = 4,
            ScoredOn = ScoredOn.Trusted,
            TestItems = 2,
            TrainingItems = 10,
            LabelledItems = 3,
            Metrics = [Gain, Rank],
            Notes = ["a note"],
            Shown = new()
            {
                Tables = [new Table("queries", [new TextColumn("query", ["a", "b"]), new NumberColumn("gain", [1, double.NaN])])],
                Charts = [new CurveChart("map", "points", "x", "y", [new("all", [1, 2], [3, double.NaN]) { IsPoints = true }]), new GridChart("grid", "cells", "rows", "columns", ["r"], ["c"], [0.5]) { IsShare = true }],
            },
        };
        var folder = Directory.CreateTempSubdirectory("preceptor-exam-").FullName;
        try
        {
            outcome.Save(folder);
            var read = ExamOutcome.Load(folder);
            Assert.Equal(["baseline", "method"], read.ArmNames.Order());
            Assert.Equal((4UL, ScoredOn.Trusted, 2, 10, 3), (read.Seed, read.ScoredOn, read.TestItems, read.TrainingItems, read.LabelledItems));
            Assert.Equal(0.75, read.Metrics[0].Score(read.Score("method")).Value);
            Assert.Equal(1, read.Metrics[0].Score(read.Score("method")).Resampled([2, 0]));
            Assert.True(read.Metrics[0].IsShare);
            Assert.False(read.Metrics[1].IsShare);
            Assert.Equal(training.Seconds, read.Training("method")!.Seconds);
            Assert.Null(read.Training("baseline"));
            var (curve, grid) = ((CurveChart)read.Shown.Charts[0], (GridChart)read.Shown.Charts[1]);
            Assert.True(curve.Series[0].IsPoints);
            Assert.Equal([3, double.NaN], curve.Series[0].Up);
            Assert.True(grid.IsShare);
            Assert.Equal("b", ((TextColumn)read.Shown.Tables[0].Columns[0])[1].ToString());
            Assert.Equal(["a note"], read.Notes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
