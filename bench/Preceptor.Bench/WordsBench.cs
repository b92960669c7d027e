using System.Diagnostics;
using System.Globalization;
using System.Text;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Prediction.Text;

namespace Preceptor.Bench;

/// <summary>How fast the incremental text classifier learns: generated tickets, again and again, on one thread.</summary>
internal static class WordsBench
{
    public static void Run(int megabytes)
    {
        var tickets = Tickets.Generate(20_000, 1, new TicketOptions());
        var body = (TextColumn)tickets.Table.Find("body")!;
        string[] texts = [.. Enumerable.Range(0, body.Rows).Select(row => body[row].ToString())];
        var bytes = texts.Sum(text => (double)Encoding.UTF8.GetByteCount(text));
        var classifier = new IncrementalTextClassifier(tickets.Classes.Length, new());
        Learn();
        var watch = Stopwatch.StartNew();
        var rounds = Math.Max(1, (int)(megabytes * 1e6 / bytes));
        for (var round = 0; round < rounds; round++) Learn();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ss3: {rounds * bytes / 1e6:0} MB of text in {watch.Elapsed.TotalSeconds:0.0} s, {rounds * bytes / 1e6 / watch.Elapsed.TotalSeconds:0} MB/s"));

        void Learn()
        {
            for (var row = 0; row < texts.Length; row++) classifier.Learn(texts[row], tickets.Noisy[row]);
        }
    }
}
