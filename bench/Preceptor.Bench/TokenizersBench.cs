using System.Diagnostics;
using System.Globalization;
using System.Text;
using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Bench;

/// <summary>How fast published tokenizers encode and decode Shakespeare, again and again, on one thread. The first pass has an empty cache of words.</summary>
internal static class TokenizersBench
{
    public static void Run(int megabytes)
    {
        var text = File.ReadAllText(Path.Combine(DataFolder.Require("tinyshakespeare"), "input.txt"));
        var bytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        foreach (var name in new[] { "tokenizer-gpt2", "tokenizer-qwen2" })
        {
            var watch = Stopwatch.StartNew();
            var tokenizer = Tokenizer.Load(DataFolder.Require(name));
            var load = watch.Elapsed;
            int[] ids = [];
            var rounds = Math.Max(2, (int)(megabytes / bytes));
            var encode = Enumerable.Range(0, rounds).Select(_ => bytes / Seconds(() => ids = tokenizer.Encode(text))).ToArray();
            var decode = Enumerable.Range(0, rounds).Select(_ => bytes / Seconds(() => tokenizer.Decode(ids))).Order().ElementAt(rounds / 2);
            var median = encode[1..].Order().ElementAt((rounds - 1) / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: load {load.TotalSeconds:0.00} s, encode {encode[0]:0.0} MB/s at first, then {median:0.0} MB/s (median of {rounds - 1}), decode {decode:0} MB/s, {ids.Length} tokens"));
        }
    }

    private static double Seconds(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }
}
