using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Reasoning;

/// <summary>Reads solutions: what they answer, whether that is right, and, where a program can tell, which steps are. A step is a line.</summary>
public abstract class SolutionChecker
{
    /// <summary>What tells it from others, its settings included: a solver is saved with it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether <see cref="AreStepsRight"/> says anything.</summary>
    public virtual bool ChecksSteps => false;

    /// <summary>The answer that a solution comes to, solutions with the same one voting together; null where none can be read.</summary>
    /// <param name="question">The question.</param>
    /// <param name="solution">The solution.</param>
    public abstract string? AnswerOf(string question, string solution);

    /// <summary>Whether a solution comes to the right answer.</summary>
    /// <param name="question">The question with the answer wanted.</param>
    /// <param name="solution">The solution.</param>
    public abstract bool IsRight(Question question, string solution);

    /// <summary>Whether each of a solution's steps is right, given those before it; a step that builds on a wrong result but is right in itself counts as wrong. Null where nobody can tell.</summary>
    /// <param name="question">The question.</param>
    /// <param name="solution">The solution, or the beginning of one.</param>
    public virtual bool[]? AreStepsRight(string question, string solution) => null;

    /// <summary>What keeps a question from being checked: what was found in it or in its answer, and what is allowed; null where nothing does.</summary>
    internal virtual string? TroubleOf(Question question) => null;

    /// <summary>What a reader of results should know of the checker itself.</summary>
    internal virtual IReadOnlyList<string> Remarks => [];

    /// <summary>The steps of a solution: its lines, empty ones left out.</summary>
    public static string[] StepsOf(string solution)
    {
        ArgumentNullException.ThrowIfNull(solution);
        return solution.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>A line with one blank between words.</summary>
    internal static string Plain(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The checker of a name.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public static SolutionChecker Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var (kind, setting) = name.Split('/') is [var k, var s] ? (k, s) : (name, "");
        return (kind, int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) switch
        {
            (AnswerChecker.NumberName, _) => new AnswerChecker(CheckRule.Number),
            (AnswerChecker.ExactName, _) => new AnswerChecker(CheckRule.Exact),
            // A saved solver may come from anywhere, so that the program is not started; votes are by the last lines.
            (CommandChecker.Kind, _) => new AnswerChecker(CheckRule.Exact),
            (BuiltIn.CountdownChecker.Kind, _) => new BuiltIn.CountdownChecker(),
            (BuiltIn.BlocksChecker.Kind, _) => new BuiltIn.BlocksChecker(),
            (BuiltIn.CalculatorChecker.Kind, _) => new BuiltIn.CalculatorChecker(),
            (BuiltIn.CalculatorChecker.TracedKind, _) => new BuiltIn.CalculatorChecker(isTraced: true),
            (BuiltIn.DeductionChecker.Kind, true) => new BuiltIn.DeductionChecker(number),
            (BuiltIn.DeductionChecker.AnswerKind, true) => new BuiltIn.DeductionChecker(number, needsProof: false),
            (BuiltIn.ChainChecker.Kind, true) => new BuiltIn.ChainChecker(number),
            _ => throw new RequestException($"there is no checker of solutions named '{name}'"),
        };
    }
}

/// <summary>Compares the end of a solution with the answer wanted: the last number, or the last line.</summary>
/// <param name="rule">Which of the two.</param>
public sealed class AnswerChecker(CheckRule rule) : SolutionChecker
{
    internal const string NumberName = "number", ExactName = "exact";

    private readonly OutcomeCheck check = rule == CheckRule.None ? throw new ArgumentOutOfRangeException(nameof(rule)) : new(rule, []);

    /// <inheritdoc/>
    public override string Name => rule == CheckRule.Number ? NumberName : ExactName;

    /// <inheritdoc/>
    public override string? AnswerOf(string question, string solution) => StepsOf(solution) is [.., var last] ? check.AnswerOf(last) : null;

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return AnswerOf(question.Text, solution) is { } answer && answer == check.AnswerOf(question.Answer);
    }
}
