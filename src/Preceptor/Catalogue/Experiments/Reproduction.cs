using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>Carries out the jobs that are not done yet, as many at once as may be.</summary>
/// <param name="jobs">The jobs, the ones to begin with first.</param>
/// <returns>Their answers, in the same order.</returns>
public delegate IReadOnlyList<ArmAnswers> AnswerJobs(IReadOnlyList<ArmJob> jobs);

/// <summary>
/// Puts an experiment to the test. Every arm is tuned by the experiment's metric, over the same settings, on the validation rows of a seed
/// that no verdict uses; then the claims are looked at after 5, 10 and 20 seeds, each until its first verdict. Controls always have all
/// 20 seeds, so that a noisy control is not mistaken for a confounded claim.
/// </summary>
/// <param name="experiment">What is tested.</param>
/// <param name="tier">How much of it.</param>
/// <param name="answer">Does the work.</param>
public sealed class Reproduction(Experiment experiment, Tier tier, AnswerJobs answer)
{
    /// <summary>The seed of tuning.</summary>
    public const ulong TuningSeed = 1000;

    /// <summary>The seeds of the tier quick.</summary>
    public const int QuickSeeds = 2;

    private readonly IReadOnlyList<Claim> claims = experiment.Of(tier);
    private readonly Dictionary<string, (ArmAnswers Answers, IScores Scores)> done = [];

    /// <summary>Does all the work and judges the claims.</summary>
    public EvidenceValues Run()
    {
        if (tier != Tier.Quick)
            Answer(experiment.Arms(tier).Select(a => a.TunedAs ?? a).Where(IsTuned).SelectMany(arm => arm.Conditions.Grid.Select(setting => new ArmJob(arm, setting, TuningSeed, IsTuning: true))));
        var judged = tier == Tier.Quick ? Look() : Judge();
        return new(judged, experiment.TunedBy.Name, [.. experiment.Arms(tier).Select(Describe)]);
    }

    private static IEnumerable<NullControl> Contrasts(Claim claim) => claim.Controls.Prepend(new("", claim.Method, claim.Reference));

    private ClaimEvidence[] Look()
    {
        Answer(claims.SelectMany(c => Contrasts(c).SelectMany(k => Jobs(k, QuickSeeds))));
        return [.. claims.Select(c => Describe(c, QuickSeeds, QuickSeeds, new(Verdict.Inconclusive, Difference(c.Method, c.Reference, c.Metric, QuickSeeds, Intervals.DefaultLevel), Intervals.DefaultLevel)) with { Verdict = null })];
    }

    private ClaimEvidence[] Judge()
    {
        var judged = new ClaimEvidence[claims.Count];
        var open = Enumerable.Range(0, claims.Count).ToList();
        var controlSeeds = Verdicts.Looks[^1];
        foreach (var seeds in Verdicts.Looks)
        {
            Answer(open.SelectMany(i => Jobs(new("", claims[i].Method, claims[i].Reference), seeds)));
            Answer(open.SelectMany(i => claims[i].Controls.SelectMany(k => Jobs(k, controlSeeds))));
            var others = Enumerable.Range(0, claims.Count).Count(i => !open.Contains(i) && judged[i].Verdict != Verdict.Reproduced);
            var verdicts = Verdicts.OfAll([.. open.Select(i => new JudgedClaim(
                level => Difference(claims[i].Method, claims[i].Reference, claims[i].Metric, seeds, level), claims[i].SmallestEffect,
                claims[i].Controls.All(k => Passes(k, claims[i], controlSeeds))))], others);
            foreach (var (i, verdict) in open.Zip(verdicts)) judged[i] = Describe(claims[i], seeds, controlSeeds, verdict);
            open.RemoveAll(i => judged[i].Verdict != Verdict.Inconclusive);
        }
        return judged;
    }

    // The strictest level of the paper: with many claims, some control would miss 0 by chance at 95 %.
    private double ControlLevel => tier == Tier.Quick ? Intervals.DefaultLevel : Verdicts.Level(claims.Count);

    private bool Passes(NullControl control, Claim claim, int seeds) =>
        Verdicts.ControlPasses(Difference(control.Method, control.Reference, claim.Metric, seeds, ControlLevel), claim.SmallestEffect);

    private IEnumerable<ArmJob> Jobs(NullControl contrast, int seeds) =>
        experiment.Seeds(seeds).SelectMany(seed => new[] { Job(contrast.Reference, seed), Job(contrast.Method, seed) });

    private ArmJob Job(Arm arm, int seed) => new(arm, Setting(arm), (ulong)seed, IsTuning: false);

