namespace Preceptor.Ranking;

/// <summary>What a ranker needs to turn lists into tensors: the words it knows, or the scale of its features.</summary>
/// <param name="Terms">The words, by their id less 2; 0 is padding and 1 stands between texts.</param>
/// <param name="Means">The features' means over the training lists [F].</param>
/// <param name="Deviations">Their deviations [F].</param>
internal sealed record RankingEncoding(IReadOnlyList<string> Terms, float[] Means, float[] Deviations)
{
    public const int FirstId = 2;
    private TermDictionary? dictionary;

    /// <summary>Ids in all.</summary>
    public int Ids => Terms.Count + FirstId;

    /// <summary>Learns words and scales from training lists alone.</summary>
    public static RankingEncoding Learn(RankingProblem problem)
    {
        var width = problem.FeatureCount;
        if (width == 0)
        {
            var (all, found, counts) = (new TermDictionary(TermForm.English), new List<int>(), new List<int>());
            foreach (var text in problem.Train.SelectMany(l => l.Documents).Distinct().Order().Select(d => problem.Documents[d]).Concat(problem.Train.Select(l => l.Text)))
            {
                found.Clear();
                all.Read(text, found);
                while (counts.Count < all.Terms.Count) counts.Add(0);
                foreach (var id in found) counts[id]++;
            }
            return new([.. Enumerable.Range(0, counts.Count).OrderByDescending(i => counts[i]).ThenBy(i => all.Terms[i], StringComparer.Ordinal).Take(problem.Model.Vocabulary).Select(i => all.Terms[i])], [], []);
        }
        var (means, squares, rows) = (new double[width], new double[width], 0L);
        foreach (var list in problem.Train)
        {
            rows += list.Count;
            for (var i = 0; i < list.Features.Length; i++) (means[i % width], squares[i % width]) = (means[i % width] + list.Features[i], squares[i % width] + (double)list.Features[i] * list.Features[i]);
        }
        for (var i = 0; i < width; i++)
        {
            means[i] /= Math.Max(1, rows);
            squares[i] = Math.Sqrt(Math.Max(0, squares[i] / Math.Max(1, rows) - means[i] * means[i]));
        }
        return new([], [.. means.Select(m => (float)m)], [.. squares.Select(s => s > 1e-9 ? (float)s : 1)]);
    }

    /// <summary>The ids of a text, at most so many.</summary>
    public int[] Read(string text, int most)
    {
        dictionary ??= new(TermForm.English, Terms);
        var ids = new List<int>();
        dictionary.Read(text, ids);
        return [.. ids.Take(most).Select(i => i + FirstId)];
    }

    /// <summary>Features in standard units.</summary>
    public float Scale(float value, int feature) => (value - Means[feature]) / Deviations[feature];
}

/// <summary>Documents as ids of words, each read once.</summary>
internal sealed class ReadDocuments(RankingEncoding encoding, IReadOnlyList<string> documents, int most)
{
    private readonly int[]?[] read = new int[documents.Count][];

    /// <summary>Whether it reads these documents.</summary>
    public bool IsOf(IReadOnlyList<string> others) => ReferenceEquals(documents, others);

    /// <summary>The ids of a document.</summary>
    public int[] this[int document] => read[document] ??= encoding.Read(documents[document], most);
}
