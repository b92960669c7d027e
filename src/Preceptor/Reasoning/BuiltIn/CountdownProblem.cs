using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// The problem <c>countdown</c>: a target is to be made of some numbers, each used once. With four numbers to 13 and the target 24 these are all puzzles of the Game of 24. Worked solutions are found by going through all;
/// a program checks lines and solutions exactly.
/// </summary>
[Version(1)]
public static class CountdownProblem
{
    private const int MostSolutions = 200;

    /// <summary>What puzzles there are.</summary>
    public sealed record Options : SolvingOptions
    {
        /// <summary>Numbers of a puzzle.</summary>
        [Description("Numbers of a puzzle")]
        [Range(2, 6)]
        public int Numbers { get; set; } = 4;

        /// <summary>The largest number.</summary>
        [Description("The largest number; the smallest is 1")]
        [Range(2, 100)]
        public int Largest { get; set; } = 13;

        /// <summary>The target.</summary>
        [Description("What is to be made; 0: another number for each puzzle, one that can be made")]
        [Range(0, 10_000)]
        public int Target { get; set; } = Countdown.Usual;

        /// <summary>Training puzzles.</summary>
        [Description("Training puzzles; as many as there are, where there are fewer besides those held back")]
        [Range(20, 1_000_000)]
        public int Examples { get; set; } = 900;

        /// <summary>Test puzzles.</summary>
        [Description("Test puzzles; as many validate")]
        [Range(5, 10_000)]
        public int Held { get; set; } = 100;

        /// <summary>Worked solutions.</summary>
        [Description("Worked solutions of each training puzzle, drawn from all there are")]
        [Range(1, 1000)]
        public int Solutions { get; set; } = 4;
    }

    /// <summary>Draws puzzles that can be solved; none is in two parts.</summary>
    public static QuestionSets Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (random, choice, puzzles) = (RandomStream.Of(seed, "countdown"), RandomStream.Of(seed, "countdown-solutions"), new List<(Question Puzzle, string[] Solutions)>());
        var (wanted, seen) = (options.Examples + 2 * options.Held, new HashSet<string>(StringComparer.Ordinal));
        for (var misses = 0; puzzles.Count < wanted && misses < 2000; misses++)
        {
            int[] numbers = [.. Enumerable.Range(0, options.Numbers).Select(_ => 1 + random.Next(options.Largest)).Order()];
            var target = options.Target > 0 ? options.Target : Reached(numbers, random);
            var text = Countdown.Question(numbers, target);
            if (!seen.Add(text)) continue;
            string[] solutions = [.. Countdown.Solve([.. numbers.Select(n => new Fraction(n))], new(target)).Take(MostSolutions)];
            if (solutions.Length == 0) continue;
            puzzles.Add((new(text, target.ToString(CultureInfo.InvariantCulture)), solutions));
            misses = 0;
        }
        if (puzzles.Count < 4 * options.Held) throw new RequestException($"problem.held: {puzzles.Count} puzzles were found that can be solved, too few to hold back {options.Held} to validate and {options.Held} to test by; raise problem.numbers or problem.largest, or lower problem.held");
        Question With((Question Puzzle, string[] Solutions) puzzle, string solution) => puzzle.Puzzle with { Solution = solution };
        Question[] held = [.. puzzles.Take(2 * options.Held).Select(p => With(p, p.Solutions[0]))];
        Question[] train = [.. puzzles.Skip(2 * options.Held).SelectMany(p => WorkedSolutions.Some(p.Solutions, options.Solutions, choice).Select(s => With(p, s)))];
        return new(train, held[..options.Held], held[options.Held..]) { Notes = puzzles.Count < wanted ? [$"{puzzles.Count - 2 * options.Held} training puzzles, since there are no more"] : [] };
    }

    // What some way of taking the numbers together comes to: a whole number above 0.
    private static int Reached(int[] numbers, RandomStream random)
    {
        while (true)
        {
            var left = numbers.Select(n => new Fraction(n)).ToList();
            while (left.Count > 1)
            {
                Fraction Taken()
                {
                    var at = random.Next(left.Count);
                    var taken = left[at];
                    left.RemoveAt(at);
                    return taken;
                }
                var (a, b) = (Taken(), Taken());
                if (a.CompareTo(b) < 0) (a, b) = (b, a);
                left.Add(Fraction.Of(a, "+-*/"[random.Next(4)], b) ?? a);
            }
            if (left[0] is { Denominator: 1, Numerator: > 0 and <= 10_000 } whole) return (int)whole.Numerator;
        }
    }
}
