using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Language.BuiltIn;

/// <summary>
/// The problem <c>word-chains</c>: statements that make numbers from numbers, some of no use, and a question after one of them (in the manner of grade-school problems with irrelevant context, Shi et al. 2023).
/// The response goes through the statements that matter and ends in the answer; a step may say its operands again before its result, so that the words just before it are enough.
/// </summary>
[Version(1)]
public static class WordChainsProblem
{
    private const int Held = 200;

    private static readonly string[] Names = [.. Enumerable.Range('a', 26).Select(c => ((char)c).ToString())];

    /// <summary>The options of word-chains.</summary>
    public sealed record Options
    {
        /// <summary>Training problems.</summary>
        [Description("Training problems")]
        [Range(20, 1_000_000)]
        public int Examples { get; set; } = 3000;

        /// <summary>How many numbers there are.</summary>
        [Description("How many numbers there are, from 0: sums, differences and products are taken modulo this")]
        [Range(5, 200)]
        public int Modulus { get; set; } = 10;

        /// <summary>Steps of the longest chain.</summary>
        [Description("Steps of the longest chain to learn from; the shortest has 1")]
        [Range(1, 10)]
        public int Steps { get; set; } = 2;

        /// <summary>Statements of no use.</summary>
        [Description("Most statements of a training problem that its question does not need")]
        [Range(0, 10)]
        public int Distractors { get; set; } = 2;

        /// <summary>Whether steps say their operands again.</summary>
        [Description("Whether a step says its operands again before its result, in names and in numbers")]
        public bool Restated { get; set; } = true;
    }

    /// <summary>Problems of one kind.</summary>
    /// <param name="Steps">Steps of the shortest and the longest chain.</param>
    /// <param name="Distractors">The least and the most statements of no use.</param>
    public readonly record struct Shape((int Least, int Most) Steps, (int Least, int Most) Distractors);

    /// <summary>Draws problems to learn from, to validate and to test by, and the exam's harder ones.</summary>
    /// <returns>The texts; problems with two to three times the statements of no use; problems a step longer than any to learn from.</returns>
    public static (LanguageTexts Texts, TextRow[] Distracted, TextRow[] Longer) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var alike = new Shape((1, options.Steps), (0, options.Distractors));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        TextRow[] Rows(string role, int count, Shape shape)
        {
            var random = RandomStream.Of(seed, "word-chains-" + role);
            var rows = new List<TextRow>();
            while (rows.Count < count)
                if (Row(random, shape, options) is var row && seen.Add(row.Prompt)) rows.Add(row);
            return [.. rows];
        }
        return (new(Rows("train", options.Examples, alike), Rows("validation", Held, alike), Rows("test", 2 * Held, alike)),
            Rows("distracted", 2 * Held, alike with { Distractors = (options.Distractors + 2, options.Distractors + 3) }), Rows("longer", 2 * Held, alike with { Steps = (options.Steps + 1, options.Steps + 1) }));
    }

    /// <summary>Draws a problem.</summary>
    internal static TextRow Row(RandomStream random, Shape shape, Options options)
    {
        int Between((int Least, int Most) range) => range.Least + random.Next(range.Most - range.Least + 1);
        var (steps, distractors) = (Between(shape.Steps), Between(shape.Distractors));
        var total = 1 + steps + distractors;
        var names = random.Permutation(Names.Length);
        // Which statements matter; the others are of no use, and stand anywhere.
        var matters = new bool[total];
        foreach (var place in random.Permutation(total).AsSpan(0, 1 + steps)) matters[place] = true;
        var (values, statements, response) = (new int[total], new List<string>(), new List<string>());
        var (last, idle) = (-1, -1);
        for (var at = 0; at < total; at++)
        {
            var name = Names[names[at]];
            var parent = matters[at] ? last : idle;
            var number = random.Next(options.Modulus);
            if (parent < 0 || !matters[at] && random.Next(2) == 0)
            {
                values[at] = number;
                statements.Add(Text($"{name} = {number}"));
                if (matters[at]) response.Add(statements[^1]);
            }
            else
            {
                var sign = "+-*"[random.Next(3)];
                values[at] = Apply(sign, values[parent], number, options.Modulus);
                statements.Add(Text($"{name} = {Names[names[parent]]} {sign} {number}"));
                if (matters[at]) response.Add(options.Restated ? Text($"{statements[^1]} = {values[parent]} {sign} {number} = {values[at]}") : Text($"{name} = {values[at]}"));
            }
            if (matters[at]) last = at;
            else idle = at;
        }
        return new(Text($"{string.Join(" ; ", statements)} ; {Names[names[last]]} ?"), Text($"{string.Join(" ; ", response)} ; {values[last]}"));
    }

    private static int Apply(char sign, int left, int right, int modulus) => (sign switch { '+' => left + right, '-' => left - right + modulus, _ => left * right }) % modulus;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
