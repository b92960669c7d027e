using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>An invented league.</summary>
internal static class Leagues
{
    public const string Slug = "league-text";

    public static EvidenceFile Example(string slug = Slug)
    {
        (string Method, double Difference, double Half, int Seeds, Verdict Verdict)[] methods =
        [
            ("ss3", -0.062, 0.012, 5, Verdict.NotReproduced), ("ps-kd", 0.021, 0.008, 5, Verdict.Reproduced),
            ("knowledge-distillation temperature=4 <b>", 0.004, 0.011, 20, Verdict.Inconclusive), ("logistic-regression", 0.035, 0.006, 5, Verdict.Reproduced),
        ];
        IReadOnlyDictionary<string, IReadOnlyList<double>> Scores(double mean, int seeds) =>
            new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [.. Enumerable.Range(0, seeds).Select(s => mean + 0.002 * (s % 2 == 0 ? 1 : -1))], ["nll"] = [.. Enumerable.Range(0, seeds).Select(s => 1 - mean)] };
        ClaimEvidence Claim(string metric, string method, double difference, double half, int seeds, Verdict verdict) => new($"{method} beats plain training", "no paper", $"ag-news: {method}", "ag-news: supervised", metric, 0.01, seeds, 0.9875,
            0.85 + difference, 0.85, new(difference, difference - half, difference + half), [new("nothing", "ag-news: supervised (drawn anew)", "ag-news: supervised", 20, new(0, -0.004, 0.004), true)], verdict);
        return new(slug, Tier.Full, new([.. methods.Select(m => Claim("accuracy", m.Method, m.Difference, m.Half, m.Seeds, m.Verdict)), Claim("nll", "ps-kd", 0.03, 0.02, 5, Verdict.Reproduced)], "accuracy",
            [.. methods.Select(m => new ArmEvidence($"ag-news: {m.Method}", "training.rate=0.1", null, [], Scores(0.85 + m.Difference, m.Seeds), 3.25)), new("ag-news: supervised", "training.rate=0.1", null, [], Scores(0.85, 20), 2.5)]),
            new("0123456789abcdef", new Dictionary<string, int>(), new Dictionary<string, string> { ["ag-news"] = "a" }, "0.1.0", "0.107.0", ".NET 10", "x64", "2026-01-01", 12.3));
    }
}