    /// <summary>The setting with the best score on the tuning seed's validation rows, the first of equals.</summary>
    private string Setting(Arm arm)
    {
        var tuned = arm.TunedAs ?? arm;
        if (!IsTuned(tuned)) return tuned.Conditions.Grid[0];
        return experiment.TunedBy.Better == Better.Higher ? tuned.Conditions.Grid.MaxBy(s => Tuning(tuned, s))! : tuned.Conditions.Grid.MinBy(s => Tuning(tuned, s))!;
    }

    private bool IsTuned(Arm arm) => tier != Tier.Quick && arm.Conditions.Grid.Count > 1;

    private double Tuning(Arm arm, string setting) => experiment.TunedBy.Value(done[new ArmJob(arm, setting, TuningSeed, IsTuning: true).Key].Scores);

    private void Answer(IEnumerable<ArmJob> jobs)
    {
        ArmJob[] open = [.. jobs.DistinctBy(j => j.Key).Where(j => !done.ContainsKey(j.Key))];
        foreach (var (job, answers) in open.Zip(answer(open))) done[job.Key] = (answers, answers.Scores);
    }

    private Interval Difference(Arm method, Arm reference, Metric metric, int seeds, double level) =>
        Intervals.Difference(Scores(method, metric, seeds), Scores(reference, metric, seeds), metric.Better, level: level);

    private TestScore[] Scores(Arm arm, Metric metric, int seeds) => [.. experiment.Seeds(seeds).Select(seed => metric.Score(done[Job(arm, seed).Key].Scores))];

    private ClaimEvidence Describe(Claim claim, int seeds, int controlSeeds, ClaimVerdict verdict) => new(
        claim.Text, claim.Published, claim.Method.Name, claim.Reference.Name, claim.Metric.Name, claim.SmallestEffect, seeds, verdict.Level,
        Scores(claim.Method, claim.Metric, seeds).Average(s => s.Value), Scores(claim.Reference, claim.Metric, seeds).Average(s => s.Value), Estimate.Of(verdict.Difference),
        [.. claim.Controls.Select(k => new ControlEvidence(k.Text, k.Method.Name, k.Reference.Name, controlSeeds, Estimate.Of(Difference(k.Method, k.Reference, claim.Metric, controlSeeds, ControlLevel)), Passes(k, claim, controlSeeds)))],
        verdict.Verdict);

    private ArmEvidence Describe(Arm arm)
    {
        var tuned = arm.TunedAs ?? arm;
        var finished = experiment.Seeds(Verdicts.Looks[^1]).Select(seed => Job(arm, seed).Key).TakeWhile(done.ContainsKey).Select(key => done[key]).ToArray();
        return new(arm.Name, Setting(arm), arm.TunedAs?.Name,
            !IsTuned(tuned) ? [] : [.. tuned.Conditions.Grid.Select(s => new TuningEvidence(s, Round(Tuning(tuned, s))))],
            // Not every measure gives every number that some claim is about.
            claims.Select(c => c.Metric).DistinctBy(m => m.Name).Where(m => finished.All(f => f.Scores is not MeasuredScores measured || measured.Values.ContainsKey(m.Name))).ToDictionary(m => m.Name, m => (IReadOnlyList<double>)[.. finished.Select(f => Round(m.Value(f.Scores)))]),
            Math.Round(finished.Average(f => f.Answers.TrainSeconds), 1));
    }

    /// <summary>The versions of all types that made the answers.</summary>
    public IReadOnlyDictionary<string, int> Versions => done.Values.SelectMany(d => d.Answers.Versions).DistinctBy(v => v.Key).OrderBy(v => v.Key, StringComparer.Ordinal).ToDictionary(v => v.Key, v => v.Value);

    /// <summary>A hash of the first seed's rows, by the conditions' name.</summary>
    public IReadOnlyDictionary<string, string> Data => experiment.Arms(tier).DistinctBy(a => a.Conditions.Name).ToDictionary(a => a.Conditions.Name, a => done[Job(a, experiment.FirstSeed).Key].Answers.Data);

    /// <summary>What a reader should know about the data, by the conditions' name, where there is something.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Notes => experiment.Arms(tier).DistinctBy(a => a.Conditions.Name)
        .Select(a => (a.Conditions.Name, done[Job(a, experiment.FirstSeed).Key].Answers.Notes)).Where(n => n.Notes.Count > 0).ToDictionary(n => n.Name, n => n.Notes);

    internal static double Round(double value) => Math.Round(value, 6);
}
