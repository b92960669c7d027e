namespace Preceptor.Ranking;

/// <summary>Cuts English words down to their stems, so that <c>labels</c> finds <c>labelling</c> (Porter 1980). Words with other letters than a to z stay as they are.</summary>
internal static class PorterStemmer
{
    private static readonly (string Ending, string Instead)[] Second =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
        ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Ending, string Instead)[] Third = [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] Fourth = ["ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al", "er", "ic", "ou"];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(ReadOnlySpan<char> word)
    {
        if (word.Length <= 2 || word.ContainsAnyExceptInRange('a', 'z')) return word.ToString();
        var stem = PluralsAndTenses(word.ToString());
        if (stem.EndsWith('y') && HasVowel(stem[..^1])) stem = stem[..^1] + "i";
        stem = Replace(stem, Second);
        stem = Replace(stem, Third);
        foreach (var ending in Fourth)
        {
            if (!stem.EndsWith(ending, StringComparison.Ordinal)) continue;
            var rest = stem[..^ending.Length];
            if (Measure(rest) > 1 && (ending != "ion" || rest.Length > 0 && rest[^1] is 's' or 't')) stem = rest;
            break;
        }
        if (stem.EndsWith('e') && (Measure(stem[..^1]) is var m && (m > 1 || m == 1 && !EndsInConsonantVowelConsonant(stem[..^1])))) stem = stem[..^1];
        return stem.EndsWith("ll", StringComparison.Ordinal) && Measure(stem) > 1 ? stem[..^1] : stem;
    }

    private static string PluralsAndTenses(string word)
    {
        bool Ends(string ending) => word.EndsWith(ending, StringComparison.Ordinal);
        if (Ends("sses") || Ends("ies")) word = word[..^2];
        else if (Ends("s") && !Ends("ss")) word = word[..^1];
        if (Ends("eed")) return Measure(word[..^3]) > 0 ? word[..^1] : word;
        var cut = Ends("ed") ? 2 : Ends("ing") ? 3 : 0;
        if (cut == 0 || !HasVowel(word[..^cut])) return word;
        word = word[..^cut];
        if (Ends("at") || Ends("bl") || Ends("iz")) return word + "e";
        if (word.Length > 1 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1) && word[^1] is not ('l' or 's' or 'z')) return word[..^1];
        return Measure(word) == 1 && EndsInConsonantVowelConsonant(word) ? word + "e" : word;
    }

    private static string Replace(string word, (string Ending, string Instead)[] rules)
    {
        foreach (var (ending, instead) in rules)
            if (word.EndsWith(ending, StringComparison.Ordinal)) return Measure(word[..^ending.Length]) > 0 ? word[..^ending.Length] + instead : word;
        return word;
    }

    // How often a run of vowels is followed by a run of consonants.
    private static int Measure(string word)
    {
        var (count, afterVowel) = (0, false);
        for (var i = 0; i < word.Length; i++)
        {
            var consonant = IsConsonant(word, i);
            if (consonant && afterVowel) count++;
            afterVowel = !consonant;
        }
        return count;
    }

    private static bool HasVowel(string word)
    {
        for (var i = 0; i < word.Length; i++)
            if (!IsConsonant(word, i)) return true;
        return false;
    }

    private static bool IsConsonant(string word, int at) => word[at] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => at == 0 || !IsConsonant(word, at - 1),
        _ => true,
    };

    private static bool EndsInConsonantVowelConsonant(string word) =>
        word.Length > 2 && IsConsonant(word, word.Length - 1) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 3) && word[^1] is not ('w' or 'x' or 'y');
}
