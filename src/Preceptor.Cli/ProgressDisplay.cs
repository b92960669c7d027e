using System.Diagnostics;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>Shows training progress: JSON lines, one line that rewrites itself on a terminal, or a line now and then in a log.</summary>
internal abstract class ProgressDisplay : IProgress<TrainingProgress>
{
    public static ProgressDisplay Create(bool json) => json ? new JsonProgress() : Console.IsOutputRedirected || RankJob.Ranks.AreMany ? new LogProgress() : new TerminalProgress();

    public virtual void Begin(string what) { }

    public abstract void Report(TrainingProgress value);

    public virtual void End() { }

    protected static string Describe(TrainingProgress p) =>
        $"{p.Stage}: epoch {p.Epoch}/{p.Epochs}, loss {p.Loss:0.0000}{Validation(p)}, {p.ItemsPerSecond:#,0} rows/s, {Math.Ceiling(p.Left.TotalSeconds):0} s left";

    // Of an error the loop knows the negative, so that more is better.
    private static string Validation(TrainingProgress p) => p.Validation is not { } v ? ""
        : p.Metric.StartsWith("negative-", StringComparison.Ordinal) ? $", validation {p.Metric["negative-".Length..]} {-v:0.0000}" : $", validation {v:0.0 %}";

    private sealed class JsonProgress : ProgressDisplay
    {
        private readonly Lock output = new();

        public override void Report(TrainingProgress p)
        {
            var line = new JsonObject
            {
                ["type"] = "progress",
                ["stage"] = p.Stage,
                ["epoch"] = p.Epoch,
                ["epochs"] = p.Epochs,
                ["fraction"] = Math.Round(p.Fraction, 4),
                ["loss"] = p.Loss,
                ["validation"] = p.Validation,
                ["itemsPerSecond"] = Math.Round(p.ItemsPerSecond, 1),
                ["secondsLeft"] = Math.Round(p.Left.TotalSeconds, 1),
            };
            lock (output) Console.Out.WriteLine(line.ToJsonString());
        }
    }

    private sealed class LogProgress : ProgressDisplay
    {
        private readonly Lock output = new();
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private TimeSpan next = TimeSpan.FromSeconds(10);

        public override void Begin(string what) => Console.Out.WriteLine(what);

        public override void Report(TrainingProgress value)
        {
            lock (output)
            {
                if (watch.Elapsed < next) return;
                next = watch.Elapsed + TimeSpan.FromSeconds(10);
                Console.Out.WriteLine(Describe(value));
            }
        }
    }

    private sealed class TerminalProgress : ProgressDisplay
    {
        private readonly Lock output = new();

        public override void Begin(string what) => Console.Out.WriteLine(what);

        public override void Report(TrainingProgress value)
        {
            var width = Math.Max(20, Console.WindowWidth - 1);
            var text = Describe(value);
            lock (output) Console.Out.Write($"\r{(text.Length > width ? text[..width] : text.PadRight(width))}");
        }

        public override void End()
        {
            lock (output) Console.Out.Write($"\r{new string(' ', Math.Max(20, Console.WindowWidth - 1))}\r");
        }
    }
}
