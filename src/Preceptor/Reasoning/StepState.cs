namespace Preceptor.Reasoning;

/// <summary>A program that knows which steps a solution may take and where each leads. A <see cref="SolutionChecker"/> that is one lets policies choose among legal steps alone, and lets all right solutions be counted.</summary>
public interface IStepSimulator
{
    /// <summary>Where every solution of a question begins; null where the question cannot be read.</summary>
    /// <param name="question">The question.</param>
    StepState? Begin(string question);
}

/// <summary>Where a solution stands after some steps.</summary>
public abstract class StepState
{
    private IReadOnlyList<NextStep>? steps;

    /// <summary>What tells it from others of the same question: two states of one key have the same future.</summary>
    public abstract string Key { get; }

    /// <summary>Whether a solution that ends here is right.</summary>
    public abstract bool IsSolved { get; }

    /// <summary>How much of what is wanted has been reached, from 0 to 1; 1 where it is solved.</summary>
    public virtual double Reached => IsSolved ? 1 : 0;

    /// <summary>How many states a step leads here from, as far as the problem knows; 1 where states remember how they came about, so that all solutions of a question make a tree.</summary>
    public virtual int Parents => 1;

    /// <summary>The legal steps, each once and in the same order always; empty where the solution is over, solved or not.</summary>
    public IReadOnlyList<NextStep> Steps => steps ??= [.. IsSolved ? [] : Next()];

    /// <summary>What a solution comes to from here; null where a line is no legal step. Blanks between words do not matter.</summary>
    /// <param name="lines">Its further steps.</param>
    public StepState? After(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        StepState? state = this;
        foreach (var line in lines)
        {
            if (state is null) return null;
            var plain = SolutionChecker.Plain(line);
            state = state.Steps.FirstOrDefault(s => string.Equals(s.Line, plain, StringComparison.Ordinal)).State;
        }
        return state;
    }

    /// <summary>The legal steps where the state is not solved; none where the solution is over all the same.</summary>
    protected abstract IEnumerable<NextStep> Next();
}

/// <summary>A legal step.</summary>
/// <param name="Line">Its line.</param>
/// <param name="State">Where it leads.</param>
public readonly record struct NextStep(string Line, StepState State);
