using System.Globalization;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;

namespace Preceptor.Bench;

/// <summary>How often the interval of reviewed rows holds the true share of right labels, on AG News with planted noise.</summary>
internal static class ReviewBench
{
    public static void Run(int rows, int draws)
    {
        var data = new PredictionData { Data = "ag-news", Text = ["text"], Label = "label", Noise = new PlantedNoise { Rate = 0.2 } };
        var task = data.Whole(new MapSetting("bench", "problem", []), (path, _, _, _) => (TableReader.ReadSplit(path).Train, null)).Encode(new ModelOptions(), new());
        task = data.Noise.Plant(task, 0);
        var (problem, truth) = (task.Problem, task.Exam.TrainTruth!);
        using var run = new Run(new RunSettings());
        var kept = new AuditRows(problem.Train.Count, hasWords: true);
        kept.Add(problem.Train, problem.Labels.Train, [.. Enumerable.Range(1, problem.Train.Count)]);
        var exactOf = kept.Exact();
        var foldOf = OutOfFold.Divide(problem, 5, run);
        var findings = AuditFindings.Of(kept, problem.Classes, OutOfFold.Quick(problem, foldOf, run).Probabilities, exactOf, exactOf, new float[problem.Train.Count], new());
        var (tiers, expected) = ReviewSample.Suspicion(findings);
        var right = findings.Labels.Where((label, row) => label == truth[row]).Count() / (double)findings.Labels.Length;
        var (inside, width, error) = (0, 0.0, 0.0);
        for (ulong seed = 0; seed < (ulong)draws; seed++)
        {
            var drawn = ReviewSample.Draw(findings.Labels, problem.Classes, tiers, expected, rows, seed);
            var share = StratifiedSample.Share([.. drawn.GroupBy(d => d.Stratum).Select(g => new SampledStratum((int)Math.Round(g.Sum(d => d.Weight)), [.. g.Select(d => findings.Labels[d.Row] == truth[d.Row] ? 1.0 : 0)]))]);
            if (share.Contains(right)) inside++;
            width += share.Width / draws;
            error += (share.Mean - right) / draws;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"review of {rows} of {findings.Labels.Length:#,0} rows of ag-news, {100 * (1 - right):0.0} % planted noise, {draws} draws: {inside} intervals hold the true share of right labels ({100 * right:0.00} %), mean width {100 * width:0.0} points (a plain sample's: {100 * 2 * 1.96 * Math.Sqrt(right * (1 - right) / rows):0.0}), mean error {100 * error:0.00} points"));
    }
}
