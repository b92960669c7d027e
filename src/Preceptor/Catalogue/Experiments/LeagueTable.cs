using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>A method's line in a league table.</summary>
/// <param name="Method">The method, with the options that set it apart.</param>
/// <param name="IsReference">Whether it is the one that all others are compared with; its difference is 0.</param>
/// <param name="Score">Its mean score over the seeds, with the 95 % interval over them; the mean alone where there is one seed.</param>
/// <param name="Difference">The difference from the reference with its interval; positive means better.</param>
/// <param name="Level">The confidence level of that interval.</param>
/// <param name="Seeds">Over how many seeds.</param>
/// <param name="Seconds">Mean seconds of a training.</param>
/// <param name="Verdict">What became of the claim that it is better; null for the reference.</param>
public sealed record LeagueRow(string Method, bool IsReference, Estimate Score, Estimate Difference, double Level, int Seeds, double Seconds, Verdict? Verdict);

/// <summary>
/// Many methods against one reference under the same conditions, the best first. An experiment is shown as one if its slug starts with
/// <see cref="Prefix"/>; it belongs to no method, and all its claims have the same reference.
/// </summary>
/// <param name="Name">The experiment's slug.</param>
/// <param name="Conditions">The problem that all were put to.</param>
/// <param name="Metric">By what they are compared.</param>
/// <param name="Rows">The methods, the reference among them, by their mean differences.</param>
public sealed record LeagueTable(string Name, string Conditions, Metric Metric, IReadOnlyList<LeagueRow> Rows)
{
    /// <summary>How the slugs of leagues start.</summary>
    public const string Prefix = "league-";

    /// <summary>Whether an experiment is a league.</summary>
    public static bool Is(string slug) => slug.StartsWith(Prefix, StringComparison.Ordinal) && slug.Length > Prefix.Length && slug.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>The reference's line.</summary>
    public LeagueRow Reference => Rows.First(r => r.IsReference);

    /// <summary>The tables of an evidence file, one a metric, that of the first claim first.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What to call it in messages; null for its slug.</param>
    /// <exception cref="RequestException">The claims have different references, or an arm has no scores.</exception>
    public static IReadOnlyList<LeagueTable> Of(EvidenceFile file, string? name = null)
    {
        name ??= file.Slug;
        var reference = file.Values.Claims[0].Reference;
        if (file.Values.Claims.FirstOrDefault(c => c.Reference != reference) is { } other)
            throw new RequestException($"{name}: a league has one reference, and its claims have '{reference}' and '{other.Reference}'");
        return [.. file.Values.Claims.GroupBy(c => c.Metric).Select(g => Of(file, name, Metrics.Find(g.Key), reference, [.. g]))];
    }

    private static LeagueTable Of(EvidenceFile file, string name, Metric metric, string reference, IReadOnlyList<ClaimEvidence> claims)
    {
        var conditions = EvidenceReport.Conditions(reference);
        ArmEvidence Arm(string arm) => file.Values.Arms.FirstOrDefault(a => a.Arm == arm && a.Scores.TryGetValue(metric.Name, out var scores) && scores.Count > 0)
            ?? throw new RequestException($"{name}: the arm '{arm}' has no {metric.Name}");
        LeagueRow Row(string arm, int? seeds, Estimate difference, double level, Verdict? verdict)
        {
            var found = Arm(arm);
            double[] scores = [.. found.Scores[metric.Name].Take(seeds ?? int.MaxValue)];
            var score = scores.Length > 1 ? Estimate.Of(Intervals.OverSeeds(scores)) : new(scores[0], scores[0], scores[0]);
            var method = EvidenceReport.Conditions(arm) == conditions ? arm[(conditions.Length + 2)..] : arm;
            return new(method, arm == reference, score, difference, level, scores.Length, found.TrainSeconds, verdict);
        }
        var rows = claims.Select(c => Row(c.Method, c.Seeds, c.Difference, c.Level, c.Verdict)).Append(Row(reference, null, new(0, 0, 0), 1, null));
        return new(file.Slug, conditions, metric, [.. rows.OrderByDescending(r => r.Difference.Mean).ThenByDescending(r => r.IsReference).ThenBy(r => r.Method, StringComparer.Ordinal)]);
    }
}
