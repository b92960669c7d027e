using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Reasoning;

namespace Preceptor.Catalogue;

/// <summary>The exam of reasoning: all ways to an answer from the same drawn solutions, and the solver's own.</summary>
internal static class ReasoningExam
{
    /// <summary>Scores a solver on questions.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="existing">How many right solutions each has; null where nobody counted.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="easy">The highest level that is easy, to score the others apart; 0 where all are alike.</param>
    public static MeasuredScores Score(Solver solver, Question[] questions, double[]? existing, ulong seed, int easy = 0)
    {
        string[] texts = [.. questions.Select(q => q.Text)];
        var checker = solver.Checker;
        double[] Right(Solved[] solved) => [.. questions.Zip(solved, (q, s) => s.Chosen is { } chosen && checker.Check(q, chosen) == CheckOutcome.Right ? 1.0 : 0)];
        var greedy = solver.Choose(texts, solver.Propose(texts, isGreedy: true, seed), AnswerRule.Greedy);
        var drawn = solver.Propose(texts, isGreedy: false, seed);
        var own = solver.Searches ? solver.Solve(texts, seed) : solver.Rule == AnswerRule.Greedy ? greedy : solver.Choose(texts, drawn, solver.Rule);
        var items = new Dictionary<string, double[]>
        {
            [ReasoningKind.Accuracy.Name] = Right(own),
            [ReasoningKind.Greedy.Name] = Right(greedy),
            [ReasoningKind.Majority.Name] = Right(solver.Choose(texts, drawn, AnswerRule.Majority)),
            [ReasoningKind.Best.Name] = Right(solver.Choose(texts, drawn, AnswerRule.Best)),
            [ReasoningKind.Weighted.Name] = Right(solver.Choose(texts, drawn, AnswerRule.Weighted)),
            [ReasoningKind.Any.Name] = [.. questions.Zip(drawn, (q, of) => of.Candidates.Any(c => checker.Check(q, c) == CheckOutcome.Right) ? 1.0 : 0)],
            [ReasoningKind.Unanswered.Name] = [.. texts.Zip(own, (t, s) => s.Chosen is { } chosen && checker.AnswerOf(t, chosen) is not null ? 0.0 : 1)],
            [ReasoningKind.Tokens.Name] = [.. own.Select(s => (double)s.Cost.Tokens)],
        };
        if (existing is not null)
        {
            items[ReasoningKind.Distinct.Name] = [.. questions.Zip(drawn, (q, of) => (double)Distinct((IStepSimulator)checker.Checker, q, of.Candidates))];
            items[ReasoningKind.Existing.Name] = existing;
        }
        if (checker.Checker.ChecksSteps)
            items[ReasoningKind.Steps.Name] = [.. texts.Zip(greedy, (t, s) => checker.AreStepsRight(t, s.Chosen!.Text) is { Length: > 0 } steps ? steps.Average(right => right ? 1.0 : 0) : 0)];
        var whole = new Dictionary<string, double>();
        foreach (var (metric, isHard) in easy == 0 ? [] : new[] { (ReasoningKind.OfEasy, false), (ReasoningKind.OfHard, true) })
            whole[metric.Name] = items[ReasoningKind.Accuracy.Name].Where((_, i) => questions[i].Level > easy == isHard).DefaultIfEmpty(double.NaN).Average();
        return MeasuredScores.Of(items, whole) with { Remarks = checker.Remarks };
    }

    /// <summary>How many different right solutions there are among some, each in the one form that a program knows.</summary>
    internal static int Distinct(IStepSimulator simulator, Question question, IReadOnlyList<Solution> candidates) => simulator.Begin(question.Text) is not { } start ? 0
        : candidates.Where(c => c.IsFinished).Select(c => SolutionChecker.StepsOf(c.Text)).Where(steps => start.After(steps) is { IsSolved: true }).Select(steps => string.Join('\n', steps.Select(SolutionChecker.Plain))).Distinct(StringComparer.Ordinal).Count();

    /// <summary>A question that the solver answers rightly and one that it does not, each with the steps of the solution given, whether each is right, and what the verifier thought after it; of a tree search also the steps that it came to most often.</summary>
    public static ReportParts Show(Solver solver, Question[] questions, ulong seed)
    {
        var some = questions[..Math.Min(questions.Length, 50)];
        var solved = solver.Solve([.. some.Select(q => q.Text)], seed);
        bool[] right = [.. some.Zip(solved, (q, s) => s.Chosen is { } chosen && solver.Checker.Check(q, chosen) == CheckOutcome.Right)];
        Table[] Of(string name, int at) => at < 0 ? [] : solved[at].Tree.Count == 0 ? [Steps(name, some[at], solved[at], solver)] : [Steps(name, some[at], solved[at], solver), Tree(name, solved[at].Tree)];
        return new() { Tables = [.. Of("solved", Array.IndexOf(right, true)), .. Of("failed", Array.IndexOf(right, false))] };
    }

    private static Table Steps(string name, Question question, Solved solved, Solver solver)
    {
        var steps = solved.Chosen is { } chosen ? SolutionChecker.StepsOf(chosen.Text) : [];
        var right = solved.Chosen is { } given ? solver.Checker.AreStepsRight(question.Text, given.Text) : null;
        var scores = solved.Chosen?.StepScores ?? [];
        return new(name,
        [
            new TextColumn("line", ["question", .. steps.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"step {i + 1}")), "wanted"]),
            new TextColumn("text", [question.Text, .. steps, question.Answer]),
            new TextColumn("right", ["", .. steps.Select((_, i) => right is null ? "" : right[i] ? "yes" : "no"), ""]),
            new TextColumn("score", ["", .. steps.Select((_, i) => i < scores.Count ? scores[i].ToString("0.000", CultureInfo.InvariantCulture) : ""), ""]),
        ]);
    }

    // As many as the report shows of a table; those of the solution given come first in the choice, and all stay in their places.
    private static Table Tree(string name, IReadOnlyList<SearchedStep> steps)
    {
        const int Shown = 30;
        var some = steps.Select((s, i) => (Step: s, At: i)).OrderByDescending(s => s.Step.IsChosen).ThenByDescending(s => s.Step.Visits).Take(Shown).OrderBy(s => s.At).Select(s => s.Step).ToArray();
        TextColumn Column(string of, Func<SearchedStep, string> text) => new(of, [.. some.Select(text)]);
        static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
        return new($"{name}: what the search looked at most, {some.Length} of {steps.Count} steps",
        [
            Column("step", s => string.Concat(Enumerable.Repeat("· ", s.Depth - 1)) + (s.Text.Length == 0 ? "(end)" : s.Text)),
            Column("visits", s => s.Visits.ToString(CultureInfo.InvariantCulture)),
            Column("score", s => s.Visits == 0 ? "" : Number(s.Quality)),
            Column("likelihood", s => Number(s.Prior)),
            Column("", s => s.IsChosen ? s.IsFinished ? "given" : "followed" : s.IsFinished ? "finished" : ""),
        ]);
    }
}
