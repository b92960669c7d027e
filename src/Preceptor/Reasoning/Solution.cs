namespace Preceptor.Reasoning;

/// <summary>A solution that a policy proposed, or the beginning of one.</summary>
/// <param name="Tokens">Its tokens, with the one that ended it.</param>
/// <param name="Text">Its text, a step a line.</param>
/// <param name="IsFinished">Whether a token ended it, not a limit.</param>
public sealed record Solution(IReadOnlyList<int> Tokens, string Text, bool IsFinished)
{
    /// <summary>Its log-probability by the policy.</summary>
    public double LogProbability { get; init; }

    /// <summary>What a verifier thinks of it as a whole; 0 without one.</summary>
    public double Score { get; init; }

    /// <summary>What was thought of it when its last step was drawn; null where nobody was asked.</summary>
    internal double? Value { get; init; }

    /// <summary>What a verifier thinks at the end of each step, in order; empty without one.</summary>
    public IReadOnlyList<double> StepScores { get; init; } = [];
}

/// <summary>What solving cost.</summary>
/// <param name="Tokens">Tokens that the policy drew.</param>
/// <param name="Calls">How often it was asked to go on.</param>
/// <param name="Read">Tokens that a verifier read.</param>
public readonly record struct SolvingCost(long Tokens, long Calls, long Read)
{
    /// <summary>The sum of two costs.</summary>
    public static SolvingCost operator +(SolvingCost one, SolvingCost other) => new(one.Tokens + other.Tokens, one.Calls + other.Calls, one.Read + other.Read);
}

/// <summary>What came of a question.</summary>
/// <param name="Chosen">The solution that is given; null where there is none to give.</param>
/// <param name="Candidates">Those that it was chosen from.</param>
/// <param name="Cost">What it cost.</param>
public sealed record Solved(Solution? Chosen, IReadOnlyList<Solution> Candidates, SolvingCost Cost)
{
    /// <summary>What a tree search looked at, a step before those behind it; empty where there was none.</summary>
    public IReadOnlyList<SearchedStep> Tree { get; init; } = [];
}

/// <summary>A step that a tree search looked at.</summary>
/// <param name="Depth">Steps of the solution with it, from 1.</param>
/// <param name="Text">The step.</param>
/// <param name="Visits">How often the search came to it or went on from it.</param>
/// <param name="Quality">The mean of what it found there.</param>
/// <param name="Prior">How likely the policy finds it.</param>
/// <param name="IsFinished">Whether a solution ends with it.</param>
/// <param name="IsChosen">Whether it is of the solution that was given.</param>
public sealed record SearchedStep(int Depth, string Text, int Visits, double Quality, double Prior, bool IsFinished, bool IsChosen);
