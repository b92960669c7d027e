using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Language.BuiltIn;

/// <summary>
/// Texts of five spans of twelve words whose true probabilities are known. A span that begins with <see cref="Chain"/> follows a Markov chain over words, whose rows are Dirichlet draws: a word says all there is to know of the next, and that is never certain.
/// A span that begins with <see cref="Copy"/> says again what stood twelve words before: certain, but only for who looks that far back. The first span is a chain, each other one or the other at random.
/// </summary>
[Version(1)]
public static class MarkovCopiesProblem
{
    /// <summary>Words a span, the one that begins it included.</summary>
    public const int Span = 12;

    /// <summary>Words a text.</summary>
    public const int Length = 5 * Span;

    /// <summary>What begins a span of the chain.</summary>
    public const string Chain = "~";

    /// <summary>What begins a span that copies.</summary>
    public const string Copy = "=";

    private const int Held = 200;

    /// <summary>What texts there are.</summary>
    public sealed record Options
    {
        /// <summary>Training texts.</summary>
        [Description("Training texts")]
        [Range(20, 1_000_000)]
        public int Texts { get; set; } = 3000;

        /// <summary>Different words.</summary>
        [Description("Different words, besides the two that begin spans")]
        [Range(2, 1000)]
        public int Words { get; set; } = 46;

        /// <summary>How even the chain's rows are.</summary>
        [Description("The Dirichlet distribution's parameter of the chain's rows: the smaller, the surer a word says the next")]
        [Range(0.01, 1000)]
        public double Concentration { get; set; } = 0.3;
    }

    /// <summary>What kind of word stands at a place.</summary>
    public enum Place
    {
        /// <summary>One that begins a span.</summary>
        Mark,

        /// <summary>One of the chain.</summary>
        Chain,

        /// <summary>One that says again what stood before.</summary>
        Copy,
    }

    /// <summary>Draws the texts, and the chain's rows.</summary>
    /// <returns>The texts; and the probabilities of the words after each word [words + 1][words], the last row that of <see cref="Chain"/>.</returns>
    public static (LanguageTexts Texts, double[][] Rows) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var random = RandomStream.Of(seed, "markov-copies");
        double[][] rows = [.. Enumerable.Range(0, options.Words + 1).Select(_ => Dirichlet(options.Words, options.Concentration, random))];
        TextRow[] all = [.. Enumerable.Range(0, options.Texts + 2 * Held).Select(_ => new TextRow("", string.Join(' ', Write(rows, random))))];
        return (new(all[..options.Texts], all[options.Texts..^Held], all[^Held..]) { IsPacked = false }, rows);
    }

    /// <summary>The name of a word.</summary>
    public static string Word(int number) => string.Create(CultureInfo.InvariantCulture, $"w{number}");

    /// <summary>What stands at each place of a text's words [<see cref="Length"/>].</summary>
    public static Place[] Places(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return [.. words.Select((_, i) => i % Span == 0 ? Place.Mark : words[i - i % Span] == Chain ? Place.Chain : Place.Copy)];
    }

    private static string[] Write(double[][] rows, RandomStream random)
    {
        var (text, last) = (new string[Length], 0);
        for (var i = 0; i < Length; i++)
        {
            if (i % Span == 0)
            {
                (text[i], last) = (i > 0 && random.Next(2) == 0 ? Copy : Chain, rows.Length - 1);
                continue;
            }
            if (text[i - i % Span] == Copy)
            {
                text[i] = text[i - Span];
                continue;
            }
            last = random.NextIndex(rows[last]);
            text[i] = Word(last);
        }
        return text;
    }

    private static double[] Dirichlet(int count, double concentration, RandomStream random)
    {
        double[] logs = [.. Enumerable.Range(0, count).Select(_ => ExampleMixing.LogGamma(concentration, random))];
        var most = logs.Max();
        double[] parts = [.. logs.Select(l => Math.Exp(l - most))];
        var sum = parts.Sum();
        return [.. parts.Select(p => p / sum)];
    }
}
