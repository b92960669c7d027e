using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// The problem <c>chains</c>: arithmetic from left to right modulo a number, to be worked out a line an operation. <c>17 + 8 * 3</c> becomes <c>17 + 8 = 25</c> and <c>25 * 3 = 75</c>; the last result is the answer.
/// With many numbers no wrong chain ends right by luck, and a program says of each line whether it is right.
/// </summary>
[Version(1)]
public static class ChainsProblem
{
    private const int Held = 200;

    /// <summary>What chains there are.</summary>
    public sealed record Options : SolvingOptions
    {
        /// <summary>Worked chains.</summary>
        [Description("Training chains with a worked solution")]
        [Range(20, 1_000_000)]
        public int Examples { get; set; } = 2000;

        /// <summary>Chains with an answer alone.</summary>
        [Description("Further training chains of which the answer alone is known")]
        [Range(0, 1_000_000)]
        public int Questions { get; set; } = 400;

        /// <summary>How many numbers there are.</summary>
        [Description("How many numbers there are, from 0: results are taken modulo this")]
        [Range(5, 1000)]
        public int Modulus { get; set; } = 97;

        /// <summary>The largest operand.</summary>
        [Description("The largest number that is added, taken away or multiplied by; the smallest is 2")]
        [Range(2, 999)]
        public int Operand { get; set; } = 9;

        /// <summary>Operations of the shortest chain.</summary>
        [Description("Operations of the shortest chain")]
        [Range(1, 64)]
        public int Shortest { get; set; } = 5;

        /// <summary>Operations of the longest chain.</summary>
        [Description("Operations of the longest chain")]
        [Range(1, 64)]
        public int Longest { get; set; } = 5;

        /// <summary>Operations of the hardest chain.</summary>
        [Description("Operations of the longest hard chain: longer ones than problem.longest are hard, and half of the exam; nobody tells their answers. 0: there are none")]
        [Range(0, 64)]
        public int Hardest { get; set; }

        /// <summary>Hard training chains.</summary>
        [Description("Further training chains that are hard, without an answer")]
        [Range(0, 1_000_000)]
        public int Unanswered { get; set; }

        /// <summary>Wrong lines of hard chains.</summary>
        [Description("Gives hard training chains worked solutions all the same, as texts from anywhere might have them, with this share of wrong lines; 0: they have none")]
        [Range(0, 1)]
        public double Hearsay { get; set; }

        /// <summary>Wrong lines.</summary>
        [Description("Share of the lines of worked solutions whose result is wrong; what follows builds on it")]
        [Range(0, 1)]
        public double Slips { get; set; }
    }

