using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// The problem <c>word-problems</c>: short stories in which somebody's things become more and fewer, in whole numbers, with sentences of no use among them. Solutions are in GSM8K's form (Cobbe et al. 2021), a calculator mark a step and the
/// answer behind <c>####</c>, with blanks between numbers and signs so that each is a word. A program checks each mark, and where its numbers come from.
/// </summary>
[Version(1)]
public static class WordProblemsProblem
{
    private static readonly string[] Names = ["ada", "ben", "cleo", "dora", "emil", "finn", "greta", "hugo"];

    private static readonly string[] Things = ["shells", "stamps", "marbles", "buttons", "acorns", "beads", "coins", "pencils"];

    private static readonly string[] Gains = ["finds", "buys", "wins", "picks"];

    private static readonly string[] Packs = ["bags", "boxes", "jars", "packs"];

    /// <summary>What stories there are.</summary>
    public sealed record Options : LevelledOptions
    {
        /// <summary>Sentences of no use.</summary>
        [Description("Most sentences with a number that the question does not need")]
        [Range(0, 10)]
        public int Distractors { get; set; } = 1;

        /// <summary>The largest number.</summary>
        [Description("The largest number of a story or of a result")]
        [Range(10, 1_000_000)]
        public int Largest { get; set; } = 40;
    }

    /// <summary>Draws stories; none is in two parts.</summary>
    /// <returns>The stories, and those to learn from with a right solution each.</returns>
    public static (QuestionSets Sets, Question[] Right) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        return options.Draw("word-problems", seed, (random, count) => One(random, options, count), q => q, "problem.largest");
    }

    /// <summary>Draws a story of so many calculations.</summary>
    internal static Question One(RandomStream random, Options options, int calculations)
    {
        T Of<T>(T[] from) => from[random.Next(from.Length)];
        int Between(int least, int most) => least + random.Next(most - least + 1);
        var (names, things) = (random.Permutation(Names.Length), random.Permutation(Things.Length));
        var (who, other, what) = (Names[names[0]], Names[names[1]], Things[things[0]]);
        var number = Between(2, options.Largest - 1);
        var (sentences, lines) = (new List<string> { Text($"{who} has {number} {what}") }, new List<string>());
        int Step(int left, char sign, int right, string of)
        {
            var result = sign switch { '+' => left + right, '-' => left - right, '*' => left * right, _ => left / right };
            lines.Add(Text($"{left} {sign} {right} = << {left} {sign} {right} = {result} >> {result} {of}"));
            return result;
        }
        while (lines.Count < calculations)
        {
            // Only what keeps numbers whole, positive and small enough; one of the first two always does.
            var room = options.Largest - number;
            int[] divisors = [.. Enumerable.Range(2, 8).Where(d => number % d == 0 && number > d)];
            switch (random.Next(5))
            {
                case 0 when room > 0:
                    var gain = Between(1, room);
                    sentences.Add(Text($"{who} {Of(Gains)} {gain} more {what}"));
                    number = Step(number, '+', gain, what);
                    break;
                case 1 when number > 1:
                    var loss = Between(1, number - 1);
                    sentences.Add(Text($"{who} gives {loss} {what} to {other}"));
                    number = Step(number, '-', loss, what);
                    break;
                case 2 when room >= number:
                    var times = Between(2, Math.Min(9, options.Largest / number));
                    sentences.Add(Text($"{who} saves until there are {times} times as many {what}"));
                    number = Step(number, '*', times, what);
                    break;
                case 3 when divisors.Length > 0:
                    var parts = Of(divisors);
                    sentences.Add(Text($"{who} divides the {what} into {parts} equal parts and keeps a part"));
                    number = Step(number, '/', parts, what);
                    break;
                case 4 when lines.Count + 2 <= calculations && room >= 4:
                    var packs = Between(2, Math.Min(9, room / 2));
                    var (pack, each) = (Of(Packs), Between(2, room / packs));
                    sentences.Add(Text($"{who} {Of(Gains)} {packs} {pack} with {each} {what} each"));
                    number = Step(number, '+', Step(packs, '*', each, Text($"{what} in {pack}")), what);
                    break;
                default:
                    break;
            }
        }
        for (var i = random.Next(options.Distractors + 1); i > 0; i--)
        {
            var (unneeded, thing) = (Between(2, options.Largest), Things[things[1 + random.Next(Things.Length - 1)]]);
            sentences.Insert(1 + random.Next(sentences.Count), random.Next(3) switch { 0 => Text($"{other} has {unneeded} {thing}"), 1 => Text($"{who} also has {unneeded} {thing}"), _ => Text($"the way takes {unneeded} minutes") });
        }
        return new($"{string.Join(" . ", sentences)} . how many {what} does {who} have now ?", Text($"{number}")) { Solution = Text($"{string.Join('\n', lines)}\n#### {number}"), Level = calculations };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
