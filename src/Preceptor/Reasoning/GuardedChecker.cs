using System.Collections.Concurrent;

namespace Preceptor.Reasoning;

/// <summary>What came of checking a solution.</summary>
public enum CheckOutcome
{
    /// <summary>Its answer is right.</summary>
    Right,

    /// <summary>Its answer is wrong.</summary>
    Wrong,

    /// <summary>It never came to its end.</summary>
    Unfinished,

    /// <summary>It ended, and no answer can be read in it.</summary>
    Unreadable,

    /// <summary>The checker threw.</summary>
    Failed,

    /// <summary>The checker did not answer in time.</summary>
    TimedOut,
}

/// <summary>
/// A checker that can neither end nor stop the work: what throws or takes too long counts as no right answer, and is counted apart. A check that takes too long is left
/// alone on its thread, and the next has a thread of its own. It belongs to one thread.
/// </summary>
/// <param name="checker">The checker.</param>
/// <param name="limit">How long a check may take; left out: 5 seconds.</param>
public sealed class GuardedChecker(SolutionChecker checker, TimeSpan? limit = null)
{
    private readonly TimeSpan limit = limit ?? TimeSpan.FromSeconds(5);
    private readonly int[] tally = new int[Enum.GetValues<CheckOutcome>().Length];
    private BlockingCollection<Action>? worker;

    /// <summary>The checker itself.</summary>
    public SolutionChecker Checker => checker;

    /// <summary>How many checks came to a verdict so far.</summary>
    public int Count(CheckOutcome verdict) => tally[(int)verdict];

    /// <summary>Checks a solution.</summary>
    /// <param name="question">The question.</param>
    /// <param name="solution">The solution.</param>
    public CheckOutcome Check(Question question, Solution solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(solution);
        var verdict = !solution.IsFinished ? CheckOutcome.Unfinished
            : Try(() => checker.IsRight(question, solution.Text) ? CheckOutcome.Right : checker.AnswerOf(question.Text, solution.Text) is null ? CheckOutcome.Unreadable : CheckOutcome.Wrong, out var found) is { } trouble ? trouble : found;
        tally[(int)verdict]++;
        return verdict;
    }

    /// <summary>What a solution answers; null for none, where it never ended, or where the checker fails.</summary>
    public string? AnswerOf(string question, Solution solution)
    {
        ArgumentNullException.ThrowIfNull(solution);
        if (!solution.IsFinished) return null;
        var trouble = Try(() => checker.AnswerOf(question, solution.Text), out var answer);
        if (trouble is { } of) tally[(int)of]++;
        return trouble is null ? answer : null;
    }

    /// <summary>Whether each step of a solution is right; null where nobody can tell, or where the checker fails.</summary>
    public bool[]? AreStepsRight(string question, string solution)
    {
        if (!checker.ChecksSteps) return null;
        var trouble = Try(() => checker.AreStepsRight(question, solution), out var steps);
        if (trouble is { } of) tally[(int)of]++;
        return trouble is null ? steps : null;
    }

    /// <summary>What a reader of results should know: how many checks failed or took too long.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. Count(CheckOutcome.Failed) is > 0 and var failed ? [$"the checker failed on {failed} solutions, which count as wrong"] : Array.Empty<string>(),
        .. Count(CheckOutcome.TimedOut) is > 0 and var late ? [$"the checker took more than {limit.TotalSeconds:0.###} s for {late} solutions, which count as wrong"] : Array.Empty<string>(),
        .. checker.Remarks,
    ];

    private CheckOutcome? Try<T>(Func<T> check, out T result)
    {
        // The result is handed over by the task: a check that comes too late must not write into anything of ours.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        (worker ??= Start()).Add(() =>
        {
            try
            {
                done.SetResult(check());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        result = default!;
        try
        {
            if (!done.Task.Wait(limit))
            {
                worker.CompleteAdding();
                worker = null;
                return CheckOutcome.TimedOut;
            }
        }
        catch (AggregateException)
        {
            return CheckOutcome.Failed;
        }
        result = done.Task.Result;
        return null;
    }

    private static BlockingCollection<Action> Start()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable()) action();
        })
        { IsBackground = true, Name = "solution checker" }.Start();
        return work;
    }
}
