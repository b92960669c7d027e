using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>A paper and what makes it trend.</summary>
/// <param name="Paper">The paper.</param>
/// <param name="Recency">½ to the power of its age in months of 30 days; 1 today.</param>
/// <param name="Imports">In how many imports it was.</param>
/// <param name="Runs">How many run folders trained one of its methods.</param>
public sealed record TrendingPaper(StoredPaper Paper, double Recency, int Imports, int Runs)
{
    /// <summary>Recency × imports × (1 + runs).</summary>
    public double Score => Recency * Imports * (1 + Runs);
}

/// <summary>Which papers people care for now: recency × imports × (1 + runs).</summary>
public static class Trending
{
    /// <summary>The formula, in words.</summary>
    public const string Formula = "recency × imports × (1 + runs): recency halves every 30 days, imports are those that had the paper, runs are the run folders of its methods";

    private const double HalfLife = 30;

    /// <summary>The papers, by descending score; equal ones by title.</summary>
    /// <param name="papers">The papers.</param>
    /// <param name="runs">Runs of each method, by slug.</param>
    /// <param name="today">The day.</param>
    public static IReadOnlyList<TrendingPaper> Of(IEnumerable<StoredPaper> papers, IReadOnlyDictionary<string, int> runs, DateOnly today) =>
        [.. papers.Select(p => new TrendingPaper(p, Math.Pow(0.5, Math.Max(0, today.DayNumber - p.Date.DayNumber) / HalfLife), p.Imports, p.Known?.Methods.Sum(m => runs.GetValueOrDefault(m.Slug)) ?? 0))
            .OrderByDescending(t => t.Score).ThenBy(t => t.Paper.Title, StringComparer.Ordinal)];

    /// <summary>Counts the runs of each method in a folder of run folders; a chain counts for each of its steps.</summary>
    /// <param name="folder">The folder; none where it is missing.</param>
    public static IReadOnlyDictionary<string, int> Runs(string folder)
    {
        if (!Directory.Exists(folder)) return new Dictionary<string, int>();
        return Directory.EnumerateDirectories(folder).SelectMany(MethodsOf).CountBy(m => m).ToDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<string> MethodsOf(string run)
    {
        var path = Path.Combine(run, "spec.yaml");
        if (!File.Exists(path)) return [];
        try
        {
            return Catalogue.SpecificationReader.Read(path).Find("method") switch
            {
                ScalarSetting one => one.Text.Split('+'),
                ListSetting many => many.Items.SelectMany(Names),
                MapSetting map => Names(map),
                _ => [],
            };
        }
        catch (RequestException)
        {
            return []; // half written, or not ours
        }
    }

    private static IEnumerable<string> Names(Setting step) => step switch { ScalarSetting s => [s.Text], MapSetting m => m.Find("name") is ScalarSetting name ? [name.Text] : m.Entries.Select(e => e.Key), _ => [] };
}
