namespace Preceptor.Language.BuiltIn;

/// <summary>The words of <see cref="AgreementProblem"/>. Nouns take -s, verbs -s and -ed.</summary>
internal static class AgreementWords
{
    public static readonly string[] One = ["a", "this", "that", "every"];
    public static readonly string[] Many = ["these", "those", "several", "many"];

    /// <summary>Nouns of what lives, and of what does not.</summary>
    public static readonly string[][] Nouns =
    [
        ["dog", "cat", "bird", "farmer", "doctor", "teacher", "singer", "king"],
        ["stone", "lamp", "river", "wheel", "table", "door", "cloud", "engine"],
    ];

    /// <summary>What is said of each.</summary>
    public static readonly string[][] Adjectives =
    [
        ["happy", "hungry", "clever", "brave", "shy", "proud"],
        ["wooden", "heavy", "rusty", "round", "broken", "smooth"],
    ];

    /// <summary>What each does.</summary>
    public static readonly string[][] Verbs =
    [
        ["walk", "talk", "wait", "shout", "listen", "jump"],
        ["glow", "crack", "drift", "rust", "melt", "leak"],
    ];

    public static readonly string[] Prepositions = ["near", "behind", "beside", "above"];
    public static readonly string[] Adverbs = ["slowly", "often", "again", "loudly", "rarely", "together"];
    public static readonly string[] Conjunctions = ["and", "while", "because"];
}
