using System.Globalization;
using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>What is said of one method for one problem.</summary>
/// <param name="Method">The method.</param>
/// <param name="Fits">Whether the problem offers what it needs.</param>
/// <param name="Why">Why it fits, or why not.</param>
/// <param name="Evidence">What measuring its published claims found; empty where nothing was measured.</param>
/// <param name="Stale">Why the evidence is of another version than the code; null where it is not.</param>
public sealed record MethodAdvice(MethodInfo Method, bool Fits, string Why, IReadOnlyList<ClaimEvidence> Evidence, string? Stale)
{
    /// <summary>How many of its claims were reproduced, less those that were ruled out.</summary>
    internal int Standing => Evidence.Sum(c => c.Verdict switch { Verdict.Reproduced => 2, Verdict.SmallerThanClaimed => 1, Verdict.NotReproduced => -1, _ => 0 });
}

/// <summary>
/// Which methods fit a problem, and why: by the supervision they need and by what measuring their claims elsewhere found. Nothing is trained;
/// the order is a place to start, and only a comparison on the problem itself decides.
/// </summary>
/// <param name="Problem">The problem's name.</param>
/// <param name="Offered">The supervision it offers, in words.</param>
/// <param name="Methods">All methods: those that fit, the ones with the best evidence first; the plain ones that everyone should have tried; those that do not fit.</param>
public sealed record Advice(string Problem, IReadOnlyList<string> Offered, IReadOnlyList<MethodAdvice> Methods)
{
    /// <summary>Advises on a problem.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="task">The problem and its exam, of which only what the test labels are worth is read.</param>
    /// <param name="evidence">What was measured.</param>
    public static Advice Of(ProblemKind kind, IProblemTask task, IReadOnlyList<EvidenceFile> evidence)
    {
        var problem = task.Problem;
        return new(problem.Name, kind.Describe(task), [.. MethodCatalogue.All.Where(m => m.Kind == kind.Name).Select(m => Of(m, problem, evidence))
            .OrderBy(a => !a.Fits ? 2 : a.Method.Declaration.IsPlain ? 1 : 0).ThenByDescending(a => a.Standing).ThenBy(a => a.Method.Slug, StringComparer.Ordinal)]);
    }

    private static MethodAdvice Of(MethodInfo method, IProblem problem, IReadOnlyList<EvidenceFile> evidence)
    {
        var measured = evidence.FirstOrDefault(e => e.Slug == method.Slug);
        var offered = problem.Supervision.Select(s => s.GetType()).ToHashSet();
        var unmet = method.Unmet(problem);
        var used = method.Needs.Where(alternative => alternative.All(offered.Contains)).MaxBy(alternative => alternative.Count);
        var why = unmet ?? $"learns from {string.Join(" and ", used!.Select(t => Options.Key(t.Name)))}, which the problem offers";
        return new(method, unmet is null, why, measured?.Values.Claims ?? [], measured?.Stale());
    }

    internal static string[] Describe(PredictionTask task)
    {
        var problem = task.Problem;
        List<string> offered = [Describe(problem)];
        offered.AddRange(problem.Supervision.OfType<TeacherLogits>().Select(t => Invariant($"teacher-logits: {(t.Name.Length > 0 ? t.Name : "a teacher")} agrees with {Agreement(t, problem):0.0 %} of the labels")));
        (string Key, string? Summary)[] beside =
        [
            ("annotator-labels", problem.Find<AnnotatorLabels>()?.Summary), ("rule-votes", problem.Find<RuleVotes>()?.Summary), ("soft-labels", problem.Find<SoftLabels>()?.Summary), ("label-confidence", problem.Find<LabelConfidence>()?.Summary),
        ];
        offered.AddRange(beside.Where(b => b.Summary is not null).Select(b => $"{b.Key}: {b.Summary}"));
        offered.Add(problem.Find<TrustedLabels>() is not null ? "trusted-labels: the validation rows' labels were checked" : "no trusted labels: validation rows are as noisy as training rows");
        if (ResultText.Caution(task.Exam.ScoredOn) is { } caution) offered.Add(caution);
        offered.AddRange(task.Notes.Where(n => !beside.Any(b => b.Summary is { } summary && n.Contains(summary, StringComparison.Ordinal))));
        return [.. offered];
    }

    private static string Describe(PredictionProblem problem)
    {
        var (labelled, rows) = (problem.Targets.Labelled, problem.Train.Count);
        switch (problem.Targets)
        {
            case ManyLabels { Train: var sets }:
                var sizes = sets.OfType<int[]>().SelectMany(s => s).CountBy(l => l).Select(c => c.Value).ToArray();
                return Invariant($"many-labels: {labelled.Length:#,0} of {rows:#,0} training rows have theirs, {labelled.Average(row => sets[row]!.Length):0.0} a row of {problem.Classes.Count} labels with {sizes.Min():#,0} to {sizes.Max():#,0} rows");
            case NumberTargets { Train: var numbers, Encoding: var encoding }:
                return Invariant($"number-targets: {labelled.Length:#,0} of {rows:#,0} training rows have one, from {labelled.Min(row => numbers[row]):G6} to {labelled.Max(row => numbers[row]):G6}, mean {encoding.Mean:G6}, standard deviation {encoding.Deviation:G6}");
            default:
                var counts = problem.Labels.Train.Where(l => l >= 0).GroupBy(l => l).Select(g => g.Count()).ToArray();
                return Invariant($"labels: {counts.Sum():#,0} of {rows:#,0} training rows have one, in {problem.Classes.Count} classes of {counts.Min():#,0} to {counts.Max():#,0} rows");
        }
    }

    private static double Agreement(TeacherLogits teacher, PredictionProblem problem)
    {
        var (answers, labels) = (new Predictions(problem.Classes, teacher.Train), problem.Labels);
        return labels.Labelled.Count(row => answers.Best(row) == labels.Train[row]) / (double)labels.Labelled.Length;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
