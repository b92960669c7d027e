using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static Preceptor.Language.BuiltIn.AgreementWords;

namespace Preceptor.Language.BuiltIn;

/// <summary>
/// Sentences of two clauses by a grammar of some hundred words: verbs agree in number with their subject, over phrases of another number between them; adjectives and verbs fit what lives or what does not; the order is strict. To be learned from without
/// labels; what was learned is asked by labelled sentences of which half are spoilt in one way (<see cref="Probe"/>).
/// </summary>
[Version(1)]
public static class AgreementProblem
{
    /// <summary>What is asked of a sentence.</summary>
    public enum Probe
    {
        /// <summary>Whether a verb has the wrong number.</summary>
        Agreement,

        /// <summary>Whether two neighbouring words changed places.</summary>
        Order,

        /// <summary>Whether there is a word too many.</summary>
        Insertion,

        /// <summary>Whether it tells of the past: nothing is spoilt.</summary>
        Tense,
    }

    private const int Held = 200;

    /// <summary>What sentences there are.</summary>
    public sealed record Options
    {
        /// <summary>Training sentences.</summary>
        [Description("Training sentences, without labels")]
        [Range(20, 1_000_000)]
        public int Sentences { get; set; } = 4000;

        /// <summary>Labelled sentences.</summary>
        [Description("Labelled sentences from which each of the exam's classifiers learns")]
        [Range(10, 100_000)]
        public int Labels { get; set; } = 200;

        /// <summary>Test sentences.</summary>
        [Description("Sentences by which each of them is scored")]
        [Range(10, 100_000)]
        public int Tests { get; set; } = 400;
    }

    /// <summary>Draws the sentences to learn from.</summary>
    public static LanguageTexts Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var random = RandomStream.Of(seed, "sentences");
        TextRow[] rows = [.. Enumerable.Range(0, options.Sentences + 2 * Held).Select(_ => new TextRow("", string.Join(' ', Write(random, random.Next(2) == 0).Words)))];
        return new(rows[..options.Sentences], rows[options.Sentences..^Held], rows[^Held..]) { IsPacked = false };
    }

    /// <summary>Draws sentences and what is to be said of them: 1 of what is spoilt, or tells of the past.</summary>
    /// <param name="probe">What is asked.</param>
    /// <param name="count">How many, half of them of each label.</param>
    /// <param name="random">Draws them.</param>
    public static (string[][] Sentences, int[] Labels) Ask(Probe probe, int count, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        return ([.. labels.Select(label => probe == Probe.Tense ? Write(random, label == 1).Words : Spoil(probe, label == 1, random))], labels);
    }

    // Agreement does not show in the past.
    private static string[] Spoil(Probe probe, bool isSpoilt, RandomStream random)
    {
        var sentence = Write(random, probe != Probe.Agreement && random.Next(2) == 0);
        List<string> words = [.. sentence.Words];
        if (!isSpoilt) return [.. words];
        switch (probe)
        {
            case Probe.Agreement:
                var verb = sentence.Verbs[random.Next(2)];
                words[verb] = words[verb].EndsWith('s') ? words[verb][..^1] : words[verb] + "s";
                break;
            case Probe.Order:
                // A word that begins a phrase stands before one that never does: their order is always wrong when changed.
                var first = sentence.Openings[random.Next(sentence.Openings.Count)];
                (words[first], words[first + 1]) = (words[first + 1], words[first]);
                break;
            default:
                var other = Write(random, random.Next(2) == 0).Words;
                words.Insert(random.Next(words.Count), other[random.Next(other.Length - 1)]);
                break;
        }
        return [.. words];
    }

    /// <summary>Writes a sentence.</summary>
    /// <returns>Its words, where its two verbs are, and where phrases begin.</returns>
    internal static (string[] Words, int[] Verbs, List<int> Openings) Write(RandomStream random, bool isPast)
    {
        var (words, verbs, openings) = (new List<string>(), new List<int>(), new List<int>());
        string Any(string[] of) => of[random.Next(of.Length)];
        void Phrase(int kind, bool isMany)
        {
            openings.Add(words.Count);
            words.Add(Any(isMany ? Many : One));
            if (random.Next(2) == 0) words.Add(Any(Adjectives[kind]));
            words.Add(Any(Nouns[kind]) + (isMany ? "s" : ""));
        }
        for (var clause = 0; clause < 2; clause++)
        {
            if (clause > 0) words.Add(Any(Conjunctions));
            var (kind, isMany) = (random.Next(2), random.Next(2) == 0);
            Phrase(kind, isMany);
            for (var between = random.Next(3); between > 0; between--)
            {
                words.Add(Any(Prepositions));
                Phrase(random.Next(2), random.Next(2) == 0);
            }
            verbs.Add(words.Count);
            words.Add(Any(Verbs[kind]) + (isPast ? "ed" : isMany ? "" : "s"));
            if (random.Next(2) == 0) words.Add(Any(Adverbs));
        }
        words.Add(".");
        return ([.. words], [.. verbs], openings);
    }
}
