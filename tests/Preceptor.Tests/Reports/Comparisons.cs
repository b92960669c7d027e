using Preceptor.Catalogue;
using Preceptor.Prediction;

namespace Preceptor.Tests.Reports;

/// <summary>Invented comparisons.</summary>
internal static class Comparisons
{
    private static readonly string[] Arms = ["floor", "baseline", "method", "ceiling"];

    /// <summary>A comparison of the baseline with methods that answer as one of the arms of an invented run does.</summary>
    /// <param name="seeds">How many seeds.</param>
    /// <param name="methods">A name, whose answers it gives, and how many seeds it has.</param>
    public static MethodComparison Of(int seeds, params (string Name, string Answers, int Seeds)[] methods) =>
        MethodComparison.Of([.. methods.Prepend((ProblemKinds.Prediction.Baseline, "baseline", seeds)).Select(Method)], [new("rules", "rules needs rules; tickets offers labels")], seeds, "runs/c", "preceptor compare");

    private static (ComparedMethod, IReadOnlyList<SeedOutcome>) Method((string Name, string Answers, int Seeds) method, int number)
    {
        SeedOutcome[] outcomes = [.. Enumerable.Range(0, method.Seeds).Select(s => Runs.Outcome((ulong)s, Arms)).Select(o => o with { Arms = new Dictionary<string, ArmOutcome>(o.Arms) { ["method"] = o.Arms[method.Answers] } })];
        return (new(Runs.Summary(outcomes) with { Method = method.Name }, Math.Pow(10, number - 2), 123_456), outcomes);
    }
}
