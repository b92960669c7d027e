using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Ranking.BuiltIn;

/// <summary>
/// The problem <c>answers</c>: questions and candidate answers in words of which several mean the same. A relevant answer has, for each concept of the question, the same word (easy to find) or another one of
/// the same meaning (hard); the first stage is BM25. Judgements err as people's do: some answers that the first stage ranks high are relevant and were not judged, some judged relevant are not.
/// </summary>
[Version(1)]
public static class AnswersProblem
{
    private const int ConceptsOfQuery = 4, Distractors = 5;

    /// <summary>The options of answers.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 60 questions of 12 candidates; small: 500 of 30, in 120 words of 40 meanings; full: 900 of 50, in 240 words of 60 meanings")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>How often another word stands.</summary>
        [Description("How often a relevant answer has another word of the same meaning")]
        [Range(0, 1)]
        public double Hard { get; set; } = 0.6;

        /// <summary>The share of relevant answers nobody judged.</summary>
        [Description("Share of the relevant answers at the first stage's top half that were judged not relevant")]
        [Range(0, 1)]
        public double Unjudged { get; set; } = 0.15;

        /// <summary>The share of wrong judgements.</summary>
        [Description("Share of the irrelevant answers at the first stage's lower half that were judged relevant, for each relevant one")]
        [Range(0, 1)]
        public double Wrong { get; set; } = 0.1;
    }

    /// <summary>The collection with its true grades, and the judgements of all lists.</summary>
    public static (RankingCollection True, int[][] Judged) Draw(Options options, ulong seed)
    {
        var (questions, candidates, concepts, synonyms) = options.Size switch { ProblemSize.Tiny => (60, 12, 20, 3), ProblemSize.Small => (500, 30, 40, 3), _ => (900, 50, 60, 4) };
        var random = RandomStream.Of(seed, "answers");
        var (documents, names, lists, grades, judged) = (new List<string>(), new List<string>(), new CandidateList[questions], new int[questions][], new int[questions][]);
        string Word(int concept, int form) => $"c{concept}f{form}";
        for (var q = 0; q < questions; q++)
        {
            var about = random.Permutation(concepts)[..ConceptsOfQuery];
            int[] forms = [.. about.Select(_ => random.Next(synonyms))];
            var (first, truth) = (documents.Count, new int[candidates]);
            for (var i = 0; i < candidates; i++)
            {
                truth[i] = random.NextDouble() < 0.2 || i == 0 ? 1 : 0;
                var words = new List<string>();
                for (var k = 0; k < ConceptsOfQuery; k++)
                {
                    // What is not relevant has some of the question's words too, or is about other things.
                    if (truth[i] == 0 && (k == i % ConceptsOfQuery || random.NextDouble() < 0.4)) words.Add(Word(random.Next(concepts), random.Next(synonyms)));
                    else words.Add(Word(about[k], random.NextDouble() < options.Hard ? random.Next(synonyms) : forms[k]));
                }
                for (var k = 0; k < Distractors; k++) words.Add(Word(random.Next(concepts), random.Next(synonyms)));
                random.Shuffle<string>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(words));
                documents.Add(string.Join(' ', words));
                names.Add($"q{q}a{i:000}");
            }
            lists[q] = new($"q{q}", string.Join(' ', about.Select((c, k) => Word(c, forms[k]))), [.. Enumerable.Range(first, candidates)], new double[candidates], []);
            grades[q] = truth;
        }
        Score(documents, lists);
        for (var q = 0; q < questions; q++) judged[q] = Judge(grades[q], FirstStageEase.Ranks(lists[q].FirstScores), options, random);
        return (new("answers", names, documents, 0, lists, grades, [.. lists.Select(_ => Array.Empty<(int, int)>())]), judged);
    }

    private static int[] Judge(int[] truth, int[] ranks, Options options, RandomStream random)
    {
        var (judged, half) = (truth.ToArray(), truth.Length / 2);
        int[] low = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] == 0 && ranks[i] > half)];
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i] == 0) continue;
            if (ranks[i] <= half && random.NextDouble() < options.Unjudged) judged[i] = 0;
            if (low.Length > 0 && random.NextDouble() < options.Wrong) judged[low[random.Next(low.Length)]] = 1;
        }
        return judged;
    }

    private static void Score(List<string> documents, CandidateList[] lists)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-index-").FullName;
        try
        {
            var writer = new InvertedIndexWriter(TermForm.Words);
            foreach (var document in documents) writer.Add("", document);
            writer.Write(Path.Combine(folder, "index"));
            using var index = InvertedIndex.Open(Path.Combine(folder, "index"));
            var scores = new double[documents.Count];
            foreach (var list in lists)
            {
                Array.Clear(scores);
                index.Score(list.Text, new() { K1 = 0.9, B = 0.4 }, scores);
                for (var i = 0; i < list.Count; i++) list.FirstScores[i] = scores[list.Documents[i]];
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
