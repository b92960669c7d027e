using System.Diagnostics;
using System.Globalization;

namespace Preceptor.Bench;

/// <summary>From the start of a process to the end of its first training step: a perceptron on 2,000 images.</summary>
internal static class StartBench
{
    /// <summary>Prints the medians and their ratio.</summary>
    /// <param name="rounds">How often each is measured.</param>
    public static int Run(int rounds)
    {
        var ratio = Twins.Compare(rounds, () => Seconds(() => Twins.Ours("start-ours")), () => Seconds(() => Twins.PyTorch("training.py", "mlp", "1")));
        Console.WriteLine("| from the start of a process to its first step | ours | PyTorch | ratio |\n|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| perceptron, 2,000 images | {ratio.Ours:0.00} s | {ratio.Theirs:0.00} s | {ratio.Text} |"));
        return 0;
    }

    /// <summary>Ends with the first step.</summary>
    public static string Ours()
    {
        using var stop = new CancellationTokenSource();
        var steps = 0;
        try
        {
            OurSteps.Train("mlp", 1, () =>
            {
                if (++steps == 2) stop.Cancel();
            }, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // as asked
        }
        return "done";
    }

    private static double Seconds(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }
}
