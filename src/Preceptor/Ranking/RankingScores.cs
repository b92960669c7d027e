namespace Preceptor.Ranking;

/// <summary>
/// One query's ranking as the field judges it, by trec_eval's definitions: equal scores are ordered by the document's name, the later one first; what is not judged, or judged below 1, is not relevant.
/// </summary>
/// <param name="Grades">The grades in the ranking's order.</param>
/// <param name="Ideal">All positive grades of the query, also of documents that the ranking lacks, the highest first.</param>
public sealed record QueryRanking(int[] Grades, int[] Ideal)
{
    /// <summary>nDCG at a cutoff: grades discounted by log2(rank + 1), over the best possible (Järvelin and Kekäläinen 2002).</summary>
    public double Gain(int cutoff) => Discounted(Grades, cutoff) / Discounted(Ideal, cutoff);

    /// <summary>1 / rank of the first relevant document, 0 if there is none.</summary>
    public double ReciprocalRank => Array.FindIndex(Grades, g => g > 0) is >= 0 and var rank ? 1.0 / (rank + 1) : 0;

    /// <summary>The mean of the precisions at the relevant documents, those that are missing counting 0.</summary>
    public double AveragePrecision
    {
        get
        {
            var (sum, found) = (0.0, 0);
            for (var i = 0; i < Grades.Length; i++)
                if (Grades[i] > 0) sum += ++found / (i + 1.0);
            return sum / Ideal.Length;
        }
    }

    /// <summary>The share of relevant documents among the first ones.</summary>
    public double Precision(int cutoff) => Grades.Take(cutoff).Count(g => g > 0) / (double)cutoff;

    /// <summary>The share of the relevant documents that are among the first ones.</summary>
    public double Recall(int cutoff) => Grades.Take(cutoff).Count(g => g > 0) / (double)Ideal.Length;

    private static double Discounted(int[] grades, int cutoff)
    {
        var sum = 0.0;
        for (var i = 0; i < Math.Min(cutoff, grades.Length); i++) sum += Math.Max(0, grades[i]) / Math.Log2(i + 2);
        return sum;
    }
}

/// <summary>The rankings of all queries that have a relevant document; the others say nothing and are counted.</summary>
/// <param name="Queries">The rankings.</param>
/// <param name="WithoutRelevant">How many queries were left out.</param>
public sealed record RankingScores(IReadOnlyList<QueryRanking> Queries, int WithoutRelevant)
{
    /// <summary>In how many of the rankings documents have equal scores, so that their names decide.</summary>
    public int Tied { get; init; }

    /// <summary>Ranks lists by scores.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="grades">The grades of their candidates.</param>
    /// <param name="score">Scores a list's candidates.</param>
    public static RankingScores Of(CandidateList[] lists, int[][] grades, Func<CandidateList, double[]> score) => Of(lists, grades, [.. lists.Select(_ => Array.Empty<(int, int)>())], l => (l.Documents, score(l)), null);

    /// <summary>Ranks queries by what a ranker returns.</summary>
    /// <param name="lists">The queries' lists.</param>
    /// <param name="grades">The grades of their candidates.</param>
    /// <param name="missing">Relevant documents that are no candidates, with their grades, by list.</param>
    /// <param name="rank">Gives a query's documents, candidates or others, with their scores.</param>
    /// <param name="name">A document's name, by which ties are broken; null for its number.</param>
    public static RankingScores Of(CandidateList[] lists, int[][] grades, (int Document, int Grade)[][] missing, Func<CandidateList, (int[] Documents, double[] Scores)> rank, Func<int, string>? name)
    {
        var (queries, without, tied) = (new List<QueryRanking>(), 0, 0);
        for (var i = 0; i < lists.Length; i++)
        {
            int[] ideal = [.. grades[i].Concat(missing[i].Select(m => m.Grade)).Where(g => g > 0).OrderDescending()];
            if (ideal.Length == 0)
            {
                without++;
                continue;
            }
            var judged = lists[i].Documents.Zip(grades[i], (document, grade) => (Document: document, Grade: grade)).Concat(missing[i].Where(m => m.Document >= 0)).ToDictionary(j => j.Document, j => j.Grade);
            var (documents, scores) = rank(lists[i]);
            var order = Enumerable.Range(0, documents.Length).ToArray();
            Array.Sort(order, (a, b) => scores[b].CompareTo(scores[a]) is not 0 and var byScore ? byScore
                : name is null ? documents[b].CompareTo(documents[a]) : string.CompareOrdinal(name(documents[b]), name(documents[a])));
            if (Enumerable.Range(1, Math.Max(0, order.Length - 1)).Any(i => scores[order[i]].Equals(scores[order[i - 1]]))) tied++;
            queries.Add(new([.. order.Select(c => judged.GetValueOrDefault(documents[c]))], ideal));
        }
        return new(queries, without) { Tied = tied };
    }

    /// <summary>The mean over the queries; 0 without any.</summary>
    public double Mean(Func<QueryRanking, double> of) => Queries.Count == 0 ? 0 : Queries.Average(of);
}
