using System.Diagnostics;
using System.Globalization;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Bench;

/// <summary>Tokens a second of generation with a cache, random weights: ten million of them, and the shape of a model of half a billion.</summary>
internal static class GenerationBench
{
    /// <summary>The tokens of that shape.</summary>
    public const int HalfVocabulary = 151_936;

    private static readonly TransformerOptions Ten = new() { Layers = 8, Width = 320, Heads = 8, KeyValueHeads = 4, Hidden = 896, Length = 2048 };

    /// <summary>The shape of Qwen2.5-0.5B.</summary>
    public static readonly TransformerOptions Half = new() { Layers = 24, Width = 896, Heads = 14, KeyValueHeads = 2, Hidden = 4864, Length = 32_768, RotaryBase = 1_000_000 };

    /// <summary>Prints a table, a row a setting that eager PyTorch has, too.</summary>
    /// <param name="rounds">How often each is measured.</param>
    public static int Compare(int rounds)
    {
        Console.WriteLine("| weights, one thread | ours | PyTorch | ratio of seconds |\n|---|---|---|---|");
        foreach (var (names, arguments) in new[] { ((string[])["ten million, 32 bits, batch 1", "ten million, 32 bits, batch 16"], (string[])["1"]), (["half a billion, 16 bits, batch 1"], ["1", "half"]) })
        {
            // A process measures all its settings, a line each.
            var ratios = Twins.Compare(rounds, () => Seconds(Twins.Output(Environment.ProcessPath!, ["generation-ours", .. arguments])), () => Seconds(Twins.PyTorch("generation.py", arguments)));
            foreach (var (name, ratio) in names.Zip(ratios)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {1 / ratio.Ours:0.0} tokens/s | {1 / ratio.Theirs:0.0} tokens/s | {ratio.Text} |"));
        }
        return 0;
    }

    private static double[] Seconds(string printed) =>
    [
        .. printed.Split('\n').Select(l => l.Split(' ')).Where(w => w.Any(IsRate)).Select(w => 1 / double.Parse(w[Array.FindIndex(w, IsRate) - 1], CultureInfo.InvariantCulture)),
    ];

    private static bool IsRate(string word) => word.StartsWith("tokens/s", StringComparison.Ordinal);

    /// <summary>Prints a line a setting.</summary>
    /// <param name="threads">Threads that answer.</param>
    /// <param name="large">The precision in which the large shape is timed; null to time the small one.</param>
    public static void Run(int threads, WeightPrecision? large)
    {
        torch.set_num_threads(threads);
        if (large is { } precision) Time($"0.5B shape, {precision}", Half, HalfVocabulary, precision, 1, 25);
        else
            foreach (var rows in new[] { 1, 16 }) Time("10M", Ten, 2000, WeightPrecision.Single, rows, 129);
    }

    private static void Time(string name, TransformerOptions options, int vocabulary, WeightPrecision precision, int rows, int tokens)
    {
        torch.manual_seed(1);
        using var network = LanguageCheckpoint.Create(options, vocabulary, precision);
        network.eval();
        // Memory that was never written is not read either.
        foreach (var matrix in network.Quantised().Values)
        {
            var row = new float[matrix.Columns];
            for (var i = 0; i < row.Length; i++) row[i] = (i * 31 % 17 - 8) * 0.005f;
            for (var i = 0; i < matrix.Rows; i++) matrix.Set(i, row);
        }
        var weights = network.parameters().Sum(p => p.numel() * p.element_size()) + network.Quantised().Values.Sum(q => q.Bytes);
        var generator = new TextGenerator(network, [], vocabulary, 0);
        int[][] prompts = [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, 32).Select(i => (r * 31 + i * 7) % 1000).ToArray())];
        double Seconds(int count)
        {
            var watch = Stopwatch.StartNew();
            generator.Generate(prompts, new() { MaxTokens = count });
            return watch.Elapsed.TotalSeconds;
        }
        Seconds(8);
        var prompt = Seconds(1);
        var token = (Seconds(tokens) - prompt) / (tokens - 1);
        var memory = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1].Trim();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, batch {rows}, {torch.get_num_threads()} threads: {rows / token:0.0} tokens/s, {1000 * token:0.0} ms a token, {1000 * prompt:0} ms a prompt of 32 tokens; weights {weights / 1e6:0} MB, read at {weights / token / 1e9:0.0} of {Bandwidth():0.0} GB/s; {memory} resident"));
    }

    // How fast this machine reads memory, on the same threads.
    private static double Bandwidth()
    {
        using var much = torch.ones(100_000_000);
        using var first = much.sum();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            using var again = much.sum();
        }
        return 5 * 0.4 / watch.Elapsed.TotalSeconds;
    }
}
