using System.Numerics;

namespace Preceptor.Reasoning;

/// <summary>Goes through all solutions of a question, by a program that knows its legal steps. What is known of a state serves wherever it comes up again.</summary>
/// <param name="most">Most different states that are looked at.</param>
public sealed class StepSearch(int most = int.MaxValue)
{
    private readonly Dictionary<string, BigInteger> counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> deadEnds = new(StringComparer.Ordinal);

    /// <summary>How many right solutions go on from a state; null where there are too many states to say.</summary>
    /// <param name="state">The state.</param>
    public BigInteger? Count(StepState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.IsSolved) return BigInteger.One;
        if (counts.TryGetValue(state.Key, out var known)) return known;
        if (counts.Count >= most) return null;
        var all = BigInteger.Zero;
        foreach (var step in state.Steps)
        {
            if (Count(step.State) is not { } further) return null;
            all += further;
        }
        counts[state.Key] = all;
        return all;
    }

    /// <summary>All right solutions that go on from a state, a step a line, in the order of the steps; what leads nowhere is not walked twice.</summary>
    /// <param name="state">The state.</param>
    public IEnumerable<string> Solutions(StepState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.IsSolved)
        {
            yield return "";
            yield break;
        }
        if (deadEnds.Contains(state.Key)) yield break;
        var isDeadEnd = true;
        foreach (var step in state.Steps)
            foreach (var further in Solutions(step.State))
            {
                isDeadEnd = false;
                yield return further.Length == 0 ? step.Line : $"{step.Line}\n{further}";
            }
        if (isDeadEnd) deadEnds.Add(state.Key);
    }

    /// <summary>The fewest steps that solve; null where none do.</summary>
    /// <param name="state">Where to begin.</param>
    public static int? Shortest(StepState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var seen = new HashSet<string>(StringComparer.Ordinal) { state.Key };
        List<StepState> layer = [state];
        for (var length = 0; layer.Count > 0; length++)
        {
            if (layer.Exists(s => s.IsSolved)) return length;
            layer = [.. layer.SelectMany(s => s.Steps).Where(s => seen.Add(s.State.Key)).Select(s => s.State)];
        }
        return null;
    }
}
