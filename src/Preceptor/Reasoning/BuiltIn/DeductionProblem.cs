using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// The problem <c>deduction</c>: rules about made-up classes, a fact, and a statement that is true or false by them (in the manner of PrOntoQA, Saparov and He 2023). A solution concludes one fact a line, by one rule, until the statement or its contrary
/// is there. Half of the statements are true, so that an answer alone says little; a program checks every line. More conclusions, rules of no use, statements in disorder and in several wordings make it harder.
/// </summary>
[Version(1)]
public static class DeductionProblem
{
    private static readonly string[] Names = ["ada", "ben", "cleo", "dora", "emil", "finn", "greta", "hugo"];

    private static readonly string[] Properties = ["tall", "green", "loud", "soft", "heavy", "round", "dry", "fast", "quiet", "warm", "tidy", "brave", "pale", "sharp", "smooth", "young"];

    /// <summary>In which order a question states its rules.</summary>
    public enum StatementOrder
    {
        /// <summary>As they are needed, the fact last, as PrOntoQA does.</summary>
        Forward,

        /// <summary>The other way round.</summary>
        Backward,

        /// <summary>At random, the fact among them.</summary>
        Shuffled,
    }

    /// <summary>How rules are worded.</summary>
    public enum RuleWording
    {
        /// <summary>All alike.</summary>
        Plain,

        /// <summary>In three ways, one of them with plurals.</summary>
        Varied,
    }

    /// <summary>What questions there are.</summary>
    public sealed record Options : LevelledOptions
    {
        /// <summary>Rules of no use.</summary>
        [Description("Rules of a question that its proof does not need; the first says the contrary of the last rule about a class that nobody is of, the others lead away from the proof, or nowhere")]
        [Range(0, 30)]
        public int Distractors { get; set; } = 2;

        /// <summary>Forks.</summary>
        [Description("How often a proof can go either of two ways, each as long: a question has 2 to the power of this shortest proofs")]
        [Range(0, 10)]
        public int Forks { get; set; }

        /// <summary>Negated rules.</summary>
        [Description("Share of the rules about properties that say not; at 0 or 1 the statement's own wording gives the answer away")]
        [Range(0, 1)]
        public double Negation { get; set; } = 0.5;

        /// <summary>The order.</summary>
        [Description("How rules are ordered: forward: as a proof needs them, the fact last | backward: the other way round | shuffled: at random")]
        public StatementOrder Order { get; set; }

        /// <summary>The wording.</summary>
        [Description("How rules are worded: plain: every lorb is a mavik | varied: so, with each, or lorbs are maviks")]
        public RuleWording Wording { get; set; }

        /// <summary>Made-up nouns.</summary>
        [Description("How many nouns are made up, by the seed; each question takes other ones for its classes")]
        [Range(4, 1000)]
        public int Nouns { get; set; } = 12;

        /// <summary>Whether steps count.</summary>
        [Description("Whether a solution is right only where all its lines are; false: its answer alone counts, and half are right by luck")]
        public bool Proof { get; set; } = true;

        /// <summary>Slack.</summary>
        [Description("How many needless conclusions a proof may have where methods choose among legal steps: the more, the more proofs there are")]
        [Range(0, 10)]
        public int Slack { get; set; }
    }

