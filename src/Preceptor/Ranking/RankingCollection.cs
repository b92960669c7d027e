using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>Lists of candidates with all their grades, before they are divided.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="DocumentNames">The documents' names.</param>
/// <param name="Documents">Their texts.</param>
/// <param name="FeatureCount">Features a candidate; 0 for texts.</param>
/// <param name="Lists">The lists.</param>
/// <param name="Grades">The grades of their candidates.</param>
/// <param name="Missing">Relevant documents that are no candidates, with their grades, by list; a document of −1 is not in the collection.</param>
public sealed record RankingCollection(string Name, IReadOnlyList<string> DocumentNames, IReadOnlyList<string> Documents, int FeatureCount, CandidateList[] Lists, int[][] Grades, (int Document, int Grade)[][] Missing)
{
    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The documents' dates, in years; empty without any.</summary>
    public double[] Dates { get; init; } = [];

    /// <summary>The documents' topics; empty where none are known.</summary>
    public int[][] Topics { get; init; } = [];

    /// <summary>The queries' topics.</summary>
    public int[][] QueryTopics { get; init; } = [];

    /// <summary>How many topics there are.</summary>
    public int TopicCount { get; init; }

    /// <summary>The numbers of the lists that test; empty to divide them by chance.</summary>
    public IReadOnlyList<int> Test { get; init; } = [];

