namespace Preceptor.Foundation;

/// <summary>Finds what the user probably meant by a mistyped word.</summary>
public static class Spelling
{
    /// <summary>The candidate nearest to a word, regardless of case, or null if none is near enough to suggest.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="candidates">What is allowed; the first of equally near ones wins.</param>
    /// <returns>
    /// A candidate within one edit for each three letters (at least one edit, never so many that the words share nothing);
    /// an edit inserts, deletes or replaces a letter or swaps two neighbours (Damerau and Levenshtein).
    /// </returns>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var (nearest, fewest) = ((string?)null, int.MaxValue);
        foreach (var candidate in candidates)
        {
            var longest = Math.Max(word.Length, candidate.Length);
            var limit = Math.Min(Math.Max(1, longest / 3), longest - 1);
            if (Math.Abs(word.Length - candidate.Length) > limit) continue;
            var edits = Edits(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (edits <= limit && edits < fewest) (nearest, fewest) = (candidate, edits);
        }
        return nearest;
    }

    /// <summary>The end of a message: <c> (did you mean 'x'?)</c>, or nothing if no candidate is near.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    /// <summary>Edits between two words, each swap of neighbours counted as one (optimal string alignment).</summary>
    private static int Edits(string from, string to)
    {
        var beforeLast = new int[to.Length + 1];
        var last = new int[to.Length + 1];
        var current = new int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++) last[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                var swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                if (swapped) current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[to.Length];
    }
}
