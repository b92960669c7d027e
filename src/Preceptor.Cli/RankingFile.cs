using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Ranking;

namespace Preceptor.Cli;

/// <summary>A ranker's order of new candidates as CSV: query, document, score, rank.</summary>
internal static class RankingFile
{
    /// <summary>The folder of the ranker that a run's folder, or a model's, holds; null where it holds another model or none.</summary>
    public static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, Ranker.FileName)));

    /// <summary>
    /// Ranks the candidates of a file: rows with a query and a document, or features in LETOR's form; the lines come query by query, the best first. A ranker that fetches takes its documents from all of the file's.
    /// </summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Ranker ranker, string data)
    {
        var (lists, names, documents) = ranker.FeatureCount > 0 ? Features(ranker, data) : Texts(data);
        return (["query", "document", "score", "rank"], lists.SelectMany(list =>
        {
            var (ranked, scores) = ranker.Rank(list, documents);
            return Enumerable.Range(0, ranked.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Select((i, rank) => (IReadOnlyList<string>)
                [list.Name, names[ranked[i]], scores[i].ToString("R", CultureInfo.InvariantCulture), (rank + 1).ToString(CultureInfo.InvariantCulture)]);
        }));
    }

    private static (IEnumerable<CandidateList> Lists, string[] Names, string[] Documents) Texts(string data)
    {
        var table = DataFiles.Read(data, ["query", "document"], []).Rows;
        TextColumn Require(string name) => table.Find(name) as TextColumn
            ?? throw new RequestException($"{data}: has no column '{name}' of text; a ranker of texts reads the columns query and document, and the file has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        var (queries, documents) = (Require("query"), Require("document"));
        string[] texts = [.. Enumerable.Range(0, table.Rows).Select(row => documents[row].ToString())];
        var lists = Enumerable.Range(0, table.Rows).GroupBy(row => queries[row].ToString(), StringComparer.Ordinal).Select(g => new CandidateList(g.Key, g.Key, [.. g], new double[g.Count()], []));
        return (lists, texts, texts);
    }

    private static (IEnumerable<CandidateList> Lists, string[] Names, string[] Documents) Features(Ranker ranker, string data)
    {
        var read = RankingFiles.Features(data);
        if (read.Features > ranker.FeatureCount) throw new RequestException($"{data}: has {read.Features} features, and the ranker was trained on {ranker.FeatureCount}");
        // Features that are 0 in every line have no mention, so the ranker says how many there are.
        var collection = RankingCollection.OfFeatures(data, (read.Lists, ranker.FeatureCount));
        string[] names = [.. Enumerable.Range(1, collection.Documents.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        return (collection.Lists, names, [.. collection.Documents]);
    }
}