    /// <summary>Draws questions; none is in two parts.</summary>
    /// <returns>The questions, and those to learn from with a proof each.</returns>
    public static (QuestionSets Sets, Question[] Right) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        if (options.Shortest < 2 * options.Forks + 1) throw new RequestException($"problem.forks: {options.Forks}, expected at most {(options.Shortest - 1) / 2}, since a fork takes two conclusions before the last and problem.shortest is {options.Shortest}");
        var needed = options.Most + options.Forks + options.Distractors;
        if (options.Nouns < needed) throw new RequestException($"problem.nouns: {options.Nouns}, expected at least {needed}: one for each conclusion of the longest proof, each of problem.distractors and each of problem.forks");
        var nouns = Made(options.Nouns, seed);
        static Question Proved(Question question) => question with { Solution = new StepSearch().Solutions(DeductionState.Start(Ontology.Parse(question.Text)!, 0)).First() };
        return options.Draw("deduction", seed, (random, conclusions) => One(random, options, nouns, conclusions), Proved, "problem.nouns, problem.distractors");
    }

    /// <summary>Draws a question, without its proof.</summary>
    /// <remarks>Where a rule stands among others is told by the place of what it is about in the proof.</remarks>
    internal static Question One(RandomStream random, Options options, string[] nouns, int conclusions)
    {
        var (words, properties, name) = (random.Permutation(nouns.Length), random.Permutation(Properties.Length), Names[random.Next(Names.Length)]);
        var (fresh, spare) = (0, 1);
        Concept Noun() => new(nouns[words[fresh++]], true);
        Concept Property() => new(Properties[properties[spare++]], false);
        bool Says() => random.NextDouble() < options.Negation;
        Concept[] chain = [.. Enumerable.Range(0, conclusions).Select(_ => Noun())];
        var (asked, isNegated, isTrue) = (new Concept(Properties[properties[0]], false), Says(), random.Next(2) == 0);
        var rules = new List<(double Place, Rule Rule)>();
        void State(double place, Concept of, Concept what, bool negated) => rules.Add((place, new(of.Word, what, negated)));
        for (var at = 0; at + 1 < conclusions; at++) State(at, chain[at], chain[at + 1], false);
        State(conclusions - 1, chain[^1], asked, isNegated);
        // Disjoint pairs of conclusions, of which another class makes a second way.
        foreach (var pair in random.Permutation((conclusions - 1) / 2).AsSpan(0, options.Forks))
        {
            var other = Noun();
            State(2 * pair + 0.1, chain[2 * pair], other, false);
            State(2 * pair + 0.9, other, chain[2 * pair + 2], false);
        }
        for (var i = 0; i < options.Distractors; i++)
        {
            var place = random.Next(conclusions);
            if (i == 0) State(place + 0.5, Noun(), asked, !isNegated);
            else if (random.Next(3) is var kind && kind == 0 && spare < Properties.Length) State(place - 0.1, chain[place], Property(), Says());
            else if (kind == 1) State(place + 0.2, chain[place], Noun(), false);
            else State(place - 0.2, Noun(), chain[place], false);
        }
        string[] stated = [.. Ordered(rules, options.Order, random).Select(r => Worded(r, options.Wording == RuleWording.Plain ? 0 : random.Next(3)))];
        var fact = $"{name} is a {chain[0].Word}";
        var at0 = options.Order switch { StatementOrder.Forward => stated.Length, StatementOrder.Backward => 0, _ => random.Next(stated.Length + 1) };
        var text = $"{string.Join(" . ", [.. stated[..at0], fact, .. stated[at0..]])} . true or false : {name} is {(isNegated == isTrue ? "not " : "")}{asked.Word} ?";
        return new(text, isTrue ? "true" : "false") { Level = conclusions };
    }

    private static IEnumerable<Rule> Ordered(List<(double Place, Rule Rule)> rules, StatementOrder order, RandomStream random) => order switch
    {
        StatementOrder.Forward => rules.OrderBy(r => r.Place).Select(r => r.Rule),
        StatementOrder.Backward => rules.OrderByDescending(r => r.Place).Select(r => r.Rule),
        _ => random.Permutation(rules.Count).Select(i => rules[i].Rule),
    };

    private static string Worded(Rule rule, int way)
    {
        var (noun, what, not) = (rule.Class, rule.What.Word, rule.IsNegated ? "not " : "");
        return way == 2 ? $"{Ontology.Plural(noun)} are {not}{(rule.What.IsClass ? Ontology.Plural(what) : what)}" : $"{(way == 0 ? "every" : "each")} {noun} is {not}{(rule.What.IsClass ? "a " : "")}{what}";
    }

    /// <summary>Nouns that nobody uses: two syllables, with a consonant at both ends.</summary>
    internal static string[] Made(int count, ulong seed)
    {
        var (random, all) = (RandomStream.Of(seed, "made-up-nouns"), new List<string>());
        while (all.Count < count)
        {
            char Of(string letters) => letters[random.Next(letters.Length)];
            var noun = string.Create(CultureInfo.InvariantCulture, $"{Of("bdfgklmnprtvz")}{Of("aeiou")}{Of("bdfgklmnprtvz")}{Of("aeiou")}{Of("bdgklmnprt")}");
            if (!all.Contains(noun)) all.Add(noun);
        }
        return [.. all];
    }
}
