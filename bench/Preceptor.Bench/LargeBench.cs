using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Server;
using TorchSharp;

namespace Preceptor.Bench;

/// <summary>What the shape of Qwen2.5-0.5B, with random weights, takes: low-rank adapters that learn, and a server that answers. Each in a process of its own, whose memory counts.</summary>
internal static class LargeBench
{
    private const int Length = 128, Batch = 2, Steps = 8, Answer = 32;

    /// <summary>Prints a line for each.</summary>
    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-bench-").FullName;
        try
        {
            foreach (var work in new[] { "write", "adapters", "serve-single", "serve-half", "serve-eightbit", "serve-fourbit" }) Console.WriteLine(Twins.Ours("large-ours", work, folder));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One piece of it.</summary>
    /// <param name="work">Which.</param>
    /// <param name="folder">Where the model is.</param>
    public static int Run(string work, string folder)
    {
        var line = work switch
        {
            "write" => Write(folder),
            "adapters" => Learn(folder),
            _ => Serve(folder, Enum.Parse<WeightPrecision>(work["serve-".Length..], ignoreCase: true)).GetAwaiter().GetResult(),
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}; at most {Resident("VmHWM"):0.0} GB resident"));
        return 0;
    }

    // Gigabytes now (VmRSS) or at most so far (VmHWM).
    private static double Resident(string what)
    {
        var kilobytes = File.ReadLines("/proc/self/status").First(l => l.StartsWith(what, StringComparison.Ordinal)).Split(':', StringSplitOptions.TrimEntries)[1].Split(' ')[0];
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1e6;
    }

    private static string Write(string folder)
    {
        torch.manual_seed(1);
        var network = LanguageCheckpoint.Create(GenerationBench.Half, GenerationBench.HalfVocabulary, WeightPrecision.Single);
        var count = network.parameters().Sum(p => p.numel());
        using var model = new LanguageModel(Tokenizer.Load(DataFolder.Require("tokenizer-qwen2")), network, [], new([], 0, 0, 0), 1);
        var watch = Stopwatch.StartNew();
        model.Save(folder);
        return string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0} million weights, saved in 32 bits in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private static string Learn(string folder)
    {
        var tokenizer = Tokenizer.Load(DataFolder.Require("tokenizer-qwen2"));
        var random = RandomStream.Of(1, "tokens");
        var rows = Batch * Steps;
        var sequences = new TokenSequences([.. Enumerable.Range(0, rows * Length).Select(_ => random.Next(tokenizer.Size))], [.. Enumerable.Repeat(Length, rows)], new int[rows]);
        var problem = new LanguageProblem("tokens", tokenizer, sequences, sequences.Take([])) { Model = new() { Base = folder, AdapterRank = 8, Length = Length }, Training = new() { Epochs = 1, Batch = Batch, Rate = 1e-4 } };
        var (starts, loaded, learning) = (new List<long>(), 0.0, 0.0);
        var watch = Stopwatch.StartNew();
        using var run = new Run(new RunSettings
        {
            Seed = 1,
            Threads = 1,
            AtSafePoint = () =>
            {
                if (starts.Count == 0) loaded = Resident("VmHWM");
                learning = Resident("VmRSS");
                starts.Add(Stopwatch.GetTimestamp());
            },
        });
        using var model = new SupervisedFineTuning(new()).Fit(problem, run);
        var step = Twins.Median(starts.Zip(starts.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalSeconds));
        return string.Create(CultureInfo.InvariantCulture, $"adapters of rank 8 in every layer, {Batch} texts of {Length} tokens a step, one thread: {step:0.00} s a step, {Batch * Length / step:0} tokens/s, {watch.Elapsed.TotalSeconds:0} s for {Steps} steps, loading and merging included; {loaded:0.0} GB before the first step, {learning:0.0} GB between steps");
    }

    private static async Task<string> Serve(string folder, WeightPrecision precision)
    {
        var watch = Stopwatch.StartNew();
        using var model = LanguageModel.Load(folder, precision, 1);
        var load = watch.Elapsed.TotalSeconds;
        await using var server = await ChatServer.StartAsync(model, new() { Address = "http://127.0.0.1:0" }).ConfigureAwait(false);
        using var client = new HttpClient { BaseAddress = new(server.Address), Timeout = TimeSpan.FromMinutes(5) };
        async Task<double> Ask(int tokens)
        {
            watch.Restart();
            var request = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "How far is it to the moon?" }), ["max_tokens"] = tokens, ["temperature"] = 0 };
            using var reply = await client.PostAsJsonAsync("/v1/chat/completions", request).ConfigureAwait(false);
            reply.EnsureSuccessStatusCode();
            return watch.Elapsed.TotalSeconds;
        }
        await Ask(4).ConfigureAwait(false);
        var first = await Ask(1).ConfigureAwait(false);
        var rest = await Ask(Answer).ConfigureAwait(false) - first;
        return string.Create(CultureInfo.InvariantCulture, $"served, {precision}, one thread: loaded in {load:0.0} s, first token after {first:0.00} s, then {(Answer - 1) / rest:0.0} tokens/s");
    }
}
