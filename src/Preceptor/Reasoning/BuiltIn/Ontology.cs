using System.Text.RegularExpressions;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>What may be said of something: that it is of a class, or that it has a property.</summary>
/// <param name="Word">The class's noun in the singular, or the property's word; lower case.</param>
/// <param name="IsClass">Whether it is a class.</param>
internal readonly record struct Concept(string Word, bool IsClass);

/// <summary>Somebody is something, or is not.</summary>
/// <param name="Name">Who, in lower case.</param>
/// <param name="What">What.</param>
/// <param name="IsNegated">Whether it is said that this is not so.</param>
internal readonly record struct Fact(string Name, Concept What, bool IsNegated)
{
    /// <summary>What is true where this is false.</summary>
    public Fact Contrary => this with { IsNegated = !IsNegated };
}

/// <summary>All of a class are something, or are not.</summary>
/// <param name="Class">The class's noun in the singular.</param>
/// <param name="What">What they are.</param>
/// <param name="IsNegated">Whether they are not.</param>
internal readonly record struct Rule(string Class, Concept What, bool IsNegated);

/// <summary>A conclusion by one rule from one fact.</summary>
/// <param name="Rule">The number of the rule.</param>
/// <param name="From">The number of the fact that it applies to.</param>
/// <param name="To">The number of the fact that follows.</param>
internal readonly record struct Derivation(int Rule, int From, int To);

/// <summary>
/// A question of deduction: facts and rules in English, and a statement to be judged by them, <c>every lorb is a mavik . maviks are not tall . ada is a lorb . true or false : ada is tall ?</c>, or with
/// <c>Is the following statement true or false?</c> before the statement, as PrOntoQA asks. Case and blanks beside signs do not matter.
/// </summary>
internal sealed partial class Ontology
{
    private const string Allowed = "NAME is [not] [a] WORD, every (or each) NOUN is [not] [a] WORD, or NOUNs are [not] WORD";

    private readonly List<Fact> closure = [];
    private readonly List<int> depths = [];
    private readonly List<Derivation> derivations = [];
    private readonly Dictionary<Fact, int> numbers = [];
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    private Ontology(IEnumerable<(Fact Fact, string Name)> facts, IEnumerable<(Rule Rule, string Text)> rules, (Fact Fact, string Name) query)
    {
        (Facts, Rules, Query) = ([.. facts.Select(f => f.Fact).Distinct()], [.. rules.DistinctBy(r => r.Rule)], query.Fact);
        foreach (var (fact, name) in facts.Append(query)) names.TryAdd(fact.Name, name);
        foreach (var fact in Facts) Add(fact, 0);
        // The first way to a fact is a shortest one, since facts come in the order of their depths.
        for (var at = 0; at < closure.Count; at++)
        {
            if (closure[at] is not { What.IsClass: true, IsNegated: false } member) continue;
            for (var rule = 0; rule < Rules.Count; rule++)
                if (Rules[rule].Rule is var (noun, what, isNegated) && noun == member.What.Word)
                    derivations.Add(new(rule, at, Add(new(member.Name, what, isNegated), depths[at] + 1)));
        }
    }

    /// <summary>The facts that are stated.</summary>
    public IReadOnlyList<Fact> Facts { get; }

    /// <summary>The rules that are stated, each with its words.</summary>
    public IReadOnlyList<(Rule Rule, string Text)> Rules { get; }

    /// <summary>What is to be judged.</summary>
    public Fact Query { get; }

    /// <summary>All facts that are stated or follow, the stated ones first.</summary>
    public IReadOnlyList<Fact> Closure => closure;

    /// <summary>Every way in which one of them follows from another by one rule.</summary>
    public IReadOnlyList<Derivation> Derivations => derivations;

    /// <summary>The number among <see cref="Closure"/> of what decides: the statement to be judged or its contrary; −1 where neither follows, or both do.</summary>
    public int Target => (NumberOf(Query), NumberOf(Query.Contrary)) switch { ( >= 0 and var asked, < 0) => asked, ( < 0, >= 0 and var contrary) => contrary, _ => -1 };

    /// <summary>Whether the statement to be judged follows, or its contrary; null where neither does, or both do.</summary>
    public bool? Verdict => Target < 0 ? null : closure[Target] == Query;

    /// <summary>The fewest conclusions to what decides.</summary>
    public int Shortest => depths[Target];

    /// <summary>The number of a fact among <see cref="Closure"/>; −1 where it does not follow.</summary>
    public int NumberOf(Fact fact) => numbers.GetValueOrDefault(fact, -1);

    /// <summary>A fact in words.</summary>
    public string Text(Fact fact) => $"{names.GetValueOrDefault(fact.Name, fact.Name)} is {(fact.IsNegated ? "not " : "")}{(fact.What.IsClass ? Article(fact.What.Word) + " " : "")}{fact.What.Word}";

    /// <summary>The conclusion of a rule in words, the rule first.</summary>
    public string Text(Derivation derivation) => $"{Rules[derivation.Rule].Text} {So} {Text(closure[derivation.To])}";

    /// <summary>The word between a rule and what follows by it.</summary>
    public const string So = "so";

    /// <summary>Reads a question; null where it is none.</summary>
    public static Ontology? Parse(string question) => Read(question, out _);

