using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Ranking.BuiltIn;

/// <summary>
/// The problem <c>laws</c>: directives are queries, acts of another country the documents, and relevant are the acts that transpose a directive, some years after it. Both countries write most of their laws in the same
/// stock phrases, and half of their concepts in words of their own. For each directive there are also acts of the same wording that transpose nothing, earlier or much later ones: the same text with the opposite label.
/// </summary>
[Version(1)]
public static class LawsProblem
{
    private const int Stock = 40, TopicConcepts = 12, Own = 6, TopicWords = 12, OwnWords = 4, Window = 4;

    /// <summary>The options of laws.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 40 directives, 200 acts of 6 topics; small: 300 directives, 2,000 acts of 30 topics; full: 800 directives, 6,000 acts of 60 topics")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Whether acts contradict.</summary>
        [Description("How many acts of the same wording that transpose nothing there are for each that does")]
        [Range(0, 10)]
        public double Contradictions { get; set; } = 1;

        /// <summary>Whether dates mean anything.</summary>
        [Description("Whether acts that transpose come within four years after the directive and others do not; else all dates are chance")]
        public bool Dated { get; set; } = true;
    }

    /// <summary>The collection.</summary>
    public static RankingCollection Draw(Options options, ulong seed)
    {
        var (directives, acts, topics) = options.Size switch { ProblemSize.Tiny => (40, 200, 6), ProblemSize.Small => (300, 2000, 30), _ => (800, 6000, 60) };
        var random = RandomStream.Of(seed, "laws");
        // A concept has a word in each country; of half of them it is the same.
        var concepts = 0;
        List<(string Here, string There)> New(int count)
        {
            var made = new List<(string, string)>();
            for (var i = 0; i < count; i++, concepts++) made.Add(($"e{concepts}", random.NextDouble() < 0.5 ? $"e{concepts}" : $"u{concepts}"));
            return made;
        }
        var about = Enumerable.Range(0, topics).Select(_ => New(TopicConcepts)).ToArray();
        string Text(List<(string Here, string There)> topic, List<(string Here, string There)> own, bool isHere)
        {
            string Word((string Here, string There) concept) => isHere ? concept.Here : concept.There;
            var words = Enumerable.Range(0, Stock).Select(_ => $"stock{random.Next(30)}").ToList();
            for (var i = 0; i < TopicWords; i++) words.Add(Word(topic[random.Next(topic.Count)]));
            for (var i = 0; i < OwnWords; i++) words.Add(Word(own[random.Next(own.Count)]));
            random.Shuffle<string>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(words));
            return string.Join(' ', words);
        }
        var (texts, dates, labels, judgements, queries, queryDates, queryTopics) = (new List<string>(), new List<double>(), new List<int[]>(), new Dictionary<string, Dictionary<string, int>>(), new List<string>(), new List<double>(), new List<int[]>());
        double AnyDate() => 1985 + random.Next(40);
        void Act(int topic, List<(string, string)> own, double date)
        {
            texts.Add(Text(about[topic], own, isHere: false));
            dates.Add(date);
            labels.Add([topic]);
        }
        for (var q = 0; q < directives; q++)
        {
            var (topic, own, date) = (random.Next(topics), New(Own), 1990 + random.Next(25));
            queries.Add(Text(about[topic], own, isHere: true));
            queryDates.Add(date);
            queryTopics.Add([topic]);
            var relevant = judgements[$"q{q}"] = [];
            for (var i = random.Next(4); i >= 0; i--)
            {
                relevant[$"d{texts.Count}"] = 1;
                Act(topic, own, options.Dated ? date + random.Next(Window + 1) : AnyDate());
                if (random.NextDouble() < options.Contradictions) Act(topic, own, !options.Dated ? AnyDate() : random.Next(2) == 0 ? date - 1 - random.Next(10) : date + Window + 2 + random.Next(10));
            }
        }
        while (texts.Count < acts) Act(random.Next(topics), New(Own), AnyDate());
        NamedTexts documents = new([.. texts.Select((_, d) => $"d{d}")], [.. texts]), asked = new([.. queries.Select((_, q) => $"q{q}")], [.. queries]);
        var collection = RankingCollection.Of("laws", documents, asked, judgements, null, 100, new() { CountsRepeats = true });
        return collection with
        {
            Lists = [.. collection.Lists.Select((l, q) => l with { Date = queryDates[q] })],
            Dates = [.. dates],
            Topics = [.. labels],
            QueryTopics = [.. queryTopics],
            TopicCount = topics,
        };
    }
}
