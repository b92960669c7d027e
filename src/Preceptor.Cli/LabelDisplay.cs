using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Readers.Chat;

namespace Preceptor.Cli;

/// <summary>Shows how a labelling goes: JSON lines, one line that rewrites itself on a terminal, or a line now and then in a log.</summary>
internal sealed class LabelDisplay(int rows, bool json) : IProgress<LabellingProgress>
{
    private readonly Lock output = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan next = TimeSpan.Zero;
    private bool isShown;

    public void Report(LabellingProgress value)
    {
        lock (output)
        {
            if (watch.Elapsed < next && value.Done < rows) return;
            next = watch.Elapsed + TimeSpan.FromSeconds(json ? 0.3 : Console.IsOutputRedirected ? 10 : 0.2);
            if (json)
            {
                var line = new JsonObject { ["type"] = "progress", ["stage"] = "label", ["done"] = value.Done, ["rows"] = rows, ["fraction"] = Math.Round((double)value.Done / rows, 4), ["calls"] = value.Calls, ["cost"] = Math.Round(value.Cost, 6) };
                Console.Out.WriteLine(line.ToJsonString());
                return;
            }
            var text = string.Create(CultureInfo.InvariantCulture, $"{value.Done:#,0} of {rows:#,0} rows, {ResultText.Count(value.Calls, "call")}, cost {value.Cost:0.####}");
            if (Console.IsOutputRedirected) Console.Out.WriteLine(text);
            else
            {
                var width = Math.Max(20, Console.WindowWidth - 1);
                Console.Out.Write($"\r{(text.Length > width ? text[..width] : text.PadRight(width))}");
                isShown = true;
            }
        }
    }

    /// <summary>Leaves an empty line.</summary>
    public void End()
    {
        lock (output)
        {
            if (isShown) Console.Out.Write($"\r{new string(' ', Math.Max(20, Console.WindowWidth - 1))}\r");
            isShown = false;
        }
    }
}
