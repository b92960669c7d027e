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
public sealed record Solved(Solution? Chosen, IReadOnlyList<Solution> Candidates, SolvingCost Cost);