    /// <summary>Reads a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="trouble">What is wrong with it: what was found and what is allowed; null where nothing is.</param>
    public static Ontology? Read(string question, out string? trouble)
    {
        var (facts, rules, query, asks) = (new List<(Fact, string)>(), new List<(Rule, string)>(), ((Fact, string)?)null, false);
        foreach (var sentence in Sentences(question))
        {
            var (statement, allowed) = (sentence, "nothing behind what is to be judged");
            if (query is null && statement is [.., var one, var or, var other] && AreWords([one, or, other], "true", "or", "false") && !asks)
            {
                asks = true;
                continue;
            }
            if (query is null)
            {
                if (statement is [var first, var second, var third, ":", .. var rest] && AreWords([first, second, third], "true", "or", "false")) (statement, asks) = (rest, true);
                var (fact, rule) = Statement(statement);
                if (fact is { } known)
                {
                    if (asks) query = (known, statement[0]);
                    else facts.Add((known, statement[0]));
                    continue;
                }
                if (rule is { } general && !asks)
                {
                    rules.Add((general, string.Join(' ', statement)));
                    continue;
                }
                allowed = asks ? "a statement to be judged: NAME is [not] [a] WORD" : Allowed;
            }
            trouble = $"found '{string.Join(' ', sentence)}', expected {allowed}";
            return null;
        }
        trouble = query is null ? "found no statement to be judged, expected one behind 'true or false :'" : null;
        return query is { } wanted ? new(facts, rules, wanted) : null;
    }

    /// <summary>What is wrong with a question; null where it can be read, and what is to be judged or its contrary follows, and not both.</summary>
    public static string? TroubleOf(string question) => Read(question, out var trouble) is not { } ontology ? trouble
        : ontology.Verdict is not null ? null
        : $"found that {(ontology.NumberOf(ontology.Query) >= 0 ? "both follow from the statements" : "neither follows from the statements")}, '{ontology.Text(ontology.Query)}' and its contrary, expected one of the two";

    /// <summary>Reads a statement's words: a fact, a rule, or neither.</summary>
    public static (Fact? Fact, Rule? Rule) Statement(IReadOnlyList<string> statement)
    {
        string[] words = [.. statement.Select(w => w.ToLowerInvariant())];
        if (!Array.TrueForAll(words, w => char.IsLetter(w[0]))) return default;
        switch (words)
        {
            case ["every" or "each" or "a" or "an", var noun, "is", .. var claim]:
                return One(claim) is var (what, isNegated) ? (null, new Rule(noun, what, isNegated)) : default;
            case ["all", var nouns, "are", .. var claim] when IsPlural(nouns):
                return Many(claim) is var (ofAll, areNegated) ? (null, new Rule(Singular(nouns), ofAll, areNegated)) : default;
            case [var nouns, "are", .. var claim] when IsPlural(nouns):
                return Many(claim) is var (ofMany, notMany) ? (null, new Rule(Singular(nouns), ofMany, notMany)) : default;
            case [not ("every" or "each" or "a" or "an" or "all" or "no") and var name, "is", .. var claim]:
                return One(claim) is var (ofName, isNot) ? (new Fact(name, ofName, isNot), null) : default;
            default:
                return default;
        }
    }

    /// <summary>The words and signs of a text's sentences, without the signs that end them.</summary>
    public static IEnumerable<string[]> Sentences(string text)
    {
        var words = new List<string>();
        foreach (var found in Word().Matches(text).Select(m => m.Value))
        {
            if (found is not ("." or "?" or "!")) words.Add(found);
            else if (words.Count > 0)
            {
                yield return [.. words];
                words.Clear();
            }
        }
        if (words.Count > 0) yield return [.. words];
    }

    /// <summary>The plural of a noun.</summary>
    public static string Plural(string noun) => noun + (noun.EndsWith('s') ? "es" : "s");

    private static string Article(string noun) => "aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a";

    // A word that ends like luminous, kiss, impus or this is no plural.
    private static bool IsPlural(string word) => word.Length > 2 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i');

    private static string Singular(string plural) => plural.EndsWith("ses", StringComparison.Ordinal) ? plural[..^2] : plural[..^1];

    private static (Concept What, bool IsNegated)? One(string[] claim) => claim switch
    {
        ["not", "a" or "an", var noun] => (new(noun, true), true),
        ["a" or "an", var noun] => (new(noun, true), false),
        ["not", var property] => (new(property, false), true),
        [var property] => (new(property, false), false),
        _ => null,
    };

    private static (Concept What, bool IsNegated)? Many(string[] claim) => claim switch
    {
        ["not", var word] => (OfMany(word), true),
        [var word] => (OfMany(word), false),
        _ => null,
    };

    private static Concept OfMany(string word) => IsPlural(word) ? new(Singular(word), true) : new(word, false);

    private static bool AreWords(string[] found, params string[] wanted) => found.SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase);

    private int Add(Fact fact, int depth)
    {
        if (numbers.TryGetValue(fact, out var known)) return known;
        numbers.Add(fact, closure.Count);
        closure.Add(fact);
        depths.Add(depth);
        return closure.Count - 1;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}'_-]+|\S")]
    private static partial Regex Word();
}
