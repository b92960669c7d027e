using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Preceptor.Bench;

/// <summary>All benches that take minutes, one after another, each in a process of its own, into one file.</summary>
internal static class ResultsBench
{
    /// <summary>Measures and writes the file.</summary>
    /// <param name="rounds">Rounds of what is compared with PyTorch.</param>
    /// <param name="path">The file; null: bench/RESULTS.md of the repository.</param>
    public static int Run(int rounds, string? path)
    {
        (string Title, string[] Arguments)[] parts =
        [
            ("Training steps", ["training", $"{rounds}"]),
            ("Cold start", ["start", $"{rounds}"]),
            ("Generation", ["generation", $"{rounds}"]),
            ("Generation, few bits a weight", ["generation-ours", "1", "eightbit"]),
            ("", ["generation-ours", "1", "fourbit"]),
            ("", ["generation-ours", "2", "eightbit"]),
            ("", ["generation-ours", "2", "fourbit"]),
            ("Half a billion weights: adapters and a server", ["large"]),
            ("Readers", ["readers"]),
            ("Tokenizers", ["tokenizers"]),
            ("Incremental text classifier (SS3)", ["words"]),
            ("Confident learning", ["confident"]),
            ("Item response theory and Glicko-2", ["ratings"]),
            ("BM25 and papers", ["retrieval"]),
            ("Searches over steps and trees", ["reasoning", "1", "1"]),
            ("", ["reasoning", "2", "1"]),
            ("Mazes", ["mazes"]),
        ];
        path ??= Path.Combine(Repository(), "bench", "RESULTS.md");
        var text = new StringBuilder($"""
            # What the bench measured

            `dotnet run -c Release --project bench/Preceptor.Bench -- results {rounds}`, {DateTime.UtcNow:yyyy-MM-dd}, on {Processor()}, {Environment.ProcessorCount} processors,
            {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}. Machines differ and are noisy: what counts are ratios of the same run. What the figures mean, and where time goes: [docs/performance.md](../docs/performance.md).

            """);
        var missing = 0;
        foreach (var (title, arguments) in parts)
        {
            Console.WriteLine(string.Join(' ', arguments));
            if (title.Length > 0) text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
            try
            {
                var printed = Twins.Output(Environment.ProcessPath!, arguments);
                Console.WriteLine(printed);
                // Tables stay tables; lines become a list.
                foreach (var line in printed.Split('\n')) text.Append(printed.StartsWith('|') ? line : $"- {line}").Append('\n');
            }
            catch (InvalidOperationException e)
            {
                missing++;
                text.Append(CultureInfo.InvariantCulture, $"- not measured: `{string.Join(' ', arguments)}` failed\n");
                Console.Error.WriteLine(e.Message);
            }
        }
        File.WriteAllText(path, text.ToString());
        Console.WriteLine(path);
        return missing == 0 ? 0 : 1;
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Preceptor.slnx"))) return folder.FullName;
        throw new InvalidOperationException("results belong to the repository; name a file for them");
    }

    private static string Processor() => File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
        ? line[(line.IndexOf(':') + 2)..] : $"{RuntimeInformation.ProcessArchitecture}";
}
