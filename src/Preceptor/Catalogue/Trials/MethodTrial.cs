using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Trials;

/// <summary>A candidate's training on all folds but one, to be scored on that one.</summary>
/// <param name="Candidate">The candidate's place in the list.</param>
/// <param name="Fold">The fold held out.</param>
public readonly record struct Attempt(int Candidate, int Fold);

/// <summary>How an attempt ended.</summary>
/// <param name="Score">Its score on the fold held out; null where it failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record AttemptEnd(TestScore? Score, string? Failure);

/// <summary>Carries out attempts; those for which the time was too short are missing in the answer.</summary>
public delegate IReadOnlyDictionary<Attempt, AttemptEnd> CarryOut(IReadOnlyList<Attempt> attempts);

/// <summary>
/// Successive halving over ways to train, by cross-validation: all candidates are scored on one fold, the better half on a second, the better
/// half of those on four and the last on all eight. The best setting of every plain method stays to the end, so that whatever is
/// recommended has been measured against it.
/// </summary>
/// <remarks>
/// Karnin, Koren and Somekh (2013); Jamieson and Talwalkar (2016), with folds as the resource. A method is recommended over the best plain one
/// only if it leads by more than one standard error of the difference (the one-standard-error rule of Breiman et al. 1984).
/// </remarks>
/// <param name="candidates">The candidates.</param>
/// <param name="better">Which way the metric improves.</param>
/// <param name="carryOut">Does the work.</param>
public sealed class MethodTrial(IReadOnlyList<TrialCandidate> candidates, Better better, CarryOut carryOut)
{
    /// <summary>How many folds there are.</summary>
    public const int Folds = 8;

    // The share of a normal distribution within one standard error.
    private const double OneStandardError = 0.683;

    private readonly Dictionary<Attempt, AttemptEnd> ends = [];

    /// <summary>Tries the candidates.</summary>
    /// <returns>What came of it; without a choice where the time was too short for a single fold of a plain method.</returns>
    public TrialResult Run()
    {
        int[] alive = [.. Enumerable.Range(0, candidates.Count)];
        var (judged, judgedFolds) = (Array.Empty<int>(), 0);
        for (var folds = 1; ; folds = Math.Min(2 * folds, Folds))
        {
            Attempt[] missing = [.. Enumerable.Range(judgedFolds, folds - judgedFolds).SelectMany(fold => alive.Select(c => new Attempt(c, fold)))];
            foreach (var (attempt, end) in carryOut(missing)) ends[attempt] = end;
            alive = [.. alive.Where(c => !Failed(c))];
            int[] whole = [.. alive.Where(c => Scored(c) >= folds)];
            // Where the time was too short for a round, the round before decides; of the first round whatever there is.
            if (whole.Length == alive.Length || judgedFolds == 0) (judged, judgedFolds) = (whole, folds);
            if (whole.Length < alive.Length || folds == Folds || alive.Length == 0) return Result(judged, judgedFolds, isCut: whole.Length < alive.Length);
            alive = Survivors(alive, folds);
        }
    }

    private int[] Survivors(int[] alive, int folds)
    {
        int[] ranked = [.. alive.OrderByDescending(c => better.Advantage(Mean(c, folds), 0))];
        var spared = ranked.Where(c => candidates[c].IsPlain).DistinctBy(c => candidates[c].Specification.MethodName);
        return [.. ranked.Take((alive.Length + 1) / 2).Union(spared).Order()];
    }

    private TrialResult Result(int[] judged, int folds, bool isCut)
    {
        TrialEntry[] entries = [.. Enumerable.Range(0, candidates.Count).Select(c => new TrialEntry(candidates[c], Scores(c, Scored(c)), ends.Where(e => e.Key.Candidate == c).Select(e => e.Value.Failure).FirstOrDefault(f => f is not null)))];
        int[] ranked = [.. judged.OrderByDescending(c => better.Advantage(Mean(c, folds), 0))];
        int[] plain = [.. ranked.Where(c => candidates[c].IsPlain)];
        TrialEntry[] order = [.. ranked.Concat(Enumerable.Range(0, candidates.Count).Except(ranked).OrderByDescending(Scored).ThenByDescending(c => Scored(c) == 0 ? 0 : better.Advantage(Mean(c, Scored(c)), 0))).Select(c => entries[c])];
        if (plain.Length == 0) return new(order, ranked.Length, folds, isCut);
        var lead = ranked[0] == plain[0] ? null : Intervals.Difference(Scores(ranked[0], folds), Scores(plain[0], folds), better, level: OneStandardError);
        var chosen = lead is { Low: > 0 } ? ranked[0] : plain[0];
        return new(order, ranked.Length, folds, isCut) { Chosen = entries[chosen], BestPlain = entries[plain[0]], Lead = lead };
    }

    private bool Failed(int candidate) => ends.Any(e => e.Key.Candidate == candidate && e.Value.Failure is not null);

    private int Scored(int candidate) => Enumerable.Range(0, Folds).TakeWhile(fold => ends.TryGetValue(new(candidate, fold), out var end) && end.Score is not null).Count();

    private TestScore[] Scores(int candidate, int folds) => [.. Enumerable.Range(0, folds).Select(fold => ends[new(candidate, fold)].Score!)];

    private double Mean(int candidate, int folds) => Scores(candidate, folds).Average(s => s.Value);
}

/// <summary>What a trial found of one candidate.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Scores">Its scores, one a fold; of fewer folds the earlier it was left behind.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record TrialEntry(TrialCandidate Candidate, IReadOnlyList<TestScore> Scores, string? Failure)
{
    /// <summary>Its mean score; NaN without any.</summary>
    public double Mean => Scores.Count == 0 ? double.NaN : Scores.Average(s => s.Value);
}

/// <summary>What a trial found.</summary>
/// <param name="Entries">All candidates, those judged to the end first, the best before the others.</param>
/// <param name="Judged">How many of them were judged to the end.</param>
/// <param name="Folds">How many folds those were judged on.</param>
/// <param name="IsCut">Whether the time was too short for all that was to be done.</param>
public sealed record TrialResult(IReadOnlyList<TrialEntry> Entries, int Judged, int Folds, bool IsCut)
{
    /// <summary>What to train with; null where nothing was scored.</summary>
    public TrialEntry? Chosen { get; init; }

    /// <summary>The best plain method at its best setting.</summary>
    public TrialEntry? BestPlain { get; init; }

    /// <summary>How far the best candidate leads that, with one standard error to either side; null where that is the best.</summary>
    public Interval? Lead { get; init; }
}
