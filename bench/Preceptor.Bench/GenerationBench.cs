using System.Diagnostics;
using System.Globalization;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Bench;

/// <summary>Tokens a second of generation with a cache, random weights: ten million of them, and the shape of a model of half a billion.</summary>
internal static class GenerationBench
{
    private static readonly TransformerOptions Ten = new() { Layers = 8, Width = 320, Heads = 8, KeyValueHeads = 4, Hidden = 896, Length = 2048 };

    private static readonly TransformerOptions Half = new() { Layers = 24, Width = 896, Heads = 14, KeyValueHeads = 2, Hidden = 4864, Length = 32_768, RotaryBase = 1_000_000 };

    /// <summary>Prints a line a setting.</summary>
    /// <param name="threads">Threads that answer.</param>
    /// <param name="isLarge">Whether the large shape is timed and not the small one.</param>
    public static void Run(int threads, bool isLarge)
    {
        torch.set_num_threads(threads);
        if (!isLarge)
            foreach (var rows in new[] { 1, 16 }) Time("10M", Ten, 2000, WeightPrecision.Single, rows, 128);
        else
            foreach (var precision in new[] { WeightPrecision.Half, WeightPrecision.EightBit, WeightPrecision.FourBit }) Time($"0.5B shape, {precision}", Half, 151_936, precision, 1, 24);
    }

    private static void Time(string name, TransformerOptions options, int vocabulary, WeightPrecision precision, int rows, int tokens)
    {
        torch.manual_seed(1);
        using var network = LanguageCheckpoint.Create(options, vocabulary, precision);
        network.eval();
        var generator = new TextGenerator(network, [], vocabulary, 0);
        int[][] prompts = [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, 32).Select(i => (r * 31 + i * 7) % 1000).ToArray())];
        generator.Generate(prompts, new() { MaxTokens = 2 });
        var watch = Stopwatch.StartNew();
        generator.Generate(prompts, new() { MaxTokens = tokens });
        var seconds = watch.Elapsed.TotalSeconds;
        var memory = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1].Trim();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, batch {rows}, {torch.get_num_threads()} threads: {rows * tokens / seconds:0.0} tokens/s, {1000 * seconds / tokens:0.0} ms a token, {memory} resident"));
    }
}
