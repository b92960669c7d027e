using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>Texts of which some tokens are not the original ones. Tokens that end a text are never touched.</summary>
internal static class TextCorruption
{
    /// <summary>Some places of a text, in order: a share of those that end none, all choices equally likely.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rate">The share.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="random">Draws them.</param>
    /// <param name="least">The least number of places; where there are not so many, none is taken.</param>
    public static int[] Draw(ReadOnlySpan<int> text, double rate, IReadOnlyList<int> ends, RandomStream random, int least = 1)
    {
        var places = new List<int>();
        for (var i = 0; i < text.Length; i++)
            if (!ends.Contains(text[i])) places.Add(i);
        return places.Count < least ? [] : [.. Choose(places.Count, Math.Max(least, (int)Math.Round(rate * places.Count)), random).Select(i => places[i])];
    }

    /// <summary>Some of the numbers below a number, in order, all choices equally likely.</summary>
    public static int[] Choose(int of, int count, RandomStream random)
    {
        var chosen = new List<int>(count);
        for (var i = 0; i < of && chosen.Count < count; i++)
            if (random.Next(of - i) < count - chosen.Count) chosen.Add(i);
        return [.. chosen];
    }

    /// <summary>A text with other tokens at some places.</summary>
    /// <param name="text">The text.</param>
    /// <param name="places">The places.</param>
    /// <param name="token">The token of the place of a number.</param>
    public static int[] With(ReadOnlySpan<int> text, IReadOnlyList<int> places, Func<int, int> token)
    {
        var changed = text.ToArray();
        for (var i = 0; i < places.Count; i++) changed[places[i]] = token(i);
        return changed;
    }

    /// <summary>A text in which the tokens of some places stand at others of them, each at another's (Sattolo's cycles, all equally likely).</summary>
    public static int[] Swap(ReadOnlySpan<int> text, IReadOnlyList<int> places, RandomStream random)
    {
        var swapped = text.ToArray();
        for (var i = places.Count - 1; i > 0; i--)
        {
            var j = random.Next(i);
            (swapped[places[i]], swapped[places[j]]) = (swapped[places[j]], swapped[places[i]]);
        }
        return swapped;
    }

    /// <summary>A text with a token put in at some gaps, no two at the same; never behind the token that ends it.</summary>
    /// <returns>The text, and where the tokens stand in it.</returns>
    public static (int[] Text, int[] Places) Insert(ReadOnlySpan<int> text, int count, int token, IReadOnlyList<int> ends, RandomStream random)
    {
        var gaps = text.Length > 0 && ends.Contains(text[^1]) ? text.Length : text.Length + 1;
        var before = Choose(gaps, count, random);
        var longer = new List<int>(text.Length + before.Length);
        var places = new List<int>(before.Length);
        for (var i = 0; i <= text.Length; i++)
        {
            if (places.Count < before.Length && before[places.Count] == i)
            {
                places.Add(longer.Count);
                longer.Add(token);
            }
            if (i < text.Length) longer.Add(text[i]);
        }
        return ([.. longer], [.. places]);
    }
}