    /// <summary>Finds candidates for queries: those of a run, or the first ones by BM25.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="documents">The documents, with dates and topics where these are known.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="judgements">Grades by query and document.</param>
    /// <param name="run">Scores by query and document; null for BM25.</param>
    /// <param name="depth">Most candidates of a query.</param>
    /// <param name="weights">The weights of BM25.</param>
    /// <param name="isWithinItself">Whether the queries are documents of the collection: none is then among its own candidates, nor relevant to itself.</param>
    public static RankingCollection Of(string name, NamedTexts documents, NamedTexts queries, Dictionary<string, Dictionary<string, int>> judgements, Dictionary<string, Dictionary<string, double>>? run, int depth, Bm25 weights, bool isWithinItself = false)
    {
        var numbers = documents.Names.Index().ToDictionary(d => d.Item, d => d.Index, StringComparer.Ordinal);
        var unknown = 0;
        Func<int, IReadOnlyList<Hit>> find;
        var folder = Directory.CreateTempSubdirectory("preceptor-index-").FullName;
        InvertedIndex? index = null;
        try
        {
            if (run is null)
            {
                var writer = new InvertedIndexWriter(TermForm.English);
                for (var i = 0; i < documents.Names.Length; i++) writer.Add(documents.Names[i], documents.Texts[i]);
                writer.Write(Path.Combine(folder, "index"));
                index = InvertedIndex.Open(Path.Combine(folder, "index"));
                find = q => index.Search(queries.Texts[q], isWithinItself ? depth + 1 : depth, weights);
            }
            else
            {
                unknown = run.Values.SelectMany(of => of.Keys).Count(name => !numbers.ContainsKey(name));
                find = q => [.. (run.GetValueOrDefault(queries.Names[q]) ?? []).Where(d => numbers.ContainsKey(d.Key)).Select(d => new Hit(numbers[d.Key], d.Value)).OrderByDescending(h => h.Score).ThenBy(h => h.Document)];
            }
            var (lists, grades, missing) = (new CandidateList[queries.Names.Length], new int[queries.Names.Length][], new (int Document, int Grade)[queries.Names.Length][]);
            for (var q = 0; q < lists.Length; q++)
            {
                var itself = isWithinItself ? numbers.GetValueOrDefault(queries.Names[q], -1) : -1;
                Hit[] hits = [.. find(q).Where(h => h.Document != itself).Take(depth)];
                var judged = (judgements.GetValueOrDefault(queries.Names[q]) ?? []).Where(j => itself < 0 || j.Key != queries.Names[q]).ToDictionary(StringComparer.Ordinal);
                lists[q] = new(queries.Names[q], queries.Texts[q], [.. hits.Select(h => h.Document)], [.. hits.Select(h => h.Score)], []) { Date = queries.Dates.Length > 0 ? queries.Dates[q] : double.NaN, Itself = itself };
                grades[q] = [.. hits.Select(h => judged.GetValueOrDefault(documents.Names[h.Document]))];
                var found = hits.Select(h => documents.Names[h.Document]).ToHashSet(StringComparer.Ordinal);
                missing[q] = [.. judged.Where(j => j.Value > 0 && !found.Contains(j.Key)).Select(j => (numbers.GetValueOrDefault(j.Key, -1), j.Value))];
            }
            var notes = new List<string> { run is null ? $"candidates: the first {depth} by BM25 (k1 {weights.K1}, b {weights.B})" : $"candidates: the first {depth} of the run" };
            void Note(int count, string what)
            {
                if (count > 0) notes.Add($"{count} {what}");
            }
            Note(grades.Index().Count(g => !g.Item.Any(v => v > 0) && missing[g.Index].Length == 0), "queries have no relevant document and are left out of the scores");
            Note(lists.Count(l => l.Count == 0), "queries have no candidate");
            Note(documents.Texts.Count(string.IsNullOrWhiteSpace), "documents are empty");
            Note(judgements.Keys.Except(queries.Names, StringComparer.Ordinal).Count(), "judged queries are not among the queries");
            Note(unknown, "documents of the run are not among the documents");
            var topics = documents.Topics.Concat(queries.Topics).SelectMany(t => t).Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
            int[][] Numbered(NamedTexts texts) => texts.Topics.Length > 0 ? [.. texts.Topics.Select(of => of.Select(t => topics[t]).Distinct().Order().ToArray())] : [.. texts.Names.Select(_ => Array.Empty<int>())];
            return new(name, documents.Names, documents.Texts, 0, lists, grades, missing)
            {
                Notes = notes,
                Dates = documents.Dates,
                Topics = topics.Count == 0 ? [] : Numbered(documents),
                QueryTopics = topics.Count == 0 ? [] : Numbered(queries),
                TopicCount = topics.Count,
            };
        }
        finally
        {
            index?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lists with features, without texts.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="files">Lists of one or two files; those of the second test.</param>
    public static RankingCollection OfFeatures(string name, params IReadOnlyList<(List<(string Query, List<(int Grade, (int Feature, float Value)[] Values)> Rows)> Lists, int Features)> files)
    {
        var width = files.Max(f => f.Features);
        var (lists, grades, documents) = (new List<CandidateList>(), new List<int[]>(), 0);
        foreach (var (query, rows) in files.SelectMany(f => f.Lists))
        {
            var features = new float[rows.Count * width];
            for (var i = 0; i < rows.Count; i++)
                foreach (var (feature, value) in rows[i].Values) features[i * width + feature] = value;
            lists.Add(new(query, "", [.. Enumerable.Range(documents, rows.Count)], new double[rows.Count], features));
            grades.Add([.. rows.Select(r => r.Grade)]);
            documents += rows.Count;
        }
        var without = grades.Count(g => !g.Any(v => v > 0));
        string[] names = [.. Enumerable.Range(0, documents).Select(d => d.ToString("D9", System.Globalization.CultureInfo.InvariantCulture))];
        return new(name, names, [.. Enumerable.Repeat("", documents)], width, [.. lists], [.. grades], [.. lists.Select(_ => Array.Empty<(int, int)>())])
        {
            Notes = without == 0 ? [] : [$"{without} queries have no relevant document and are left out of the scores"],
            Test = files.Count > 1 ? [.. Enumerable.Range(files[0].Lists.Count, files[1].Lists.Count)] : [],
        };
    }

    /// <summary>Lists to learn from, with the relevant documents that the first stage missed at their ends; their first score is not a number.</summary>
    /// <param name="lists">The numbers of the lists.</param>
    /// <param name="judged">The grades to learn from.</param>
    public (CandidateList[] Lists, int[][] Grades) ToLearn(int[] lists, int[][] judged)
    {
        (int Document, int Grade)[] Lost(int i) => [.. Missing[i].Where(m => m.Document >= 0)];
        return ([.. lists.Select(i => FeatureCount > 0 ? Lists[i] : Lists[i] with { Documents = [.. Lists[i].Documents, .. Lost(i).Select(m => m.Document)], FirstScores = [.. Lists[i].FirstScores, .. Lost(i).Select(_ => double.NaN)] })],
            [.. lists.Select(i => (int[])[.. judged[i], .. FeatureCount > 0 ? [] : Lost(i).Select(m => m.Grade)])]);
    }

    /// <summary>Divides the lists: a fifth validates and, where none are set aside, a fifth tests.</summary>
    /// <exception cref="RequestException">There are too few.</exception>
    public (int[] Train, int[] Validation, int[] Test) Divide(ulong seed)
    {
        var order = RandomStream.Of(seed, "ranking-division").Permutation(Lists.Length).Where(i => !Test.Contains(i)).ToArray();
        if (order.Length < 5) throw new RequestException($"{Name}: has {order.Length} queries to divide, expected at least 5, to train, validate and test");
        var fifth = order.Length / 5;
        int[] test = Test.Count > 0 ? [.. Test] : [.. order.Take(fifth).Order()];
        var rest = Test.Count > 0 ? order : order[fifth..];
        return ([.. rest.Skip(fifth).Order()], [.. rest.Take(fifth).Order()], test);
    }
}
