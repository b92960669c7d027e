namespace Preceptor.Catalogue;

/// <summary>The words in which a comparison is told, the same in the terminal and in the report.</summary>
public static class ComparisonText
{
    /// <summary>Which method is best, and how sure that is, in one sentence.</summary>
    public static string Sentence(MethodComparison comparison)
    {
        if (comparison.Best?.Result is not { } best) return "Nothing was compared with the baseline.";
        var (metric, difference) = (comparison.Metric, best.Difference);
        var score = ResultText.Value(metric, best.Scores["method"].Mean);
        var points = ResultText.Difference(metric, difference);
        var verdict = difference.High < 0 ? $"No method beats the baseline: the best of the others, {best.Method}, is worse: {points}"
            : difference.Mean <= 0 ? $"No method scores above the baseline: the best of the others, {best.Method}, differs from it by {points}, no clear difference"
            : difference.Low <= 0 ? $"{best.Method} scores best with {score}, but it is not clear that it is better than the baseline: the difference of {points} may be chance"
            : $"{best.Method} scores best with {score}, better than the baseline by {points}";
        return $"{verdict}{Next(comparison)}.";
    }

    /// <summary>That the best of several was chosen by the rows on which it is scored; null where there was no choice.</summary>
    public static string? Optimism(MethodComparison comparison) => comparison.Methods.Count < 2 ? null
        : $"The best of {comparison.Methods.Count} was chosen on the test rows that score it, so its score is optimistic; rows that had no part in the choice would tell.";

    /// <summary>The methods that have fewer seeds than were asked for; null where none has.</summary>
    public static string? FewerSeeds(MethodComparison comparison)
    {
        var fewer = comparison.Methods.Where(m => m.Result.Seeds < comparison.Seeds).ToArray();
        return fewer.Length == 0 ? null : $"fewer than {ResultText.Count(comparison.Seeds, "seed")}: {string.Join(", ", fewer.Select(m => $"{m.Result.Method} {m.Result.Seeds}"))}";
    }

    /// <summary>What is compared, on how much.</summary>
    public static string Basis(MethodComparison comparison) => ResultText.Basis(comparison.Baseline);

    /// <summary>Seconds of training a seed, to two digits or more.</summary>
    public static string Seconds(double? seconds) => seconds is not { } s ? "" : ResultText.Number(s, s < 9.95 ? "0.0" : "#,0");

    /// <summary>The size of a model.</summary>
    public static string Size(long? bytes) => bytes switch
    {
        null => "",
        < 100_000 => $"{ResultText.Number(bytes.Value / 1e3, "0.0")} kB",
        _ => $"{ResultText.Number(bytes.Value / 1e6, "#,0.0")} MB",
    };

    private static string Next(MethodComparison comparison)
    {
        if (comparison.Second?.Result is not { } second || comparison.Lead is not { } lead) return "";
        return lead is { Mean: 0, Low: 0, High: 0 } ? $"; the next method, {second.Method}, scores exactly the same"
            : $"; the next method, {second.Method}, is {ResultText.Difference(comparison.Metric, lead)} behind{(lead.Contains(0) ? ", no clear difference" : "")}";
    }
}
