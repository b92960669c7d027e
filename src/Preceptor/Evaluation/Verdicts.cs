namespace Preceptor.Evaluation;

/// <summary>What an experiment says about a claim.</summary>
public enum Verdict
{
    /// <summary>The effect is there and at least as large as the smallest effect of interest.</summary>
    Reproduced,

    /// <summary>The effect is there but smaller than the smallest effect of interest.</summary>
    SmallerThanClaimed,

    /// <summary>An effect as large as the smallest one of interest is ruled out, and none at all is not.</summary>
    NotReproduced,

    /// <summary>The interval is too wide to tell.</summary>
    Inconclusive,

    /// <summary>The null control shows the effect where there can be none, so the claim's own interval means nothing.</summary>
    Confounded,
}

/// <summary>A claim to judge: a contrast whose interval is known at any confidence level.</summary>
/// <param name="Difference">The contrast's interval at a confidence level, positive meaning that the method is better.</param>
/// <param name="SmallestEffect">The smallest effect of interest, positive, in units of the metric.</param>
/// <param name="ControlPasses">Whether the null control that guards the claim passes.</param>
public sealed record JudgedClaim(Func<double, Interval> Difference, double SmallestEffect, bool ControlPasses = true);

/// <summary>A verdict and the interval it rests on.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Difference">The contrast's interval.</param>
/// <param name="Level">Its confidence level.</param>
public sealed record ClaimVerdict(Verdict Verdict, Interval Difference, double Level);

/// <summary>
/// Verdicts on claims from intervals of differences. A paper's claims are looked at up to three times, at 5, 10 and 20 seeds, and judged
/// together; dividing the error of 5 % by the looks (Bonferroni) and by the claims not yet reproduced (Holm 1979) keeps the chance of
/// any false "reproduced" below 5 %.
/// </summary>
public static class Verdicts
{
    /// <summary>The chance of error that all looks at all claims of a paper share.</summary>
    public const double TotalError = 0.05;

    /// <summary>The numbers of seeds after which a claim is judged.</summary>
    public static IReadOnlyList<int> Looks { get; } = [5, 10, 20];

    /// <summary>The confidence level of one look at one claim: 1 − 0.05 / (3 · h).</summary>
    /// <param name="openClaims">h, the claims of the paper not yet reproduced, at least 1.</param>
    public static double Level(int openClaims)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(openClaims);
        return 1 - TotalError / (Looks.Count * openClaims);
    }

    /// <summary>
    /// The verdict on one difference. Reproduced: lower end above 0 and mean at least the smallest effect. Smaller than claimed: lower end
    /// above 0, mean below the smallest effect. Not reproduced: upper end below the smallest effect and lower end at most 0. Otherwise inconclusive.
    /// </summary>
    /// <param name="difference">The interval at <see cref="Level"/>, positive meaning that the method is better.</param>
    /// <param name="smallestEffect">The smallest effect of interest, positive, in units of the metric.</param>
    public static Verdict Of(Interval difference, double smallestEffect)
    {
        RequireEffect(smallestEffect);
        if (difference.Low > 0) return difference.Mean >= smallestEffect ? Verdict.Reproduced : Verdict.SmallerThanClaimed;
        return difference.High < smallestEffect ? Verdict.NotReproduced : Verdict.Inconclusive;
    }

    /// <summary>Whether a null control passes: its interval contains 0 and its mean lies below half the smallest effect.</summary>
    public static bool ControlPasses(Interval difference, double smallestEffect)
    {
        RequireEffect(smallestEffect);
        return difference.Contains(0) && difference.Mean < smallestEffect / 2;
    }

    /// <summary>The verdict on a claim that a null control guards: confounded unless the control passes.</summary>
    public static Verdict Guarded(Verdict verdict, bool controlPasses) => controlPasses ? verdict : Verdict.Confounded;

    /// <summary>The number of seeds for the next look after a verdict at <paramref name="seeds"/>; null where a verdict was reached or the looks are used up.</summary>
    public static int? NextLook(int seeds, Verdict verdict) =>
        verdict != Verdict.Inconclusive ? null : Looks.Where(l => l > seeds).Select(l => (int?)l).FirstOrDefault();

    /// <summary>
    /// The verdicts on all claims of a paper at one look, in Holm's order: all are judged at the level of h = all claims; those reproduced
    /// leave h, and the rest are judged again at the level that fewer open claims allow, until none is added.
    /// </summary>
    /// <param name="claims">The claims that are still looked at.</param>
    /// <param name="others">How many claims earlier looks have decided otherwise than reproduced; they stay in h.</param>
    public static ClaimVerdict[] OfAll(IReadOnlyList<JudgedClaim> claims, int others = 0)
    {
        var verdicts = new ClaimVerdict[claims.Count];
        var open = Enumerable.Range(0, claims.Count).ToList();
        while (open.Count > 0)
        {
            var level = Level(open.Count + others);
            foreach (var i in open)
            {
                var difference = claims[i].Difference(level);
                verdicts[i] = new(Guarded(Of(difference, claims[i].SmallestEffect), claims[i].ControlPasses), difference, level);
            }
            if (open.RemoveAll(i => verdicts[i].Verdict == Verdict.Reproduced) == 0) break;
        }
        return verdicts;
    }

    private static void RequireEffect(double smallestEffect)
    {
        if (!(smallestEffect > 0)) throw new ArgumentOutOfRangeException(nameof(smallestEffect), smallestEffect, "the smallest effect of interest must be positive");
    }
}
