using System.Diagnostics;
using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Bench;

/// <summary>How long ranks take to sum gradients, and what that says of more of them: under mpirun -n 2 (or more).</summary>
internal static class AllReduceBench
{
    private const int BucketBytes = 4 << 20;

    /// <summary>Measures sums by size, fits latency and bandwidth, and says how far a training of given step and size scales.</summary>
    /// <param name="stepMilliseconds">What one rank takes for a step on the whole batch.</param>
    /// <param name="parameters">Parameters of the network.</param>
    public static int Run(double stepMilliseconds, long parameters)
    {
        var launch = RankLaunch.Current;
        if (launch.Count == 1)
        {
            Console.Error.WriteLine("start it by mpirun -n 2 dotnet …/Preceptor.Bench.dll allreduce");
            return 2;
        }
        var ranks = MpiRanks.Start(launch);
        var measured = new List<(int Bytes, double Seconds)>();
        if (ranks.IsFirst) Console.WriteLine($"{ranks.Count} ranks\n\n| bytes | median | fastest | GB/s |\n|---|---|---|---|");
        for (var bytes = 4; bytes <= BucketBytes; bytes *= 4)
        {
            var numbers = new float[bytes / sizeof(float)];
            var (median, fast) = Time(() => ranks.Sum(numbers), bytes < 1 << 16 ? 1000 : 200);
            measured.Add((bytes, fast));
            if (ranks.IsFirst) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {bytes} | {1e6 * median:0.0} µs | {1e6 * fast:0.0} µs | {bytes / fast / 1e9:0.00} |"));
        }
        if (ranks.IsFirst) Console.WriteLine("\n| parameters | averaging a step's gradients, median | fastest |\n|---|---|---|");
        foreach (var width in new[] { 100, 330, 1000 })
        {
            var (median, fast) = Averaging(ranks, width, out var count);
            if (ranks.IsFirst) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {1e3 * median:0.00} ms | {1e3 * fast:0.00} ms |"));
        }
        if (ranks.IsFirst) Scale(ranks.Count, measured, stepMilliseconds / 1000, parameters * sizeof(float));
        ranks.Leave();
        return 0;
    }

    // Packing, summing and unpacking, as a step has it behind its backward pass.
    private static (double Median, double Fast) Averaging(Ranks ranks, int width, out long count)
    {
        using var network = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, width));
        count = network.parameters().Sum(p => p.numel());
        network.forward(torch.ones(1, width)).sum().backward();
        var average = new GradientAverage(ranks, network);
        return Time(() => average.Average(1, new Rows(), false), 40);
    }

    // The fastest round tells what the machine can do between other work.
    private static (double Median, double Fast) Time(Action work, int rounds)
    {
        var times = new double[rounds];
        for (var round = -rounds / 10; round < rounds; round++) // the first ones warm up
        {
            var start = Stopwatch.GetTimestamp();
            work();
            if (round >= 0) times[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(times);
        return (times[rounds / 2], times[0]);
    }

    private sealed class Rows : IBatch
    {
        public int Count => 32;

        ReadOnlySpan<int> IBatch.Rows => [];
    }

    // T(N) = compute / N + a message's latency · log₂ N a bucket + 2 (N − 1)/N · bytes / bandwidth: a ring passes every byte on so often.
    private static void Scale(int ranks, List<(int Bytes, double Seconds)> measured, double step, double bytes)
    {
        var (latency, bucket) = (measured[0].Seconds / Math.Log2(ranks), measured[^1]);
        var bandwidth = 2.0 * (ranks - 1) / ranks * bucket.Bytes / (bucket.Seconds - measured[0].Seconds);
        var buckets = Math.Ceiling(bytes / BucketBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nlatency {1e6 * latency:0.0} µs a level, bandwidth {bandwidth / 1e9:0.00} GB/s; a step of {1000 * step:0.#} ms on one rank, {bytes / 1e6:0.#} MB of gradients in {buckets} buckets\n\n| ranks | step | speed-up | efficiency |\n|---|---|---|---|"));
        foreach (var n in new[] { 1, 2, 4, 8, 16, 32, 64 })
        {
            var time = step / n + (n == 1 ? 0 : buckets * latency * Math.Log2(n) + 2.0 * (n - 1) / n * bytes / bandwidth);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {n} | {1000 * time:0.00} ms | {step / time:0.0} | {step / time / n:0 %} |"));
        }
    }
}
