using System.Diagnostics;
using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Supervision.Trust;

namespace Preceptor.Bench;

/// <summary>Confident learning on many rows of planted noise: joint distribution, both pruning rules, ranking.</summary>
internal static class ConfidentBench
{
    public static void Run(int rows, int classes)
    {
        var probabilities = new float[(long)rows * classes];
        var labels = new int[rows];
        Parallel.For(0, 64, block =>
        {
            var random = RandomStream.Of((ulong)block, "bench");
            for (var row = block; row < rows; row += 64)
            {
                var truth = random.Next(classes);
                labels[row] = random.NextDouble() < 0.2 ? random.Next(classes) : truth;
                var own = probabilities.AsSpan(row * classes, classes);
                double sum = 0;
                for (var c = 0; c < classes; c++) sum += own[c] = (float)(random.NextDouble() + (c == truth ? classes : 0));
                foreach (ref var p in own) p = (float)(p / sum);
            }
        });
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        var joint = ConfidentJoint.Of(probabilities, labels, classes);
        var counted = watch.Elapsed.TotalSeconds;
        var found = LabelPruning.Find(joint, probabilities, labels).Count(f => f);
        var pruned = watch.Elapsed.TotalSeconds;
        LabelPruning.Score(probabilities, labels, classes, RankBy.NormalisedMargin);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"confident learning, {rows:#,0} × {classes}, {Environment.ProcessorCount} processors: joint {counted:0.00} s, pruning {pruned - counted:0.00} s, all {watch.Elapsed.TotalSeconds:0.00} s; {(GC.GetTotalAllocatedBytes(precise: true) - before) / 1e6:0} MB allocated, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB; {found:#,0} found, noise {joint.NoiseRate:0.000}"));
    }
}
