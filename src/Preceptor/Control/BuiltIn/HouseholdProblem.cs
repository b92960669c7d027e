using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Control.Household;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control.BuiltIn;

/// <summary>The texts that the problem household offers.</summary>
public enum HouseholdText
{
    /// <summary>Sentences about all things and receptacles.</summary>
    Sentences,

    /// <summary>The same words, in any order within a sentence.</summary>
    Shuffled,

    /// <summary>As many words, any of them, so that nothing is said.</summary>
    Meaningless,

    /// <summary>None.</summary>
    None,
}

/// <summary>Which pairs of a thing and a receptacle are asked for in demonstrations of household.</summary>
public enum HouseholdPairs
{
    /// <summary>Three in five.</summary>
    Some,

    /// <summary>All, also those that the exam keeps back otherwise.</summary>
    All,
}

/// <summary>
/// The problem <c>household</c>: demonstrations of putting things somewhere in households in words (after Li et al. 2022, on VirtualHome). Asked for are goals of pairs that were demonstrated, the same in unusual houses, and goals of pairs
/// of which none was.
/// </summary>
[Version(1)]
public static class HouseholdProblem
{
    /// <summary>Actions after which an episode is truncated.</summary>
    public const int Longest = 70;

    /// <summary>The options of household.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 8 episodes and 200 sentences; small: 300 and 20,000; full: 1,000 and 20,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Episodes.</summary>
        [Description("Episodes of the expert; left out: as the size says")]
        [Range(2, 1_000_000)]
        public int? Episodes { get; set; }

        /// <summary>The texts.</summary>
        [Description("The texts that are offered; shuffled: the words of each sentence in any order; meaningless: any words")]
        public HouseholdText Text { get; set; }

        /// <summary>Sentences.</summary>
        [Description("Sentences; left out: as the size says")]
        [Range(1, 10_000_000)]
        public int? Sentences { get; set; }

        /// <summary>The pairs.</summary>
        [Description("Which pairs of a thing and a receptacle demonstrations are about; with all, the exam asks for the same as with some")]
        public HouseholdPairs Pairs { get; set; }
    }

    /// <summary>Which pairs of a kind and a receptacle may be demonstrated with a seed [12 × 6]: three in five; and the others.</summary>
    public static (bool[] Demonstrated, bool[] HeldOut) Pairs(ulong seed)
    {
        var order = RandomStream.Of(seed, "household-pairs").Permutation(HouseholdNames.Kinds * HouseholdNames.Receptacles);
        var demonstrated = new bool[order.Length];
        foreach (var pair in order.AsSpan(0, order.Length * 3 / 5)) demonstrated[pair] = true;
        return (demonstrated, [.. demonstrated.Select(d => !d)]);
    }

    /// <summary>Draws the demonstrations of a seed: to learn from, to validate, and to test what is imitated.</summary>
    public static (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var count = options.Episodes ?? options.Size switch { ProblemSize.Tiny => 8, ProblemSize.Small => 300, _ => 1000 };
        var form = HouseholdNames.Form;
        var (demonstrated, few) = (Pairs(seed).Demonstrated, Math.Clamp(count / 10, 2, 30));
        return (new(Play("train", count, options.Pairs == HouseholdPairs.All ? HouseholdTasks.AllPairs : demonstrated), form.Actions, form.State, form.Goal), Play("validation", few, demonstrated), Play("test", few, demonstrated));
        EpisodeLog Play(string role, int episodes, IReadOnlyList<bool> pairs) => Demonstrate(episodes, RandomStream.Key(seed, $"household-{role}"), new HouseholdTasks(pairs));
    }

    /// <summary>The texts of a seed; null for none.</summary>
    public static RelatedTexts? Texts(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Text == HouseholdText.None) return null;
        var texts = HouseholdTexts.Draw(options.Sentences ?? (options.Size == ProblemSize.Tiny ? 200 : 20_000), seed);
        return new(options.Text switch { HouseholdText.Shuffled => HouseholdTexts.Shuffled(texts, seed), HouseholdText.Meaningless => HouseholdTexts.Meaningless(texts, seed), _ => texts });
    }

    /// <summary>Where episodes with goals of a seed's demonstrated pairs can be gathered, in usual houses.</summary>
    public static PracticeEnvironments Practice(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tasks = new HouseholdTasks(options.Pairs == HouseholdPairs.All ? HouseholdTasks.AllPairs : Pairs(seed).Demonstrated);
        return new($"household {seed} {options.Pairs}", count => new Households(count, Longest, (_, random, house) => tasks.Draw(random, house)));
    }

    /// <summary>Episodes of the expert.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="tasks">Draws houses and goals.</param>
    public static EpisodeLog Demonstrate(int count, ulong seed, HouseholdTasks tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        // One after the other: an expert's episodes differ in length, and the first to end must not be preferred.
        var households = new Households(1, 4 * Longest, (_, random, house) => tasks.Draw(random, house));
        var expert = new HouseholdExpert();
        return EpisodeLog.Play(households, seed, count, (seen, actions) => expert.Act(seen, actions));
    }
}
