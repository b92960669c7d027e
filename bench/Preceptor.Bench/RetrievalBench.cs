using System.Diagnostics;
using Preceptor.Foundation;
using Preceptor.Papers;
using Preceptor.Ranking;

namespace Preceptor.Bench;

/// <summary>How fast documents are indexed and found by BM25, and how fast papers are imported and searched, on texts whose words are distributed as those of a language are (Zipf).</summary>
internal static class RetrievalBench
{
    private const int Vocabulary = 60_000, Words = 200, QueryWords = 4;

    public static void Run(int documents, int queries)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-bench-").FullName;
        try
        {
            var texts = Texts(documents + queries);
            var watch = Stopwatch.StartNew();
            var writer = new InvertedIndexWriter(TermForm.English);
            for (var i = 0; i < documents; i++) writer.Add($"{i}", texts[i]);
            writer.Write(Path.Combine(folder, "index"));
            Console.WriteLine($"index: {documents:N0} documents of {Words} words in {watch.Elapsed.TotalSeconds:0.0} s, {Directory.GetFiles(Path.Combine(folder, "index")).Sum(f => new FileInfo(f).Length) / 1e6:0} MB");
            using var index = InvertedIndex.Open(Path.Combine(folder, "index"));
            string[] asked = [.. texts.Skip(documents).Select(t => string.Join(' ', t.Split(' ').Take(QueryWords)))];
            watch.Restart();
            Parallel.ForEach(asked, query => index.Search(query, 10, new()));
            Console.WriteLine($"search: {queries:N0} queries of {QueryWords} words in {watch.Elapsed.TotalSeconds:0.00} s on {Environment.ProcessorCount} processors");
            using var store = new PaperStore(Path.Combine(folder, "papers.db"));
            watch.Restart();
            store.Import(texts.Take(documents).Select((t, i) => new ImportedPaper($"{i} {t[..t.IndexOf(' ', 60)]}", t)), new(2026, 1, 1));
            var imported = watch.Elapsed.TotalSeconds;
            PaperSearch.Open(store).Dispose();
            Console.WriteLine($"papers: {documents:N0} imported in {imported:0.0} s, made searchable in {watch.Elapsed.TotalSeconds - imported:0.0} s");
            using var search = PaperSearch.Open(store);
            search.Find(asked[0], 10);
            double[] times = [.. asked.Take(200).Select(query =>
            {
                watch.Restart();
                store.Of(search.Find(query, 10).Select(f => f.Id));
                return watch.Elapsed.TotalMilliseconds;
            }).Order()];
            Console.WriteLine($"papers: a search takes {times[times.Length / 2]:0.0} ms (median), {times[^1]:0.0} ms at most");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Texts(int count)
    {
        var random = RandomStream.Of(1, "words");
        string[] words = [.. Enumerable.Range(0, Vocabulary).Select(i => string.Concat(Enumerable.Range(0, 2 + random.Next(6)).Select(k => k % 2 == 0 ? "bcdfghklmnprstvw"[random.Next(16)] : "aeiou"[random.Next(5)])) + (i < 3000 ? "" : $"{(char)('a' + i % 26)}{(char)('a' + i / 26 % 26)}"))];
        var cumulative = new double[Vocabulary];
        for (var i = 0; i < Vocabulary; i++) cumulative[i] = (i == 0 ? 0 : cumulative[i - 1]) + 1 / (i + 2.7);
        string Word()
        {
            var at = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
            return words[at < 0 ? ~at : at];
        }
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, Words).Select(_ => Word())))];
    }
}
