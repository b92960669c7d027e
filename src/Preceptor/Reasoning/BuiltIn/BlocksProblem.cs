using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// The problem <c>blocks</c>: BlocksWorld. A hand moves blocks, one at a time, until some stand on others as asked; a problem has several plans, all of which are known. More blocks, longer plans and less slack make it harder.
/// </summary>
[Version(1)]
public static class BlocksProblem
{
    // Of plans with much slack there may be millions.
    private const int MostPlans = 500;

    /// <summary>What problems there are.</summary>
    public sealed record Options : SolvingOptions
    {
        /// <summary>Blocks of a problem.</summary>
        [Description("Blocks of a problem")]
        [Range(2, 6)]
        public int Blocks { get; set; } = 4;

        /// <summary>Steps of the shortest plans.</summary>
        [Description("Steps of the shortest plan, at least; the number is even, since what is picked up is put down")]
        [Range(2, 40)]
        public int Shortest { get; set; } = 2;

        /// <summary>Steps of the longest of the shortest plans.</summary>
        [Description("Steps of the shortest plan, at most")]
        [Range(2, 40)]
        public int Longest { get; set; } = 6;

        /// <summary>Slack.</summary>
        [Description("How many more steps than the shortest plan a plan may have: the more, the more plans there are")]
        [Range(0, 10)]
        public int Slack { get; set; } = BuiltIn.Blocks.UsualSlack;

        /// <summary>Training problems.</summary>
        [Description("Training problems; as many as there are, where there are fewer besides those held back")]
        [Range(10, 1_000_000)]
        public int Examples { get; set; } = 1000;

        /// <summary>Test problems.</summary>
        [Description("Test problems; as many validate")]
        [Range(5, 10_000)]
        public int Held { get; set; } = 100;

        /// <summary>Worked plans.</summary>
        [Description("Worked plans of each training problem, drawn from all there are")]
        [Range(1, 1000)]
        public int Solutions { get; set; } = 4;
    }

    /// <summary>Draws problems; none is in two parts.</summary>
    public static QuestionSets Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Longest < options.Shortest) throw new RequestException($"problem.longest: {options.Longest} is less than problem.shortest {options.Shortest}");
        var (random, choice) = (RandomStream.Of(seed, "blocks"), RandomStream.Of(seed, "block-plans"));
        var (wanted, all, seen) = (options.Examples + 2 * options.Held, new List<Question>(), new HashSet<string>(StringComparer.Ordinal));
        for (var misses = 0; all.Count < wanted && misses < 2000; misses++)
        {
            if (One(random, options) is not { } problem || !seen.Add(problem.Text)) continue;
            all.Add(problem);
            misses = 0;
        }
        if (all.Count < 4 * options.Held) throw new RequestException($"problem.held: {all.Count} problems of {options.Blocks} blocks with a shortest plan of {options.Shortest} to {options.Longest} steps were found, too few to hold back {options.Held} to validate and {options.Held} to test by; raise problem.blocks or problem.longest, lower problem.shortest or problem.held");
        Question[] held = [.. all.Take(2 * options.Held).Select(q => q with { Solution = new StepSearch().Solutions(BuiltIn.Blocks.Parse(q.Text)!).First() })];
        var train = WorkedSolutions.Of(all.Skip(2 * options.Held), new BlocksChecker(), options.Solutions, MostPlans, choice);
        return new(train, held[..options.Held], held[options.Held..]) { Notes = all.Count < wanted ? [$"{all.Count - 2 * options.Held} training problems, since there are no more"] : [] };
    }

    // Blocks stand as one permutation has them, and are to stand as another has them, or some of them are; null where that needs too few steps or too many.
    private static Question? One(RandomStream random, Options options)
    {
        string[] names = [.. Enumerable.Range(0, options.Blocks).Select(i => ((char)('a' + i)).ToString())];
        var (below, wanted) = (Stacks(random, options.Blocks), Stacks(random, options.Blocks));
        BlocksGoal[] goals = [.. Enumerable.Range(0, options.Blocks).Where(b => wanted[b] >= 0).Where(_ => random.Next(4) > 0).Select(b => new BlocksGoal(BlocksPredicate.On, b, wanted[b]))];
        if (goals.Length == 0) return null;
        var problem = new Blocks(names, goals);
        return StepSearch.Shortest(new BlocksState(problem, below, null)) is { } steps && steps >= options.Shortest && steps <= options.Longest
            ? new(problem.Question(below, steps + options.Slack), steps.ToString(CultureInfo.InvariantCulture)) { Level = steps } : null;
    }

    private static int[] Stacks(RandomStream random, int blocks)
    {
        var (order, below) = (random.Permutation(blocks), new int[blocks]);
        for (var i = 0; i < blocks; i++) below[order[i]] = i == 0 || random.Next(2) == 0 ? BuiltIn.Blocks.Table : order[i - 1];
        return below;
    }
}
