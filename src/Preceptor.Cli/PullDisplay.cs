using System.Diagnostics;
using Preceptor.Cli.Commands;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>Shows how a pull goes: one line that rewrites itself on a terminal, a line a file in a log.</summary>
internal sealed class PullDisplay : IProgress<PullProgress>, IDisposable
{
    private readonly Lock output = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private PublishedFile? file;
    private long start;
    private TimeSpan began, next;
    private bool isShown;

    public void Report(PullProgress value)
    {
        lock (output)
        {
            if (file != value.File)
            {
                (file, start, began, next) = (value.File, value.Arrived, watch.Elapsed, TimeSpan.Zero);
                if (Console.IsOutputRedirected) Console.Out.WriteLine($"{file.Name}: {DataCommand.Size(value.Expected)}");
            }
            if (Console.IsOutputRedirected || watch.Elapsed < next) return;
            next = watch.Elapsed + TimeSpan.FromSeconds(0.2);
            var rate = (value.Arrived - start) / Math.Max(0.2, (watch.Elapsed - began).TotalSeconds);
            Write($"{file.Name}: {Math.Min(1, (double)value.Arrived / value.Expected):0 %} of {DataCommand.Size(value.Expected)}, {DataCommand.Size((long)rate)}/s");
        }
    }

    /// <summary>Leaves an empty line.</summary>
    public void Clear()
    {
        lock (output)
        {
            if (isShown) Write("");
            if (isShown) Console.Out.Write('\r');
            isShown = false;
        }
    }

    public void Dispose() => Clear();

    private void Write(string text)
    {
        var width = Math.Max(20, Console.WindowWidth - 1);
        Console.Out.Write($"\r{(text.Length > width ? text[..width] : text.PadRight(width))}");
        isShown = true;
    }
}
