using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Language.BuiltIn;

/// <summary>Sums of two numbers as prompts, and their values as responses, of which some are wrong.</summary>
[Version(1)]
public static class SumsProblem
{
    /// <summary>What sums there are.</summary>
    public sealed record Options
    {
        /// <summary>Training sums.</summary>
        [Description("Training sums")]
        [Range(20, 1_000_000)]
        public int Examples { get; set; } = 4000;

        /// <summary>The largest number.</summary>
        [Description("The largest number that is added")]
        [Range(9, 100_000)]
        public int Largest { get; set; } = 99;

        /// <summary>Wrong responses.</summary>
        [Description("Share of the training responses that are wrong")]
        [Range(0, 1)]
        public double Wrong { get; set; }

        /// <summary>Wrong checks.</summary>
        [Description("Share of the training sums whose check takes the value of another sum for the right one")]
        [Range(0, 1)]
        public double WrongCheck { get; set; }
    }

    /// <summary>Draws the sums; no pair of numbers is in more than one part.</summary>
    public static (LanguageTexts Texts, LanguageTexts Right) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (random, errors) = (RandomStream.Of(seed, "sums"), RandomStream.Of(seed, "sum-errors"));
        const int held = 200;
        var (seen, pairs) = (new HashSet<(int, int)>(), new List<TextRow>());
        var all = (long)(options.Largest + 1) * (options.Largest + 1);
        if (options.Examples + 2 * held > 0.9 * all) throw new RequestException($"problem.examples: {options.Examples} and {2 * held} to validate and test are more than nine tenths of the {all} sums of numbers up to {options.Largest}; raise problem.largest");
        while (pairs.Count < options.Examples + 2 * held)
        {
            var (a, b) = (random.Next(options.Largest + 1), random.Next(options.Largest + 1));
            if (seen.Add((a, b))) pairs.Add(new(string.Create(CultureInfo.InvariantCulture, $"{a}+{b}="), (a + b).ToString(CultureInfo.InvariantCulture)));
        }
        TextRow[] right = [.. pairs.Take(options.Examples)];
        // A wrong answer is that of another sum, so that answers as such look alike.
        TextRow[] train = [.. right.Select(p => errors.NextDouble() < options.Wrong ? p with { Response = right[errors.Next(right.Length)].Response, Wanted = p.Response } : p)];
        if (options.WrongCheck > 0)
        {
            var misled = RandomStream.Of(seed, "check-errors");
            train = [.. train.Select(p => misled.NextDouble() < options.WrongCheck ? p with { Wanted = right[misled.Next(right.Length)].Response } : p)];
        }
        TextRow[] validation = [.. pairs.Skip(options.Examples).Take(held)], test = [.. pairs.Skip(options.Examples + held)];
        return (new(train, validation, test), new(right, validation, test));
    }
}
