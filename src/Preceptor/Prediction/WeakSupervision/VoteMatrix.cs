using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>Whose votes are read.</summary>
public enum VoteSource
{
    /// <summary>The annotators' columns.</summary>
    Annotators,

    /// <summary>The rules.</summary>
    Rules,

    /// <summary>The likeliest class of each offered teacher.</summary>
    Teachers,

    /// <summary>The labels, as one source more.</summary>
    Labels,
}

/// <summary>
/// The votes of all sources in one form, row after row: annotators, rules, teachers. Trusted validation rows, whose class is known, stand
/// after the training rows, so that a label model learns from them how each source errs.
/// </summary>
internal sealed class VoteMatrix
{
    private static readonly VoteSource[] Default = [VoteSource.Annotators, VoteSource.Rules, VoteSource.Teachers];

    /// <summary>Collects votes.</summary>
    /// <param name="sources">The sources' names, S.</param>
    /// <param name="classes">C.</param>
    /// <param name="rows">How many training rows, N.</param>
    /// <param name="known">The classes of the trusted rows after them [K].</param>
    /// <param name="vote">A row's vote by a source, −1 for none; rows from N on are the trusted ones.</param>
    public VoteMatrix(IReadOnlyList<string> sources, int classes, int rows, int[] known, Func<int, int, int> vote)
    {
        (Sources, Classes, Rows, Known) = (sources, classes, rows, known);
        var count = 0;
        Starts = new int[rows + known.Length + 1];
        for (var row = 0; row < rows + known.Length; row++)
        {
            for (var source = 0; source < sources.Count; source++)
                if (vote(row, source) >= 0) count++;
            Starts[row + 1] = count;
        }
        (Voters, Votes) = (new int[count], new int[count]);
        var at = 0;
        for (var row = 0; row < rows + known.Length; row++)
            for (var source = 0; source < sources.Count; source++)
            {
                if (vote(row, source) is not (>= 0 and var answer)) continue;
                (Voters[at], Votes[at++]) = (source, answer);
            }
    }

    /// <summary>The sources' names, S.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>C.</summary>
    public int Classes { get; }

    /// <summary>How many training rows, N.</summary>
    public int Rows { get; }

    /// <summary>The classes of the trusted rows, which stand after the training rows.</summary>
    public int[] Known { get; }

    /// <summary>All rows, N + K.</summary>
    public int AllRows => Starts.Length - 1;

    /// <summary>Where a row's votes start [N + K + 1].</summary>
    public int[] Starts { get; }

    /// <summary>Each vote's source.</summary>
    public int[] Voters { get; }

    /// <summary>Each vote's class.</summary>
    public int[] Votes { get; }

    /// <summary>A row's known class; −1 for a training row.</summary>
    public int KnownClass(int row) => row < Rows ? -1 : Known[row - Rows];

    /// <summary>Writes the votes on some rows out in full.</summary>
    /// <param name="rows">The rows [B].</param>
    /// <param name="votes">Where to [B × S]; −1 for none.</param>
    public void Gather(ReadOnlySpan<int> rows, Span<long> votes)
    {
        votes.Fill(-1);
        for (var i = 0; i < rows.Length; i++)
            for (var v = Starts[rows[i]]; v < Starts[rows[i] + 1]; v++) votes[i * Sources.Count + Voters[v]] = Votes[v];
    }

    /// <summary>The shares of the votes of each row [(N + K) × C]; zeros where nobody voted.</summary>
    public double[] Shares()
    {
        var shares = new double[AllRows * Classes];
        for (var row = 0; row < AllRows; row++)
        {
            var (from, to) = (Starts[row], Starts[row + 1]);
            for (var v = from; v < to; v++) shares[row * Classes + Votes[v]] += 1.0 / (to - from);
        }
        return shares;
    }

    /// <summary>The votes that a problem offers.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="sources">Whose; none for annotators, rules and teachers, as far as they are offered.</param>
    /// <param name="method">The method's slug, for messages.</param>
    /// <exception cref="RequestException">A source that was named is not offered, or none is.</exception>
    public static VoteMatrix Of(PredictionProblem problem, VoteSource[] sources, string method)
    {
        List<(string Name, Func<int, int> Train, Func<int, int>? Validation)> voters = [];
        foreach (var source in sources.Length == 0 ? Default : sources.Distinct())
        {
            var before = voters.Count;
            if (source == VoteSource.Annotators) AddAll(problem.Find<AnnotatorLabels>());
            if (source == VoteSource.Rules) AddAll(problem.Find<RuleVotes>());
            if (source == VoteSource.Teachers)
                foreach (var teacher in problem.Supervision.OfType<TeacherLogits>())
                {
                    var answers = HardAnswers(teacher, problem.Classes);
                    voters.Add((teacher.Name.Length > 0 ? teacher.Name : "teacher", row => answers[row], null));
                }
            if (source == VoteSource.Labels && problem.Find<Labels>() is { } labels) voters.Add(("label", row => labels.Train[row], null));
            if (sources.Length > 0 && voters.Count == before) throw new RequestException($"method.sources: {problem.Name} offers no {Options.Key(source.ToString())}");
        }
        if (voters.Count == 0) throw new RequestException($"{problem.Name}: {method} weighs the votes of annotators, rules or teachers, and the problem offers none");

        // Trusted rows help where somebody voted on them.
        int[] trusted = problem.Find<TrustedLabels>() is null || problem.Find<Labels>() is not { } known ? []
            : [.. Enumerable.Range(0, problem.Validation.Count).Where(row => known.Validation[row] >= 0 && voters.Any(v => v.Validation?.Invoke(row) >= 0))];
        var (rows, classes) = (problem.Train.Count, problem.Classes.Count);
        return new([.. voters.Select(v => v.Name)], classes, rows, [.. trusted.Select(row => problem.Labels.Validation[row])],
            (row, voter) => row < rows ? voters[voter].Train(row) : voters[voter].Validation?.Invoke(trusted[row - rows]) ?? -1);

        void AddAll(WeakVotes? votes)
        {
            for (var s = 0; s < (votes?.Sources.Count ?? 0); s++)
            {
                var source = s;
                voters.Add((votes!.Sources[s], row => votes.Train[row, source], votes.Validation is { } validation ? row => validation[row, source] : null));
            }
        }
    }

    /// <summary>A teacher's likeliest class of each training row, of equally likely ones the first; −1 where all are, because then it says nothing.</summary>
    public static int[] HardAnswers(TeacherLogits teacher, IReadOnlyList<string> classes)
    {
        var answers = new Predictions(classes, teacher.Train);
        return [.. Enumerable.Range(0, answers.Count).Select(row => answers.Row(row).IndexOfAnyExcept(answers.Row(row)[0]) < 0 ? -1 : answers.Best(row))];
    }
}
