namespace Preceptor.Reasoning;

/// <summary>How a solver comes to its answer.</summary>
public enum AnswerRule
{
    /// <summary>The likeliest solution, a token after the other.</summary>
    Greedy,

    /// <summary>The answer that most drawn solutions come to (Wang et al. 2023).</summary>
    Majority,

    /// <summary>The drawn solution that the verifier scores highest.</summary>
    Best,

    /// <summary>The answer whose drawn solutions the verifier scores highest together.</summary>
    Weighted,

    /// <summary>A search over steps that the verifier guides.</summary>
    Beam,

    /// <summary>A tree search over steps that the verifier guides.</summary>
    Tree,
}

/// <summary>Chooses among drawn solutions. Ties go to what was drawn first.</summary>
internal static class AnswerVote
{
    /// <summary>The solution whose answer has the most weight, by its highest weight; null where no solution has an answer.</summary>
    /// <param name="candidates">The solutions.</param>
    /// <param name="answers">What each answers; null for none.</param>
    /// <param name="weights">The weight of each; negative ones count as 0.</param>
    public static Solution? Weighted(IReadOnlyList<Solution> candidates, IReadOnlyList<string?> answers, Func<Solution, double> weights)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < candidates.Count; i++)
            if (answers[i] is { } answer) sums[answer] = sums.GetValueOrDefault(answer) + Math.Max(0, weights(candidates[i]));
        if (sums.Count == 0) return null;
        var most = sums.Values.Max();
        var chosen = answers.First(a => a is not null && sums[a] == most);
        return candidates.Where((_, i) => answers[i] == chosen).MaxBy(weights);
    }

    /// <summary>The solution with the highest score among those that have an answer; null where none has.</summary>
    public static Solution? Best(IReadOnlyList<Solution> candidates, IReadOnlyList<string?> answers) => candidates.Where((_, i) => answers[i] is not null).MaxBy(s => s.Score);
}