    /// <summary>Draws chains; none is in two parts.</summary>
    /// <returns>The chains, and those to learn from with a right solution each.</returns>
    public static (QuestionSets Sets, Question[] Right) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Longest < options.Shortest) throw new RequestException($"problem.longest: {options.Longest} is less than problem.shortest {options.Shortest}");
        if (options.Hardest > 0 && options.Hardest <= options.Longest) throw new RequestException($"problem.hardest: {options.Hardest} is not more than problem.longest {options.Longest}");
        if (options is { Unanswered: > 0, Hardest: 0 }) throw new RequestException("problem.unanswered: there are no hard chains; set problem.hardest as well");
        var (random, slips, seen) = (RandomStream.Of(seed, "chains"), RandomStream.Of(seed, "chain-slips"), new HashSet<string>(StringComparer.Ordinal));
        var all = new List<Question>();
        for (var tries = 0; all.Count < options.Examples + options.Questions + 2 * Held; tries++)
        {
            if (tries > 50 * (all.Count + 100)) throw new RequestException($"problem.examples: there are too few chains of {options.Shortest} to {options.Longest} operations; raise problem.longest, problem.operand or problem.modulus");
            if (One(random, options, options.Shortest, options.Longest) is var chain && seen.Add(chain.Text)) all.Add(chain);
        }
        var (hard, others) = (new List<Question>(), RandomStream.Of(seed, "hard-chains"));
        while (options.Hardest > 0 && hard.Count < options.Unanswered + Held)
            if (One(others, options, options.Longest + 1, options.Hardest) is var chain && seen.Add(chain.Text)) hard.Add(chain);
        Question[] right = [.. all[..(options.Examples + options.Questions)]];
        Question[] train = [.. right.Select((q, i) => i < options.Examples ? q with { Solution = options.Slips == 0 ? q.Solution : Worked(q.Text, options.Modulus, slips, options.Slips) } : q with { Solution = "" })];
        Question[] unanswered = [.. hard.Take(options.Unanswered).Select(q => q with { Answer = "", Solution = options.Hearsay == 0 ? "" : Worked(q.Text, options.Modulus, slips, options.Hearsay) })];
        return (new([.. train, .. unanswered], [.. all[right.Length..(right.Length + Held)]], [.. all[(right.Length + Held)..], .. hard.Skip(options.Unanswered)]), right);
    }

    private static Question One(RandomStream random, Options options, int shortest, int longest)
    {
        var operations = shortest + random.Next(longest - shortest + 1);
        var words = new List<string> { Text(random.Next(options.Modulus)) };
        for (var i = 0; i < operations; i++)
        {
            words.Add("+-*"[random.Next(3)].ToString());
            words.Add(Text(2 + random.Next(options.Operand - 1)));
        }
        var (text, solution) = (string.Join(' ', words), Worked(string.Join(' ', words), options.Modulus, random, 0));
        return new(text, solution[(solution.LastIndexOf(' ') + 1)..]) { Solution = solution, Level = operations };
    }

    /// <summary>The lines of a chain, each of which slips with some probability to any other number.</summary>
    internal static string Worked(string chain, int modulus, RandomStream random, double slips)
    {
        var words = chain.Split(' ');
        var (value, lines) = (int.Parse(words[0], CultureInfo.InvariantCulture), new List<string>());
        for (var i = 1; i < words.Length; i += 2)
        {
            var result = Apply(words[i][0], value, int.Parse(words[i + 1], CultureInfo.InvariantCulture), modulus);
            if (slips > 0 && random.NextDouble() < slips) result = (result + 1 + random.Next(modulus - 1)) % modulus;
            lines.Add($"{Text(value)} {words[i]} {words[i + 1]} = {Text(result)}");
            value = result;
        }
        return string.Join('\n', lines);
    }

    /// <summary>What an operation comes to.</summary>
    internal static int Apply(char sign, int left, int right, int modulus) => (int)((sign switch { '+' => left + right, '-' => left - (right % modulus) + modulus, _ => (long)left * right }) % modulus);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Checks chains: a line is right where it takes up the result before it (the first number, at the beginning), does the operation whose turn it is, and comes to what that is; and all before it are.</summary>
/// <param name="modulus">How many numbers there are.</param>
public sealed class ChainChecker(int modulus) : SolutionChecker
{
    internal const string Kind = "chain";

    private readonly AnswerChecker answers = new(Supervision.CheckRule.Number);

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"{Kind}/{modulus}");

    /// <inheritdoc/>
    public override bool ChecksSteps => true;

    /// <inheritdoc/>
    public override string? AnswerOf(string question, string solution) => answers.AnswerOf(question, solution);

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution) => answers.IsRight(question, solution);

    /// <inheritdoc/>
    public override bool[] AreStepsRight(string question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        string[] wanted = ChainsProblem.Worked(question.Trim(), modulus, RandomStream.Of(0, ""), 0).Split('\n'), steps = StepsOf(solution);
        // Each line has one right form, given that all before it have theirs.
        var first = Enumerable.Range(0, steps.Length).FirstOrDefault(i => i >= wanted.Length || !string.Equals(string.Join(' ', steps[i].Split(' ', StringSplitOptions.RemoveEmptyEntries)), wanted[i], StringComparison.Ordinal), steps.Length);
        return [.. Enumerable.Range(0, steps.Length).Select(i => i < first)];
    }
}
